package report

import (
	"cmp"
	"errors"
	"slices"
	"time"
)

// Stored holds the findings, unknowns and gaps of many accounts in temporary files,
// in the order of Sort. Close drops them.
type Stored struct {
	findings spool[Finding, *Finding]
	unknown  spool[Unknown, *Unknown]
	gaps     spool[Gap, *Gap]
}

// newStored is empty. It keeps what is added in the order of Sort, or in that in which
// it is added.
func newStored(sorted bool) *Stored {
	s := &Stored{}
	if sorted {
		s.findings.compare = func(a, b *Finding) int { return compareFindings(*a, *b) }
		s.unknown.compare = func(a, b *Unknown) int { return compareUnknown(*a, *b) }
		s.gaps.compare = func(a, b *Gap) int { return compareGaps(*a, *b) }
	}
	return s
}

// take moves the lists of results to the files.
func (s *Stored) take(r *Results) error {
	if err := s.findings.add(r.EachFinding()); err != nil {
		return err
	}
	if err := s.unknown.add(r.EachUnknown()); err != nil {
		return err
	}
	if err := s.gaps.add(r.EachGap()); err != nil {
		return err
	}
	r.Findings, r.Unknown, r.Gaps = nil, nil, nil
	return nil
}

// settle ends the adding.
func (s *Stored) settle() error {
	for _, settle := range []func() error{s.findings.settle, s.unknown.settle, s.gaps.settle} {
		if err := settle(); err != nil {
			return err
		}
	}
	return nil
}

// Err is what went wrong when they were read, if anything: whatever was written of
// them is then not whole.
func (s *Stored) Err() error {
	if s == nil {
		return nil
	}
	return errors.Join(s.findings.err, s.unknown.err, s.gaps.err)
}

// Held says why no temporary file could be made, so that it is all held in memory;
// nil where none was wanted, or could be.
func (s *Stored) Held() error {
	if s == nil {
		return nil
	}
	for _, file := range []*spoolFile{s.findings.file, s.unknown.file, s.gaps.file} {
		if file != nil && file.why != nil {
			return file.why
		}
	}
	return nil
}

// fail keeps an error for Err.
func (s *Stored) fail(err error) { s.findings.err = cmp.Or(s.findings.err, err) }

// Close drops the files.
func (s *Stored) Close() {
	if s != nil {
		s.findings.close()
		s.unknown.close()
		s.gaps.close()
	}
}

// Gathering makes one of the results of many accounts. It holds what it was given in
// temporary files, so that memory is that of the largest account and not of them
// all; what is held of each account is what Results.Snapshots says of it.
type Gathering struct {
	results *Results
	waivers *cover      // nil where those of the parts stand
	drift   *comparison // nil where there is no earlier run
}

// NewGathering begins with results that name the rules, and nothing found yet.
func NewGathering(empty *Results) *Gathering {
	empty.Stored = newStored(true)
	return &Gathering{results: empty}
}

// Waive has what is added from now on marked, as Results.Apply does.
func (g *Gathering) Waive(waivers []Waiver, asOf time.Time) {
	g.waivers = newCover(waivers, asOf)
	g.results.AsOf = g.waivers.day()
}

// Compare has what is added from now on held against an earlier run, as
// Results.Against does. Waive goes before. Of a run that ReadStored has read, no more
// than an account is held at a time.
func (g *Gathering) Compare(old *Results, path string) error {
	if old.Stored == nil {
		g.drift = newComparison(newEarlier(old), path)
		return nil
	}
	before, err := storedEarlier(old)
	g.drift = newComparison(before, path)
	return err
}

// Add takes the results of other accounts, by the same rules, and lets go of what
// they list.
func (g *Gathering) Add(part *Results) error {
	if err := g.results.join(part); err != nil {
		return err
	}
	if g.waivers != nil {
		g.waivers.mark(part)
	}
	part.Sort()
	if g.drift != nil {
		g.drift.mark(part)
	}
	return g.results.Stored.take(part)
}

// Gaps takes gaps that are of no account in particular.
func (g *Gathering) Gaps(gaps []Gap) error {
	part := &Results{Gaps: slices.Clone(gaps)}
	part.Sort()
	if g.drift != nil {
		g.drift.listings = append(g.drift.listings, part.listings()...)
	}
	return g.results.Stored.take(part)
}

// Results are those of all parts, in order and counted. They read the files, so that
// Stored has to be closed when they are not wanted any more.
func (g *Gathering) Results() (*Results, error) {
	r := g.results
	if err := r.Stored.settle(); err != nil {
		return nil, err
	}
	r.Sort()
	if g.waivers != nil {
		g.waivers.settle(r)
	}
	r.Count()
	if g.drift != nil {
		g.drift.settle(r)
		if before := g.drift.earlier.stored; before != nil {
			defer before.Close()
			if err := before.Err(); err != nil {
				return nil, err
			}
		}
	}
	return r, r.Stored.Err()
}

// Close drops the files.
func (g *Gathering) Close() {
	g.results.Stored.Close()
	if g.drift != nil {
		g.drift.earlier.stored.Close()
	}
}
