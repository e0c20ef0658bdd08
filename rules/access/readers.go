package access

import (
	"slices"
	"strings"
	"sync"

	"github.com/kmsaudit/kmsaudit/collector/policy"
)

// ObjectReaders tells who may do anything to the objects of buckets for which S3 needs
// kms:Decrypt: read them, or upload them in parts. It remembers what it has met: not
// for concurrent use.
type ObjectReaders struct {
	account *Account
	people  map[string]reader
	doors   map[string]*door // of buckets, by ARN

	rest   []string
	byName map[string]int   // buckets of rest
	opens  []int            // buckets of rest that are open
	named  map[string][]int // buckets of rest whose own policy lets somebody read, by ARN or id

	deniedRest map[string]bool
}

// door is what a bucket's own policy makes of those who want to read its objects.
type door struct {
	object  arn // any of its objects
	names   []string
	anybody bool
}

// reader is a principal with the Allows of its policies that are on such an action;
// unsure says that there may be more.
type reader struct {
	one    *actor
	allows []*statement
	unsure bool
}

// NewObjectReaders prepares the account's policies. Rest are the ARNs of buckets that
// DeniedRest is about.
func (a *Account) NewObjectReaders(rest []string) *ObjectReaders {
	r := &ObjectReaders{account: a, people: map[string]reader{}, doors: map[string]*door{}, rest: rest, byName: map[string]int{}, named: map[string][]int{}, deniedRest: map[string]bool{}}
	for i, bucket := range rest {
		r.byName[bucketName(bucket)] = i
		d := r.door(bucket)
		if d.anybody {
			r.opens = append(r.opens, i)
		}
		for _, name := range d.names {
			r.named[name] = append(r.named[name], i)
		}
	}
	return r
}

// DeniedRest reports whether Of the rest of the buckets is a denial, for a user or role
// of the account.
func (r *ObjectReaders) DeniedRest(principal string) bool {
	denied, met := r.deniedRest[principal]
	if !met {
		who := r.reader(principal)
		v, _ := r.of(&who, r.mayReadOfRest(&who), true)
		denied = v.Denied()
		r.deniedRest[principal] = denied
	}
	return denied
}

// mayReadOfRest are those of the rest of which mayRead can be true. There may be
// many buckets, and most policies name few.
func (r *ObjectReaders) mayReadOfRest(who *reader) []string {
	if who.unsure {
		return r.rest
	}
	some := slices.Concat(r.opens, r.named[who.one.ARN], r.named[who.one.caller.UniqueID])
	for _, s := range who.allows {
		for i := range s.resources {
			name, one := s.resources[i].bucket()
			if !one {
				return r.rest
			}
			if bucket, found := r.byName[name]; found {
				some = append(some, bucket)
			}
		}
		if s.notResource {
			return r.rest
		}
	}
	slices.Sort(some)
	var list []string
	for _, i := range slices.Compact(some) {
		list = append(list, r.rest[i])
	}
	return list
}

// bucket is the bucket of a resource that is about objects of one bucket only.
func (p *arnPattern) bucket() (name string, one bool) {
	switch {
	case p.exact():
		name = bucketName(p.text)
	case p.parts != nil && len(p.parts[arnResource].tokens) > 0 && p.parts[arnResource].tokens[0].kind == literal:
		name, _, one = strings.Cut(p.parts[arnResource].tokens[0].text, "/")
		return name, one
	default:
		return "", false
	}
	return name, true
}

// bucketName is the name of a bucket in its ARN or in that of an object.
func bucketName(text string) string {
	parts, _ := splitARN(bucketOf(text))
	return parts[arnResource]
}

// Of is a denial only if every such action is denied to the principal, a user or role
// of the account, on every object of the buckets, as far as S3's own half of it goes (S1).
func (r *ObjectReaders) Of(principal string, buckets []string) (Verdict, []UnreadRef) {
	who := r.reader(principal)
	return r.of(&who, buckets, false)
}

// of is Of; quick leaves what is not known at that.
func (r *ObjectReaders) of(who *reader, buckets []string, quick bool) (Verdict, []UnreadRef) {
	a := r.account
	var open *query
	for _, bucket := range buckets {
		if !who.unsure && !r.mayRead(who, bucket) {
			continue
		}
		x := query{one: who.one, resource: bucket + "/", open: true, chosen: true, stance: MustNotBeAble}
		a.find(&x)
		for _, action := range readingActions() {
			x.action = action
			switch a.verdict(&x) {
			case Allowed:
				return Allowed, nil
			case Depends:
				return Depends, nil
			case Unknown:
				if quick {
					return Unknown, nil
				}
				if open == nil {
					first := x
					open = &first
				}
			case ExplicitlyDenied, ImplicitlyDenied:
			}
		}
	}
	if open != nil {
		return Unknown, a.decide(open).Unread
	}
	return ImplicitlyDenied, nil
}

// readingActions are the actions on objects of the operations that need kms:Decrypt
// and that a principal can ask for, in lower case, sorted.
var readingActions = sync.OnceValue(func() []string {
	var list []string
	for _, o := range Operations() {
		if o.Service != "" || o.Directory {
			continue
		}
		if slices.Contains(slices.Concat(o.KMS, o.KMSBucketKey), "kms:Decrypt") && !o.OnBucket {
			list = append(list, o.S3...)
		}
		if slices.Contains(o.KMSSource, "kms:Decrypt") {
			list = append(list, o.S3Source...)
		}
	}
	for i := range list {
		list[i] = strings.ToLower(list[i])
	}
	slices.Sort(list)
	return slices.Compact(list)
})

func (r *ObjectReaders) reader(principal string) reader {
	who, met := r.people[principal]
	if met {
		return who
	}
	who.one = r.account.asking(principal)
	for _, p := range who.one.identity {
		if p == nil || p.allows&serviceS3 == 0 {
			continue
		}
		who.unsure = who.unsure || p.unread != nil || p.permissive
		for i := range p.statements {
			if s := &p.statements[i]; s.allowsReading() {
				who.allows = append(who.allows, s)
			}
		}
	}
	r.people[principal] = who
	return who
}

// allowsReading reports an Allow that is on one of the actions.
func (s *statement) allowsReading() bool {
	return !s.deny && s.services&serviceS3 != 0 && slices.ContainsFunc(readingActions(), s.onAction)
}

// mayRead reports whether one of the Allows, or the bucket's own policy, could allow
// something on an object of the bucket. It looks at little: whom it turns away, the
// decision would turn away too.
func (r *ObjectReaders) mayRead(who *reader, bucket string) bool {
	d := r.door(bucket)
	if d.anybody || slices.Contains(d.names, who.one.ARN) || who.one.caller.UniqueID != "" && slices.Contains(d.names, who.one.caller.UniqueID) {
		return true
	}
	ctx := Context{otherwise: unknown}
	return slices.ContainsFunc(who.allows, func(s *statement) bool {
		return s.notResource || slices.ContainsFunc(s.resources, func(p arnPattern) bool {
			return p.any || p.matchesHead(&d.object, &ctx) != no
		})
	})
}

func (r *ObjectReaders) door(bucket string) *door {
	d := r.doors[bucket]
	if d == nil {
		d = &door{}
		d.object, _ = splitARN(bucket + "/")
		if r.account.opensObjects(bucket) {
			d.names, d.anybody = r.account.letIn(bucket)
		}
		r.doors[bucket] = d
	}
	return d
}

// opensObjects reports a bucket that is not known, or whose policy allows such an
// action to somebody who is no service.
func (a *Account) opensObjects(bucket string) bool {
	b := a.buckets[bucket]
	switch {
	case b == nil:
		return true
	case b.policy == nil:
		return false
	case b.policy.unread != nil:
		return true
	}
	return slices.ContainsFunc(b.policy.statements, func(s statement) bool {
		return s.allowsReading() && (s.notPrincipal || slices.ContainsFunc(s.principals, func(n named) bool { return n.kind != policy.KindService }))
	})
}

// letIn are the users and roles of the account whom an open bucket's policy lets
// read by name, or anybody if it may let in others of them.
func (a *Account) letIn(bucket string) (names []string, anybody bool) {
	b := a.buckets[bucket]
	if b == nil || b.policy.unread != nil {
		return nil, true
	}
	for i := range b.policy.statements {
		s := &b.policy.statements[i]
		if !s.allowsReading() {
			continue
		}
		anybody = anybody || s.notPrincipal
		for j := range s.principals {
			n := &s.principals[j]
			switch k := n.who.kind; {
			case k == callerUser, k == callerRole, k == callerUniqueID:
				names = append(names, n.text)
			case k == callerSession, k == callerService, k == callerFederated && n.kind != policy.KindCanonicalUser:
			case k == callerRoot: // another account, or this one: there its own policies have to allow it
			default:
				anybody = true
			}
		}
	}
	return names, anybody
}
