package access

import (
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/policy"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// addKey compiles what belongs to a key.
func (a *Account) addKey(i int) {
	k := &key{at: &a.s.Keys[i], pointer: at("keys", i)}
	service := a.awsAlias(k.at)
	metadata, described := k.at.Metadata.Get()
	k.aws = described && metadata.Manager == "AWS" || service != ""
	k.policy = a.read("", LayerResource, k.pointer+"/policy", "kms:GetKeyPolicy", k.at.Policy)
	if k.aws && service != "" && k.policy != nil && k.policy.unread != nil && k.at.Policy.State == snapshot.NotCollected {
		k.policy, k.fixed = managedKeyPolicy(a.id, a.s.Account.Partition, service, k.at.Region), true
	}
	k.grants = a.grantsOf(k)
	k.facts = a.keyFacts(k)
	a.keys[k.at.ARN] = k
}

// KnowsPolicy tells whether it is known what the policy of one of the account's keys
// says: it was read, if only to find none, or it is the one that AWS gives its managed
// keys (K9).
func (a *Account) KnowsPolicy(arn string) bool {
	k := a.keys[arn]
	return k != nil && (k.policy == nil || k.policy.unread == nil)
}

// awsAlias is the service of the predefined alias of an AWS managed key, or "".
func (a *Account) awsAlias(k *snapshot.Key) string {
	for _, alias := range a.aliases[k.Region+" "+k.ID] {
		if service, found := strings.CutPrefix(alias.Name, "alias/aws/"); found {
			return service
		}
	}
	return ""
}

// managedKeyPolicy is the policy that AWS gives its managed keys (K9).
func managedKeyPolicy(account, partition, service, region string) *Policy {
	use := []string{"kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:CreateGrant", "kms:DescribeKey"}
	see := []string{"kms:Describe*", "kms:Get*", "kms:List*", "kms:RevokeGrant"}
	everybody := &policy.Principals{List: []policy.Principal{{Kind: policy.KindAWS, Value: "*"}}}
	root := &policy.Principals{List: []policy.Principal{{Kind: policy.KindAWS, Value: "arn:" + partition + ":iam::" + account + ":root"}}}
	return Compile("AWS managed key", LayerResource, &policy.Document{Version: "2012-10-17", Statements: []policy.Statement{
		{Sid: "ThroughService", Effect: policy.Allow, Principal: everybody, Action: use, Resource: []string{"*"}, Conditions: []policy.Condition{
			{Operator: "StringEquals", Key: "kms:CallerAccount", Values: []string{account}},
			{Operator: "StringEquals", Key: "kms:ViaService", Values: []string{service + "." + region + ".amazonaws.com"}},
		}},
		{Sid: "Metadata", Effect: policy.Allow, Principal: root, Action: see, Resource: []string{"*"}},
	}})
}

func (a *Account) grantsOf(k *key) []Grant {
	here := k.pointer + "/grants"
	if why := k.at.Grants.Unread(); why != nil {
		if k.fixed && k.at.Grants.State == snapshot.NotCollected {
			return nil
		}
		ref := unreadRef(LayerGrant, "", here, "kms:ListGrants", why)
		return []Grant{{Unread: &ref}}
	}
	listed, _ := k.at.Grants.Get()
	var grants []Grant
	for i, g := range listed {
		grants = append(grants, Grant{
			ID: g.ID, Name: g.Name, Grantee: g.Grantee, GranteeService: g.GranteeService, Retiring: g.RetiringPrincipal,
			RetiringService: g.RetiringServicePrincipal, IssuingAccount: g.IssuingAccount, Operations: g.Operations,
			EncryptionContextEquals: g.EncryptionContextEquals, EncryptionContextSubset: g.EncryptionContextSubset,
			SourceARN: g.SourceARN, Pointer: here + at("value", i),
		})
	}
	return grants
}

func (a *Account) addBucket(i int) {
	b := &bucket{at: &a.s.Buckets[i], pointer: at("buckets", i)}
	b.policy = a.read("", LayerResource, b.pointer+"/policy", "s3:GetBucketPolicy", b.at.Policy)
	region, located := b.at.Region.Get()
	b.facts = a.factsIn(placeSlot{region, located, true})
	if b.policy != nil && b.policy.unread == nil {
		for j := range b.policy.statements {
			if e := b.policy.exposure(j, ""); e.Anyone && e.Restriction != RestrictionFixed {
				b.public = true
			}
		}
	}
	a.buckets[b.at.ARN] = b
}

// placeSlot is a Region, whether it is known, and whether it is about a bucket.
type placeSlot struct {
	region          string
	located, bucket bool
}

// factsIn are what all keys, or all buckets, of a Region have in common.
func (a *Account) factsIn(slot placeSlot) *facts {
	f := a.places[slot]
	if f == nil {
		f = a.ownFacts("")
		if slot.located {
			f.set("aws:RequestedRegion", slot.region)
		}
		if slot.bucket {
			f.set("s3:ResourceAccount", a.id)
		}
		a.places[slot] = f
	}
	return f
}
