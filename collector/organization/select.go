package organization

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/kmsaudit/kmsaudit/collector"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// Selector picks accounts: by id, by the root or a unit above them, or by a tag.
type Selector struct{ account, parent, tag, value string }

var parentID = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})$`)
})

// ParseSelector reads a selector: the 12 digits of an account, the id of a unit or
// of the root, or tag:KEY=VALUE.
func ParseSelector(text string) (Selector, error) {
	tag, tagged := strings.CutPrefix(text, "tag:")
	key, value, valued := strings.Cut(tag, "=")
	switch {
	case tagged && valued && key != "":
		return Selector{tag: key, value: value}, nil
	case snapshot.IsAccountID(text):
		return Selector{account: text}, nil
	case parentID().MatchString(text):
		return Selector{parent: text}, nil
	}
	return Selector{}, fmt.Errorf("%q is neither an account (12 digits), nor a unit such as ou-ab12-12345678, nor a tag such as tag:env=prod", text)
}

func (s Selector) matches(m *collector.Member, tags map[string]string) bool {
	switch {
	case s.account != "":
		return s.account == m.ID
	case s.parent != "":
		return slices.Contains(m.Parents, s.parent)
	}
	value, tagged := tags[s.tag]
	return tagged && value == s.value
}

// Selection says which accounts are collected: those that Include picks, or all if
// it picks nothing, without those that Skip picks.
type Selection struct{ Include, Skip []Selector }

// Tagged says whether the selection needs tags.
func (s Selection) Tagged() bool {
	tagged := func(one Selector) bool { return one.tag != "" }
	return slices.ContainsFunc(s.Include, tagged) || slices.ContainsFunc(s.Skip, tagged)
}

// Check wants the accounts and units that the selection names to be there: one
// that is misspelt would pick nothing, and so leave out what it should skip.
func (s Selection) Check(t *collector.Tree) error {
	units := map[string]bool{}
	for i := range t.Members {
		for _, parent := range t.Members[i].Parents {
			units[parent] = true
		}
	}
	for _, one := range slices.Concat(s.Include, s.Skip) {
		switch {
		case one.account != "" && !t.Has(one.account):
			return fmt.Errorf("account %s is not in the organization %s", one.account, t.ID)
		case one.parent != "" && !units[one.parent]:
			return fmt.Errorf("no account of the organization %s is below %s", t.ID, one.parent)
		}
	}
	return nil
}

func (s Selection) picks(m *collector.Member, tags map[string]string) bool {
	match := func(one Selector) bool { return one.matches(m, tags) }
	return (len(s.Include) == 0 || slices.ContainsFunc(s.Include, match)) && !slices.ContainsFunc(s.Skip, match)
}

// skipped says whether the account is skipped whatever its tags are.
func (s Selection) skipped(m *collector.Member) bool {
	return slices.ContainsFunc(s.Skip, func(one Selector) bool { return one.matches(m, nil) })
}

// apply sorts the members of an organization into entries.
func (s Selection) apply(ctx context.Context, tree *collector.Tree) []Entry {
	var asked []string
	for i := range tree.Members {
		if m := &tree.Members[i]; s.Tagged() && active(m.State) && !s.skipped(m) {
			asked = append(asked, m.ID)
		}
	}
	tags, gaps := tree.Tags(ctx, asked)
	unknown := map[string]collector.Gap{}
	for _, gap := range gaps {
		unknown[gap.Resource] = gap
	}
	entries := make([]Entry, 0, len(tree.Members))
	for i := range tree.Members {
		m := &tree.Members[i]
		e := Entry{ID: m.ID, Name: m.Name, State: m.State, Parents: m.Parents, Status: Pending}
		switch gap, untold := unknown[m.ID]; {
		case !active(m.State):
			e.Status = Inactive
		case untold: // whether it is to be collected is not known
			e.Status, e.Failure = Failed, failure(gap)
		case !s.picks(m, tags[m.ID]):
			e.Status = Skipped
		}
		entries = append(entries, e)
	}
	return entries
}

// active says whether an account can be read: AWS refuses everything in the others.
func active(state string) bool { return state == "ACTIVE" || state == "" || state == "PENDING_CLOSURE" }

func failure(g collector.Gap) *Failure {
	return &Failure{Operation: g.Operation, Resource: g.Resource, State: g.State.String(), Code: g.Code, Message: g.Message}
}
