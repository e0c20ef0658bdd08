package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/kmsaudit/kmsaudit/rules"
)

// The stages of check beside those of the audit.
const (
	stageRead   = "read"   // the snapshots are read
	stageReport = "report" // the reports are written
)

// profileSchema names the form of check --profile=json. Fields are only ever added.
const profileSchema = "kmsaudit.profile/v1"

// writeProfile says on stderr where the time went: stages in their order, then
// rules by id.
func (a *app) writeProfile(p *rules.Profile, form string) error {
	if p == nil {
		return nil
	}
	type stage struct {
		Stage string        `json:"stage"`
		Time  time.Duration `json:"ns"`
	}
	var stages []stage
	for _, name := range []string{stageRead, rules.StageFacts, rules.StageRules, stageReport} {
		stages = append(stages, stage{name, p.Time(name)})
	}
	if form == "json" {
		text, err := json.Marshal(map[string]any{"schema": profileSchema, "stages": stages, "rules": p.Rules()})
		if err == nil {
			_, err = fmt.Fprintln(a.stderr, string(text))
		}
		return err
	}
	var text strings.Builder
	line := func(name string, took time.Duration, more string) {
		fmt.Fprintf(&text, "  %-10s %10.3f ms%s\n", name, float64(took)/float64(time.Millisecond), more)
	}
	text.WriteString("where the time went\n")
	for _, one := range stages {
		line(one.Stage, one.Time, "")
	}
	text.WriteString("time of each rule, asked one by one; they run beside each other\n")
	for _, one := range p.Rules() {
		line(one.Rule, one.Time, fmt.Sprintf("  %4d shards", one.Evaluations))
	}
	a.say("%s", text.String())
	return nil
}
