package facts

import (
	"cmp"
	"slices"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/access"
)

// other is an account that is known in excerpts.
type other struct {
	account *access.Account
	keys    map[string]snapshot.Reading[snapshot.KeyMetadata] // by ARN
}

// meet takes in the excerpts of other accounts.
func (b *builder) meet(excerpts []*snapshot.Snapshot) {
	b.among, b.others = b.account, map[string]other{}
	var beside []*access.Account
	for _, s := range excerpts {
		s = settled(s)
		one := other{access.New(s), map[string]snapshot.Reading[snapshot.KeyMetadata]{}}
		for _, k := range s.Keys {
			one.keys[k.ARN] = k.Metadata
		}
		b.others[s.Account.ID] = one
		beside = append(beside, one.account)
	}
	if len(beside) > 0 {
		b.among = b.account.Beside(beside...)
	}
}

// theirKey looks up a key of another account that something of ours in a Region
// is under.
func (b *builder) theirKey(name, region string) (*ObjectKey, *Unread) {
	there, known := b.others[accountOf(name)]
	if !known {
		return nil, &Unread{State: snapshot.NotCollected.String(), Operation: "kms:DescribeKey", Code: "KeyOfAnotherAccount"}
	}
	ref := there.account.ResolveKey(name, region)
	key := &ObjectKey{ARN: cmp.Or(ref.ARN, name), Problem: "none"}
	switch ref.Status {
	case access.KeyMissing, access.KeyOtherRegion:
		key.Problem = ref.Status
		return key, nil
	case access.KeyAWSManaged:
		key.Problem = access.KeyMissing // nobody outside of the account has a use for it
		return key, nil
	case access.KeyFound:
	default:
		return nil, refUnread(ref)
	}
	metadata, ok := there.keys[ref.ARN].Get()
	if !ok {
		return nil, unanswered(there.keys[ref.ARN], "kms:DescribeKey")
	}
	key.State, key.Problem = metadata.State, KeyProblem(metadata)
	return key, nil
}

// ours is a decision without the places in the snapshots of other accounts, which
// are not those of this file.
func (b *builder) ours(principal, resource string, d access.Decision) access.Decision {
	if len(b.others) == 0 {
		return d
	}
	theirs := func(layer access.Layer) bool {
		side := resource
		if slices.Contains([]access.Layer{access.LayerIdentity, access.LayerBoundary, access.LayerSession, access.LayerSCP}, layer) {
			side = principal
		}
		_, other := b.others[accountOf(side)]
		return other
	}
	d.DecidedBy, d.Unread = slices.Clone(d.DecidedBy), slices.Clone(d.Unread)
	for i := range d.DecidedBy {
		if theirs(d.DecidedBy[i].Layer) {
			d.DecidedBy[i].Pointer = "/account"
		}
	}
	for i := range d.Unread {
		if theirs(d.Unread[i].Layer) {
			d.Unread[i].Pointer = "/account"
		}
	}
	return d
}
