package sarif

import (
	"cmp"
	"slices"

	"github.com/kmsaudit/kmsaudit/report"
)

// part is what goes into one run: all that concerns one account. Two runs of
// the same account would share their category, and GitHub refuses such files.
type part struct {
	account, partition string
	snapshots          []report.Snapshot
	findings           []report.Finding
	unknown            []report.Unknown
	gaps               []report.Gap
}

// split divides results by account, in the order of account ids. Whatever names
// an account that no snapshot is of goes with the snapshot that it stands in.
// There is always one part.
func split(r *report.Results) []*part {
	var parts []*part
	by := map[string]*part{}
	file := map[string]*part{}
	add := func(account, partition string) *part {
		p := by[account]
		if p == nil {
			p = &part{account: account, partition: partition}
			by[account] = p
			parts = append(parts, p)
		}
		return p
	}
	for _, s := range r.Snapshots {
		p := add(s.Account, s.Partition)
		p.snapshots = append(p.snapshots, s)
		if file[s.Path] == nil {
			file[s.Path] = p
		}
	}
	of := func(account, path string) *part {
		switch {
		case by[account] != nil:
			return by[account]
		case file[path] != nil:
			return file[path]
		}
		return add(account, "")
	}
	for _, f := range r.Findings {
		p := of(f.Account, f.Place.File)
		p.findings = append(p.findings, f)
	}
	for _, u := range r.Unknown {
		p := of(u.Account, u.Place.File)
		p.unknown = append(p.unknown, u)
	}
	for _, g := range r.Gaps {
		p := of(g.Account, g.Place.File)
		p.gaps = append(p.gaps, g)
	}
	if len(parts) == 0 {
		add("", "")
	}
	slices.SortStableFunc(parts, func(a, b *part) int { return cmp.Compare(a.account, b.account) })
	return parts
}
