package facts

import (
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/policy"
	"github.com/kmsaudit/kmsaudit/rules/access"
)

// PolicyIdle are the statements of an identity policy in which something about KMS
// or S3 never matches a request, whatever other policies say. A policy of AWS has
// none.
type PolicyIdle struct {
	Place      string          `json:"place"`
	Statements []IdleStatement `json:"statements"`
}

// IdleStatement is a statement with parts that never match.
type IdleStatement struct {
	Place    string     `json:"place"`
	Identity string     `json:"identity"`
	Effect   string     `json:"effect" enum:"Allow,Deny"`
	Whole    bool       `json:"whole"` // no action of it ever matches
	Parts    []IdlePart `json:"parts"`
}

// IdlePart is an action or a resource that never matches.
type IdlePart struct {
	What string `json:"what"` // or several, as the policy writes them
	// Fault is action where there is none of that name, resource where nothing has
	// that ARN, unmatched where the action is on none of the resources, condition
	// where that never holds for the action.
	Fault string `json:"fault" enum:"action,resource,unmatched,condition"`
	Why   string `json:"why"`  // in words
	Mend  string `json:"mend"` // likewise
	Tests []Test `json:"tests"`
}

// idle finds what never matches in a policy of the customer.
func (b *builder) idle(fact *PolicyIdle, document *policy.Document) {
	for i := range document.Statements {
		statement, idle := &document.Statements[i], b.idler.Of(document, i)
		if len(idle.Parts) == 0 {
			continue
		}
		one := IdleStatement{
			Place: fact.Place + statement.Pointer, Identity: document.Identity(i), Effect: statement.Effect, Whole: idle.Whole,
		}
		for j := range idle.Parts {
			one.add(idlePart(&idle.Parts[j]))
		}
		fact.Statements = append(fact.Statements, one)
	}
}

// add adds a part, to one with the same fault where there is one.
func (s *IdleStatement) add(part IdlePart) {
	for i := range s.Parts {
		if one := &s.Parts[i]; one.Fault == part.Fault && one.Why == part.Why && one.Mend == part.Mend {
			one.What += ", " + part.What
			return
		}
	}
	s.Parts = append(s.Parts, part)
}

// needed says in words what actions have to be allowed on.
var needed = map[string]string{
	access.NeedsKey:    "a key, arn:aws:kms:REGION:ACCOUNT:key/ID",
	access.NeedsStar:   "no resource, which is written *",
	access.NeedsObject: "objects, arn:aws:s3:::BUCKET/*",
	access.NeedsBucket: "buckets, arn:aws:s3:::BUCKET",
}

func idlePart(from *access.IdlePart) IdlePart {
	part := IdlePart{What: from.What, Fault: string(from.Fault)}
	switch from.Fault {
	case access.FaultAction:
		part.Why = "there is no action of that name"
		part.Mend = "write " + strings.Join(from.Meant, " and ") + " if that is meant"
	case access.FaultResource:
		part.Why = "no key and no alias has that ARN"
		part.Mend = "name a key by its ARN, arn:aws:kms:REGION:ACCOUNT:key/ID"
	case access.FaultUnmatched:
		part.Why = "it is on " + needed[from.Needs] + ", and the statement names other resources only"
		part.Mend = "name what the action is on, in a statement of its own if need be"
	case access.FaultCondition:
		part.Tests = testsOf(from.Tests)
		var texts []string
		for _, t := range part.Tests {
			texts = append(texts, t.Key+" "+t.Operator+" "+strings.Join(t.Values, " | "))
		}
		part.Why = "its requests never meet " + strings.Join(texts, " together with ")
		part.Mend = "take the action out of the statement, or the test out of its condition"
	}
	return part
}
