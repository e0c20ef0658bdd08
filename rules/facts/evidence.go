package facts

import (
	"strings"

	"github.com/kmsaudit/kmsaudit/rules/access"
)

// Evidence answers what the rows of a document answer once more, in the same way,
// and says by which statements: rows leave that out, so that there is little of
// them.
type Evidence struct{ b *builder }

// NewEvidence makes the evidence of a document that was built of the same
// snapshot as the account.
func NewEvidence(account *access.Account, document *Document) *Evidence {
	return &Evidence{&builder{account: account, among: account, document: document}}
}

// Action decides an action on a key as the rows of Access do.
func (e *Evidence) Action(principal, action, key string) access.Decision {
	return e.b.required(principal, action, key)
}

// Operation decides a row of Operations; key is the one that its requirement
// names.
func (e *Evidence) Operation(row *Operation, key string) access.OperationAnswer {
	return e.b.answer(questionOf(row), e.b.bucketFact(row.Bucket), key)
}

// WhyDenied says in words why a request on the resource is denied.
func WhyDenied(resource string, d access.Decision) string {
	for _, note := range d.Notes {
		// What does not exist is denied whatever the policies say.
		if rule, text, found := strings.Cut(note, ": "); found && (rule == "S8" || rule == "Q4") {
			return text
		}
	}
	return deniedOf("", resource, d).Why
}

// UnreadBy is what a decision could not read, as facts have it.
func UnreadBy(refs []access.UnreadRef) []UnreadPolicy { return unreadPolicies(refs) }

// Words says in words why a reading is not there.
func (u Unread) Words() string {
	words := map[string]string{
		"denied": "AWS refused", "failed": "no usable answer came from", "not_collected": "the snapshot does not have",
	}[u.State] + " " + u.Operation
	if u.Code != "" {
		words += " (" + u.Code + ")"
	}
	return words
}

// Words says in words why a policy or listing was not read, and which.
func (u UnreadPolicy) Words() string {
	words := Unread{State: u.State, Operation: u.Operation, Code: u.Code}.Words()
	if u.Policy == "" || u.Policy == u.Operation {
		return words
	}
	return words + " of " + u.Policy
}
