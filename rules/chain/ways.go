package chain

import (
	"cmp"
	"slices"
	"strings"
)

// ways collects who or what may be used in which way, and puts those together
// that fare alike: by the same actions, for the same reason, by statements of the
// same name.
type ways struct {
	byMember map[string][]*way
	members  []string // in the order in which they came
	left     []*way   // those that groups did not give
}

// way is what some members may do by a statement.
type way struct {
	members []string
	how     string
	actions []string
	line    Line
}

const someWays = 12 // how many are told one by one

// add notes an action of a member; actions that fare alike are put together.
func (w *ways) add(member, how, action string, line Line) {
	if w.byMember == nil {
		w.byMember = map[string][]*way{}
	}
	if w.byMember[member] == nil {
		w.members = append(w.members, member)
	}
	for _, one := range w.byMember[member] {
		if one.line.same(&line) {
			one.actions = append(one.actions, action)
			return
		}
	}
	w.byMember[member] = append(w.byMember[member], &way{members: []string{member}, how: how, actions: []string{action}, line: line})
}

// groups gives the ways that most members have, and leaves the others.
func (w *ways) groups() []*way {
	byID := map[string]*way{}
	var all []*way
	for _, member := range w.members {
		for _, one := range w.byMember[member] {
			id := one.id()
			if byID[id] == nil {
				byID[id] = one
				all = append(all, one)
				continue
			}
			byID[id].join(one)
		}
	}
	slices.SortStableFunc(all, func(a, b *way) int { return cmp.Compare(len(b.members), len(a.members)) })
	n := min(someWays, len(all))
	w.left = all[n:]
	return all[:n]
}

func (w *way) id() string {
	parts := []string{string(w.line.State), strings.Join(w.actions, " "), w.how, w.line.Text, w.line.Reason}
	for _, p := range w.line.Places {
		parts = append(parts, p.What)
	}
	return strings.Join(parts, "\x00")
}

// join takes the members of another way, and its places while they are few.
func (w *way) join(other *way) {
	w.members = append(w.members, other.members...)
	for _, p := range other.line.Places {
		if len(w.line.Places) < 3 && !slices.Contains(w.line.Places, p) {
			w.line.Places = append(slices.Clip(w.line.Places), p)
		}
	}
}

func (w *way) lineOf(text string) Line {
	line := w.line
	if line.Text != "" {
		text += ": " + line.Text
	}
	line.Text = text
	return line
}

// rest counts the ways that were left, by their state.
func (w *ways) rest(l *Link, noun string) {
	for _, state := range gravity {
		members, n := map[string]bool{}, 0
		reason := ""
		for _, one := range w.left {
			if one.line.State != state {
				continue
			}
			n++
			reason = cmp.Or(reason, one.line.Reason)
			for _, member := range one.members {
				members[member] = true
			}
		}
		if n > 0 {
			l.add(Line{State: state, Text: count(len(members), noun) + " in " + count(n, "other way"), Reason: reason})
		}
	}
}
