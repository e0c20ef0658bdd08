package facts

import (
	"maps"
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/access"
)

// crossing finds who of one environment can decrypt with the keys of another.
type crossing struct {
	*builder
	census *access.Census
	people []access.Principal
	of     []string        // environments, by person; "" for none, and for those whom it does not count
	open   map[int]*Unread // people whose environment is not known
	keys   []string        // of the census
	homes  []*home         // by key of the census; nil for keys of none
	// Those who have keys by policies that name neither, by environment.
	allowed, depends map[string]*crossers
	undecided        map[string]opens
}

// home is the environment of a key.
type home struct {
	names  []string
	reason *Unread // why it is not known
	place  string
	use    meant
}

// addCrossings adds a row for every key of an environment, and one for every
// environment of principals.
func (b *builder) addCrossings() {
	if !b.intent.Says()["environments"] || !b.wanted.wants("crossings") {
		return
	}
	c := &crossing{
		builder: b, census: b.decryption(), open: map[int]*Unread{},
		allowed: map[string]*crossers{}, depends: map[string]*crossers{}, undecided: map[string]opens{},
	}
	c.people, c.keys = c.census.Principals(), c.census.Keys()
	c.settlePeople()
	c.homes = make([]*home, len(c.keys))
	for k, arn := range c.keys {
		if c.homes[k] = c.home(arn); c.homes[k] != nil {
			c.addKey(k)
		}
	}
	b.unlistedKeys(func(k *Key, undecided Undecided) {
		b.document.Crossings = append(b.document.Crossings, Crossing{
			ID: k.ARN, Scope: "key", Resource: k.ARN, Place: k.Place, Undecided: []Undecided{undecided},
		})
	})
	c.addAccount()
}

// settlePeople finds the environments of users and roles. Service-linked roles and
// declared key administrators are not counted.
func (c *crossing) settlePeople() {
	c.of = make([]string, len(c.people))
	index := make(map[string]int, len(c.people))
	for p, one := range c.people {
		if !one.ServiceLinked && !slices.Contains(c.intent.KeyAdministrators, one.ARN) {
			index[one.ARN] = p
		}
	}
	note := func(arn, name string, tags snapshot.Reading[map[string]string]) {
		p, counts := index[arn]
		if !counts {
			return
		}
		environment, reason := c.environmentOf(name, tags, "iam:GetAccountAuthorizationDetails")
		if c.of[p] = environment; reason != nil {
			c.open[p] = reason
		}
	}
	for i := range c.s.Roles {
		note(c.s.Roles[i].ARN, c.s.Roles[i].Name, c.s.Roles[i].Tags)
	}
	for i := range c.s.Users {
		note(c.s.Users[i].ARN, c.s.Users[i].Name, c.s.Users[i].Tags)
	}
}

// home finds the environment of a key. Keys that AWS manages and keys that do not
// encrypt have none here.
func (c *crossing) home(arn string) *home {
	i := c.builder.keys[arn]
	if m, ok := c.s.Keys[i].Metadata.Get(); ok && (m.Manager == "AWS" || m.Usage != "ENCRYPT_DECRYPT") {
		return nil
	}
	names, reason := c.homesOf(i)
	if len(names) == 0 && reason == nil {
		return nil
	}
	return &home{place: place("keys", i), use: c.meant(arn), names: names, reason: reason}
}

// crossers are principals of an environment, on the way to a row.
type crossers struct {
	people  []int
	settled int // how many of people are sorted, each once
	keys    map[int]bool
	first   access.Decision // of the first of them
	met     map[*int]bool   // lists of people and keys that are in, by where they begin
}

// settle sorts the people, each once.
func (g *crossers) settle() {
	slices.Sort(g.people)
	g.people = slices.Compact(g.people)
	g.settled = len(g.people)
}

// addKey adds the row of key k: of those who have it by name.
func (c *crossing) addKey(k int) {
	arn, h := c.keys[k], c.homes[k]
	row := Crossing{ID: arn + "|crossings", Scope: "key", Resource: arn, Environments: h.names, Place: h.place}
	key := &c.s.Keys[c.builder.keys[arn]]
	if h.reason != nil {
		row.Undecided = append(row.Undecided, undecidedBy("the environment of the key", h.place, *h.reason))
	}
	if _, reason := certainPolicy(key.Policy, "kms:GetKeyPolicy"); reason != nil {
		row.Undecided = append(row.Undecided, undecidedBy("who can decrypt with the key", h.place+"/policy", *reason))
	} else if reason := why(key.Grants, "kms:ListGrants"); reason != nil {
		row.Undecided = append(row.Undecided, undecidedBy("grants of the key", h.place+"/grants", *reason))
	}
	allowed, depends, open := map[string]*crossers{}, map[string]*crossers{}, opens{}
	for _, pair := range c.census.Named(arn) {
		if h.reason != nil || pair.Verdict.Denied() || pair.Verdict == pair.Block || h.use.has(c.people[pair.Person]) {
			continue
		}
		from := c.from(pair.Person)
		switch {
		case from == "" || slices.Contains(h.names, from):
		case pair.ByName:
			c.sort(pair.Verdict, []int{pair.Person}, []int{k}, "", allowed, depends, open)
		default:
			c.sort(pair.Verdict, []int{pair.Person}, []int{k}, from, c.allowed, c.depends, c.opens(from))
		}
	}
	row.Allowed, row.Depends = c.rows(allowed), c.rows(depends)
	row.Undecided = append(row.Undecided, open.rows()...)
	c.document.Crossings = append(c.document.Crossings, row)
}

// from is the environment of somebody, or unsettled where it is not known.
func (c *crossing) from(person int) string {
	if c.open[person] != nil {
		return unsettled
	}
	return c.of[person]
}

// unsettled stands for an environment that is not known.
const unsettled = "?"

func (c *crossing) opens(from string) opens {
	if c.undecided[from] == nil {
		c.undecided[from] = opens{}
	}
	return c.undecided[from]
}

// sort adds people who are alike, and keys that are, to the group of their verdict.
func (c *crossing) sort(v access.Verdict, people, keys []int, group string, allowed, depends map[string]*crossers, open opens) {
	one, key := c.people[people[0]], c.keys[keys[0]]
	if reason := c.open[people[0]]; reason != nil {
		open.addUnread(one.ARN, reason.of("tags of "+one.ARN, one.Pointer+"/tags"))
		return
	}
	switch v {
	case access.Allowed:
		c.join(allowed, group, people, keys)
	case access.Depends:
		// No open test is about the ARN of a principal that the account has.
		if one.Known == access.KnownFull || !c.homes[keys[0]].use.confine(c.decides(one.ARN, decrypt, key).DependsOn) {
			c.join(depends, group, people, keys)
		}
	default:
		open.add(one.ARN, c.decides(one.ARN, decrypt, key).Unread)
	}
}

// join adds principals and keys to a group: that of an environment, or the only one,
// which has no name.
func (c *crossing) join(groups map[string]*crossers, name string, people, keys []int) {
	group := groups[name]
	if group == nil {
		group = &crossers{keys: map[int]bool{}, met: map[*int]bool{}, first: c.decides(c.people[people[0]].ARN, decrypt, c.keys[keys[0]])}
		groups[name] = group
	}
	if !group.met[&people[0]] { // the same lists come again and again
		group.met[&people[0]] = true
		if group.people = append(group.people, people...); len(group.people) > 2*(group.settled+len(c.people)/8) {
			group.settle() // lists differ by few
		}
	}
	if !group.met[&keys[0]] {
		group.met[&keys[0]] = true
		for _, k := range keys {
			group.keys[k] = true
		}
	}
}

// environments names those of people.
func (c *crossing) environments(people []int) string {
	var names []string
	for _, p := range people {
		if !slices.Contains(names, c.of[p]) {
			names = append(names, c.of[p])
		}
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// rows are the groups, in order.
func (c *crossing) rows(groups map[string]*crossers) []Crossers {
	var list []Crossers
	for _, from := range slices.Sorted(maps.Keys(groups)) {
		group := groups[from]
		group.settle()
		one := Crossers{What: c.environments(group.people), Count: len(group.people), KeyCount: len(group.keys), Tests: testsOf(group.first.DependsOn)}
		one.By = statementsOf([]access.StatementRef{giver(group.first)})
		for _, p := range group.people[:min(someUsers, len(group.people))] {
			one.Principals = append(one.Principals, c.people[p].ARN)
		}
		for _, k := range slices.Sorted(maps.Keys(group.keys)) {
			if len(one.Keys) < someKeys {
				one.Keys = append(one.Keys, c.keys[k])
			}
			one.Others = append(one.Others, c.homes[k].names...)
		}
		slices.Sort(one.Others)
		one.Others = slices.Compact(one.Others)
		list = append(list, one)
	}
	return list
}
