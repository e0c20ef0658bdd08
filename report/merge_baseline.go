package report

import (
	"errors"
	"fmt"
	"slices"
)

// baselines makes one of the baselines of parts that judged different accounts. Each
// part calls unjudged what is of the accounts of the others.
type baselines struct {
	parts  int
	merged *Baseline // nil where the parts have none
	seen   map[string]bool
}

// take takes the baseline of a part. All have to be held against the same results.
func (b *baselines) take(part *Results) error {
	b.parts++
	theirs := part.Baseline
	switch {
	case b.parts == 1 && theirs != nil:
		b.merged, b.seen = &Baseline{Path: theirs.Path, AsOf: theirs.AsOf}, map[string]bool{}
	case (theirs == nil) != (b.merged == nil):
		return errors.New("merge: some parts are held against a baseline and others are not: give all the same --baseline, or hold what is merged against it")
	case theirs == nil:
		return nil
	case theirs.Path != b.merged.Path || theirs.AsOf != b.merged.AsOf:
		return fmt.Errorf("merge: one part is held against %s of %s, another against %s of %s: give all the same --baseline", b.merged.Path, b.merged.AsOf, theirs.Path, theirs.AsOf)
	}
	if theirs == nil {
		return nil
	}
	m := b.merged
	m.New += theirs.New
	m.Worse += theirs.Worse
	m.Updated += theirs.Updated
	m.Unchanged += theirs.Unchanged
	m.Resolved = append(m.Resolved, theirs.Resolved...)
	m.Blind = append(m.Blind, theirs.Blind...)
	for i := range theirs.Unjudged {
		if f := &theirs.Unjudged[i]; !b.seen[f.Fingerprint] {
			b.seen[f.Fingerprint] = true
			m.Unjudged = append(m.Unjudged, *f)
		}
	}
	return nil
}

// settle says in the merged results what of the baseline is no longer found in any
// part: resolved where the part of its account judged it, and no part lacks a listing
// that it may hide in.
func (b *baselines) settle(r *Results) {
	if b.merged == nil {
		return
	}
	m := b.merged
	told := map[string]bool{}
	for f := range r.EachFinding() {
		told[f.Fingerprint] = true
	}
	judged := newJudged(r)
	var resolved []Finding
	for i := range m.Resolved {
		f := &m.Resolved[i]
		told[f.Fingerprint] = true
		if judged.again(f) {
			resolved = append(resolved, *f)
		} else {
			m.Unjudged = append(slices.DeleteFunc(m.Unjudged, func(u Finding) bool { return u.Fingerprint == f.Fingerprint }), *f)
			told[f.Fingerprint] = false
		}
	}
	m.Resolved = resolved
	m.Unjudged = slices.DeleteFunc(m.Unjudged, func(f Finding) bool { return told[f.Fingerprint] })
	slices.SortFunc(m.Resolved, compareFindings)
	slices.SortFunc(m.Unjudged, compareFindings)
	r.Baseline = m
}
