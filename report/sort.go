package report

import (
	"cmp"
	"slices"
)

// Sort puts everything into the one order in which results are written, and
// drops findings and unknowns whose fingerprint an earlier one has: of two
// findings that are the same thing, the worse is kept.
func (r *Results) Sort() {
	slices.SortStableFunc(r.Rules, func(a, b Rule) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortStableFunc(r.Summary.NeedsIntent, func(a, b NeedsIntent) int { return cmp.Compare(a.Rule, b.Rule) })
	slices.SortStableFunc(r.Findings, compareFindings)
	slices.SortStableFunc(r.Unknown, compareUnknown)
	slices.SortStableFunc(r.Gaps, compareGaps)
	r.Findings = distinct(r.Findings, func(f Finding) string { return f.Fingerprint })
	r.Unknown = distinct(r.Unknown, func(u Unknown) string { return u.Fingerprint })
}

// compareFindings orders the worst first, then by rule, account, resource and
// fingerprint. What follows these only settles which of two equals is kept.
func compareFindings(a, b Finding) int {
	return cmp.Or(
		cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Account, b.Account),
		cmp.Compare(a.Resource, b.Resource), cmp.Compare(a.Fingerprint, b.Fingerprint),
		cmp.Compare(a.Place.Pointer, b.Place.Pointer), cmp.Compare(a.Msg, b.Msg),
	)
}

func compareUnknown(a, b Unknown) int {
	return cmp.Or(
		cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Account, b.Account),
		cmp.Compare(a.Resource, b.Resource), cmp.Compare(a.Fingerprint, b.Fingerprint),
		cmp.Compare(a.Place.Pointer, b.Place.Pointer), cmp.Compare(a.Msg, b.Msg),
	)
}

func compareGaps(a, b Gap) int {
	return cmp.Or(
		cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.Account, b.Account), cmp.Compare(a.Service, b.Service),
		cmp.Compare(a.Operation, b.Operation), cmp.Compare(a.Region, b.Region), cmp.Compare(a.Resource, b.Resource),
		cmp.Compare(a.State, b.State), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Message, b.Message),
	)
}

// distinct keeps the first of those that have the same key, in order. Those
// without a key are all kept.
func distinct[T any](all []T, key func(T) string) []T {
	seen := make(map[string]bool, len(all))
	return slices.DeleteFunc(all, func(one T) bool {
		k := key(one)
		if k == "" {
			return false
		}
		if seen[k] {
			return true
		}
		seen[k] = true
		return false
	})
}
