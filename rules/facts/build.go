package facts

import (
	"strconv"
	"strings"
	"sync"

	"github.com/kmsaudit/kmsaudit/collector/policy"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/access"
)

// Listing is a listing that rules may need and that is not known in full.
type Listing struct {
	Service, Region, Operation, State, Code, Message string
	Collections                                      []string // of the document that lack its items, or readings of them, such as monitoring.analyzers
	StandIn                                          string   // ARN of the resource that stands for them
	Place                                            string
}

// Build makes the document for one account, with all facts.
func Build(s *snapshot.Snapshot, intent Intent, params map[string]map[string]any) (*Document, []Listing) {
	return BuildFor(s, intent, params, nil)
}

// BuildFor makes the document with those facts only, of the ones that take a look
// at the whole account, that are wanted.
func BuildFor(s *snapshot.Snapshot, intent Intent, params map[string]map[string]any, wanted Wanted) (*Document, []Listing) {
	return BuildAmong(s, intent, params, wanted, nil)
}

// BuildAmong is BuildFor with excerpts of other accounts (snapshot.Excerpt), which
// settle what the account has to do with them: the keys of theirs that its buckets
// and objects are under, and the other side of requirements that cross accounts.
// They have to hold what the account and the intent name of them.
func BuildAmong(s *snapshot.Snapshot, intent Intent, params map[string]map[string]any, wanted Wanted, others []*snapshot.Snapshot) (*Document, []Listing) {
	s = settled(s)
	b := &builder{
		s: s, intent: intent, wanted: wanted, account: access.New(s), keys: make(map[string]int, len(s.Keys)), buckets: make(map[string]int, len(s.Buckets)), logged: map[string]int{},
		people: make(map[string]bool, len(s.Roles)+len(s.Users)), named: make(map[string][]string, len(s.Aliases)),
		clients: clients{}, probers: map[string]*prober{},
		idler: access.NewIdleFinder(s.Account.Partition, s.Account.ID), reaches: access.NewReachFinder(s.Account.Partition, s.Account.ID, s.Regions),
	}
	b.meet(others)
	for i, k := range s.Keys {
		b.keys[k.ARN] = i
	}
	for _, alias := range s.Aliases {
		if alias.TargetKey != "" {
			slot := alias.Region + " " + alias.TargetKey
			b.named[slot] = append(b.named[slot], alias.Name)
		}
	}
	for i, bucket := range s.Buckets {
		b.buckets[bucket.Name] = i
		if logging, ok := bucket.Logging.Get(); ok {
			if _, twice := b.logged[logging.TargetBucket]; !twice {
				b.logged[logging.TargetBucket] = i
			}
		}
	}
	for i := range s.Roles {
		b.people[s.Roles[i].ARN] = true
	}
	for i := range s.Users {
		b.people[s.Users[i].ARN] = true
	}
	b.document = &Document{
		Schema:  Schema,
		Account: Account{ARN: s.Account.ARN(), ID: s.Account.ID, Partition: s.Account.Partition, Place: "/account"},
		Params:  params,
		Prices:  Prices{KMSRequests10000: 0.03, KeyMonth: 1},
	}
	b.controls = controlsOf(s)
	b.boundaries = boundariesOf(s)
	b.peopleUnread, b.peopleAt = b.incomplete("iam:GetAccountAuthorizationDetails", "", b.identities(), "policies", "roles", "identities", "access", "operations", "exclusive", "crossings", "effects", "needless", "powers")
	resources := make(chan struct{}) // closed when the facts of keys, buckets, objects and trails are made
	var decisions sync.WaitGroup
	decisions.Go(func() {
		if b.wanted.wants("access") {
			b.addAccess()
		}
		if b.wanted.wants("exclusive") {
			b.addExclusive()
		}
		b.addMissing()
		if b.wanted.wants("powers") {
			b.addPowers()
		}
		<-resources
		b.addNeedless()
		if b.wanted.wants("operations") {
			b.addOperations()
		}
	})
	b.addKeys()
	b.addBuckets()
	b.addObjects()
	b.relateKeys()
	b.addHomes()
	b.addTrails()
	b.addLogGroups()
	b.recordKeys()
	close(resources)
	b.addCrossings()
	if b.wanted.wants("policies", "effects") {
		b.addPolicies()
	}
	b.addEffects()
	if b.wanted.wants("roles") {
		b.addRoles()
	}
	if b.wanted.wants("identities") {
		b.addIdentities()
	}
	b.addMonitoring()
	decisions.Wait()
	b.document.shareReasons()
	return b.document, b.listings
}

type builder struct {
	s       *snapshot.Snapshot
	intent  Intent
	wanted  Wanted
	account *access.Account
	among   *access.Account  // the same beside the others, for what is asked by name
	others  map[string]other // by id
	keys    map[string]int   // ARN → index in the snapshot
	buckets map[string]int   // name → index in the snapshot
	logged  map[string]int   // name → index of the first bucket whose access logs go there
	people  map[string]bool  // ARNs of roles and users
	// peopleUnread says why the listing of users and roles is not complete, nil if
	// it is; peopleAt is where that stands.
	peopleUnread *Unread
	peopleAt     string
	named        map[string][]string // Region and id of a key → names of its aliases, sorted
	clients      clients
	document     *Document
	listings     []Listing
	boundaries   boundaries
	controls     [][]*policy.Document // resource control policies, by level
	said         *intended            // by the requirements, see intended
	probes       *access.Policies     // what is the same in every probe of a bucket
	probers      map[string]*prober   // of bucket policies, by what they say of their bucket; nil after addBuckets
	idler        *access.IdleFinder
	reaches      *access.ReachFinder
	census       sync.Once
	decrypting   *access.Census
	aside        []access.Principal // of the census, who are not counted
}

// standing says why a listing is not complete and where that stands, or nil.
func (b *builder) standing(operation string) (*Unread, string) {
	for _, l := range b.listings {
		if l.Operation == operation {
			return &Unread{State: l.State, Operation: l.Operation, Code: l.Code}, l.Place
		}
	}
	return nil, ""
}

// incomplete notes that a listing failed and returns why and where that stands,
// or nil if it is complete.
func (b *builder) incomplete(operation, region, standIn string, collections ...string) (*Unread, string) {
	c, i := b.s.Listed(operation, region)
	if c.State.Answer() {
		return nil, ""
	}
	at := "/coverage"
	if i >= 0 {
		at = place("coverage", i)
	}
	service, _, _ := strings.Cut(operation, ":")
	b.listings = append(b.listings, Listing{
		Service: service, Region: region, Operation: operation, State: word(c.State), Code: c.Code, Message: c.Message,
		Collections: collections, StandIn: standIn, Place: at,
	})
	return &Unread{State: word(c.State), Operation: operation, Code: c.Code}, at
}

// nothingOf is a resource of which no reading is known, all for one reason.
func nothingOf(kind string, reason Unread) map[string]Unread {
	unread := map[string]Unread{}
	for _, reading := range Readings()[kind] {
		unread[reading] = reason
	}
	return unread
}

// controlsOf are the resource control policies on the account's chain, as far as
// they are known: they can only deny more.
func controlsOf(s *snapshot.Snapshot) [][]*policy.Document {
	organization, _ := s.Organization.Get()
	chain, _ := organization.Chain.Get()
	if organization.ManagementAccount == s.Account.ID {
		return nil // its resources are exempt (rule O5)
	}
	var levels [][]*policy.Document
	for _, level := range chain {
		controls, _ := level.ResourceControlPolicies.Get()
		var documents []*policy.Document
		for _, control := range controls {
			if document, _ := snapshot.PolicyOf(control.Document); document != nil && len(document.Repeated) == 0 {
				documents = append(documents, document)
			}
		}
		levels = append(levels, documents)
	}
	return levels
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
	var room [128]byte
	at := room[:0]
	for _, part := range parts {
		at = append(at, '/')
		switch part := part.(type) {
		case int:
			at = strconv.AppendInt(at, int64(part), 10)
		case string:
			at = append(at, part...)
		}
	}
	return string(at)
}

func testsOf(open []access.Test) []Test {
	tests := make([]Test, 0, len(open))
	for _, t := range open {
		operator := t.Operator
		if t.Statement.Effect == policy.Deny {
			operator = "must fail: " + operator // where it holds, the statement denies
		}
		tests = append(tests, Test{Key: t.Key, Operator: operator, Values: t.Values})
	}
	return tests
}
