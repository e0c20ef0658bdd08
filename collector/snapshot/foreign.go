package snapshot

import (
	"maps"
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/policy"
)

// Foreign lists the ARNs of other accounts that the snapshot names, sorted: the
// principals of key, bucket and trust policies and of grants, and the keys that
// something is encrypted with. An account as a whole is the ARN of its root.
func (s *Snapshot) Foreign() []string {
	f := foreign{own: s.Account, found: map[string]bool{}}
	for i := range s.Keys {
		k := &s.Keys[i]
		f.document(k.Policy)
		grants, _ := k.Grants.Get()
		for _, g := range grants {
			f.name(g.Grantee)
			f.name(g.RetiringPrincipal)
		}
	}
	for i := range s.Roles {
		f.document(s.Roles[i].TrustPolicy)
	}
	for i := range s.Buckets {
		f.bucket(&s.Buckets[i])
	}
	for i := range s.Trails {
		settings, _ := s.Trails[i].Settings.Get()
		f.name(settings.Key)
	}
	for i := range s.EventDataStores {
		key, _ := s.EventDataStores[i].Key.Get()
		f.name(key)
	}
	for i := range s.LogGroups {
		f.name(s.LogGroups[i].Key)
	}
	return slices.Sorted(maps.Keys(f.found))
}

// foreign gathers names.
type foreign struct {
	own   Account
	found map[string]bool
}

func (f *foreign) bucket(b *Bucket) {
	f.document(b.Policy)
	encryption, _ := b.Encryption.Get()
	for _, rule := range encryption.Rules {
		f.name(rule.Key)
	}
	replication, _ := b.Replication.Get()
	for _, rule := range replication.Rules {
		f.name(rule.ReplicaKey)
	}
	inventories, _ := b.Inventories.Get()
	for _, inventory := range inventories {
		f.name(inventory.Key)
	}
	for i := range b.Objects {
		head, _ := b.Objects[i].Head.Get()
		f.name(head.Key)
	}
}

func (f *foreign) document(r Reading[Document]) {
	doc, _ := PolicyOf(r)
	if doc == nil {
		return
	}
	for i := range doc.Statements {
		for _, list := range [...]*policy.Principals{doc.Statements[i].Principal, doc.Statements[i].NotPrincipal} {
			if list == nil {
				continue
			}
			for _, p := range list.List {
				if p.Kind == policy.KindAWS {
					f.name(p.Value)
				}
			}
		}
	}
}

// name takes the ARN of a principal or a key of another account.
func (f *foreign) name(text string) {
	if IsAccountID(text) {
		text = "arn:" + f.own.Partition + ":iam::" + text + ":root"
	}
	parts := strings.SplitN(text, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" || parts[4] == f.own.ID || !IsAccountID(parts[4]) {
		return
	}
	switch parts[2] {
	case "iam", "sts", "kms":
		f.found[text] = true
	}
}
