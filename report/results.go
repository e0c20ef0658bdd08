package report

import "encoding/json"

// Schema names the results format.
const Schema = "kmsaudit.results/v1"

// Results is one run of check. Its JSON form is frozen as kmsaudit.results/v1.
type Results struct {
	Schema    string     `json:"schema"`
	Tool      Tool       `json:"tool"`
	Snapshots []Snapshot `json:"snapshots"`
	AsOf      string     `json:"as_of"` // YYYY-MM-DD, the day that waivers are judged by
	Summary   Summary    `json:"summary"`
	// Rules are the enabled rules, sorted by id.
	Rules []Rule `json:"rules"`
	// Findings are sorted: worst first, then rule, account, resource, fingerprint.
	Findings []Finding `json:"findings"`
	Unknown  []Unknown `json:"unknown"`
	Gaps     []Gap     `json:"gaps"`
	// UnusedWaivers are those that covered nothing, ExpiredWaivers those that
	// would have covered something had they not expired.
	UnusedWaivers  []Waiver `json:"unused_waivers"`
	ExpiredWaivers []Waiver `json:"expired_waivers"`
	// Baseline is the earlier run that this one was held against, if any.
	Baseline *Baseline `json:"baseline,omitempty"`
	// Stored has the findings, unknowns and gaps where they are too many for memory;
	// the lists are empty then. EachFinding and the like read either.
	Stored *Stored `json:"-"`
}

// Tool is the program that made the results.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Snapshot is one file that was audited.
type Snapshot struct {
	Path         string `json:"path"`
	SHA256       string `json:"sha256"` // of the file's bytes
	Account      string `json:"account"`
	Partition    string `json:"partition"`
	CollectedAt  string `json:"collected_at"`  // RFC 3339, UTC
	CollectedBy  string `json:"collected_by"`  // ARN of the collecting identity
	CollectedVia string `json:"collected_via"` // tool and version that wrote it
	Interrupted  bool   `json:"interrupted"`
}

// Summary counts. Waived findings are in Waived only.
type Summary struct {
	Rules    int `json:"rules"`    // rules that ran
	Passed   int `json:"passed"`   // subjects judged and found right
	Findings int `json:"findings"` // not waived
	Unknown  int `json:"unknown"`  // not waived
	Waived   int `json:"waived"`
	// BySeverity counts the findings that are not waived.
	BySeverity map[string]int `json:"by_severity"`
	// WorstWaived is the highest severity among what was waived, "" for nothing.
	WorstWaived string `json:"worst_waived"`
	// NeedsIntent are the rules that did not run because the configuration does
	// not say what they compare with, each with what it wants said.
	NeedsIntent []NeedsIntent `json:"needs_intent"`
}

// NeedsIntent is a rule that waits for the configuration to say something.
type NeedsIntent struct {
	Rule  string   `json:"rule"`
	Needs []string `json:"needs"` // such as requirements, environments
}

// Rule is what is known about one rule, and how it fared.
type Rule struct {
	ID          string              `json:"id"`
	Name        string              `json:"name"`
	Title       string              `json:"title"`
	Family      string              `json:"family"`
	Severity    Severity            `json:"severity"`
	Description string              `json:"description"`
	Remediation string              `json:"remediation"`
	Question    string              `json:"question,omitempty"`
	Reads       []string            `json:"reads"`
	NeedsIntent []string            `json:"needs_intent"`
	Compliance  map[string][]string `json:"compliance"` // published mappings
	Suggested   map[string][]string `json:"suggested"`  // our own
	Params      json.RawMessage     `json:"params"`     // in force for this run
	Related     []string            `json:"related"`    // URLs
	Passed      int                 `json:"passed"`
	Findings    int                 `json:"findings"`
	Unknown     int                 `json:"unknown"`
	Waived      int                 `json:"waived"`
}
