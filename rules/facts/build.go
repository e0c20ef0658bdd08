package facts

import (
	"strconv"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/access"
)

// Listing is a listing that rules may need and that is not known in full.
type Listing struct {
	Service, Region, Operation, State, Code, Message string
	Collections                                      []string // of the document that lack its items
	StandIn                                          string   // ARN of the resource that stands for them
	Place                                            string
}

// Build makes the document for one account.
func Build(s *snapshot.Snapshot, intent Intent, params map[string]map[string]any) (*Document, []Listing) {
	b := &builder{s: s, intent: intent, account: access.New(s), keys: map[string]int{}, buckets: map[string]int{}}
	for i, k := range s.Keys {
		b.keys[k.ARN] = i
	}
	for i, bucket := range s.Buckets {
		b.buckets[bucket.Name] = i
	}
	b.document = &Document{
		Schema:  Schema,
		Account: Account{ARN: s.Account.ARN(), ID: s.Account.ID, Partition: s.Account.Partition, Place: "/account"},
		Params:  params,
		Prices:  Prices{KMSRequests10000: 0.03, KeyMonth: 1},
	}
	b.incomplete("iam:GetAccountAuthorizationDetails", "", "", "access", "operations", "exclusive")
	b.addKeys()
	b.addBuckets()
	b.addObjects()
	b.addAccess()
	b.addOperations()
	b.addExclusive()
	return b.document, b.listings
}

type builder struct {
	s        *snapshot.Snapshot
	intent   Intent
	account  *access.Account
	keys     map[string]int // ARN → index in the snapshot
	buckets  map[string]int // name → index in the snapshot
	document *Document
	listings []Listing
}

// incomplete notes that a listing failed and returns why, or nil if it is
// complete.
func (b *builder) incomplete(operation, region, standIn string, collections ...string) (*Unread, string) {
	c, i := b.s.Listed(operation, region)
	if c.State.Answer() {
		return nil, ""
	}
	place := "/coverage"
	if i >= 0 {
		place += "/" + strconv.Itoa(i)
	}
	service, _, _ := strings.Cut(operation, ":")
	b.listings = append(b.listings, Listing{
		Service: service, Region: region, Operation: operation, State: word(c.State), Code: c.Code, Message: c.Message,
		Collections: collections, StandIn: standIn, Place: place,
	})
	return &Unread{State: word(c.State), Operation: operation, Code: c.Code}, place
}

// why turns the reason of a reading into its fact; known answers have none.
func why[T any](r snapshot.Reading[T], operation string) *Unread {
	u := r.Unread()
	if u == nil {
		return nil
	}
	if u.Operation != "" {
		operation = u.Operation
	}
	return &Unread{State: word(u.State), Operation: operation, Code: u.Code}
}

// word names a state that is no answer. What was deleted while it was read gave
// no answer either.
func word(s snapshot.State) string {
	switch s {
	case snapshot.Denied, snapshot.NotCollected:
		return s.String()
	default:
		return snapshot.Failed.String()
	}
}

func place(parts ...any) string {
	var at strings.Builder
	for _, part := range parts {
		at.WriteByte('/')
		switch part := part.(type) {
		case int:
			at.WriteString(strconv.Itoa(part))
		case string:
			at.WriteString(part)
		}
	}
	return at.String()
}

func testsOf(open []access.Test) []Test {
	tests := make([]Test, 0, len(open))
	for _, t := range open {
		tests = append(tests, Test{Key: t.Key, Operator: t.Operator, Values: t.Values})
	}
	return tests
}
