package report

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// Merge makes one of the results of several runs that judged different accounts
// by the same rules, such as the shards of one. The error says in what they differ.
func Merge(parts ...*Results) (*Results, error) {
	if len(parts) == 0 {
		return nil, errors.New("merge: there are no results")
	}
	first := parts[0]
	merged := &Results{Schema: first.Schema, Tool: first.Tool, AsOf: first.AsOf, Rules: slices.Clone(first.Rules)}
	merged.Summary.NeedsIntent = slices.Clone(first.Summary.NeedsIntent)
	merged.Summary.Rules = len(merged.Rules)
	for i := range merged.Rules {
		merged.Rules[i].Passed = 0
	}
	var held baselines
	for _, part := range parts {
		switch {
		case part.Tool != first.Tool:
			return nil, fmt.Errorf("merge: one part is by %s %s, another by %s %s", first.Tool.Name, first.Tool.Version, part.Tool.Name, part.Tool.Version)
		case part.AsOf != first.AsOf:
			return nil, fmt.Errorf("merge: waivers are judged by %s in one part and by %s in another: give both the same --as-of", first.AsOf, part.AsOf)
		}
		if err := held.take(part); err != nil {
			return nil, err
		}
		if err := merged.Add(part); err != nil {
			return nil, err
		}
	}
	merged.mergeWaivers(parts)
	slices.SortStableFunc(merged.Snapshots, func(a, b Snapshot) int { return cmp.Compare(a.Account, b.Account) })
	merged.Sort()
	merged.Count()
	held.settle(merged)
	return merged, nil
}

// Add takes what a run found in other accounts, by the same rules. Waivers, order
// and counts are left as they are.
func (r *Results) Add(part *Results) error {
	for _, s := range part.Snapshots {
		for _, other := range r.Snapshots {
			if s.Account == other.Account {
				return fmt.Errorf("merge: account %s is judged twice, from %s and %s", s.Account, other.Path, s.Path)
			}
		}
	}
	if err := r.addRules(part); err != nil {
		return err
	}
	r.Summary.Passed += part.Summary.Passed
	r.Snapshots = append(r.Snapshots, part.Snapshots...)
	r.Findings = append(r.Findings, part.Findings...)
	r.Unknown = append(r.Unknown, part.Unknown...)
	r.Gaps = append(r.Gaps, part.Gaps...)
	return nil
}

// addRules adds what passed, and wants the rules of a part to be those of all.
func (r *Results) addRules(part *Results) error {
	if len(part.Rules) != len(r.Rules) {
		return fmt.Errorf("merge: one part has %d rules and another %d: give both the same configuration", len(r.Rules), len(part.Rules))
	}
	for i := range part.Rules {
		ours, theirs := &r.Rules[i], &part.Rules[i]
		if ours.ID != theirs.ID || ours.Severity != theirs.Severity || !sameJSON(ours.Params, theirs.Params) {
			return fmt.Errorf("merge: %s is not the same rule in all parts: give all the same configuration", theirs.ID)
		}
		ours.Passed += theirs.Passed
	}
	return nil
}

// sameJSON compares two texts of JSON, white space aside.
func sameJSON(a, b json.RawMessage) bool {
	var left, right bytes.Buffer
	if json.Compact(&left, a) != nil || json.Compact(&right, b) != nil {
		return bytes.Equal(a, b)
	}
	return bytes.Equal(left.Bytes(), right.Bytes())
}

// mergeWaivers keeps as unused what no part used, and as expired what would have
// covered something in one of them.
func (r *Results) mergeWaivers(parts []*Results) {
	idle := func(part *Results, w Waiver) bool { return slices.Contains(part.UnusedWaivers, w) }
	for _, part := range parts {
		for _, w := range part.ExpiredWaivers {
			if !slices.Contains(r.ExpiredWaivers, w) {
				r.ExpiredWaivers = append(r.ExpiredWaivers, w)
			}
		}
	}
	for _, w := range parts[0].UnusedWaivers {
		if !slices.ContainsFunc(parts, func(part *Results) bool { return !idle(part, w) }) {
			r.UnusedWaivers = append(r.UnusedWaivers, w)
		}
	}
}
