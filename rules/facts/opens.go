package facts

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/rules/access"
)

// opens are principals of whom it is not known whether they may use a key, by
// what was not read: many hang on the same policy, and are told once.
type opens map[string]*openGroup

type openGroup struct {
	principals []string
	unread     []UnreadPolicy
}

func (o opens) add(principal string, refs []access.UnreadRef) {
	unread := unreadPolicies(refs)
	var id strings.Builder
	for _, u := range unread {
		id.WriteString(u.Place + "\x00" + u.Policy + "\x00")
	}
	group := o[id.String()]
	if group == nil {
		group = &openGroup{unread: unread}
		o[id.String()] = group
	}
	if !slices.Contains(group.principals, principal) {
		group.principals = append(group.principals, principal)
	}
}

func (o opens) rows() []Undecided {
	var rows []Undecided
	for _, id := range slices.Sorted(maps.Keys(o)) {
		group := o[id]
		slices.Sort(group.principals)
		what := group.principals[0]
		if n := len(group.principals); n > 1 {
			what = fmt.Sprintf("%s and %d more", what, n-1)
		}
		rows = append(rows, Undecided{What: what, Unread: group.unread})
	}
	return rows
}
