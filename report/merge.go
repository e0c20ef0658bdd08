package report

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// Merge makes one of the results of several runs that judged different accounts
// by the same rules, such as the shards of one. The error says in what they differ.
func Merge(parts ...*Results) (*Results, error) {
	if len(parts) == 0 {
		return nil, errNoResults
	}
	m := &merger{}
	for _, part := range parts {
		if err := m.head(part); err != nil {
			return nil, err
		}
		m.merged.take(part)
	}
	return m.settle(), nil
}

var errNoResults = errors.New("merge: there are no results")

// Merger makes one of results files, as Merge does of results. What they list is kept
// in temporary files, so that memory does not grow with it.
type Merger struct {
	merger
	stored *Stored
}

// NewMerger merges nothing yet.
func NewMerger() *Merger { return &Merger{stored: newStored(true)} }

// Read takes a results file, of which check has left no finding twice.
func (m *Merger) Read(source io.Reader) error {
	part, err := m.stored.read(source)
	if err != nil {
		return err
	}
	return m.head(part)
}

// Results are those of all files. They read temporary files, so that Close comes when
// they are not wanted any more.
func (m *Merger) Results() (*Results, error) {
	if m.merged == nil {
		return nil, errNoResults
	}
	if err := m.stored.settle(); err != nil {
		return nil, err
	}
	m.merged.Stored = m.stored
	return m.settle(), m.stored.Err()
}

// Close drops the temporary files.
func (m *Merger) Close() { m.stored.Close() }

// merger merges what is not listed.
type merger struct {
	merged *Results
	held   baselines
}

// head takes what a part says beside its lists.
func (m *merger) head(part *Results) error {
	first := m.merged == nil
	if first {
		m.merged = &Results{Schema: part.Schema, Tool: part.Tool, AsOf: part.AsOf, Rules: slices.Clone(part.Rules)}
		m.merged.Summary.NeedsIntent = slices.Clone(part.Summary.NeedsIntent)
		m.merged.Summary.Rules = len(part.Rules)
		for i := range m.merged.Rules {
			m.merged.Rules[i].Passed = 0
		}
		m.merged.UnusedWaivers = slices.Clone(part.UnusedWaivers)
	}
	r := m.merged
	switch {
	case part.Tool != r.Tool:
		return fmt.Errorf("merge: one part is by %s %s, another by %s %s", r.Tool.Name, r.Tool.Version, part.Tool.Name, part.Tool.Version)
	case part.AsOf != r.AsOf:
		return fmt.Errorf("merge: waivers are judged by %s in one part and by %s in another: give both the same --as-of", r.AsOf, part.AsOf)
	}
	if err := m.held.take(part); err != nil {
		return err
	}
	r.mergeWaivers(part)
	return r.join(part)
}

func (m *merger) settle() *Results {
	r := m.merged
	slices.SortStableFunc(r.Snapshots, func(a, b Snapshot) int { return cmp.Compare(a.Account, b.Account) })
	r.Sort()
	r.Count()
	m.held.settle(r)
	return r
}

// Add takes what a run found in other accounts, by the same rules. Waivers, order
// and counts are left as they are.
func (r *Results) Add(part *Results) error {
	if err := r.join(part); err != nil {
		return err
	}
	r.take(part)
	return nil
}

func (r *Results) take(part *Results) {
	r.Findings = append(r.Findings, part.Findings...)
	r.Unknown = append(r.Unknown, part.Unknown...)
	r.Gaps = append(r.Gaps, part.Gaps...)
}

// join takes what a part says of its accounts and rules, its lists aside.
func (r *Results) join(part *Results) error {
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
func (r *Results) mergeWaivers(part *Results) {
	for _, w := range part.ExpiredWaivers {
		if !slices.Contains(r.ExpiredWaivers, w) {
			r.ExpiredWaivers = append(r.ExpiredWaivers, w)
		}
	}
	r.UnusedWaivers = slices.DeleteFunc(r.UnusedWaivers, func(w Waiver) bool { return !slices.Contains(part.UnusedWaivers, w) })
}
