package facts

import (
	"cmp"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/access"
)

// Replication is what the replication rules of a bucket lack for objects under
// SSE-KMS.
type Replication struct {
	Place string `json:"place"`
	Rules int    `json:"rules"` // that are enabled
	Role  string `json:"role"`
	// Faults are what is certainly wrong.
	Faults []ReplicationFault `json:"faults"`
}

// ReplicationFault is what is wrong with one replication rule.
type ReplicationFault struct {
	Place       string `json:"place"`
	Rule        string `json:"rule"`        // its id
	Destination string `json:"destination"` // ARN of the bucket
	// Problem is off where objects under SSE-KMS are not replicated, key_missing and
	// key_form where the replica's key is not given or not by its ARN, key_unusable
	// where it cannot be used, denied where the role lacks Actions on Key.
	Problem string   `json:"problem" enum:"off,key_missing,key_form,key_unusable,denied"`
	Key     string   `json:"key"`
	Actions []string `json:"actions"`
	Why     string   `json:"why"`
}

// replication looks at each enabled rule of the bucket's replication. What is
// certainly wrong stands whatever else is not known.
func (b *builder) replication(bucket *snapshot.Bucket, encryption *BucketEncryption, i int) (*Replication, *Unread) {
	replication, ok := bucket.Replication.Get()
	if !ok && !bucket.Replication.State.Answer() {
		return nil, unanswered(bucket.Replication, "s3:GetReplicationConfiguration")
	}
	fact := &Replication{Place: place("buckets", i, "replication"), Role: replication.Role}
	var open *Unread
	for j, rule := range replication.Rules {
		if rule.Status != "Enabled" {
			continue
		}
		fact.Rules++
		faults, reason := b.replicates(bucket, encryption, replication.Role, rule)
		for k := range faults {
			faults[k].Place = place("buckets", i, "replication", "value", "rules", j)
			faults[k].Rule, faults[k].Destination = cmp.Or(rule.ID, "without an id"), rule.Bucket
		}
		fact.Faults = append(fact.Faults, faults...)
		if open == nil {
			open = reason
		}
	}
	if len(fact.Faults) == 0 && open != nil {
		return nil, open
	}
	return fact, nil
}

// replicates finds what one rule lacks, and what is not known of that.
func (b *builder) replicates(bucket *snapshot.Bucket, encryption *BucketEncryption, role string, rule snapshot.ReplicationRule) ([]ReplicationFault, *Unread) {
	if rule.KMSEncryptedObjects != "Enabled" {
		switch {
		case encryption == nil:
			return nil, unanswered(bucket.Encryption, "s3:GetEncryptionConfiguration")
		case encryption.KMS:
			return []ReplicationFault{{Problem: "off", Key: encryption.Key}}, nil
		}
		return nil, nil
	}
	if rule.ReplicaKey == "" {
		return []ReplicationFault{{Problem: "key_missing"}}, nil
	}
	region := regionOf(rule.ReplicaKey)
	if j, own := b.buckets[bucketName(rule.Bucket)]; own {
		region, _ = b.s.Buckets[j].Region.Get()
	}
	key := b.account.ResolveKey(rule.ReplicaKey, region)
	var faults []ReplicationFault
	if key.Form != "arn" {
		faults = append(faults, ReplicationFault{Problem: "key_form", Key: rule.ReplicaKey})
	}
	if problem := b.unusable(key); problem != "" {
		return append(faults, ReplicationFault{Problem: "key_unusable", Key: rule.ReplicaKey, Why: problem}), nil
	}
	answer := b.account.S3(access.S3Question{
		Principal: role, Operation: "Replication", Bucket: rule.Bucket, Key: key, Stance: access.MustBeAble,
		Context: access.NewContext().With("aws:SecureTransport", "true"),
		Source:  &access.S3Source{Bucket: bucket.ARN},
	})
	denied, open := lacks(answer.Parts)
	return append(faults, denied...), open
}

// lacks groups the KMS actions that are denied by the key, and says what is not
// known of the others.
func lacks(parts []access.Part) ([]ReplicationFault, *Unread) {
	var faults []ReplicationFault
	var open *Unread
	byKey := map[string]int{}
	for _, part := range parts {
		switch d := part.Decision; {
		case part.Half != "kms" || d.Verdict == access.Allowed:
		case d.Verdict.Denied():
			j, there := byKey[part.Resource]
			if !there {
				j = len(faults)
				byKey[part.Resource] = j
				faults = append(faults, ReplicationFault{Problem: "denied", Key: part.Resource, Why: deniedOf(part.Action, part.Resource, d).Why})
			}
			if n := len(faults[j].Actions); n == 0 || faults[j].Actions[n-1] != part.Action {
				faults[j].Actions = append(faults[j].Actions, part.Action)
			}
		case open != nil:
		case len(d.Unread) > 0:
			first := unreadPolicies(d.Unread[:1])[0]
			open = &Unread{State: first.State, Operation: first.Operation, Code: first.Code}
		default:
			open = &Unread{State: snapshot.Failed.String(), Operation: "kms:GetKeyPolicy", Code: "DependsOnConditions"}
		}
	}
	return faults, open
}

// unusable says why a key of the account cannot be used, "" if it can or nobody
// knows.
func (b *builder) unusable(key access.KeyRef) string {
	switch key.Status {
	case access.KeyMissing:
		return "it does not exist"
	case access.KeyOtherRegion:
		return "it is in another Region than the bucket"
	case access.KeyFound:
		if i, known := b.keys[key.ARN]; known {
			if metadata, ok := b.s.Keys[i].Metadata.Get(); ok {
				if problem := KeyProblem(metadata); problem != "none" {
					return "it is " + strings.ReplaceAll(problem, "_", " ")
				}
			}
		}
	}
	return ""
}

// Inventories are the enabled S3 Inventory configurations of a bucket.
type Inventories struct {
	Place string `json:"place"`
	Count int    `json:"count"`
	// Plain are those whose reports are certainly not under a key of KMS.
	Plain []PlainInventory `json:"plain"`
}

// PlainInventory is an inventory whose reports are under a key that AWS holds.
type PlainInventory struct {
	Place       string `json:"place"`
	ID          string `json:"id"`
	Destination string `json:"destination"` // ARN of the bucket
	// By says why: its own configuration, or the default of the destination.
	By string `json:"by" enum:"inventory,destination"`
}

// inventories finds the inventories whose reports are not under a key of KMS. One
// that does not say takes the default of its destination, which is not known of a
// bucket that the snapshot does not hold.
func (b *builder) inventories(bucket *snapshot.Bucket, i int) (*Inventories, *Unread) {
	list, ok := bucket.Inventories.Get()
	if !ok && !bucket.Inventories.State.Answer() {
		return nil, unanswered(bucket.Inventories, "s3:GetInventoryConfiguration")
	}
	fact := &Inventories{Place: place("buckets", i, "inventories")}
	var open *Unread
	for j, inventory := range list {
		if !inventory.Enabled {
			continue
		}
		fact.Count++
		plain := PlainInventory{Place: place("buckets", i, "inventories", "value", j), ID: inventory.ID, Destination: inventory.DestinationBucket, By: "inventory"}
		if inventory.Encryption == "" {
			plain.By = "destination"
			encryption, reason := b.defaultOf(inventory.DestinationBucket)
			if reason != nil {
				open = cmp.Or(open, reason)
				continue
			}
			if encryption.KMS {
				continue
			}
		}
		if inventory.Encryption != "SSE-KMS" {
			fact.Plain = append(fact.Plain, plain)
		}
	}
	if len(fact.Plain) == 0 && open != nil {
		return nil, open
	}
	return fact, nil
}

// defaultOf is the default encryption of a bucket, by its ARN.
func (b *builder) defaultOf(arn string) (*BucketEncryption, *Unread) {
	i, own := b.buckets[bucketName(arn)]
	if !own {
		return nil, &Unread{State: snapshot.NotCollected.String(), Operation: "s3:GetEncryptionConfiguration", Code: "BucketOfAnotherAccount"}
	}
	return bucketEncryption(&b.s.Buckets[i], place("buckets", i, "encryption"))
}

// bucketName is the name in the ARN of a bucket.
func bucketName(arn string) string {
	_, name, _ := strings.Cut(arn, ":::")
	return name
}
