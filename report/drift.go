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
	c := newComparison(old, path)
	c.mark(r)
	c.settle(r)
}

// comparison holds a run against an earlier one, part by part. What it holds is of
// the earlier run.
type comparison struct {
	baseline *Baseline
	before   map[string]*Finding   // by fingerprint
	of       map[string][]*Finding // before, by account
	unknown  map[string]bool       // fingerprints
	met      map[*Finding]bool     // those of before that are found again
	unjudged map[*Finding]bool     // those of before that a part could not judge
	listings []Gap                 // of no account in particular
}

func newComparison(old *Results, path string) *comparison {
	c := &comparison{
		baseline: &Baseline{Path: path, AsOf: old.AsOf}, before: map[string]*Finding{}, of: map[string][]*Finding{},
		unknown: map[string]bool{}, met: map[*Finding]bool{}, unjudged: map[*Finding]bool{},
	}
	for f := range old.EachFinding() {
		if f.Waived == nil {
			c.before[f.Fingerprint] = f
		}
	}
	for _, f := range c.before {
		c.of[f.Account] = append(c.of[f.Account], f)
	}
	for u := range old.EachUnknown() {
		c.unknown[u.Fingerprint] = true
	}
	return c
}

// mark marks the findings of a part, and notes what of before it could not judge.
func (c *comparison) mark(part *Results) {
	b := c.baseline
	for i := range part.Findings {
		f := &part.Findings[i]
		f.Baseline = ""
		was := c.before[f.Fingerprint]
		if was != nil {
			c.met[was] = true // if it is waived now, too: what is accepted is not resolved
		}
		switch {
		case f.Waived != nil:
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
	open := subjects(part)
	accounts := map[string]bool{}
	for _, u := range part.Unknown {
		accounts[u.Account] = true
		if !c.unknown[u.Fingerprint] && u.Waived == nil {
			b.Blind = append(b.Blind, u)
		}
	}
	for account := range accounts {
		for _, f := range c.of[account] {
			c.unjudged[f] = c.unjudged[f] || open[subjectOf(f)]
		}
	}
	c.blind(part.Gaps)
}

// blind notes what of before nobody can judge without these listings.
func (c *comparison) blind(gaps []Gap) {
	for _, g := range gaps {
		switch {
		case !g.Listing || g.State == gone:
		case g.Account == "":
			c.listings = append(c.listings, g)
		default:
			for _, f := range c.of[g.Account] {
				c.unjudged[f] = c.unjudged[f] || g.hides(f)
			}
		}
	}
}

// settle says what of before is no longer found in all that was marked.
func (c *comparison) settle(r *Results) {
	b := c.baseline
	ran := newJudged(&Results{Snapshots: r.Snapshots, Rules: r.Rules, Gaps: c.listings})
	for _, f := range c.before {
		switch {
		case c.met[f]:
		case !c.unjudged[f] && ran.again(f):
			b.Resolved = append(b.Resolved, *f)
		default:
			b.Unjudged = append(b.Unjudged, *f)
		}
	}
	slices.SortFunc(b.Resolved, compareFindings)
	slices.SortFunc(b.Unjudged, compareFindings)
	slices.SortStableFunc(b.Blind, compareUnknown)
	r.Baseline = b
}

// judged is what a run could judge.
type judged struct {
	accounts, rules map[string]bool
	unknown         map[[3]string]bool // rule, account, resource
	listings        []Gap
}

func newJudged(r *Results) *judged {
	j := &judged{accounts: map[string]bool{}, rules: map[string]bool{}, unknown: subjects(r)}
	for _, s := range r.Snapshots {
		j.accounts[s.Account] = true
	}
	for i := range r.Rules {
		j.rules[r.Rules[i].ID] = true
	}
	for g := range r.EachGap() {
		if g.Listing && g.State != gone {
			j.listings = append(j.listings, *g)
		}
	}
	return j
}

// subjects are those that rules could not judge: rule, account, resource.
func subjects(r *Results) map[[3]string]bool {
	out := map[[3]string]bool{}
	for u := range r.EachUnknown() {
		out[[3]string{u.Rule, u.Account, u.Resource}] = true
	}
	return out
}

func subjectOf(f *Finding) [3]string { return [3]string{f.Rule, f.Account, f.Resource} }

// again says whether the subject of an earlier finding was judged in this run.
func (j *judged) again(f *Finding) bool {
	return j.accounts[f.Account] && j.rules[f.Rule] && !j.unknown[subjectOf(f)] &&
		!slices.ContainsFunc(j.listings, func(g Gap) bool { return g.hides(f) })
}

// gone is the state of what was deleted while the snapshot was taken.
const gone = "gone"

// hides says whether nobody can know of a finding without this listing.
func (g *Gap) hides(f *Finding) bool {
	return cmp.Or(g.Account, f.Account) == f.Account && slices.Contains(g.Rules, f.Rule) &&
		(g.Region == "" || f.Region == "" || g.Region == f.Region)
}

// Judged says whether a run could judge what a finding of another run is about: its
// account and rule were part of it, and the evidence was read.
func (r *Results) Judged(f *Finding) bool { return newJudged(r).again(f) }
