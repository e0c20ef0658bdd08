package facts

import (
	"maps"
	"slices"
)

// residents are the people of a block who are of one environment.
type residents struct {
	from    string
	people  []int
	refused []int // those of them to whom a key is denied by name
}

// addAccount adds the rows of those who have keys of other environments by policies
// that single out neither them nor the key.
func (c *crossing) addAccount() {
	residents := c.residents(c.refused())
	rows := map[string]*Crossing{}
	for _, from := range c.of {
		if from != "" && rows[from] == nil {
			rows[from] = &Crossing{
				ID: "environment " + from, Scope: "account", Resource: c.document.Account.ARN, Environments: []string{from}, Place: "/account",
			}
		}
	}
	type class struct { // of keys, as somebody of an environment sees them
		key  int // one of them
		from string
	}
	type split struct{ elsewhere, first []int }
	known := map[class]split{}
	for block := range c.census.Blocks() {
		for _, by := range residents[block.People[0]] {
			from, people := by.from, by.people
			of, met := known[class{block.Keys[0], from}]
			if !met {
				of.elsewhere, of.first = c.elsewhere(block.Keys, from)
				known[class{block.Keys[0], from}] = of
			}
			elsewhere, first := of.elsewhere, of.first
			if out := c.shutOut(by.refused, elsewhere, first); len(out) > 0 {
				people = slices.DeleteFunc(slices.Clone(people), func(p int) bool { _, found := slices.BinarySearch(out, p); return found })
			}
			if len(people) == 0 {
				continue
			}
			for _, k := range first {
				c.opens(from).addUnread("the environment of "+c.keys[k], c.homes[k].reason.of(c.keys[k], c.homes[k].place))
			}
			if len(elsewhere) > 0 {
				c.sort(block.Verdict, people, elsewhere, from, c.allowed, c.depends, c.opens(from))
			}
		}
	}
	for _, list := range []struct {
		of  map[string]*crossers
		put func(*Crossing, []Crossers)
	}{
		{c.allowed, func(r *Crossing, found []Crossers) { r.Allowed = found }},
		{c.depends, func(r *Crossing, found []Crossers) { r.Depends = found }},
	} {
		for _, found := range c.rows(list.of) {
			list.put(rows[found.What], []Crossers{found})
		}
	}
	c.finish(rows)
}

// finish adds the rows, and one for those whose environment is not known.
func (c *crossing) finish(rows map[string]*Crossing) {
	if len(c.undecided[unsettled]) > 0 {
		rows[unsettled] = &Crossing{ID: "environment not known", Scope: "account", Resource: c.document.Account.ARN, Place: "/account"}
	}
	reason, at := c.standing("iam:GetAccountAuthorizationDetails")
	for _, from := range slices.Sorted(maps.Keys(rows)) {
		row := rows[from]
		if len(row.Allowed) == 0 { // else it is certain whatever else there is
			row.Undecided = c.undecided[from].rows()
		}
		if reason != nil {
			row.Undecided = append(row.Undecided, undecidedBy("users and roles", at, *reason))
		}
		c.document.Crossings = append(c.document.Crossings, *row)
	}
}

// residents finds the people of every block by environment, sorted; the first of a
// block stands for it, as nobody is in two different ones.
func (c *crossing) residents(refused map[int]bool) map[int][]residents {
	all := map[int][]residents{}
	for block := range c.census.Blocks() {
		if _, met := all[block.People[0]]; met {
			continue
		}
		by := map[string]*residents{}
		for _, p := range block.People {
			from := c.from(p)
			if from == "" {
				continue
			}
			if by[from] == nil {
				by[from] = &residents{from: from}
			}
			by[from].people = append(by[from].people, p)
			if refused[p] {
				by[from].refused = append(by[from].refused, p)
			}
		}
		list := make([]residents, 0, len(by))
		for _, from := range slices.Sorted(maps.Keys(by)) {
			list = append(list, *by[from])
		}
		all[block.People[0]] = list
	}
	return all
}

// refused are people to whom a key is denied by name that a block would let them
// have.
func (c *crossing) refused() map[int]bool {
	found := map[int]bool{}
	for k, arn := range c.keys {
		if c.homes[k] == nil {
			continue
		}
		for _, person := range c.census.Refused(arn) {
			found[person] = true
		}
	}
	return found
}

// shutOut are those people to whom none of the keys is left.
func (c *crossing) shutOut(people []int, keys ...[]int) []int {
	var out []int
	for _, p := range people {
		if !slices.ContainsFunc(keys, func(list []int) bool {
			return slices.ContainsFunc(list, func(k int) bool { return !c.census.Of(c.people[p].ARN, c.keys[k]).Denied() })
		}) {
			out = append(out, p)
		}
	}
	return out
}

// elsewhere are the keys that are of other environments, and the first one of which
// that is not known.
func (c *crossing) elsewhere(keys []int, from string) (others, open []int) {
	for _, k := range keys {
		switch h := c.homes[k]; {
		case h == nil || len(h.names) > 0 && slices.Contains(h.names, from):
		case h.reason == nil:
			others = append(others, k)
		case len(open) == 0:
			open = append(open, k)
		}
	}
	return others, open
}

// undecidedBy is what is not known because a reading was not read.
func undecidedBy(what, at string, reason Unread) Undecided {
	return Undecided{What: what, Unread: []UnreadPolicy{reason.of(reason.Operation, at)}}
}

// of says of what the reading is.
func (u Unread) of(what, at string) UnreadPolicy {
	return UnreadPolicy{Policy: what, Place: at, State: u.State, Operation: u.Operation, Code: u.Code}
}

// addUnread is add for what is not known for one reason, whichever reading it is of.
func (o opens) addUnread(what string, unread UnreadPolicy) {
	id := unread.State + "\x00" + unread.Operation + "\x00" + unread.Code
	if o[id] == nil {
		o[id] = &openGroup{unread: []UnreadPolicy{unread}}
	}
	if !slices.Contains(o[id].principals, what) {
		o[id].principals = append(o[id].principals, what)
	}
}
