package report

import "time"

// subject is what a waiver is held against.
type subject struct{ rule, account, region, resource, fingerprint string }

// Apply marks the findings and unknowns that the waivers cover as of that day
// (UTC), in place of any earlier marks, and counts anew. The first waiver that
// covers something is the one named on it.
//
// A waiver whose last day is over covers nothing: it goes to ExpiredWaivers if
// it would have covered something, else to UnusedWaivers, as does every waiver
// that nothing matched. Waivers that Validate refuses cover nothing.
func (r *Results) Apply(waivers []Waiver, asOf time.Time) {
	c := newCover(waivers, asOf)
	r.AsOf = c.day()
	c.mark(r)
	c.settle(r)
	r.Count()
}

// cover is what waivers cover, part by part.
type cover struct {
	waivers      []Waiver
	asOf         time.Time
	hits, usable []bool
}

func newCover(waivers []Waiver, asOf time.Time) *cover {
	c := &cover{waivers: waivers, asOf: asOf, hits: make([]bool, len(waivers)), usable: make([]bool, len(waivers))}
	for i, w := range waivers {
		c.usable[i] = w.Validate() == nil
	}
	return c
}

func (c *cover) day() string { return c.asOf.UTC().Format(time.DateOnly) }

// of is the first waiver that covers something, if any.
func (c *cover) of(s subject) *Waived {
	var first *Waived
	for i, w := range c.waivers {
		if !c.usable[i] || !w.matches(s) {
			continue
		}
		c.hits[i] = true
		if first == nil && !w.expired(c.asOf) {
			first = w.waived()
		}
	}
	return first
}

func (c *cover) mark(r *Results) {
	for i := range r.Findings {
		f := &r.Findings[i]
		f.Waived = c.of(subject{f.Rule, f.Account, f.Region, f.Resource, f.Fingerprint})
	}
	for i := range r.Unknown {
		u := &r.Unknown[i]
		u.Waived = c.of(subject{u.Rule, u.Account, u.Region, u.Resource, u.Fingerprint})
	}
}

// settle says which waivers covered nothing of all that was marked.
func (c *cover) settle(r *Results) {
	r.ExpiredWaivers, r.UnusedWaivers = nil, nil
	for i, w := range c.waivers {
		switch {
		case !c.hits[i]:
			r.UnusedWaivers = append(r.UnusedWaivers, w)
		case w.expired(c.asOf):
			r.ExpiredWaivers = append(r.ExpiredWaivers, w)
		}
	}
}

// Count sets every count that follows from Findings and Unknown: those of the
// summary, the worst severity waived, and those of each rule. Rules and Passed
// stay as they are: only the engine knows them.
func (r *Results) Count() {
	s := &r.Summary
	s.Findings, s.Unknown, s.Waived, s.WorstWaived = 0, 0, 0, ""
	s.BySeverity = map[string]int{}
	for _, severity := range Severities() {
		s.BySeverity[severity.String()] = 0
	}
	rules := make(map[string]*Rule, len(r.Rules))
	for i := range r.Rules {
		rule := &r.Rules[i]
		rule.Findings, rule.Unknown, rule.Waived = 0, 0, 0
		rules[rule.ID] = rule
	}
	var worst Severity
	waived := func(rule *Rule, severity Severity) {
		s.Waived++
		rule.Waived++
		worst = max(worst, severity)
	}
	of := func(id string) *Rule {
		if rule, ok := rules[id]; ok {
			return rule
		}
		return &Rule{} // not an enabled rule: counted in the summary only
	}
	for f := range r.EachFinding() {
		rule := of(f.Rule)
		if f.Waived != nil {
			waived(rule, f.Severity)
			continue
		}
		s.Findings++
		rule.Findings++
		s.BySeverity[f.Severity.String()]++
	}
	for u := range r.EachUnknown() {
		rule := of(u.Rule)
		if u.Waived != nil {
			waived(rule, u.Severity)
			continue
		}
		s.Unknown++
		rule.Unknown++
	}
	s.WorstWaived = worst.String()
}
