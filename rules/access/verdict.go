package access

import (
	"fmt"
	"strings"
)

// Verdict is the answer to one request (rule Q2).
type Verdict uint8

// The verdicts. The zero value is Unknown: what nobody decided is not allowed.
const (
	Unknown          Verdict = iota // a policy that matters was not read
	Allowed                         // every needed Allow is true, every Deny false
	ExplicitlyDenied                // some Deny is true (E2)
	ImplicitlyDenied                // a needed Allow is false (E3)
	Depends                         // open condition tests decide (U4)
)

var verdictNames = [...]string{"Unknown", "Allowed", "ExplicitlyDenied", "ImplicitlyDenied", "Depends"}

func (v Verdict) String() string {
	if int(v) < len(verdictNames) {
		return verdictNames[v]
	}
	return fmt.Sprintf("Verdict(%d)", uint8(v))
}

// Denied reports whether the request is denied, explicitly or implicitly.
func (v Verdict) Denied() bool { return v == ExplicitlyDenied || v == ImplicitlyDenied }

// MarshalText writes the verdict's name.
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText reads a verdict's name, in any case.
func (v *Verdict) UnmarshalText(text []byte) error {
	for i, name := range verdictNames {
		if strings.EqualFold(name, string(text)) {
			*v = Verdict(i)
			return nil
		}
	}
	return fmt.Errorf("%q is not a verdict", text)
}

// Layer is a kind of policy that takes part in a decision (rule E1).
type Layer string

// The layers.
const (
	LayerIdentity Layer = "identity"
	LayerResource Layer = "resource"
	LayerGrant    Layer = "grant"
	LayerBoundary Layer = "boundary"
	LayerSession  Layer = "session"
	LayerSCP      Layer = "scp"
	LayerRCP      Layer = "rcp"
)

// Decision is a verdict with its evidence (rule Q3).
type Decision struct {
	Verdict Verdict `json:"verdict"`
	// DecidedBy are the statements that decided: the Denies that are true, or the
	// Allows of every path that is open.
	DecidedBy []StatementRef `json:"decided_by"`
	// Missing are the layers in which an Allow is missing, when the request is
	// denied implicitly.
	Missing []Layer `json:"missing"`
	// DependsOn are the condition tests still open (U5).
	DependsOn []Test `json:"depends_on"`
	// When says how they have to come out for the request to be allowed (U5).
	When *Formula `json:"when,omitzero"`
	// Unread are the policies that were not read, when the verdict is Unknown.
	Unread []UnreadRef `json:"unread"`
	// Notes are the readings taken where the documentation is silent or sources
	// disagree, and ineffective statements met, with the numbers of the rules.
	Notes []string `json:"notes"`
	// Assumptions are what the answer takes for granted (Q5, O7).
	Assumptions []string `json:"assumptions"`
	// Layers are what every layer says, where the question asks for it.
	Layers []LayerAnswer `json:"layers,omitzero"`
}

// StatementRef names a statement of a policy, or a grant.
type StatementRef struct {
	Layer  Layer  `json:"layer"`
	Policy string `json:"policy"` // name of the policy; id of the grant
	Sid    string `json:"sid"`
	Index  int    `json:"index"` // in the policy's list of statements
	Effect string `json:"effect"`
	// Pointer is the JSON pointer in the snapshot, "" outside of one.
	Pointer string `json:"pointer"`
	// Identity names the statement across edits of its policy, see
	// policy.Document.Identity.
	Identity string `json:"identity"`
}

// Test is a condition test whose outcome is not known.
type Test struct {
	Key       string       `json:"key"`
	Operator  string       `json:"operator"`
	Values    []string     `json:"values"`
	Statement StatementRef `json:"statement"`
}

// UnreadRef names a policy, or a list of policies, that was not read, and why.
type UnreadRef struct {
	Layer     Layer  `json:"layer"`
	Policy    string `json:"policy"`
	Pointer   string `json:"pointer"` // of the reading in the snapshot, or of its coverage entry
	State     string `json:"state"`
	Operation string `json:"operation"`
	Code      string `json:"code"`
	// Account says whose snapshot it is about, where that is not the one asked.
	Account string `json:"account,omitzero"`
}

// Stance says what a question is asked for, and so how SCPs and RCPs that were
// not read and accounts that were not seen count.
type Stance uint8

// The stances.
const (
	// MustNotBeAble takes an unread SCP or RCP as not restricting, and a foreign
	// account as allowing its own principals.
	MustNotBeAble Stance = iota
	// MustBeAble makes both Unknown where the rest allows.
	MustBeAble
)

func (s Stance) String() string {
	if s == MustBeAble {
		return "must_be_able"
	}
	return "must_not_be_able"
}
