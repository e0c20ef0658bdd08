package rules

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/rules/facts"
)

// Audit judges snapshots, one account after the other, and returns results that
// still lack the tool's version, the waivers and the day they are judged by.
func (e *Engine) Audit(ctx context.Context, files []*snapshot.File, s Settings) (*report.Results, error) {
	results := &report.Results{Schema: report.Schema}
	passed := map[string]int{}
	for _, file := range files {
		a := &audit{engine: e, settings: s, file: file}
		if err := a.run(ctx, results, passed); err != nil {
			return nil, fmt.Errorf("%s: %w", file.Path, err)
		}
	}
	inForce := e.catalogue.Params(s)
	for _, rule := range e.catalogue.rules {
		if s.Disabled[rule.ID] {
			continue
		}
		if needs := s.waits(rule); len(needs) > 0 {
			results.Summary.NeedsIntent = append(results.Summary.NeedsIntent, report.NeedsIntent{Rule: rule.ID, Needs: needs})
			continue
		}
		described := rule.Rule
		described.Severity = s.severity(rule, 0)
		described.Passed = passed[rule.ID]
		params, err := json.Marshal(inForce[rule.ID])
		if err != nil {
			return nil, fmt.Errorf("write the parameters of %s: %w", rule.ID, err)
		}
		described.Params = params
		results.Rules = append(results.Rules, described)
		results.Summary.Passed += passed[rule.ID]
	}
	results.Summary.Rules = len(results.Rules)
	return results, nil
}

// audit is the audit of one file.
type audit struct {
	engine   *Engine
	settings Settings
	file     *snapshot.File
	account  string
	root     string
	intent   facts.Intent
	listings []facts.Listing
	places   map[string]string // subject → pointer
	whys     map[string]*why   // reasons of unknowns, by their JSON
}

func (a *audit) run(ctx context.Context, results *report.Results, passed map[string]int) error {
	document := a.prepare(results)
	began := time.Now()
	outcomes, failures, err := a.engine.Evaluate(ctx, document, a.settings)
	a.settings.Profile.Stage(StageRules, time.Since(began))
	if err != nil {
		return err
	}
	outcomes = slices.DeleteFunc(outcomes, func(o Outcome) bool {
		return a.settings.Particular != nil && !(Settings{Intent: a.intent}).Runs(o.Rule) // it needs what is said of other accounts only
	})
	from := make([]int, len(outcomes)+1) // where the findings of each begin
	open := 0
	for i, outcome := range outcomes {
		passed[outcome.Rule.ID] += len(outcome.Passed)
		from[i+1], open = from[i]+len(outcome.Findings), open+len(outcome.Unknown)
	}
	findings, unknown, gaps := make([]report.Finding, from[len(outcomes)]), make([]report.Unknown, 0, open), append(a.gaps(), a.failed(failures)...)
	lines := a.lines(outcomes, gaps)
	beside(len(outcomes), func(i int) {
		for n, f := range outcomes[i].Findings {
			findings[from[i]+n] = a.finding(outcomes[i].Rule, f)
		}
		outcomes[i].Findings = nil
	})
	for _, outcome := range outcomes {
		for _, u := range outcome.Unknown {
			entry, err := a.unknown(outcome.Rule, u)
			if err != nil {
				return err // and the walk over the file ends by itself
			}
			unknown = append(unknown, entry)
		}
	}
	gaps = append(gaps, a.refused(unknown)...)
	unknown = a.once(unknown)
	a.locate(findings, unknown, gaps, lines())
	results.Findings = joined(results.Findings, findings)
	results.Unknown = joined(results.Unknown, unknown)
	results.Gaps = append(results.Gaps, gaps...)
	return nil
}

// joined is append, but for the copy where there is nothing to append to.
func joined[T any](list, more []T) []T {
	if len(list) == 0 {
		return more
	}
	return append(list, more...)
}

// prepare makes the facts of the file.
func (a *audit) prepare(results *report.Results) *facts.Document {
	s := a.file.Snapshot
	a.account, a.root = s.Account.ID, s.Account.ARN()
	results.Snapshots = append(results.Snapshots, report.Snapshot{
		Path: a.file.Path, SHA256: a.file.SHA256, Account: a.account, Partition: s.Account.Partition,
		CollectedAt: s.CollectedAt.UTC().Format(time.RFC3339), CollectedBy: s.CollectedBy,
		CollectedVia: s.Tool.Name + " " + s.Tool.Version, Interrupted: s.Interrupted,
	})
	began := time.Now()
	defer func() { a.settings.Profile.Stage(StageFacts, time.Since(began)) }()
	particular := a.settings.particular(s)
	document, listings := facts.BuildAmong(s, particular.Intent, a.engine.catalogue.Params(a.settings), a.engine.wanted, particular.Others)
	a.intent = particular.Intent
	a.listings, a.places = listings, placesOf(document)
	if a.settings.Release {
		a.file.Release()
	}
	return document
}

// lines begins to find the lines of all that outcomes and gaps are about, in one walk
// over the file, and returns a function that waits for them.
func (a *audit) lines(outcomes []Outcome, gaps []report.Gap) (wait func() map[string]snapshot.Position) {
	pointers := []string{"/account"} // which stands for what several resources have in common
	for _, outcome := range outcomes {
		for i := range outcome.Findings {
			pointers = append(pointers, outcome.Findings[i].Place)
		}
		for i := range outcome.Unknown {
			pointers = append(pointers, a.places[outcome.Unknown[i].Subject])
		}
	}
	for i := range gaps {
		pointers = append(pointers, gaps[i].Place.Pointer)
	}
	var positions map[string]snapshot.Position
	var walk sync.WaitGroup
	walk.Go(func() { positions = a.file.Positions(pointers) })
	return func() map[string]snapshot.Position {
		walk.Wait()
		return positions
	}
}

// locate gives everything its line.
func (a *audit) locate(findings []report.Finding, unknown []report.Unknown, gaps []report.Gap, lines map[string]snapshot.Position) {
	set := func(place *report.Place) {
		place.File = a.file.Path
		place.Line, place.Column = 1, 1
		if at, ok := lines[place.Pointer]; ok {
			place.Line, place.Column = at.Line, at.Column
		}
	}
	for i := range findings {
		set(&findings[i].Place)
	}
	for i := range unknown {
		set(&unknown[i].Place)
	}
	for i := range gaps {
		set(&gaps[i].Place)
	}
}

// placesOf is where each subject stands.
func placesOf(d *facts.Document) map[string]string {
	places := map[string]string{}
	d.Resources(func(r facts.Resource) { places[r.ID] = r.Place })
	return places
}
