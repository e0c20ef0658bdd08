package report

import "encoding/json"

// Finding is one thing that is wrong. Its JSON form is part of the results
// format kmsaudit.results/v1.
type Finding struct {
	Rule     string   `json:"rule"` // the permanent id, such as KEY-001
	Severity Severity `json:"severity"`
	Resource string   `json:"resource"` // ARN
	Account  string   `json:"account"`
	Region   string   `json:"region"` // "" for global resources
	// Statement identifies the policy statement at fault within its policy: its
	// Sid, or a hash of what it says. "" when no statement is at fault.
	Statement string `json:"statement"`
	// About tells findings of one rule on one resource apart: principal, action,
	// operation, object, grant.
	About map[string]string `json:"about"`
	Msg   string            `json:"msg"`
	// Evidence is what the rule saw, as JSON.
	Evidence json.RawMessage `json:"evidence"`
	// Mend is a concrete mend, as JSON: a policy statement to add, or a setting
	// to change. null when the rule has none.
	Mend        json.RawMessage `json:"mend"`
	Place       Place           `json:"place"`
	Fingerprint string          `json:"fingerprint"`
	Waived      *Waived         `json:"waived"` // null when no waiver covers it
	// Baseline is how it stands against an earlier run; not there without one.
	Baseline string `json:"baseline,omitempty"`
}

// Place is where in a snapshot file something stands.
type Place struct {
	File    string `json:"file"`    // path as given on the command line
	Pointer string `json:"pointer"` // RFC 6901
	Line    int    `json:"line"`    // from 1
	Column  int    `json:"column"`  // from 1, in Unicode code points
}

// Waived says which waiver covers a finding.
type Waived struct {
	Reason  string `json:"reason"`
	Owner   string `json:"owner"`
	Expires string `json:"expires"` // YYYY-MM-DD, inclusive, UTC
	Ticket  string `json:"ticket,omitempty"`
}

// Unknown is a subject that a rule could not judge. It is neither a finding nor
// a pass.
type Unknown struct {
	Rule     string            `json:"rule"`
	Severity Severity          `json:"severity"` // that of its rule
	Resource string            `json:"resource"`
	Account  string            `json:"account"`
	Region   string            `json:"region"`
	About    map[string]string `json:"about"`
	Msg      string            `json:"msg"` // why, in words
	// Why is the reading, or the open condition tests, that would settle it.
	Why         json.RawMessage `json:"why"`
	Place       Place           `json:"place"`
	Fingerprint string          `json:"fingerprint"`
	Waived      *Waived         `json:"waived"`
}

// Gap is evidence that an enabled rule needs and the snapshot does not have.
type Gap struct {
	Account   string   `json:"account"`
	Service   string   `json:"service"`
	Region    string   `json:"region"`
	Operation string   `json:"operation"` // such as kms:ListKeys
	Resource  string   `json:"resource"`  // ARN, "" for a whole listing
	State     string   `json:"state"`     // denied, failed, not_collected, gone
	Code      string   `json:"code"`      // AWS error code, if AWS gave one
	Message   string   `json:"message"`
	Rules     []string `json:"rules"` // the enabled rules that read it
	Severity  Severity `json:"severity"`
	// Listing says that a whole listing is missing, so that nobody knows which
	// resources there are.
	Listing bool  `json:"listing"`
	Place   Place `json:"place"`
}
