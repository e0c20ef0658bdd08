package rules

import (
	"fmt"
	"slices"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/rules/facts"
)

// once tells what many subjects of a rule lack for one reason in one entry, about
// the account: a question that nobody asked AWS, and a listing that failed. What
// AWS refused for single resources stays with each of them.
func (a *audit) once(unknown []report.Unknown) []report.Unknown {
	type slot struct{ rule, region, operation, state, code string }
	slotOf := func(u *report.Unknown) (s slot, ok bool) {
		if u.About["listing"] != "" {
			return slot{}, false
		}
		w, err := a.why(u.Why)
		if err != nil || w.State == "" {
			return slot{}, false
		}
		listing := slices.ContainsFunc(a.listings, func(l facts.Listing) bool { return l.Operation == w.Operation })
		s = slot{u.Rule, "", w.Operation, w.State, w.Code}
		if listing {
			s.region = u.Region
		}
		return s, listing || w.State == "not_collected" && w.Code == ""
	}
	count := map[slot]int{}
	for i := range unknown {
		if s, ok := slotOf(&unknown[i]); ok {
			count[s]++
		}
	}
	told := map[slot]bool{}
	kept := unknown[:0]
	for i := range unknown {
		u := unknown[i]
		s, ok := slotOf(&u)
		if !ok || count[s] < 2 {
			kept = append(kept, u)
			continue
		}
		if told[s] {
			continue
		}
		told[s] = true
		u.Resource, u.Region, u.About = a.root, s.region, map[string]string{"operation": s.operation}
		u.Msg = fmt.Sprintf("%s, for %d resources", facts.Unread{State: s.state, Operation: s.operation, Code: s.code}.Words(), count[s])
		u.Place = report.Place{Pointer: "/account"}
		u.Fingerprint = report.Fingerprint(u.Rule, a.account, u.Region, u.Resource, "unknown", u.About)
		kept = append(kept, u)
	}
	return kept
}
