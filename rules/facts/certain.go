package facts

import (
	"github.com/kmsaudit/kmsaudit/collector/policy"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// certainPolicy is the policy of a reading, or why there is none: it was not
// read, it is absent, or its text repeats members, so that nobody knows what it
// says.
func certainPolicy(r snapshot.Reading[snapshot.Document], operation string) (*policy.Document, *Unread) {
	document, _ := snapshot.PolicyOf(r)
	switch {
	case document == nil:
		return nil, unanswered(r, operation)
	case len(document.Repeated) > 0:
		return nil, &Unread{State: snapshot.Failed.String(), Operation: operation, Code: "RepeatedMembers"}
	}
	return document, nil
}
