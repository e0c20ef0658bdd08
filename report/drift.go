package report

import (
	"cmp"
	"errors"
	"maps"
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
	if r.Stored != nil {
		r.Stored.fail(r.storedAgainst(old, path))
		return
	}
	c := newComparison(newEarlier(old), path)
	c.mark(r)
	c.settle(r)
}

// storedAgainst is Against for what is in files: it is taken out account by account,
// marked, and put into order again.
func (r *Results) storedAgainst(old *Results, path string) error {
	before := newEarlier(old)
	var err error
	if old.Stored != nil {
		if before, err = storedEarlier(old); err != nil {
			return err
		}
	}
	defer before.stored.Close()
	parts := storedByAccount()
	defer parts.Close()
	if err := parts.take(r); err != nil {
		return err
	}
	if err := parts.settle(); err != nil {
		return err
	}
	c := newComparison(before, path)
	marked := newStored(true)
	for _, account := range parts.accounts(r.Snapshots) {
		part := parts.account(account)
		if account == "" { // gaps that are not an account's hide findings of each
			c.listings = append(c.listings, part.listings()...)
		}
		c.mark(part)
		if err := errors.Join(parts.Err(), marked.take(part)); err != nil {
			marked.Close()
			return err
		}
	}
	if err := marked.settle(); err != nil {
		marked.Close()
		return err
	}
	r.Stored.Close()
	*r.Stored = *marked
	c.settle(r)
	return errors.Join(before.stored.Err(), r.Stored.Err())
}

// comparison holds a run against an earlier one, part by part. What it holds of both
// is what is not found any more, and what nobody could judge.
type comparison struct {
	baseline *Baseline
	earlier  *earlier
	met      map[string]bool // accounts
	missing  []gone
	listings []Gap // of no part in particular
}

// gone is a finding of the earlier run that is not found any more.
type gone struct {
	finding  Finding
	unjudged bool // its part could not judge it
}

func newComparison(old *earlier, path string) *comparison {
	return &comparison{baseline: &Baseline{Path: path, AsOf: old.asOf}, earlier: old, met: map[string]bool{}}
}

// mark marks the findings of a part, and notes what of before it could not judge.
func (c *comparison) mark(part *Results) {
	accounts := map[string]bool{}
	for _, s := range part.Snapshots {
		accounts[s.Account] = true
	}
	for i := range part.Findings {
		accounts[part.Findings[i].Account] = true
	}
	for i := range part.Unknown {
		accounts[part.Unknown[i].Account] = true
	}
	before, unknown := map[string]*Finding{}, map[string]bool{}
	for account := range accounts {
		c.met[account] = true
		c.earlier.findings(account, func(f *Finding) bool { before[f.Fingerprint] = f; return true })
		c.earlier.unknown(account, func(u *Unknown) bool { unknown[u.Fingerprint] = true; return true })
	}
	now := map[string]bool{} // waived ones too: what is accepted is not resolved
	for i := range part.Findings {
		f := &part.Findings[i]
		now[f.Fingerprint] = true
		f.Baseline = c.baseline.against(f, before[f.Fingerprint])
	}
	for i := range part.Unknown {
		if u := &part.Unknown[i]; !unknown[u.Fingerprint] && u.Waived == nil {
			c.baseline.Blind = append(c.baseline.Blind, *u)
		}
	}
	open := newJudged(part)
	for _, f := range before {
		if !now[f.Fingerprint] {
			c.missing = append(c.missing, gone{*f, open.hidden(f)})
		}
	}
}

// against counts a finding, and says how it stands against what it was.
func (b *Baseline) against(f, was *Finding) string {
	switch {
	case f.Waived != nil:
		return ""
	case was == nil:
		b.New++
		return BaselineNew
	case was.Severity < f.Severity:
		b.Worse++
		return BaselineWorse
	case was.Severity != f.Severity || was.Msg != f.Msg:
		b.Updated++
		return BaselineUpdated
	}
	b.Unchanged++
	return BaselineUnchanged
}

// settle says what of before is no longer found in all that was marked.
func (c *comparison) settle(r *Results) {
	b := c.baseline
	ran := newJudged(&Results{Snapshots: r.Snapshots, Rules: r.Rules, Gaps: c.listings})
	for i := range c.missing {
		if f := c.missing[i].finding; c.missing[i].unjudged || !ran.again(&f) {
			b.Unjudged = append(b.Unjudged, f)
		} else {
			b.Resolved = append(b.Resolved, f)
		}
	}
	c.earlier.each(func(f *Finding) bool { // of accounts that are not there any more
		if f.Waived == nil && !c.met[f.Account] {
			b.Unjudged = append(b.Unjudged, *f)
		}
		return true
	})
	slices.SortFunc(b.Resolved, compareFindings)
	slices.SortFunc(b.Unjudged, compareFindings)
	slices.SortStableFunc(b.Blind, compareUnknown)
	r.Baseline = b
}

// earlier is an earlier run, account by account.
type earlier struct {
	asOf     string
	findings func(account string, yield func(*Finding) bool) bool // that were not waived
	unknown  func(account string, yield func(*Unknown) bool) bool
	each     func(yield func(*Finding) bool)
	stored   *Stored // in the order of accounts; nil where it is all in memory
}

func newEarlier(old *Results) *earlier {
	findings, unknown := by(old.Findings, accountOfFinding), by(old.Unknown, accountOfUnknown)
	return &earlier{asOf: old.AsOf, findings: notWaived(findings), unknown: unknown, each: pointers(old.Findings)}
}

// storedEarlier takes an earlier run out of the files of a run, in another order.
func storedEarlier(old *Results) (*earlier, error) {
	s := storedByAccount()
	e := &earlier{asOf: old.AsOf, stored: s, each: s.findings.each}
	e.findings = notWaived(func(account string, yield func(*Finding) bool) bool {
		return s.findings.of(accountOfFinding, account, yield)
	})
	e.unknown = func(account string, yield func(*Unknown) bool) bool {
		return s.unknown.of(accountOfUnknown, account, yield)
	}
	err := s.findings.add(old.EachFinding())
	if err == nil {
		err = s.unknown.add(old.EachUnknown())
	}
	if err == nil {
		err = s.settle()
	}
	return e, cmp.Or(err, old.Stored.Err())
}

func notWaived(of func(string, func(*Finding) bool) bool) func(string, func(*Finding) bool) bool {
	return func(account string, yield func(*Finding) bool) bool {
		return of(account, func(f *Finding) bool { return f.Waived != nil || yield(f) })
	}
}

// storedByAccount is an empty Stored in the order of accounts.
func storedByAccount() *Stored {
	return &Stored{
		findings: spool[Finding, *Finding]{compare: func(a, b *Finding) int { return cmp.Compare(a.Account, b.Account) }},
		unknown:  spool[Unknown, *Unknown]{compare: func(a, b *Unknown) int { return cmp.Compare(a.Account, b.Account) }},
		gaps:     spool[Gap, *Gap]{compare: func(a, b *Gap) int { return cmp.Compare(a.Account, b.Account) }},
	}
}

// accounts are those that something is kept of, and those of the snapshots.
func (s *Stored) accounts(snapshots []Snapshot) []string {
	all := map[string]bool{}
	for _, snapshot := range snapshots {
		all[snapshot.Account] = true
	}
	for _, keys := range [][]string{s.findings.keys(accountOfFinding), s.unknown.keys(accountOfUnknown), s.gaps.keys(accountOfGap)} {
		for _, account := range keys {
			all[account] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// account is all that is kept of an account.
func (s *Stored) account(account string) *Results {
	part := &Results{Snapshots: []Snapshot{{Account: account}}}
	s.findings.of(accountOfFinding, account, func(f *Finding) bool { part.Findings = append(part.Findings, *f); return true })
	s.unknown.of(accountOfUnknown, account, func(u *Unknown) bool { part.Unknown = append(part.Unknown, *u); return true })
	s.gaps.of(accountOfGap, account, func(g *Gap) bool { part.Gaps = append(part.Gaps, *g); return true })
	return part
}

func accountOfGap(g *Gap) string { return g.Account }

func accountOfFinding(f *Finding) string { return f.Account }

func accountOfUnknown(u *Unknown) string { return u.Account }

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
	j.listings = r.listings()
	return j
}

// listings are those that were not read.
func (r *Results) listings() (out []Gap) {
	for g := range r.EachGap() {
		if g.Listing && g.State != deleted {
			out = append(out, *g)
		}
	}
	return out
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
	return j.accounts[f.Account] && j.rules[f.Rule] && !j.hidden(f)
}

// hidden says whether the subject of a finding is unknown, or hidden by a listing that
// was not read.
func (j *judged) hidden(f *Finding) bool {
	return j.unknown[subjectOf(f)] || slices.ContainsFunc(j.listings, func(g Gap) bool { return g.hides(f) })
}

// deleted is the state of what was deleted while the snapshot was taken.
const deleted = "gone"

// hides says whether nobody can know of a finding without this listing.
func (g *Gap) hides(f *Finding) bool {
	return cmp.Or(g.Account, f.Account) == f.Account && slices.Contains(g.Rules, f.Rule) &&
		(g.Region == "" || f.Region == "" || g.Region == f.Region)
}

// Judged says whether a run could judge what a finding of another run is about: its
// account and rule were part of it, and the evidence was read.
func (r *Results) Judged(f *Finding) bool { return newJudged(r).again(f) }
