package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
)

// Identity names statement i of the document in a way that survives reordering
// and edits of other statements: its Sid if no other statement has it, else a
// hash of what the statement says. Two statements that say the same have the
// same identity.
func (d *Document) Identity(i int) string {
	sid := d.Statements[i].Sid
	unique := sid != ""
	for j, other := range d.Statements {
		if i != j && other.Sid == sid {
			unique = false
		}
	}
	if unique {
		return sid
	}
	var room [2048]byte
	sum := sha256.Sum256(d.Statements[i].appendCanonical(room[:0]))
	const prefix = "sha256:"
	name := hex.AppendEncode(append(make([]byte, 0, len(prefix)+16), prefix...), sum[:8])
	return string(name)
}

// canonical writes the statement in one way only: order and repetition of
// values, and the order of elements, do not show.
func (s *Statement) canonical() string { return string(s.appendCanonical(nil)) }

func (s *Statement) appendCanonical(b []byte) []byte {
	b = appendParts(b, s.Sid, s.Effect)
	b = appendPrincipals(b, "Principal", s.Principal)
	b = appendPrincipals(b, "NotPrincipal", s.NotPrincipal)
	b = appendList(b, "Action", s.Action)
	b = appendList(b, "NotAction", s.NotAction)
	b = appendList(b, "Resource", s.Resource)
	b = appendList(b, "NotResource", s.NotResource)
	var tests []string
	for _, c := range s.Conditions {
		test := strconv.AppendQuote(strconv.AppendQuote(nil, c.Operator), strings.ToLower(c.Key))
		tests = append(tests, string(strconv.AppendQuote(test, strings.Join(distinct(c.Values), "\x00"))))
	}
	return appendList(b, "Condition", tests)
}

func appendParts(b []byte, parts ...string) []byte {
	for _, part := range parts {
		b = append(strconv.AppendInt(b, int64(len(part)), 10), ':')
		b = append(b, part...)
	}
	return b
}

func appendList(b []byte, name string, values []string) []byte {
	if values == nil {
		return b
	}
	values = distinct(values)
	b = appendParts(b, name, strconv.Itoa(len(values)))
	return appendParts(b, values...)
}

func appendPrincipals(b []byte, name string, p *Principals) []byte {
	if p == nil {
		return b
	}
	values := make([]string, len(p.List))
	for i, principal := range p.List {
		values[i] = principal.Kind + " " + principal.Value
	}
	return appendList(b, name, values)
}

// distinct are the values sorted, each once.
func distinct(values []string) []string {
	for i := 1; i < len(values); i++ {
		if values[i-1] >= values[i] {
			values = slices.Clone(values)
			slices.Sort(values)
			return slices.Compact(values)
		}
	}
	return values
}
