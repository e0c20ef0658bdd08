package access

import (
	little "encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// BucketPowers finds who can perform any of the actions of S3 on the account's
// buckets, or on objects in them, by the policies that give it. Whoever may act on
// some object of a bucket has the power over the bucket.
func (a *Account) BucketPowers(actions []string, aside func(Principal) bool) Powers {
	g := newGatherer(slices.Sorted(maps.Keys(a.buckets)), aside)
	for _, action := range actions {
		s := &bucketSorter{
			account: a, action: action, lower: strings.ToLower(action), arns: g.arns, met: map[*Policy]*relevance{}, covers: map[string]coverage{}, fixed: newFacts(),
			object: slices.ContainsFunc(s3Actions(), func(one S3Action) bool { return one.On == OnObject && strings.EqualFold(one.Name, action) }),
		}
		s.fixed.set("aws:SecureTransport", "true") // which is up to who asks
		g.decide = func(one *actor, _ string, on int) Decision {
			x := s.query(one, on)
			return a.decide(&x)
		}
		s.sort()
		s.add(g)
		for _, on := range s.unread {
			ref := *a.buckets[g.arns[on]].policy.unread
			if ref.Policy == "" {
				ref.Policy = g.arns[on]
			}
			g.found.Unread = append(g.found.Unread, ref)
		}
	}
	if ref := a.listing(LayerResource, "", "s3:ListAllMyBuckets", "s3:ListBuckets"); ref != nil {
		ref.Policy = "buckets"
		g.found.Unread = append(g.found.Unread, *ref)
	}
	return g.powers()
}

// bucketSorter finds who can perform an action on which buckets. It sorts buckets,
// and people, into classes by what the statements on the action make of them, and
// decides one of each two.
type bucketSorter struct {
	account *Account
	action  string
	lower   string // its name in lower case
	object  bool   // it is on objects
	arns    []string
	whole   set
	unread  []int // buckets whose policies were not read
	blind   set   // the same
	met     map[*Policy]*relevance
	nothing relevance
	fixed   *facts

	organization []*statement
	looks        []string // context keys of buckets that statements look at, and of variables
	facing       []*test  // tests of nothing that buckets have, each once
	speaks       [][]*statement
	class        []int // by bucket; -1 for those that are alone
	members      []set // by class, of the first few
	covers       map[string]coverage
	now          set // that reachable tells
	text         []byte
}

// relevance is what of a policy is on an action.
type relevance struct {
	any  bool // everything: the policy was not read
	all  []*statement
	text string // equal for policies that say the same of the action; made by says
	said bool
	seen bool
}

func (r *relevance) says() string {
	if r.said {
		return r.text
	}
	var text strings.Builder
	text.WriteString(r.text)
	for _, st := range r.all {
		fmt.Fprintf(&text, " %v %v %v %v", st.deny, st.hasPrincipal, st.notResource, st.noResource)
		for i := range st.resources {
			fmt.Fprintf(&text, " %q", st.resources[i].text)
		}
		for i := range st.tests {
			fmt.Fprintf(&text, " %q", st.tests[i].source)
		}
	}
	r.text, r.said = text.String(), true
	return r.text
}

// coverage are the buckets that a pattern covers, and of those the ones of which
// it covers a part, in order. Most patterns are of one bucket.
type coverage struct{ some, parts []int }

func (c *coverage) how(on int) byte {
	if _, part := slices.BinarySearch(c.parts, on); part {
		return 1
	}
	if _, some := slices.BinarySearch(c.some, on); some {
		return 2
	}
	return 0
}

func (s *bucketSorter) of(p *Policy) *relevance {
	if p == nil || p.unread == nil && !p.permissive && (p.allows|p.denies)&serviceS3 == 0 {
		return &s.nothing
	}
	r := s.met[p]
	if r != nil {
		return r
	}
	r = &relevance{any: p.unread != nil || p.permissive}
	s.met[p] = r
	if r.any {
		r.text = fmt.Sprintf("%v %v", p.unread != nil, p.permissive)
		return r
	}
	for i := range p.statements {
		if st := &p.statements[i]; st.services&serviceS3 != 0 && st.onAction(s.lower) {
			r.all = append(r.all, st)
		}
	}
	return r
}

// own calls see for the person's own statements on the action.
func (s *bucketSorter) own(one *actor, see func(*Policy, *statement)) {
	for _, list := range [][]*Policy{one.identity, one.boundary} {
		for _, p := range list {
			for _, st := range s.of(p).all {
				if !st.hasPrincipal {
					see(p, st)
				}
			}
		}
	}
}

// sort finds what the statements on the action look at, and sorts the buckets.
func (s *bucketSorter) sort() {
	for _, level := range slices.Concat(s.account.org.scp[MustNotBeAble], s.account.org.rcp[MustNotBeAble]) {
		for _, p := range level {
			s.organization = append(s.organization, s.of(p).all...)
		}
	}
	ofBuckets := map[string]bool{}
	s.whole, s.blind, s.now = newSet(len(s.arns)), newSet(len(s.arns)), newSet(len(s.arns))
	for i, arn := range s.arns {
		s.whole.add(i)
		b := s.account.buckets[arn]
		if b.policy != nil && b.policy.unread != nil {
			s.unread = append(s.unread, i)
			s.blind.add(i)
		}
		for f := b.facts; f != nil; f = f.base {
			for _, e := range f.entries {
				ofBuckets[e.key] = true
			}
			for _, one := range f.prefixes {
				ofBuckets[one.prefix] = true
			}
		}
	}
	looks, texts, names := map[string]bool{}, map[string]bool{}, map[string]bool{}
	see := func(st *statement) {
		(&statement{resources: st.resources}).testedKeys(looks)
		for i := range st.tests {
			t := &st.tests[i]
			clear(names)
			(&statement{tests: st.tests[i : i+1]}).testedKeys(names)
			of := false
			for name := range names {
				of = of || ofOne(ofBuckets, name)
			}
			if of {
				maps.Copy(looks, names)
				continue
			}
			s.text = appendText(s.text[:0], t.source.Operator, t.source.Key)
			s.text = appendText(s.text, t.source.Values...)
			if !texts[string(s.text)] {
				texts[string(s.text)] = true
				s.facing = append(s.facing, t)
			}
		}
	}
	for _, st := range s.organization {
		see(st)
	}
	for _, one := range s.account.sorted {
		for _, list := range [][]*Policy{one.identity, one.boundary} {
			for _, p := range list {
				if r := s.of(p); !r.seen {
					r.seen = true
					for _, st := range r.all {
						if !st.hasPrincipal {
							see(st)
						}
					}
				}
			}
		}
	}
	for _, arn := range s.arns {
		for _, st := range s.of(s.account.buckets[arn].policy).all {
			see(st)
		}
	}
	s.looks = slices.Sorted(maps.Keys(looks))
	s.class, s.speaks = make([]int, len(s.arns)), make([][]*statement, len(s.arns))
	classes := map[string]int{}
	for i := range s.arns {
		s.class[i] = -1
		text, whole := s.classOf(i)
		if !whole {
			continue
		}
		n, met := classes[text]
		if !met {
			n = len(classes)
			classes[text] = n
			if n < mostClasses {
				s.members = append(s.members, newSet(len(s.arns)))
			} else {
				s.members = append(s.members, nil)
			}
		}
		if s.class[i] = n; n < mostClasses {
			s.members[n].add(i)
		}
	}
}

// ofOne reports a context key that is among the names, or of a family of them.
func ofOne(names map[string]bool, key string) bool {
	if names[key] {
		return true
	}
	for i := range key {
		if (key[i] == '/' || key[i] == ':') && names[key[:i+1]] {
			return true
		}
	}
	return false
}

// classOf is equal for buckets that treat everybody alike, but for the patterns of
// people's own statements; whole is false for one that is alone.
func (s *bucketSorter) classOf(i int) (class string, whole bool) {
	b := s.account.buckets[s.arns[i]]
	var text strings.Builder
	text.WriteString("bucket " + values(b.facts, s.looks))
	for _, st := range s.organization {
		fmt.Fprintf(&text, " %d", s.on(st, i))
	}
	ctx := Context{under: [4]*facts{s.account.actions[s.lower], s.fixed, nil, b.facts}, otherwise: unknown}
	at := s.at(i, &ctx)
	whole = true
	for _, st := range s.of(b.policy).all {
		on := st.onResource(&at)
		if on == no || slices.ContainsFunc(st.tests, func(t test) bool { return t.eval(&ctx) == no }) {
			continue
		}
		s.speaks[i] = append(s.speaks[i], st)
		fmt.Fprintf(&text, "|%v %v", st.deny, st.notPrincipal)
		for k := range st.principals {
			text.WriteString(" " + st.principals[k].kind + " " + st.principals[k].text)
		}
		for k := range st.tests {
			fmt.Fprintf(&text, " %q", st.tests[k].source)
		}
		whole = whole && on != maybe // which is a part of it
	}
	return text.String(), whole
}

// on says how a statement covers a bucket: not, in part, or all of it.
func (s *bucketSorter) on(st *statement, i int) int {
	how := 0
	for j := range st.resources {
		c := s.covered(&st.resources[j])
		how = max(how, int(c.how(i)))
	}
	return how
}

// add gathers the powers of everybody.
func (s *bucketSorter) add(g *gatherer) {
	named := s.named()
	known := map[string]*reached{}
	may := newSet(len(s.arns))
	for i, one := range s.account.sorted {
		if one.missing != nil || one.Kind == "root" {
			continue
		}
		clear(may)
		for _, p := range one.identity {
			if s.of(p).any {
				may.join(s.whole)
			}
		}
		s.eachOwn(one, func(_ *Policy, _ *statement, on set) { may.join(on) })
		for _, on := range named[i] {
			may.add(on)
		}
		if may.first() < 0 {
			continue
		}
		id := ""
		if named[i] == nil {
			id = s.signature(one)
		}
		r := known[id]
		if id == "" || r == nil {
			r = s.reach(one, may)
			known[id] = r
		}
		g.add(one, r, []string{s.action}, func(see func(*Policy, *statement, set)) { s.eachOwn(one, see) })
	}
}

// eachOwn calls see for the person's own statements that allow the action, with
// the buckets that they may cover.
func (s *bucketSorter) eachOwn(one *actor, see func(*Policy, *statement, set)) {
	for _, p := range one.identity {
		for _, st := range s.of(p).all {
			if !st.hasPrincipal && !st.deny {
				see(p, st, s.reachable(st))
			}
		}
	}
}

// signature is equal for people whom no bucket tells apart that does not name them.
func (s *bucketSorter) signature(one *actor) string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s %s %v %v", one.Kind, one.Account, one.hasBoundary, one.ServiceLinked)
	for _, list := range [][]*Policy{one.identity, one.boundary} {
		text.WriteByte('|')
		for _, p := range list {
			if r := s.of(p); r.any || len(r.all) > 0 {
				text.WriteString(r.says() + "\n")
			}
		}
	}
	text.WriteString(values(one.facts, s.looks))
	ctx := Context{under: [4]*facts{s.account.actions[s.lower], s.fixed, one.facts, nil}, otherwise: unknown}
	for _, t := range s.facing {
		text.WriteByte('0' + byte(t.eval(&ctx)))
	}
	return text.String()
}

// named are the buckets, by person, whose policies name it in statements on the
// action.
func (s *bucketSorter) named() map[int][]int {
	index := map[string][]int{} // of the names that they have
	for on := range s.arns {
		for _, st := range s.speaks[on] {
			for j := range st.principals {
				n := &st.principals[j]
				index[n.text] = nil
				if n.who.kind == callerRole {
					index[n.account+"/"+n.name] = nil
				}
			}
		}
	}
	note := func(name string, i int) {
		if list, named := index[name]; named {
			index[name] = append(list, i)
		}
	}
	for i, one := range s.account.sorted {
		note(one.ARN, i)
		if id := one.caller.UniqueID; id != "" {
			note(id, i)
		}
		if one.Kind != "user" && one.Kind != "role" {
			if w := whoIs(one.ARN); w.kind == callerSession {
				note(w.account+"/"+w.name, i)
			} else if w.kind == callerRoot {
				note(w.account, i)
			}
		}
	}
	found := map[int][]int{}
	for on := range s.arns {
		for _, st := range s.speaks[on] {
			for j := range st.principals {
				n := &st.principals[j]
				people := slices.Clone(index[n.text])
				if n.who.kind == callerRole {
					people = append(people, index[n.account+"/"+n.name]...)
				}
				for _, i := range people {
					if list := found[i]; len(list) == 0 || list[len(list)-1] != on {
						found[i] = append(found[i], on)
					}
				}
			}
		}
	}
	return found
}

// reach decides for a person and the buckets that it may act on.
func (s *bucketSorter) reach(one *actor, may set) *reached {
	r := newReached(len(s.arns))
	var patterns []coverage
	met, single := map[string]bool{}, false
	s.own(one, func(_ *Policy, st *statement) {
		for i := range st.resources {
			if p := &st.resources[i]; !p.any && !met[p.text] {
				met[p.text] = true
				patterns = append(patterns, s.covered(p))
				single = single || p.hasVariables()
			}
		}
	})
	may.less(s.blind)
	decide := func(on int) verdict {
		x := s.query(one, on)
		return verdict(grade(s.account.verdict(&x)))
	}
	if !single && len(s.members) <= mostClasses {
		s.plain(r, may, patterns, decide)
	}
	known := map[string]verdict{}
	const head = 4 // the class
	face := make([]byte, head+len(patterns))
	for on := range may.all() {
		for i := range patterns {
			face[head+i] = patterns[i].how(on)
		}
		class := s.class[on]
		little.LittleEndian.PutUint32(face, uint32(class)) //nolint:gosec // -1 is never looked up
		v, decided := known[string(face)]
		if !decided || single || class < 0 {
			v = decide(on)
			known[string(face)] = v
		}
		r.put(on, v)
	}
	return r
}

// mostClasses is how many classes of buckets are looked at as sets: of more of them,
// buckets are looked at one by one.
const mostClasses = 64

// plain decides for the buckets that none of the patterns covers, a class at a time,
// and takes them out.
func (s *bucketSorter) plain(r *reached, may set, patterns []coverage, decide func(on int) verdict) {
	rest := slices.Clone(may)
	for i := range patterns {
		for _, on := range patterns[i].some {
			rest.take(on)
		}
	}
	for _, members := range s.members {
		part := slices.Clone(rest)
		part.limit(members)
		if on := part.first(); on >= 0 {
			r.join(part, decide(on))
			may.less(part)
		}
	}
}

func (s *bucketSorter) query(one *actor, on int) query {
	x := query{one: one, action: s.action, resource: s.arns[on], stance: MustNotBeAble, fixed: s.fixed}
	if s.object {
		x.resource, x.open, x.chosen = x.resource+"/", true, true
	}
	s.account.find(&x)
	return x
}

// reachable are the buckets that a statement may cover; it holds until the next
// statement is asked about.
func (s *bucketSorter) reachable(st *statement) set {
	if st.notResource {
		return s.whole // but for some, which are decided
	}
	clear(s.now)
	for i := range st.resources {
		if st.resources[i].any {
			return s.whole
		}
		for _, on := range s.covered(&st.resources[i]).some {
			s.now.add(on)
		}
	}
	return s.now
}

// covered are the buckets that a pattern covers.
func (s *bucketSorter) covered(p *arnPattern) coverage {
	c, met := s.covers[p.text]
	if met {
		return c
	}
	open := Context{otherwise: unknown}
	for _, on := range s.under(p.head()) {
		at := s.at(on, &open)
		switch p.covers(&at) {
		case maybe:
			c.parts = append(c.parts, on)
			c.some = append(c.some, on)
		case yes:
			c.some = append(c.some, on)
		case no:
		}
	}
	s.covers[p.text] = c
	return c
}

// at is a request on a bucket, or on an object of it, as far as patterns look at it.
func (s *bucketSorter) at(i int, ctx *Context) situation {
	resource := s.arns[i]
	if s.object {
		resource += "/"
	}
	parts, ok := splitARN(resource)
	return situation{resource: resource, isARN: ok, parts: parts, open: s.object, ctx: ctx}
}

// under are the buckets whose ARN, or an object's, may begin with the text.
func (s *bucketSorter) under(head string) []int {
	bucket, _, inside := strings.Cut(head, "/")
	from, _ := slices.BinarySearch(s.arns, bucket)
	var list []int
	for i := from; i < len(s.arns) && strings.HasPrefix(s.arns[i], bucket) && (!inside || s.arns[i] == bucket); i++ {
		list = append(list, i)
	}
	return list
}

// head is what every ARN begins with that the pattern matches.
func (p *arnPattern) head() string {
	end := strings.IndexAny(p.text, "*?$")
	if end < 0 {
		return p.text
	}
	return p.text[:end]
}
