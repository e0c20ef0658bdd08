package facts

import (
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/policy"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/access"
)

// addNeedless adds a row for every key of which the only known use is the encryption
// of S3 objects: who can decrypt with it and reach none of them.
func (b *builder) addNeedless() {
	if !b.wanted.wants("needless") {
		return
	}
	users, unsettled := b.bucketsByKey()
	elsewhere := b.usedElsewhere()
	census := b.decryption()
	people, readers := census.Principals(), b.account.NewObjectReaders(unsettled)
	for i := range b.s.Keys {
		k := &b.s.Keys[i]
		if len(users[k.ARN]) == 0 || elsewhere[k.ARN] || !onlyS3(k) {
			continue
		}
		row := Needless{ID: k.ARN + "|needless", Key: k.ARN, Place: place("keys", i), BucketCount: len(users[k.ARN])}
		row.Buckets = append(row.Buckets, users[k.ARN][:min(someBuckets, len(users[k.ARN]))]...)
		if _, reason := certainPolicy(k.Policy, "kms:GetKeyPolicy"); reason != nil {
			row.Undecided = append(row.Undecided, undecidedBy("who can decrypt with the key", row.Place+"/policy", *reason))
		} else {
			b.needless(&row, readers, census.Named(k.ARN), people, users[k.ARN], unsettled)
		}
		b.document.Needless = append(b.document.Needless, row)
	}
	b.needlessUnlisted()
}

// needlessUnlisted adds a row for each listing that may lack keys, buckets that use
// them, or those who can decrypt.
func (b *builder) needlessUnlisted() {
	add := func(arn, at string, undecided Undecided) {
		b.document.Needless = append(b.document.Needless, Needless{ID: arn + "|needless", Key: arn, Place: at, Undecided: []Undecided{undecided}})
	}
	b.unlistedKeys(func(k *Key, undecided Undecided) { add(k.ARN, k.Place, undecided) })
	for i := range b.document.Buckets {
		if bucket := &b.document.Buckets[i]; bucket.Name == "*" {
			add(bucket.ARN, bucket.Place, undecidedBy("the buckets that are not listed", bucket.Place, bucket.Unread["key_ref"]))
		}
	}
	if reason := b.peopleUnread; reason != nil {
		add(b.identities(), b.peopleAt, undecidedBy("the users and roles that are not listed", b.peopleAt, *reason))
	}
}

// bucketsByKey are the ARNs of the buckets that have objects under a key, as far as
// it is known, and those buckets of which nobody knows the key.
func (b *builder) bucketsByKey() (users map[string][]string, unsettled []string) {
	users = map[string][]string{}
	add := func(key, bucket string) {
		if key != "" && !slices.Contains(users[key], bucket) {
			users[key] = append(users[key], bucket)
		}
	}
	for i := range b.document.Buckets {
		if bucket := &b.document.Buckets[i]; bucket.KeyRef != nil {
			add(bucket.KeyRef.ARN, bucket.ARN)
		} else {
			unsettled = append(unsettled, bucket.ARN)
		}
	}
	for i := range b.document.Objects {
		if object := &b.document.Objects[i]; object.Encryption != nil {
			add(object.Encryption.Key, object.Bucket)
		}
	}
	return users, unsettled
}

// keyless says why nobody knows the key of a bucket.
func (b *builder) keyless(arn string) UnreadPolicy {
	for i := range b.document.Buckets {
		if bucket := &b.document.Buckets[i]; bucket.ARN == arn {
			return bucket.Unread["key_ref"].of("the default key of "+arn, bucket.Place)
		}
	}
	return UnreadPolicy{}
}

// usedElsewhere are the keys of trails, event data stores and log groups.
func (b *builder) usedElsewhere() map[string]bool {
	keys := map[string]bool{}
	for i := range b.document.Trails {
		if e := b.document.Trails[i].Encryption; e != nil {
			keys[e.Key] = true
		}
	}
	for i := range b.document.LogGroups {
		if e := b.document.LogGroups[i].Encryption; e != nil {
			keys[e.Key] = true
		}
	}
	return keys
}

// onlyS3 tells whether nothing in its policy and grants says that a key is for more
// than S3: no grant, no service, no kms:ViaService of another one and no encryption
// context of somebody's own.
func onlyS3(k *snapshot.Key) bool {
	m, ok := k.Metadata.Get()
	if !ok || m.Manager == "AWS" || m.Usage != "ENCRYPT_DECRYPT" {
		return false
	}
	if grants, ok := k.Grants.Get(); !ok || len(grants) > 0 {
		return false
	}
	document, _ := snapshot.PolicyOf(k.Policy)
	if document == nil {
		return true // who can decrypt is not known anyway
	}
	for i := range document.Statements {
		s := &document.Statements[i]
		if s.Principal != nil && slices.ContainsFunc(s.Principal.List, func(p policy.Principal) bool { return p.Kind == policy.KindService }) {
			return false
		}
		for _, c := range s.Conditions {
			if s.Effect == policy.Allow && !throughS3(c.Key, c.Values) {
				return false
			}
		}
	}
	return true
}

// throughS3 tells whether a test leaves S3 as the only user.
func throughS3(key string, values []string) bool {
	key = strings.ToLower(key)
	switch {
	case key == "kms:viaservice":
		return !slices.ContainsFunc(values, func(v string) bool { return !strings.HasPrefix(v, "s3.") })
	case strings.HasPrefix(key, "kms:encryptioncontext"):
		return key == "kms:encryptioncontext:aws:s3:arn"
	}
	return true
}

// needless finds, among those whom a policy gives the key by name, who reaches none of the
// buckets. Administrators and whoever is declared may keep it.
func (b *builder) needless(row *Needless, readers *access.ObjectReaders, pairs []access.Pair, people []access.Principal, buckets, unsettled []string) {
	use, open := b.meant(row.Key), opens{}
	found := NeedlessUse{What: decrypt}
	for _, pair := range pairs {
		one := people[pair.Person]
		if !pair.ByName || pair.Verdict.Denied() || !pair.Block.Denied() || !b.people[one.ARN] || use.has(one) {
			continue
		}
		var d access.Decision
		if pair.Verdict != access.Allowed {
			d = b.decides(one.ARN, decrypt, row.Key)
			if d.Verdict == access.Depends && slices.ContainsFunc(d.DependsOn, func(t access.Test) bool { return !throughS3(t.Key, t.Values) }) {
				continue // through another service, or with a context of its own
			}
		}
		switch v, unread := readers.Of(one.ARN, buckets); {
		case v == access.Unknown:
			open.add(one.ARN, unread)
			continue
		case !v.Denied():
			continue
		case d.Verdict == access.Unknown && pair.Verdict != access.Allowed:
			open.add(one.ARN, d.Unread)
			continue
		}
		if !readers.DeniedRest(one.ARN) {
			open.addUnread(one.ARN, b.keyless(unsettled[0]))
			continue
		}
		if v := b.account.Verdict(access.Question{
			Principal: one.ARN, Action: "kms:PutKeyPolicy", Resource: row.Key, Stance: access.MustNotBeAble, Context: access.NewContext(),
		}); !v.Denied() {
			continue // administers the key: another rule's matter
		}
		if found.Count++; found.Count == 1 {
			found.By = statementsOf([]access.StatementRef{giver(b.decides(one.ARN, decrypt, row.Key))})
		}
		if found.Count <= someUsers {
			found.Principals = append(found.Principals, one.ARN)
		}
	}
	if found.Count > 0 {
		row.Allowed = []NeedlessUse{found}
	}
	row.Undecided = append(row.Undecided, open.rows()...)
}
