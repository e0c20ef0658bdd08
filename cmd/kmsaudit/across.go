package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/organization"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/rules"
)

// across is what accounts that are judged in one run know of each other: who is in
// whose organization, and of each what others name, however large it is.
type across struct {
	c        *settled
	along    map[string]bool // accounts with a snapshot
	homes    map[string]string
	members  map[string]map[string]bool // by the id of the organization
	whole    map[string]bool            // organizations of which every account is known
	excerpts map[string]*snapshot.Snapshot
}

func newAcross(c *settled) *across {
	return &across{
		c: c, along: map[string]bool{}, homes: map[string]string{}, members: map[string]map[string]bool{},
		whole: map[string]bool{}, excerpts: map[string]*snapshot.Snapshot{},
	}
}

// manifest takes in the accounts that a manifest found in the organization.
func (x *across) manifest(m *organization.Manifest) {
	if m.Organization == nil {
		return
	}
	for _, e := range m.Accounts {
		if len(e.Parents) > 0 {
			x.member(e.ID, m.Organization.ID)
		}
	}
	x.whole[m.Organization.ID] = len(m.Unlisted) == 0
}

func (x *across) member(account, organization string) {
	x.homes[account] = organization
	if x.members[organization] == nil {
		x.members[organization] = map[string]bool{}
	}
	x.members[organization][account] = true
}

// meet takes in that there is a snapshot of an account.
func (x *across) meet(s *snapshot.Snapshot) {
	x.along[s.Account.ID] = true
	if o, ok := s.Organization.Get(); ok {
		x.member(s.Account.ID, o.ID)
	}
}

// trusts says whether the accounts of the organization are trusted.
func (x *across) trusts() bool {
	return slices.Contains(x.c.together().TrustedAccounts, trustOrganization)
}

// colleagues are the accounts of the organization that an account is in, and whether
// there are no others.
func (x *across) colleagues(s *snapshot.Snapshot) (accounts []string, all bool) {
	if s.Organization.State == snapshot.Absent {
		return nil, true
	}
	id := x.homes[s.Account.ID]
	if o, ok := s.Organization.Get(); ok {
		id = o.ID
	}
	return slices.Sorted(maps.Keys(x.members[id])), x.whole[id]
}

// particular is what holds for an account in this run.
func (x *across) particular(s *snapshot.Snapshot) rules.Particular {
	p := rules.Particular{Intent: x.c.intentOf(s.Account.ID, x.along)}
	if slices.Contains(p.Intent.TrustedAccounts, trustOrganization) {
		colleagues, _ := x.colleagues(s)
		p.Intent.TrustedAccounts = append(p.Intent.TrustedAccounts, colleagues...)
	}
	wanted := map[string]bool{}
	for _, name := range append(s.Foreign(), x.c.names()...) {
		if parts := strings.SplitN(name, ":", 6); len(parts) == 6 && parts[4] != s.Account.ID {
			wanted[parts[4]] = true
		}
	}
	for _, account := range slices.Sorted(maps.Keys(wanted)) {
		if excerpt := x.excerpts[account]; excerpt != nil {
			p.Others = append(p.Others, excerpt)
		}
	}
	return p
}

// names are the ARNs of keys and principals that the configuration requires
// something of.
func (c *settled) names() []string {
	var names []string
	for _, r := range c.together().Requirements {
		names = append(names, r.Principals...)
		if r.Key != "" {
			names = append(names, r.Key)
		}
	}
	return names
}

// unknownColleagues is the gap of an account whose organization is trusted and not
// known.
func (x *across) unknownColleagues(s *snapshot.Snapshot, path string) []report.Gap {
	if !slices.Contains(x.c.intentOf(s.Account.ID, x.along).TrustedAccounts, trustOrganization) {
		return nil
	}
	if _, all := x.colleagues(s); all {
		return nil
	}
	return []report.Gap{{
		Account: s.Account.ID, Service: "organizations", Operation: "organizations:ListAccountsForParent", State: snapshot.NotCollected.String(), Listing: true,
		Message: "trusted_accounts says organization, and which accounts that has is not known: check the folder of collect --org",
		Place:   report.Place{File: path, Line: 1, Column: 1, Pointer: "/organization"},
	}}
}

// unjudged are gaps for accounts that the configuration requires something of and
// that no snapshot is of.
func (x *across) unjudged() []report.Gap {
	var gaps []report.Gap
	wanted := slices.Collect(maps.Keys(x.c.Accounts))
	if x.c.Account != "" {
		wanted = append(wanted, x.c.Account)
	}
	slices.Sort(wanted)
	for _, account := range wanted {
		if !x.along[account] {
			gaps = append(gaps, report.Gap{
				Account: account, Service: "kmsaudit", Operation: "collect", State: snapshot.NotCollected.String(), Listing: true,
				Message: fmt.Sprintf("%s is about account %s, and no snapshot of it is there", x.c.name, account),
				Place:   report.Place{File: x.c.name, Line: 1, Column: 1},
			})
		}
	}
	return gaps
}

// ofAll makes gaps about all rules.
func ofAll(gaps []report.Gap, engine *rules.Engine, c *settled) []report.Gap {
	for i := range gaps {
		for _, rule := range engine.Rules() {
			gaps[i].Rules = append(gaps[i].Rules, rule.ID)
			gaps[i].Severity = max(gaps[i].Severity, severity(rule, c))
		}
	}
	return gaps
}
