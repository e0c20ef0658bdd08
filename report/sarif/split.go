package sarif

import (
	"cmp"
	"iter"
	"slices"

	"github.com/kmsaudit/kmsaudit/report"
)

// part is what goes into one run: all that concerns one account. Two runs of
// the same account would share their category, and GitHub refuses such files.
type part struct {
	account, partition string
	snapshots          []report.Snapshot
}

// split divides results by account, in the order of account ids.
type split struct {
	r      *report.Results
	order  []*report.Finding // worst first; nil where they are in that order
	parts  []*part
	by     map[string]*part // account → part
	byFile map[string]*part
}

// newSplit divides the results. There is always one part.
func newSplit(r *report.Results) *split {
	s := &split{r: r, by: map[string]*part{}, byFile: map[string]*part{}}
	for _, snapshot := range r.Snapshots {
		p := s.add(snapshot.Account, snapshot.Partition)
		p.snapshots = append(p.snapshots, snapshot)
		if s.byFile[snapshot.Path] == nil {
			s.byFile[snapshot.Path] = p
		}
	}
	sorted, last := true, report.Critical
	for f := range r.EachFinding() {
		s.of(f.Account, f.Place.File)
		sorted = sorted && f.Severity <= last
		last = f.Severity
	}
	for u := range r.EachUnknown() {
		s.of(u.Account, u.Place.File)
	}
	for g := range r.EachGap() {
		s.of(g.Account, g.Place.File)
	}
	if len(s.parts) == 0 {
		s.add("", "")
	}
	slices.SortStableFunc(s.parts, func(a, b *part) int { return cmp.Compare(a.account, b.account) })
	if !sorted {
		s.order = slices.SortedStableFunc(r.EachFinding(), func(a, b *report.Finding) int { return cmp.Compare(b.Severity, a.Severity) })
	}
	return s
}

func (s *split) add(account, partition string) *part {
	p := s.by[account]
	if p == nil {
		p = &part{account: account, partition: partition}
		s.by[account] = p
		s.parts = append(s.parts, p)
	}
	return p
}

// of is the part of what names an account and a file. Whatever names an account
// that no snapshot is of goes with the snapshot that it stands in.
func (s *split) of(account, path string) *part {
	switch {
	case s.by[account] != nil:
		return s.by[account]
	case s.byFile[path] != nil:
		return s.byFile[path]
	}
	return s.add(account, "")
}

// findings are those of a part, worst first: GitHub keeps the first ones.
func (s *split) findings(p *part) iter.Seq[*report.Finding] {
	return func(yield func(*report.Finding) bool) {
		all := s.r.EachFinding()
		if s.order != nil {
			all = slices.Values(s.order)
		}
		for f := range all {
			if s.of(f.Account, f.Place.File) == p && !yield(f) {
				return
			}
		}
	}
}

func (s *split) unknown(p *part) iter.Seq[*report.Unknown] {
	return func(yield func(*report.Unknown) bool) {
		for u := range s.r.EachUnknown() {
			if s.of(u.Account, u.Place.File) == p && !yield(u) {
				return
			}
		}
	}
}

func (s *split) gaps(p *part) iter.Seq[*report.Gap] {
	return func(yield func(*report.Gap) bool) {
		for g := range s.r.EachGap() {
			if s.of(g.Account, g.Place.File) == p && !yield(g) {
				return
			}
		}
	}
}
