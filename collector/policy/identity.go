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
	sum := sha256.Sum256([]byte(d.Statements[i].canonical()))
	return "sha256:" + hex.EncodeToString(sum[:8])
}

// canonical writes the statement in one way only: order and repetition of
// values, and the order of elements, do not show.
func (s Statement) canonical() string {
	var b strings.Builder
	put := func(parts ...string) {
		for _, part := range parts {
			b.WriteString(strconv.Itoa(len(part)) + ":" + part)
		}
	}
	list := func(name string, values []string) {
		if values == nil {
			return
		}
		values = slices.Compact(slices.Sorted(slices.Values(values)))
		put(name, strconv.Itoa(len(values)))
		put(values...)
	}
	principals := func(name string, p *Principals) {
		if p == nil {
			return
		}
		var values []string
		for _, principal := range p.List {
			values = append(values, principal.Kind+" "+principal.Value)
		}
		list(name, append([]string{}, values...))
	}
	put(s.Sid, s.Effect)
	principals("Principal", s.Principal)
	principals("NotPrincipal", s.NotPrincipal)
	list("Action", s.Action)
	list("NotAction", s.NotAction)
	list("Resource", s.Resource)
	list("NotResource", s.NotResource)
	var tests []string
	for _, c := range s.Conditions {
		values := slices.Compact(slices.Sorted(slices.Values(c.Values)))
		tests = append(tests, strconv.Quote(c.Operator)+strconv.Quote(strings.ToLower(c.Key))+strconv.Quote(strings.Join(values, "\x00")))
	}
	list("Condition", tests)
	return b.String()
}
