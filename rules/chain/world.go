package chain

import (
	"strconv"
	"strings"
	"time"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/rules/access"
	"github.com/kmsaudit/kmsaudit/rules/facts"
)

// World is everything that is known about one account. It is only read.
type World struct {
	file     *snapshot.File
	s        *snapshot.Snapshot
	intent   facts.Intent
	document *facts.Document
	account  *access.Account
	evidence *facts.Evidence
	keys     map[string]int // ARN → index, in the snapshot and in the document
	buckets  map[string]int // ARN → index
	roles    map[string]int // ARN → index
	users    map[string]int // ARN → index
	managed  map[string]int // ARN → index
	groups   map[string]int // name → index
}

// New makes the world of a snapshot and of what the configuration says.
func New(file *snapshot.File, intent facts.Intent, params map[string]map[string]any) *World {
	s := file.Snapshot
	w := &World{
		file: file, s: s, intent: intent, account: access.New(s),
		keys: map[string]int{}, buckets: map[string]int{}, roles: map[string]int{}, users: map[string]int{},
		managed: map[string]int{}, groups: map[string]int{},
	}
	w.document, _ = facts.BuildFor(s, intent, params, told())
	w.evidence = facts.NewEvidence(w.account, w.document)
	for i := range s.Keys {
		w.keys[s.Keys[i].ARN] = i
	}
	for i := range s.Buckets {
		w.buckets[s.Buckets[i].ARN] = i
	}
	for i := range s.Roles {
		w.roles[s.Roles[i].ARN] = i
	}
	for i := range s.Users {
		w.users[s.Users[i].ARN] = i
	}
	for i := range s.ManagedPolicies {
		w.managed[s.ManagedPolicies[i].ARN] = i
	}
	for i := range s.Groups {
		w.groups[s.Groups[i].Name] = i
	}
	return w
}

// Explain tells what is known about a resource that Find has found, and what the
// rules found of it.
func (w *World) Explain(r Resource, results *report.Results) *Chain {
	c := &Chain{
		Schema: Schema, Resource: r.ARN, Kind: r.Kind, Name: r.name(),
		Snapshot: Source{
			Path: w.file.Path, SHA256: w.file.SHA256, Account: w.s.Account.ID,
			CollectedAt: w.s.CollectedAt.UTC().Format(time.RFC3339),
		},
	}
	t := &teller{World: w, chain: c, resource: r}
	switch r.Kind {
	case "key":
		t.key(r.index)
	case "bucket":
		t.bucket(r.index)
	case "object":
		t.object()
	default:
		t.principal()
	}
	t.paths()
	t.findings(results.Findings)
	for i := range c.Links {
		c.Links[i].settle()
	}
	t.gaps(results.Unknown)
	t.locate()
	return c
}

// teller tells about one resource.
type teller struct {
	*World
	chain    *Chain
	resource Resource
	related  []string // ARNs of what belongs to the resource, such as policies
	assumed  map[string]bool
}

func (t *teller) link(l Link) {
	if len(l.Lines) > 0 {
		t.chain.Links = append(t.chain.Links, l)
	}
}

// assume notes what a decision takes for granted, once.
func (t *teller) assume(d access.Decision) {
	for _, text := range d.Assumptions {
		if t.assumed == nil {
			t.assumed = map[string]bool{}
		}
		if _, plain, found := strings.Cut(text, ": "); found {
			text = plain
		}
		if !t.assumed[text] {
			t.assumed[text] = true
			t.chain.Assumptions = append(t.chain.Assumptions, text)
		}
	}
}

// incomplete notes that the core of the resource is not known.
func (t *teller) incomplete(reason string) {
	t.chain.Incomplete = append(t.chain.Incomplete, reason)
}

// at is a JSON pointer of the snapshot.
func at(parts ...any) string {
	var b strings.Builder
	for _, part := range parts {
		b.WriteByte('/')
		switch part := part.(type) {
		case int:
			b.WriteString(strconv.Itoa(part))
		case string:
			b.WriteString(part)
		}
	}
	return b.String()
}

// why is the reason of a reading without an answer.
func why[T any](r snapshot.Reading[T], operation string) string {
	u := facts.Unread{State: r.State.String(), Operation: operation, Code: r.Code}
	if r.Operation != "" {
		u.Operation = r.Operation
	}
	if r.State != snapshot.Denied && r.State != snapshot.NotCollected {
		u.State = snapshot.Failed.String()
	}
	return u.Words()
}

// told are the facts that an explanation tells. What takes a look at the whole
// account is asked for where it is needed.
func told() facts.Wanted {
	wanted := facts.Wanted{}
	for _, name := range []string{
		"access", "operations", "exclusive", "policies", "roles", "identities", "keys.policy", "keys.membership", "keys.rotated",
		"buckets.log_target", "buckets.guards",
	} {
		wanted[name] = true
	}
	return wanted
}
