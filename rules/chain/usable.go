package chain

import (
	"strconv"
	"strings"

	"github.com/kmsaudit/kmsaudit/rules/access"
)

// usable are the keys that the principal can use, grouped by how.
func (t *teller) usable() Link {
	l := Link{Kind: "usable_keys", Title: "Keys that it can use"}
	var all ways
	for i := range t.s.Keys {
		key := t.s.Keys[i].ARN
		for _, one := range t.mayUse(key) {
			t.assume(one.decision)
			line := verdict(key, one.decision)
			line.Places = givers(one.decision, line.Places)
			all.add(key, "", one.what, line)
		}
	}
	for _, g := range all.groups() {
		keys := strconv.Itoa(len(g.members)) + " of " + count(len(t.s.Keys), "key")
		l.add(g.lineOf(strings.Join(g.actions, ", ") + " with " + keys + ": " + few(t.calledAll(g.members), 3)))
	}
	all.rest(&l, "key")
	if reason := t.keysUnread(""); reason != "" {
		l.unknown("further keys", reason, "")
	}
	if len(l.Lines) == 0 {
		l.put(Absent, "", "none of "+count(len(t.s.Keys), "key"))
	}
	return l
}

// mayUse are the uses of a key that the principal is not denied.
func (t *teller) mayUse(key string) []decided {
	var list []decided
	for _, action := range t.uses(key) {
		d := t.account.Decide(access.Question{
			Principal: t.resource.ARN, Action: action, Resource: key, Stance: access.MustNotBeAble, Context: access.NewContext(),
		})
		if !d.Verdict.Denied() {
			list = append(list, decided{action, key, d})
		}
	}
	return list
}
