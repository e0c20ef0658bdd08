package report

import (
	"cmp"
	"slices"
)

// How a finding stands against an earlier run.
const (
	BaselineNew       = "new"       // not found then, or waived then and no longer
	BaselineWorse     = "worse"     // found then, and less severe
	BaselineUpdated   = "updated"   // found then, with other words or a higher severity
	BaselineUnchanged = "unchanged" // found then
)

// Baseline is an earlier run that this one was held against. Its findings that are
// not there any more are resolved only if this run could judge what they were about.
type Baseline struct {
	Path      string `json:"path"`
	AsOf      string `json:"as_of"`
	New       int    `json:"new"`
	Worse     int    `json:"worse"`
	Updated   int    `json:"updated"`
	Unchanged int    `json:"unchanged"`
	// Resolved were judged again and are right now. Unjudged are not found, and
	// nobody knows: their rule did not run, or its evidence was not read.
	Resolved []Finding `json:"resolved"`
	Unjudged []Finding `json:"unjudged"`
	// Blind are the subjects that cannot be judged now and were not unknown then.
	Blind []Unknown `json:"blind"`
}

// Against marks the findings by how they stand against an earlier run, and says what
// of that run is no longer found. Findings are the same if their fingerprints are,
// so that statements which move or are written otherwise change nothing. Waived
// findings count as not there, in both runs.
func (r *Results) Against(old *Results, path string) {
	b := &Baseline{Path: path, AsOf: old.AsOf}
	before := map[string]*Finding{}
	for i := range old.Findings {
		if f := &old.Findings[i]; f.Waived == nil {
			before[f.Fingerprint] = f
		}
	}
	now := map[string]bool{} // waived ones too: what is accepted is not resolved
	for i := range r.Findings {
		f := &r.Findings[i]
		f.Baseline = ""
		now[f.Fingerprint] = true
		if f.Waived != nil {
			continue
		}
		was := before[f.Fingerprint]
		switch {
		case was == nil:
			f.Baseline = BaselineNew
			b.New++
		case was.Severity < f.Severity:
			f.Baseline = BaselineWorse
			b.Worse++
		case was.Severity != f.Severity || was.Msg != f.Msg:
			f.Baseline = BaselineUpdated
			b.Updated++
		default:
			f.Baseline = BaselineUnchanged
			b.Unchanged++
		}
	}
	judged := newJudged(r)
	for _, f := range before {
		switch {
		case now[f.Fingerprint]:
		case judged.again(f):
			b.Resolved = append(b.Resolved, *f)
		default:
			b.Unjudged = append(b.Unjudged, *f)
		}
	}
	slices.SortFunc(b.Resolved, compareFindings)
	slices.SortFunc(b.Unjudged, compareFindings)
	unknown := map[string]bool{}
	for i := range old.Unknown {
		unknown[old.Unknown[i].Fingerprint] = true
	}
	for i := range r.Unknown {
		if !unknown[r.Unknown[i].Fingerprint] && r.Unknown[i].Waived == nil {
			b.Blind = append(b.Blind, r.Unknown[i])
		}
	}
	r.Baseline = b
}

// judged is what a run could judge.
type judged struct {
	accounts, rules map[string]bool
	unknown         map[[3]string]bool // rule, account, resource
	listings        []Gap
}

func newJudged(r *Results) *judged {
	j := &judged{accounts: map[string]bool{}, rules: map[string]bool{}, unknown: map[[3]string]bool{}}
	for _, s := range r.Snapshots {
		j.accounts[s.Account] = true
	}
	for i := range r.Rules {
		j.rules[r.Rules[i].ID] = true
	}
	for i := range r.Unknown {
		u := &r.Unknown[i]
		j.unknown[[3]string{u.Rule, u.Account, u.Resource}] = true
	}
	for _, g := range r.Gaps {
		if g.Listing && g.State != "gone" {
			j.listings = append(j.listings, g)
		}
	}
	return j
}

// again says whether the subject of an earlier finding was judged in this run.
func (j *judged) again(f *Finding) bool {
	if !j.accounts[f.Account] || !j.rules[f.Rule] || j.unknown[[3]string{f.Rule, f.Account, f.Resource}] {
		return false
	}
	return !slices.ContainsFunc(j.listings, func(g Gap) bool {
		return cmp.Or(g.Account, f.Account) == f.Account && slices.Contains(g.Rules, f.Rule) &&
			(g.Region == "" || f.Region == "" || g.Region == f.Region)
	})
}

// Judged says whether a run could judge what a finding of another run is about: its
// account and rule were part of it, and the evidence was read.
func (r *Results) Judged(f *Finding) bool { return newJudged(r).again(f) }
