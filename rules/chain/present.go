package chain

import (
	"slices"

	"github.com/kmsaudit/kmsaudit/rules/access"
)

// whatThereIs draws the chain of a resource that no requirement names.
func (t *teller) whatThereIs() {
	var steps []Step
	switch t.resource.Kind {
	case "key":
		steps = append(t.whoSteps(t.resource.ARN), t.bucketsOf(t.resource.ARN)...)
	case "bucket":
		b := &t.document.Buckets[t.resource.index]
		if b.DefaultKey != nil && b.DefaultKey.Form != "none" {
			steps = t.whoSteps(b.DefaultKey.ARN)
		}
		steps = append(steps, t.bucketStep(b.ARN, b.Name))
		steps = append(steps, t.objectSteps(b.ARN, nil)...)
	case "object":
		o := t.fact()
		if e := o.Encryption; e != nil && isKMS(e.Algorithm) {
			steps = t.whoSteps(t.keyUnder(o))
		}
		steps = append(steps, t.bucketStep(o.Bucket, part(o.Bucket, 5)))
		steps = append(steps, t.objectSteps(o.Bucket, nil)...)
	default:
		t.path(t.resource.ARN, t.usableStep()...)
		return
	}
	t.chain.Paths = append(t.chain.Paths, Path{steps})
}

func isKMS(algorithm string) bool { return algorithm == "aws:kms" || algorithm == "aws:kms:dsse" }

// whoSteps are those who may use a key, together, and the key.
func (t *teller) whoSteps(key string) []Step {
	to := t.keyStep(key)
	if _, own := t.keys[key]; !own {
		return []Step{to}
	}
	holders, unread := t.account.WhoCan(key, t.uses(key), access.MustNotBeAble)
	who := Step{Kind: "principals", Name: count(len(holders), "principal")}
	if len(holders) == 1 {
		who.Resource, who.Name = holders[0].Principal.ARN, t.called(holders[0].Principal.ARN)
	}
	to.State = Allowed
	switch {
	case len(unread) > 0 && len(holders) == 0:
		who.Name, to.State = "nobody knows who", Unknown
	case len(unread) > 0:
		who.Note = "and who else is not known"
	case len(holders) == 0:
		to.State = Denied
	}
	to.Requests = t.uses(key)
	return []Step{who, to}
}

// bucketsOf are the buckets that encrypt with the key by default.
func (t *teller) bucketsOf(key string) []Step {
	var named []int
	for i := range t.s.Buckets {
		if ref := t.document.Buckets[i].KeyRef; ref != nil && ref.ARN == key {
			named = append(named, i)
		}
	}
	switch len(named) {
	case 0:
		return nil
	case 1:
		b := &t.document.Buckets[named[0]]
		return append([]Step{t.bucketStep(b.ARN, b.Name)}, t.objectSteps(b.ARN, nil)...)
	}
	return []Step{{Kind: "buckets", Name: count(len(named), "bucket"), Note: "by default", State: OK}}
}

// usableStep is the key that the principal can use, or how many there are, with
// the requests that are not denied.
func (t *teller) usableStep() []Step {
	var keys, actions []string
	var all []decided
	for i := range t.s.Keys {
		key := t.s.Keys[i].ARN
		list := t.mayUse(key)
		if len(list) == 0 {
			continue
		}
		keys, all = append(keys, key), append(all, list...)
		for _, one := range list {
			if !slices.Contains(actions, one.what) {
				actions = append(actions, one.what)
			}
		}
	}
	switch len(keys) {
	case 0:
		return nil
	case 1:
		key := t.keyStep(keys[0])
		key.asked(all, nil, nil)
		return append([]Step{key}, t.bucketsOf(keys[0])...)
	}
	return []Step{{Kind: "keys", Name: count(len(keys), "key"), Note: "of " + count(len(t.s.Keys), "key"), Requests: actions, State: Allowed}}
}
