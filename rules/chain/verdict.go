package chain

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/rules/access"
	"github.com/kmsaudit/kmsaudit/rules/facts"
)

// decided is a request and how it was decided.
type decided struct {
	what     string
	resource string
	decision access.Decision
}

// verdicts makes one line of the requests that fare alike by the same statements.
func (t *teller) verdicts(l *Link, list []decided) {
	type group struct {
		whats []string
		line  Line
	}
	var groups []*group
	for _, one := range list {
		t.assume(one.decision)
		line := verdict(one.resource, one.decision)
		i := slices.IndexFunc(groups, func(g *group) bool { return g.line.same(&line) })
		if i < 0 {
			groups = append(groups, &group{line: line})
			i = len(groups) - 1
		}
		if !slices.Contains(groups[i].whats, one.what) {
			groups[i].whats = append(groups[i].whats, one.what)
		}
	}
	for _, g := range groups {
		text := few(g.whats, 12)
		if g.line.Text != "" {
			text += ": " + g.line.Text
		}
		g.line.Text = text
		l.add(g.line)
	}
}

func (l *Line) same(other *Line) bool {
	return l.State == other.State && l.Text == other.Text && l.Reason == other.Reason && slices.Equal(l.Places, other.Places)
}

// verdict is the line of one decision, without what was asked.
func verdict(resource string, d access.Decision) Line {
	switch d.Verdict {
	case access.Allowed:
		return Line{State: Allowed, Places: placesOf(d.DecidedBy)}
	case access.ExplicitlyDenied, access.ImplicitlyDenied:
		text := facts.WhyDenied(resource, d)
		for _, note := range d.Notes {
			if rule, plain, _ := strings.Cut(note, ": "); slices.Contains([]string{"K1", "K6", "K7", "E7"}, rule) {
				text += "; " + plain
			}
		}
		return Line{State: Denied, Text: text, Places: placesOf(d.DecidedBy)}
	case access.Depends:
		refs := d.DecidedBy
		var tests []string
		for _, test := range d.DependsOn {
			refs = append(refs[:len(refs):len(refs)], test.Statement)
			tests = append(tests, Tested(test.Key, test.Operator, test.Values))
		}
		return Line{State: Depends, Text: "depends on " + strings.Join(tests, " and "), Places: placesOf(refs)}
	case access.Unknown:
	}
	line := Line{State: Unknown}
	var reasons []string
	for _, unread := range facts.UnreadBy(d.Unread) {
		if words := unread.Words(); !slices.Contains(reasons, words) {
			reasons = append(reasons, words)
		}
		if place := (Place{Pointer: unread.Place}); unread.Place != "" && !slices.Contains(line.Places, place) {
			line.Places = append(line.Places, place)
		}
	}
	line.Reason = cmp.Or(strings.Join(reasons, "; "), "the snapshot does not say")
	return line
}

func placesOf(refs []access.StatementRef) []Place {
	var places []Place
	for _, ref := range refs {
		place := Place{What: Cited(ref), Pointer: ref.Pointer}
		if !slices.Contains(places, place) {
			places = append(places, place)
		}
	}
	return places
}

// ofRow makes lines of a row whose requests were not decided, because what it
// names is not there or may not be.
func ofRow(l *Link, denied []facts.Denied, undecided []facts.Undecided) {
	var whats []string
	for i, d := range denied {
		whats = append(whats, d.What)
		if i == len(denied)-1 || denied[i+1].Why != d.Why {
			l.put(Denied, "", few(whats, 12)+": "+d.Why)
			whats = nil
		}
	}
	for i, u := range undecided {
		whats = append(whats, u.What)
		if i < len(undecided)-1 {
			continue
		}
		for _, unread := range u.Unread {
			l.unknown(few(whats, 12), unread.Words(), unread.Place)
		}
	}
}

// worst is the state of the gravest request.
func worst(list []decided) State {
	found := map[State]bool{}
	for _, one := range list {
		found[verdict(one.resource, one.decision).State] = true
	}
	for _, state := range gravity {
		if found[state] {
			return state
		}
	}
	return OK
}
