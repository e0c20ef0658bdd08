package chain

import (
	"slices"
	"strconv"
	"strings"

	"github.com/kmsaudit/kmsaudit/rules/access"
)

// usable are the keys that the principal can use, grouped by how.
func (t *teller) usable() Link {
	l := Link{Kind: "usable_keys", Title: "Keys that it can use"}
	type group struct {
		actions string
		keys    []string
		line    Line
	}
	var groups []*group
	for i := range t.s.Keys {
		key := t.s.Keys[i].ARN
		var lines []Line
		var actions [][]string
		for _, action := range t.uses(key) {
			d := t.account.Decide(access.Question{
				Principal: t.resource.ARN, Action: action, Resource: key, Stance: access.MustNotBeAble, Context: access.NewContext(),
			})
			if d.Verdict.Denied() {
				continue
			}
			t.assume(d)
			line := verdict(key, d)
			line.Places = givers(d, line.Places)
			j := slices.IndexFunc(lines, func(other Line) bool { return other.same(&line) })
			if j < 0 {
				lines, actions = append(lines, line), append(actions, nil)
				j = len(lines) - 1
			}
			actions[j] = append(actions[j], action)
		}
		for j := range lines {
			names := strings.Join(actions[j], ", ")
			k := slices.IndexFunc(groups, func(g *group) bool { return g.actions == names && g.line.same(&lines[j]) })
			if k < 0 {
				groups = append(groups, &group{actions: names, line: lines[j]})
				k = len(groups) - 1
			}
			groups[k].keys = append(groups[k].keys, key)
		}
	}
	for _, g := range groups {
		text := g.actions + " with " + strconv.Itoa(len(g.keys)) + " of " + count(len(t.s.Keys), "key") + ": " + few(t.calledAll(g.keys), 3)
		if g.line.Text != "" {
			text += ": " + g.line.Text
		}
		g.line.Text = text
		l.add(g.line)
	}
	if reason := t.keysUnread(""); reason != "" {
		l.unknown("further keys", reason, "")
	}
	if len(l.Lines) == 0 {
		l.put(Absent, "", "none of "+count(len(t.s.Keys), "key"))
	}
	return l
}
