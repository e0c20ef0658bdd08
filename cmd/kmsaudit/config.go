package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/rules"
	"github.com/kmsaudit/kmsaudit/rules/facts"
)

// config is what kmsaudit.yaml says: what the account is meant to be, and how it
// is judged.
type config struct {
	Version      int      `yaml:"version"`
	Account      string   `yaml:"account"`
	Regions      []string `yaml:"regions"`
	facts.Intent `yaml:",inline"`
	// Accounts say what holds for single accounts, besides what holds for all.
	Accounts map[string]accountConfig `yaml:"accounts"`
	Rules    map[string]ruleConfig    `yaml:"rules"`
	Waivers  []waiver                 `yaml:"waivers"`
	FailOn   string                   `yaml:"fail_on"`
	OnGap    string                   `yaml:"on_gap"`
	MaxAge   age                      `yaml:"max_age"`
	// MaxWaiverDays is how far ahead a waiver may expire, 0 for no limit.
	MaxWaiverDays int `yaml:"max_waiver_days"`
}

// accountConfig is what one account is meant to be.
type accountConfig struct {
	Regions      []string `yaml:"regions"`
	facts.Intent `yaml:",inline"`
}

// ruleConfig changes one rule.
type ruleConfig struct {
	Enabled  *bool           `yaml:"enabled"`
	Severity report.Severity `yaml:"severity"`
	Params   map[string]any  `yaml:"params"`
}

// waiver is a report.Waiver as it is written.
type waiver struct {
	Rule        string `yaml:"rule"`
	Resource    string `yaml:"resource"`
	Account     string `yaml:"account"`
	Region      string `yaml:"region"`
	Fingerprint string `yaml:"fingerprint"`
	Reason      string `yaml:"reason"`
	Owner       string `yaml:"owner"`
	Expires     string `yaml:"expires"`
	Ticket      string `yaml:"ticket"`
}

// waiverFile is a file of waivers alone.
type waiverFile struct {
	Version int      `yaml:"version"`
	Waivers []waiver `yaml:"waivers"`
}

// settled is a configuration that has been checked and can be used.
type settled struct {
	config
	name     string // of the file, "" where there is none
	settings rules.Settings
	waivers  []report.Waiver
}

// defaultConfig is used where no other file is named.
const defaultConfig = "kmsaudit.yaml"

// configure reads the configuration file at path. Where path is empty, the one in
// the working directory is used if it is there, and stderr says so.
func (a *app) configure(path string, catalogue *rules.Catalogue) (*settled, error) {
	name := path
	if path == "" {
		name = defaultConfig
	}
	text, err := os.ReadFile(name)
	switch {
	case path == "" && errors.Is(err, fs.ErrNotExist):
		return &settled{}, nil
	case err != nil:
		return nil, wrong(fmt.Errorf("read configuration %s: %w", name, bare(err)))
	case path == "":
		a.say("using ./%s", defaultConfig)
	}
	c, err := parseConfig(name, text, catalogue)
	return c, wrong(err)
}

// parseConfig reads a configuration and checks it whole. The error lists every
// problem, each with file and line.
func parseConfig(name string, text []byte, catalogue *rules.Catalogue) (*settled, error) {
	c := &settled{name: name}
	s := readYAML(name, text, &c.config)
	if len(s.problems) > 0 {
		return nil, s.err()
	}
	if c.Version != 1 {
		s.wrong("version", "this has to be 1, the only version there is")
	}
	if s.places["account"] != nil && !snapshot.IsAccountID(c.Account) {
		s.wrong("account", "%q is not an account: it has 12 digits", c.Account)
	}
	s.checkRegions("", c.Regions)
	s.checkIntent("", &c.Intent)
	s.checkAccounts(&c.config)
	s.checkGate(&c.config)
	c.settings = s.settings(&c.config, catalogue)
	c.waivers = s.waivers(c.Waivers, catalogue)
	return c, s.err()
}

// readWaivers reads a file of waivers.
func readWaivers(name string, catalogue *rules.Catalogue) ([]report.Waiver, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read waivers %s: %w", name, bare(err))
	}
	return parseWaivers(name, text, catalogue)
}

func parseWaivers(name string, text []byte, catalogue *rules.Catalogue) ([]report.Waiver, error) {
	var file waiverFile
	s := readYAML(name, text, &file)
	if len(s.problems) > 0 {
		return nil, s.err()
	}
	if file.Version != 1 {
		s.wrong("version", "this has to be 1, the only version there is")
	}
	waivers := s.waivers(file.Waivers, catalogue)
	return waivers, s.err()
}
