package facts

import (
	"slices"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

func TestReplication(t *testing.T) {
	const backup = "arn:aws:s3:::bucket-695267-1"
	rule := snapshot.ReplicationRule{ID: "all", Status: "Enabled", Bucket: backup, ReplicaKey: theKey, KMSEncryptedObjects: "Enabled"}
	with := func(change func(*snapshot.ReplicationRule)) func(*snapshot.Snapshot) {
		return func(s *snapshot.Snapshot) {
			r := rule
			change(&r)
			s.Buckets[1].Replication = snapshot.Of(snapshot.Replication{Role: theRole, Rules: []snapshot.ReplicationRule{r}})
		}
	}
	both := func(changes ...func(*snapshot.Snapshot)) func(*snapshot.Snapshot) {
		return func(s *snapshot.Snapshot) {
			for _, change := range changes {
				change(s)
			}
		}
	}
	same := with(func(*snapshot.ReplicationRule) {})
	refused := snapshot.Reading[snapshot.Encryption]{State: snapshot.Denied, Operation: "s3:GetEncryptionConfiguration"}
	for name, test := range map[string]struct {
		change func(*snapshot.Snapshot)
		want   []string // problems
		rules  int
		unread string
	}{
		"none":            {func(*snapshot.Snapshot) {}, nil, 0, ""},
		"complete":        {same, nil, 1, ""},
		"switched off":    {with(func(r *snapshot.ReplicationRule) { r.Status, r.KMSEncryptedObjects = "Disabled", "" }), nil, 0, ""},
		"left out":        {with(func(r *snapshot.ReplicationRule) { r.KMSEncryptedObjects = "Disabled" }), []string{"off"}, 1, ""},
		"nothing said":    {with(func(r *snapshot.ReplicationRule) { r.KMSEncryptedObjects, r.ReplicaKey = "", "" }), []string{"off"}, 1, ""},
		"default unknown": {both(with(func(r *snapshot.ReplicationRule) { r.KMSEncryptedObjects = "" }), func(s *snapshot.Snapshot) { s.Buckets[1].Encryption = refused }), nil, 1, "s3:GetEncryptionConfiguration"},
		"plain default": {both(with(func(r *snapshot.ReplicationRule) { r.KMSEncryptedObjects = "" }), func(s *snapshot.Snapshot) {
			s.Buckets[1].Encryption = s.Buckets[0].Encryption
		}), nil, 1, ""},
		"no key":         {with(func(r *snapshot.ReplicationRule) { r.ReplicaKey = "" }), []string{"key_missing"}, 1, ""},
		"alias":          {with(func(r *snapshot.ReplicationRule) { r.ReplicaKey = "alias/confidential" }), []string{"key_form"}, 1, ""},
		"no such key":    {with(func(r *snapshot.ReplicationRule) { r.ReplicaKey = theKey[:len(theKey)-1] + "1" }), []string{"key_unusable"}, 1, ""},
		"disabled":       {both(same, func(s *snapshot.Snapshot) { metadataOf(s).State = "Disabled" }), []string{"key_unusable"}, 1, ""},
		"another Region": {both(same, func(s *snapshot.Snapshot) { s.Buckets[0].Region = snapshot.Of("eu-west-1") }), []string{"key_unusable"}, 1, ""},
		"role lacks": {both(same, func(s *snapshot.Snapshot) {
			s.Roles[1].InlinePolicies = snapshot.Of([]snapshot.NamedPolicy{})
			s.Roles[0].InlinePolicies = snapshot.Of([]snapshot.NamedPolicy{})
			for i := range s.Roles {
				s.Roles[i].AttachedPolicies = snapshot.Of([]snapshot.PolicyRef{})
			}
		}), []string{"denied"}, 1, ""},
		"role not read": {both(same, func(s *snapshot.Snapshot) {
			for i := range s.Roles {
				s.Roles[i].InlinePolicies = snapshot.Reading[[]snapshot.NamedPolicy]{State: snapshot.Denied, Operation: "iam:GetAccountAuthorizationDetails"}
				s.Roles[i].AttachedPolicies = snapshot.Of([]snapshot.PolicyRef{})
			}
		}), nil, 1, "iam:GetAccountAuthorizationDetails"},
		"key of another account": {with(func(r *snapshot.ReplicationRule) {
			r.Bucket, r.ReplicaKey = "arn:aws:s3:::elsewhere", "arn:aws:kms:us-east-1:444455556666:key/cac96933-72ff-0000-0000-000000000000"
		}), nil, 1, "kms:GetKeyPolicy"},
		"refused": {func(s *snapshot.Snapshot) {
			s.Buckets[1].Replication = snapshot.Reading[snapshot.Replication]{State: snapshot.Denied, Operation: "s3:GetReplicationConfiguration"}
		}, nil, 0, "s3:GetReplicationConfiguration"},
	} {
		b := bucketWith(t, "", test.change, Intent{})
		if why := b.Unread["replication"]; why.Operation != test.unread {
			t.Errorf("%s: unread %+v", name, why)
			continue
		}
		if b.Replication == nil {
			continue
		}
		var got []string
		for _, fault := range b.Replication.Faults {
			got = append(got, fault.Problem)
			if fault.Problem == "denied" && (len(fault.Actions) == 0 || fault.Why == "") {
				t.Errorf("%s: %+v", name, fault)
			}
		}
		if !slices.Equal(got, test.want) || b.Replication.Rules != test.rules {
			t.Errorf("%s: %+v", name, b.Replication)
		}
	}
}

func TestInventories(t *testing.T) {
	one := snapshot.InventoryConfig{ID: "weekly", Enabled: true, DestinationBucket: "arn:aws:s3:::bucket-695267-1"}
	for name, test := range map[string]struct {
		change func(*snapshot.InventoryConfig)
		count  int
		by     string
		unread string
	}{
		"nothing said":               {func(*snapshot.InventoryConfig) {}, 1, "destination", ""},
		"nothing said, KMS there":    {func(c *snapshot.InventoryConfig) { c.DestinationBucket = theBucket }, 1, "", ""},
		"nothing said, other bucket": {func(c *snapshot.InventoryConfig) { c.DestinationBucket = "arn:aws:s3:::elsewhere" }, 1, "", "BucketOfAnotherAccount"},
		"SSE-S3":                     {func(c *snapshot.InventoryConfig) { c.Encryption = "SSE-S3" }, 1, "inventory", ""},
		"SSE-KMS":                    {func(c *snapshot.InventoryConfig) { c.Encryption, c.Key = "SSE-KMS", theKey }, 1, "", ""},
		"switched off":               {func(c *snapshot.InventoryConfig) { c.Enabled = false }, 0, "", ""},
	} {
		b := bucketWith(t, "", func(s *snapshot.Snapshot) {
			inventory := one
			test.change(&inventory)
			s.Buckets[1].Inventories = snapshot.Of([]snapshot.InventoryConfig{inventory})
		}, Intent{})
		if why := b.Unread["inventories"]; why.Code != test.unread {
			t.Errorf("%s: unread %+v", name, why)
			continue
		}
		if b.Inventories == nil {
			continue
		}
		by := ""
		for _, plain := range b.Inventories.Plain {
			by = plain.By
		}
		if b.Inventories.Count != test.count || by != test.by {
			t.Errorf("%s: %+v", name, b.Inventories)
		}
	}
}
