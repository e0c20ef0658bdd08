package access

import (
	"github.com/kmsaudit/kmsaudit/collector/policy"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// Account answers questions over a snapshot.
type Account struct{ s *snapshot.Snapshot }

// New compiles the policies of a snapshot.
func New(s *snapshot.Snapshot) *Account { return &Account{s: s} }

// Principal is somebody who may make requests.
type Principal struct {
	ARN           string `json:"arn"`
	Kind          string `json:"kind"`
	Known         string `json:"known"`
	Pointer       string `json:"pointer"`
	Account       string `json:"account"`
	Name          string `json:"name"`
	ServiceLinked bool   `json:"service_linked"`
}

// Principals lists them, sorted by ARN.
func (a *Account) Principals() []Principal { return nil }

// Principal finds one.
func (a *Account) Principal(arn string) (Principal, bool) { return Principal{}, false }

// Question is one question over an account.
type Question struct {
	Principal, Action, Resource string
	Stance                      Stance
	Context                     Context
}

// Decide answers a question.
func (a *Account) Decide(q Question) Decision { return Decision{} }

// Operation is an S3 operation.
type Operation struct {
	Name string `json:"name"`
}

// Operations lists the S3 operations that are known.
func Operations() []Operation { return nil }

// S3Question asks whether a principal may perform an S3 operation.
type S3Question struct {
	Principal, Operation, Bucket string
	Object                       string
	Key                          KeyRef
	BucketKey                    *bool
	Stance                       Stance
}

// OperationAnswer is the answer to an S3Question.
type OperationAnswer struct {
	Verdict Verdict `json:"verdict"`
	Parts   []Part  `json:"parts"`
	Key     KeyRef  `json:"key"`
}

// Part is one request of an operation.
type Part struct {
	Action   string   `json:"action"`
	Resource string   `json:"resource"`
	Half     string   `json:"half"`
	Context  string   `json:"context"`
	Decision Decision `json:"decision"`
}

// S3 answers an S3Question.
func (a *Account) S3(q S3Question) OperationAnswer { return OperationAnswer{} }

// KeyRef is a reference to a key.
type KeyRef struct {
	Given   string           `json:"given"`
	Form    string           `json:"form"`
	ARN     string           `json:"arn"`
	Status  string           `json:"status"`
	Pointer string           `json:"pointer"`
	Unread  *snapshot.Unread `json:"unread,omitzero"`
}

// ResolveKey finds the key that a reference means.
func (a *Account) ResolveKey(ref, bucketRegion string) KeyRef { return KeyRef{} }

// Holder is a principal who can.
type Holder struct {
	Principal Principal           `json:"principal"`
	Paths     []string            `json:"paths"`
	By        map[string]Decision `json:"by"`
}

// WhoCan lists who can do any of the actions on a key.
func (a *Account) WhoCan(keyARN string, actions []string, stance Stance) (holders []Holder, unread []UnreadRef) {
	return nil, nil
}

// Exposure says how open a statement of a key policy is to strangers.
type Exposure struct {
	Anyone      bool     `json:"anyone"`
	Restriction string   `json:"restriction"`
	By          []Test   `json:"by"`
	Actions     []string `json:"actions"`
}

// Exposure answers for a statement of the key's policy.
func (a *Account) Exposure(keyARN string, statement int) (Exposure, *UnreadRef) {
	return Exposure{}, nil
}

// ExposureOf is Exposure on a document.
func ExposureOf(doc *policy.Document, statement int, owner string) Exposure { return Exposure{} }
