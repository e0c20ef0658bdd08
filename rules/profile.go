package rules

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// The stages of an audit that a Profile knows.
const (
	StageFacts = "facts" // the facts are made, access decisions included
	StageRules = "rules" // the rules are run
)

// Profile collects where the time of an audit goes. Rules run beside each other,
// so that their times may be more than what passed by the clock. Its methods may
// be called on nil, which collects nothing.
type Profile struct {
	mu     sync.Mutex
	rules  map[string]*RuleTime
	stages map[string]time.Duration
}

// RuleTime is the time that one rule took.
type RuleTime struct {
	Rule        string        `json:"rule"`
	Evaluations int           `json:"evaluations"` // shards that it was asked about
	Time        time.Duration `json:"ns"`
}

// Stage adds to the time of a stage, such as facts.
func (p *Profile) Stage(name string, took time.Duration) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stages == nil {
		p.stages = map[string]time.Duration{}
	}
	p.stages[name] += took
}

// judged adds to the time of a rule; a query of several rules is none of theirs.
func (p *Profile) judged(q *query, took time.Duration) {
	if p != nil && len(q.rules) == 1 {
		p.rule(q.rules[0].ID, 1, took)
	}
}

func (p *Profile) rule(id string, evaluations int, took time.Duration) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.rules == nil {
		p.rules = map[string]*RuleTime{}
	}
	if p.rules[id] == nil {
		p.rules[id] = &RuleTime{Rule: id}
	}
	p.rules[id].Evaluations += evaluations
	p.rules[id].Time += took
}

// Rules are the rules that were timed, sorted by id.
func (p *Profile) Rules() []RuleTime {
	p.mu.Lock()
	defer p.mu.Unlock()
	rules := make([]RuleTime, 0, len(p.rules))
	for _, one := range p.rules {
		rules = append(rules, *one)
	}
	slices.SortFunc(rules, func(a, b RuleTime) int { return cmp.Compare(a.Rule, b.Rule) })
	return rules
}

// Time is that of a stage.
func (p *Profile) Time(stage string) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stages[stage]
}
