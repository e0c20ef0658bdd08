package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/rules"
)

// readSnapshots reads all the files and holds them to the configuration. The
// error lists everything that is wrong with any of them.
func readSnapshots(paths []string, c *settled) ([]*snapshot.File, error) {
	var files []*snapshot.File
	var problems []error
	first := map[string]string{} // account → file
	for _, path := range paths {
		file, err := readSnapshot(path)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		account := file.Snapshot.Account.ID
		if other, twice := first[account]; twice {
			problems = append(problems, fmt.Errorf("%s and %s are both snapshots of account %s: check them one at a time", other, path, account))
			continue
		}
		first[account] = path
		files = append(files, file)
	}
	if c.Account != "" && first[c.Account] == "" && len(problems) == 0 {
		file := files[0]
		problems = append(problems, fmt.Errorf("%s is a snapshot of account %s, and %s is about account %s", file.Path, file.Snapshot.Account.ID, c.name, c.Account))
	}
	return files, errors.Join(problems...)
}

// readOne reads the snapshot that a command is about, and leaves in the configuration
// what holds for its account.
func readOne(path string, c *settled) (*snapshot.File, error) {
	file, err := readOneOf(path, c)
	if err != nil {
		return nil, err
	}
	c.settings.Intent = c.intentOf(file.Snapshot.Account.ID, nil)
	return file, nil
}

// readOneOf reads one of the snapshots that a command is about.
func readOneOf(path string, c *settled) (*snapshot.File, error) {
	files, err := readSnapshots([]string{path}, c)
	if err != nil {
		return nil, err
	}
	return files[0], nil
}

func readSnapshot(path string) (*snapshot.File, error) {
	file, err := snapshot.ReadForAudit(path)
	var placed *snapshot.Error
	switch {
	case errors.As(err, &placed):
		return nil, placed
	case err != nil:
		return nil, fmt.Errorf("read snapshot %s: %w", path, bare(err))
	}
	return file, nil
}

// tolerated is how far the clock that dated a snapshot may be ahead of ours.
const tolerated = 5 * time.Minute

// staleness lists what makes a snapshot less than the gate asks for: Regions that
// the configuration names and it lacks, and its age.
func staleness(file *snapshot.File, engine *rules.Engine, c *settled, maxAge age, now time.Time) []report.Gap {
	s := file.Snapshot
	var gaps []report.Gap
	var positions map[string]snapshot.Position
	add := func(gap report.Gap, reads func(*rules.Rule) bool) {
		gap.Account, gap.Listing = s.Account.ID, true
		for _, rule := range engine.Rules() {
			if reads(rule) {
				gap.Rules = append(gap.Rules, rule.ID)
				gap.Severity = max(gap.Severity, severity(rule, c))
			}
		}
		if positions == nil {
			positions = file.Positions([]string{"/regions", "/collected_at"})
		}
		at := positions[gap.Place.Pointer]
		gap.Place.Line, gap.Place.Column = max(at.Line, 1), max(at.Column, 1)
		gap.Place.File = file.Path
		if len(gap.Rules) > 0 {
			gaps = append(gaps, gap)
		}
	}
	for _, region := range c.regionsOf(s.Account.ID) {
		if !slices.Contains(s.Regions, region) {
			add(report.Gap{
				Service: "kms", Region: region, Operation: "kms:ListKeys", State: snapshot.NotCollected.String(),
				Message: "the configuration names the Region, and it was not collected", Place: report.Place{Pointer: "/regions"},
			}, func(r *rules.Rule) bool {
				return slices.ContainsFunc(r.Reads, func(operation string) bool { return strings.HasPrefix(operation, "kms:") })
			})
		}
	}
	late := report.Gap{Service: "kmsaudit", Operation: "collect", State: snapshot.Failed.String(), Place: report.Place{Pointer: "/collected_at"}}
	limit := time.Duration(maxAge)
	switch old := now.Sub(s.CollectedAt); {
	case limit == 0:
		return gaps
	case old > limit:
		late.Code, late.Message = "TooOld", "the snapshot is older than "+short(limit)
	case old < -tolerated:
		late.Code, late.Message = "NotYet", "the snapshot is dated in the future"
	default:
		return gaps
	}
	add(late, func(*rules.Rule) bool { return true })
	return gaps
}

func severity(rule *rules.Rule, c *settled) report.Severity {
	if configured, ok := c.settings.Severities[rule.ID]; ok {
		return configured
	}
	return rule.Severity
}
