package who

import (
	"slices"
	"strings"
	"time"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/rules/access"
	"github.com/kmsaudit/kmsaudit/rules/chain"
	"github.com/kmsaudit/kmsaudit/rules/facts"
)

// The formats of the answers as JSON. They only grow.
const (
	CanSchema  = "kmsaudit.who-can/v1"
	WhatSchema = "kmsaudit.what-can/v1"
)

// Can says who can use a key, or perform an operation of S3.
type Can struct {
	Schema    string         `json:"schema"`
	Snapshots []chain.Source `json:"snapshots"`
	// Operation is that of S3, "" for questions about a key. All its Actions have to
	// be allowed; of those on a key, any.
	Operation string   `json:"operation"`
	Actions   []string `json:"actions"`
	Resource  string   `json:"resource"` // ARN of the key, bucket or object
	Key       string   `json:"key"`      // ARN; of an operation of S3 that its bucket's or object's, "" for none
	Given     string   `json:"given"`    // as the question names it
	// State is that of the key, "" where it is not known; it is not folded into the
	// verdicts.
	State       string     `json:"state"`
	Holders     []Use      `json:"holders"`
	Takeovers   []Takeover `json:"takeovers"`
	Unread      []Unread   `json:"unread"`
	Assumptions []string   `json:"assumptions"`
}

// What says what a principal can use.
type What struct {
	Schema      string         `json:"schema"`
	Snapshots   []chain.Source `json:"snapshots"`
	Principal   string         `json:"principal"` // ARN
	Keys        []Use          `json:"keys"`
	Buckets     []Use          `json:"buckets"`
	Unread      []Unread       `json:"unread"`
	Assumptions []string       `json:"assumptions"`
}

// Use is that somebody can use something, by statements: the principal of Can, the
// key or bucket of What.
type Use struct {
	Who     string         `json:"who"` // ARN
	Actions []string       `json:"actions"`
	Verdict access.Verdict `json:"verdict"`
	Paths   []string       `json:"paths"`
	By      []Statement    `json:"by"`
	If      []string       `json:"if"` // tests that are open
	State   string         `json:"state,omitzero"`
	// Requests are what an operation of S3 consists of; null for actions on keys.
	Requests []Request `json:"requests,omitzero"`
}

// Request is a request of an operation of S3, and how it is decided.
type Request struct {
	Action   string         `json:"action"`
	Resource string         `json:"resource"`
	Half     string         `json:"half"` // s3, kms
	Verdict  access.Verdict `json:"verdict"`
}

// Takeover is how somebody could give itself the access.
type Takeover struct {
	Who     string         `json:"who"` // ARN
	Verdict access.Verdict `json:"verdict"`
	Steps   []Step         `json:"steps"`
	If      []string       `json:"if"`
}

// Step is a step of a takeover.
type Step struct {
	By      string      `json:"by"` // ARN of who takes it
	Actions []string    `json:"actions"`
	On      string      `json:"on"`
	As      string      `json:"as"` // who goes on; "" at the key
	Service string      `json:"service,omitzero"`
	Allowed []Statement `json:"allowed_by"`
}

// Statement is a statement or a grant, and its place.
type Statement struct {
	What  string       `json:"what"`
	Place report.Place `json:"place"`
}

// Unread is what was not read.
type Unread struct {
	What  string       `json:"what"`
	Place report.Place `json:"place"`
}

// World are snapshots of different accounts, asked together.
type World struct {
	files    []*snapshot.File
	accounts []*access.Account
}

// New makes the world of snapshots, of which no two are of the same account.
func New(files ...*snapshot.File) *World {
	w := &World{files: files}
	alone := make([]*access.Account, len(files))
	for i, f := range files {
		alone[i] = access.New(f.Snapshot)
	}
	for _, a := range alone {
		if len(alone) > 1 {
			a = a.Beside(alone...)
		}
		w.accounts = append(w.accounts, a)
	}
	return w
}

func (w *World) sources() []chain.Source {
	var list []chain.Source
	for _, f := range w.files {
		list = append(list, chain.Source{
			Path: f.Path, SHA256: f.SHA256, Account: f.Snapshot.Account.ID, CollectedAt: f.Snapshot.CollectedAt.UTC().Format(time.RFC3339),
		})
	}
	return list
}

// of is the snapshot of an account, else the one asked.
func (w *World) of(account string, base int) int {
	for i, f := range w.files {
		if f.Snapshot.Account.ID == account {
			return i
		}
	}
	return base
}

// statements names what decided. Statements of the principal's side stand in the
// snapshot of its account, the others in that of the resource.
func (w *World) statements(refs []access.StatementRef, principal, base int) []Statement {
	list := []Statement{}
	for _, ref := range refs {
		file := base
		if ofPrincipal(ref.Layer) {
			file = principal
		}
		what := chain.Cited(ref)
		if ref.Layer == access.LayerResource && strings.HasPrefix(ref.Pointer, "/roles/") {
			what = "the trust policy, " + strings.TrimSuffix(what, " of ")
		}
		s := Statement{What: what, Place: report.Place{File: w.files[file].Path, Pointer: ref.Pointer}}
		if ref.Pointer != "" && !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

// ofPrincipal reports layers of the principal's side.
func ofPrincipal(layer access.Layer) bool {
	switch layer {
	case access.LayerIdentity, access.LayerBoundary, access.LayerSession, access.LayerSCP:
		return true
	default:
		return false
	}
}

// tests are the open tests of a decision, in words.
func tests(d access.Decision) []string {
	list := []string{}
	for _, t := range d.DependsOn {
		if text := chain.Tested(t.Key, t.Operator, t.Values); !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	return list
}

func (w *World) unread(refs []access.UnreadRef, base int) []Unread {
	list := []Unread{}
	for i, u := range facts.UnreadBy(refs) {
		file := w.of(refs[min(i, len(refs)-1)].Account, base)
		one := Unread{What: u.Words(), Place: report.Place{File: w.files[file].Path, Pointer: u.Place}}
		if !slices.Contains(list, one) {
			list = append(list, one)
		}
	}
	return list
}

// assume gathers what decisions take for granted.
func (w *World) assume(into *[]string, d access.Decision) {
	for _, text := range d.Assumptions {
		if _, plain, found := strings.Cut(text, ": "); found {
			text = plain
		}
		if !slices.Contains(*into, text) {
			*into = append(*into, text)
		}
	}
}

// locate finds the lines of places.
func (w *World) locate(places []*report.Place) {
	for _, f := range w.files {
		var pointers []string
		for _, p := range places {
			if p.File == f.Path && p.Pointer != "" {
				pointers = append(pointers, p.Pointer)
			}
		}
		found := f.Positions(pointers)
		for _, p := range places {
			if p.File == f.Path {
				p.Line, p.Column = found[p.Pointer].Line, found[p.Pointer].Column
			}
		}
	}
}
