package snapshot

import (
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// State says what came of asking AWS for something. The zero value is
// NotCollected: what nobody asked for is not known.
type State uint8

// The states. OK, Absent and Unsupported are answers; the others are not, and a
// rule may never pass on them.
const (
	NotCollected State = iota
	OK                 // AWS gave a value
	Absent             // AWS answered that nothing is configured
	Unsupported        // AWS answered that the question does not apply
	Denied             // AWS refused
	Failed             // no usable answer: fault, timeout, unreadable reply
	Gone               // deleted while the collection ran
)

var stateNames = [...]string{"not_collected", "ok", "absent", "unsupported", "denied", "failed", "gone"}

func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return fmt.Sprintf("state(%d)", uint8(s))
}

// Answer reports whether AWS answered: with a value, or that there is none.
func (s State) Answer() bool { return s == OK || s == Absent || s == Unsupported }

// MarshalText writes the state's name.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a state's name; any other word is an error.
func (s *State) UnmarshalText(text []byte) error {
	for i, name := range stateNames {
		if name == string(text) {
			*s = State(i)
			return nil
		}
	}
	return fmt.Errorf("%q is not one of ok, absent, unsupported, denied, failed, not_collected, gone", text)
}

// Reading is what AWS answered to one question, or why there is no answer.
type Reading[T any] struct {
	State State `json:"state"`
	// Value is there if and only if State is OK.
	Value *T `json:"value,omitzero"`
	// Text is the policy text as received, kept where it differs from Value in
	// more than white space, or could not be read as a policy at all.
	Text string `json:"text,omitzero"`
	// Operation is the AWS action that was asked, such as kms:GetKeyPolicy. It is
	// there whenever there is no value.
	Operation string `json:"operation,omitzero"`
	// Code is AWS's error code, or a short word of our own for faults that never
	// reached AWS.
	Code    string `json:"code,omitzero"`
	Message string `json:"message,omitzero"`
}

// Of is a reading that AWS answered with v.
func Of[T any](v T) Reading[T] { return Reading[T]{State: OK, Value: &v} }

// None is a reading that AWS answered with "not configured" to operation.
func None[T any](operation, code string) Reading[T] {
	return Reading[T]{State: Absent, Operation: operation, Code: code}
}

// Get returns the value, and whether there is one.
func (r Reading[T]) Get() (T, bool) {
	if r.State != OK || r.Value == nil {
		var zero T
		return zero, false
	}
	return *r.Value, true
}

// Unread returns why there is no answer, or nil if AWS answered.
func (r Reading[T]) Unread() *Unread {
	if r.State.Answer() {
		return nil
	}
	return &Unread{State: r.State, Operation: r.Operation, Code: r.Code, Message: r.Message}
}

// Unread is why something is not known.
type Unread struct {
	State     State  `json:"state"`
	Operation string `json:"operation"`
	Code      string `json:"code"`
	Message   string `json:"-"`
}

// UnmarshalJSONFrom reads a reading and holds it to its promise: a value if and
// only if the state is ok.
func (r *Reading[T]) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	type plain Reading[T]
	if err := json.UnmarshalDecode(dec, (*plain)(r)); err != nil {
		return err
	}
	switch {
	case r.State == OK && r.Value == nil:
		return errors.New(`state is "ok" and there is no value`)
	case r.State != OK && r.Value != nil:
		return fmt.Errorf("state is %q and there is a value", r.State)
	}
	return nil
}
