package chain

import "github.com/kmsaudit/kmsaudit/report"

// Schema names the format of a Chain as JSON. It only grows.
const Schema = "kmsaudit.explain/v1"

// Chain is what is known about one resource.
type Chain struct {
	Schema   string   `json:"schema"`
	Snapshot Source   `json:"snapshot"`
	Resource string   `json:"resource"` // ARN
	Kind     string   `json:"kind"`     // key, bucket, role, user, object
	Name     string   `json:"name"`
	Paths    []Path   `json:"paths"`
	Links    []Link   `json:"links"`
	Findings []Result `json:"findings"`
	Unknown  []Gap    `json:"unknown"`
	// Assumptions are what the verdicts take for granted.
	Assumptions []string `json:"assumptions"`
	// Incomplete are the reasons why the core of the resource is not known.
	Incomplete []string `json:"incomplete"`
}

// Source is the snapshot that the chain was drawn from.
type Source struct {
	Path    string `json:"path"`
	SHA256  string `json:"sha256"`
	Account string `json:"account"`
	// CollectedAt is when the collection began, RFC 3339 in UTC.
	CollectedAt string `json:"collected_at"`
}

// Result is a finding in the form that it has in results.
type Result = report.Finding

// State says how a link or a line stands.
type State string

// The states.
const (
	Denied  State = "denied"
	Finding State = "finding"
	Unknown State = "unknown"
	Depends State = "depends"
	Allowed State = "allowed"
	OK      State = "ok"     // it was read
	Absent  State = "absent" // AWS answered that there is none
)

// gravity is the order in which the state of a line becomes that of its link.
var gravity = [...]State{Denied, Finding, Unknown, Depends, Allowed, OK, Absent}

// Link is one part of the chain.
type Link struct {
	Kind  string `json:"kind"` // of the link, such as key or key_policy
	Title string `json:"title"`
	State State  `json:"state"` // that of the gravest line
	Lines []Line `json:"lines"`
}

// Line is one thing that is known, or one verdict.
type Line struct {
	State State  `json:"state"`
	Text  string `json:"text"`
	// Reason says why something is not known, "" for what is.
	Reason string `json:"reason"`
	// Mends say what would let a denied request through.
	Mends []string `json:"mends"`
	// Places are where the line stands in the snapshot, or the statements that
	// decided it.
	Places []Place `json:"places"`
}

// Place is a place in the snapshot and what stands there, "" for the fact itself.
type Place struct {
	What    string `json:"what"`
	Pointer string `json:"pointer"`
	File    string `json:"file"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
}

// Gap is something that is not known.
type Gap struct {
	Msg   string   `json:"msg"`
	Rules []string `json:"rules"` // that could not judge for it
	Place Place    `json:"place"`
}

// Path is one chain, from who may use a key to what is under it.
type Path struct {
	Steps []Step `json:"steps"`
}

// Step is one end of an arrow.
type Step struct {
	Kind     string `json:"kind"` // role, user, principals, key, keys, bucket, buckets, object, objects
	Name     string `json:"name"`
	Resource string `json:"resource"` // ARN, "" for several
	Note     string `json:"note"`
	// Requests are those that lead here, and State says how the worst of them
	// fares.
	Requests []string `json:"requests"`
	State    State    `json:"state"`
}

func (l *Link) add(lines ...Line) { l.Lines = append(l.Lines, lines...) }

func (l *Link) ok(pointer, text string) { l.put(OK, pointer, text) }

func (l *Link) put(state State, pointer, text string) {
	line := Line{State: state, Text: text}
	if pointer != "" {
		line.Places = []Place{{Pointer: pointer}}
	}
	l.add(line)
}

// unknown adds what is not known and why.
func (l *Link) unknown(what, reason, pointer string) {
	l.put(Unknown, pointer, what)
	l.Lines[len(l.Lines)-1].Reason = reason
}

// settle gives the link the state of its gravest line.
func (l *Link) settle() {
	l.State = Absent
	for _, state := range gravity {
		for _, line := range l.Lines {
			if line.State == state {
				l.State = state
				return
			}
		}
	}
}
