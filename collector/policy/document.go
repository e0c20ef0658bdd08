package policy

// Document is one policy document with the accidents of its JSON form erased:
// a lone statement is a list of one, a lone string is a list of one.
type Document struct {
	// Version is the language version as written; "" when the document has none,
	// which means 2008-10-17 (rule M2).
	Version string
	ID      string
	// Statements are in the order of the document.
	Statements []Statement
	// Repeated lists JSON pointers of members that the text gave more than once.
	// JSON leaves open which of them counts, so such a document has no certain
	// meaning; the last one is kept here.
	Repeated []string
}

// Effects of a statement, spelled as IAM wants them (rule M1).
const (
	Allow = "Allow"
	Deny  = "Deny"
)

// Statement is one statement of a policy. A nil list means that the element is
// absent, which is not the same as an empty list.
type Statement struct {
	Sid    string
	Effect string // Allow or Deny, nothing else
	// Pointer is the place inside the document, such as /Statement/1, or
	// /Statement when the document's only statement is not in a list.
	Pointer string

	Principal    *Principals
	NotPrincipal *Principals
	Action       []string
	NotAction    []string
	Resource     []string
	NotResource  []string
	// Conditions hold together: every one of them has to be true. They are in
	// the order of the document.
	Conditions []Condition
}

// Principals is the content of a Principal or NotPrincipal element. The lone
// string "*" is kept as {AWS, *}, which means the same (rule M11).
type Principals struct {
	List []Principal
}

// Kinds of principals as policies spell them.
const (
	KindAWS           = "AWS"
	KindService       = "Service"
	KindFederated     = "Federated"
	KindCanonicalUser = "CanonicalUser"
)

// Principal is one principal as the policy names it.
type Principal struct {
	Kind  string // KindAWS, KindService, KindFederated or KindCanonicalUser
	Value string // an ARN, 12 digits, a unique id, a service name or *
}

// Condition is one test of a condition block: an operator, a key and the values
// it is compared with. JSON numbers and booleans are kept as their text.
type Condition struct {
	Operator string // as written, with IfExists and ForAllValues: or ForAnyValue:
	Key      string // as written
	Values   []string
}
