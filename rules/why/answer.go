package why

import (
	"github.com/go-json-experiment/json/jsontext"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/rules/access"
	"github.com/kmsaudit/kmsaudit/rules/chain"
)

// Schema names the format of an Answer as JSON. It only grows.
const Schema = "kmsaudit.why/v1"

// Answer is the answer to a Question.
type Answer struct {
	Schema    string         `json:"schema"`
	Snapshots []chain.Source `json:"snapshots"`
	Question  Question       `json:"question"` // with full names
	Verdict   access.Verdict `json:"verdict"`  // that of the worst request
	Summary   string         `json:"summary"`  // one sentence
	// Requests are what the operation consists of; all of them have to be allowed.
	Requests []Request `json:"requests"`
	// Keys are those that the operation uses, with their states.
	Keys []Key `json:"keys"`
	// Obstacles make the operation fail whatever the policies say.
	Obstacles []Obstacle `json:"obstacles"`
	// Causes are why it is refused, in the order in which to look.
	Causes []Cause `json:"causes"`
	// Mend is what would let it through; null where it is not denied.
	Mend *Mend `json:"mend"`
	// Scenarios are how an open verdict falls in the usual situations.
	Scenarios []Scenario `json:"scenarios"`
	// Assumptions are what the verdict takes for granted, RestsOn the layers that
	// were not read and are taken as not restricting.
	Assumptions []string       `json:"assumptions"`
	RestsOn     []access.Layer `json:"rests_on"`
	// Untested are condition keys that the question gives and no policy tests.
	Untested []string `json:"untested"`
}

// Request is one request of an operation.
type Request struct {
	Half     string `json:"half"`   // s3, kms
	Action   string `json:"action"` // such as kms:Decrypt
	Resource string `json:"resource"`
	// Context is the value of the encryption context's aws:s3:arn, where S3 asks.
	Context   string         `json:"encryption_context"`
	Verdict   access.Verdict `json:"verdict"`
	Missing   []access.Layer `json:"missing"` // layers in which an Allow is missing
	Layers    []Layer        `json:"layers"`
	DependsOn []Test         `json:"depends_on"` // that are open, all layers together
	When      *Formula       `json:"when"`       // an open request is allowed; null for others
	Unread    []Unread       `json:"unread"`
	Notes     []string       `json:"notes"` // readings taken, and what is odd, with the numbers of the rules
}

// Layer is what one layer of policies says.
type Layer struct {
	// Layer is identity, group, boundary, session, scp, key_policy, bucket_policy,
	// resource_policy, grant or rcp.
	Layer string `json:"layer"`
	// Name is the group's, or the id of the root, organizational unit or account
	// that SCPs and RCPs hang on.
	Name       string      `json:"name"`
	Says       access.Says `json:"says"`
	Why        string      `json:"why"`
	Statements []Statement `json:"statements"`
	Unread     []Unread    `json:"unread"`
}

// Statement is a statement of a policy, or a grant, and whether it holds.
type Statement struct {
	Policy string       `json:"policy"` // name; id of a grant
	Sid    string       `json:"sid"`
	Index  int          `json:"index"` // in the policy's list of statements
	Effect string       `json:"effect"`
	Cited  string       `json:"cited"` // how to call it
	Text   string       `json:"text"`  // what it says
	Holds  string       `json:"holds"` // yes, open, no
	As     string       `json:"as"`    // how it names the caller: account, role, direct
	Tests  []Test       `json:"tests"` // that are open, or that fail
	Place  report.Place `json:"place"`
}

// Test is a condition test, or the test of a Resource or Principal.
type Test struct {
	Key      string   `json:"key"`
	Operator string   `json:"operator"`
	Values   []string `json:"values"`
	Has      []string `json:"has"`   // what the request has
	Known    bool     `json:"known"` // whether that is known
	Cited    string   `json:"cited"` // the statement that tests
}

// Formula says what has to be so: a test that has to hold, or to fail; or formulas
// of which all, or any, have to be so (U5).
type Formula struct {
	Test  *Test     `json:"test"`
	Fails bool      `json:"fails"` // the test must not hold: a Deny waits for it
	All   []Formula `json:"all"`
	Any   []Formula `json:"any"`
}

// Unread is a policy, or a list of policies, that was not read.
type Unread struct {
	Text  string       `json:"text"`
	Place report.Place `json:"place"`
}

// Key is a key that the operation uses.
type Key struct {
	ARN   string       `json:"arn"`
	State string       `json:"state"` // as KMS calls it; "" where it is not known
	Text  string       `json:"text"`
	Works string       `json:"works"` // yes, no, unknown
	Place report.Place `json:"place"`
}

// Obstacle makes an operation fail whatever the policies say.
type Obstacle struct {
	Text    string       `json:"text"`
	Mend    string       `json:"mend"`
	Command string       `json:"command"`
	Place   report.Place `json:"place"`
}

// Cause is a reason of a refusal.
type Cause struct {
	Kind   string         `json:"kind"` // one of Kinds
	Text   string         `json:"text"`
	Action string         `json:"action"` // of the request that it is about, "" for the whole
	Places []report.Place `json:"places"`
}

// Mend is what would let a denied operation through.
type Mend struct {
	// Proved says that with all the steps the verdict is Allowed: they were
	// applied to a copy of the snapshots, which was decided again.
	Proved  bool           `json:"proved"`
	LeadsTo access.Verdict `json:"leads_to"`
	Steps   []Step         `json:"steps"`
	// Elsewhere is what has to change besides in an account that was not read, so
	// that nobody can prove it.
	Elsewhere []Step `json:"elsewhere"`
	// Also is what else is needed, or why there is nothing to propose.
	Also []string `json:"also"`
}

// Step is one change of a mend.
type Step struct {
	Text string `json:"text"`
	// To is identity_policy, key_policy, bucket_policy, permissions_boundary, scp,
	// rcp or request; Of is whose: the ARN of the principal, key, bucket or policy,
	// or the id of the root, organizational unit or account.
	To      string `json:"to"`
	Of      string `json:"of"`
	Account string `json:"account"`
	// Statements are to be added, in place of Replaces where that is given.
	Statements []jsontext.Value `json:"statements"`
	Replaces   *Statement       `json:"replaces"`
	// Request are condition keys and the values that the request has to bring.
	Request map[string]string `json:"request"`
}

// Scenario is a situation in which a verdict is no longer open.
type Scenario struct {
	Name      string         `json:"name"`
	Verdict   access.Verdict `json:"verdict"`
	DependsOn []Test         `json:"depends_on"`
	When      []Formula      `json:"when"` // of each request that is still open
}
