package access

import (
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
