package facts

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/access"
)

// defaultKey looks up the key that a bucket's default encryption names, and
// whether S3 can use it.
func (b *builder) defaultKey(bucket *snapshot.Bucket, encryption BucketEncryption) (*DefaultKey, *Unread) {
	fact := &DefaultKey{Place: encryption.Place, Given: encryption.Key, Form: "none", Problem: "none"}
	if !encryption.KMS {
		return fact, nil
	}
	region, ok := bucket.Region.Get()
	if !ok {
		return nil, unanswered(bucket.Region, "s3:GetBucketLocation")
	}
	ref := b.account.ResolveKey(encryption.Key, region)
	fact.ARN = ref.ARN
	if ref.Form != "" && ref.Form != "none" {
		fact.Form = ref.Form
	}
	switch ref.Status {
	case "aws_managed":
		fact.Form = "aws_managed"
		return fact, nil
	case "missing", "other_region":
		fact.Problem = ref.Status
		return fact, nil
	case "foreign":
		there, reason := b.theirKey(encryption.Key, region)
		if reason != nil {
			return nil, reason
		}
		fact.ARN, fact.State, fact.Problem = there.ARN, there.State, there.Problem
		return fact, nil
	case "found":
	default:
		return nil, refUnread(ref)
	}
	i, known := b.keys[ref.ARN]
	if !known {
		return nil, &Unread{State: snapshot.NotCollected.String(), Operation: "kms:DescribeKey"}
	}
	key := b.s.Keys[i]
	metadata, ok := key.Metadata.Get()
	if !ok {
		return nil, unanswered(key.Metadata, "kms:DescribeKey")
	}
	fact.State, fact.Problem = metadata.State, KeyProblem(metadata)
	fact.ContextTests = contextTests(key, i)
	return fact, nil
}

// keyRef says how the default encryption names its key, and whose it is.
func (b *builder) keyRef(bucket *snapshot.Bucket, encryption BucketEncryption) (*KeyRef, *Unread) {
	fact := &KeyRef{Place: encryption.Place, Given: encryption.Key, Form: "none", Owner: "none"}
	if !encryption.KMS {
		return fact, nil
	}
	region, ok := bucket.Region.Get()
	if !ok {
		return nil, unanswered(bucket.Region, "s3:GetBucketLocation")
	}
	ref := b.account.ResolveKey(encryption.Key, region)
	fact.ARN, fact.Owner, fact.Account = ref.ARN, "own", b.s.Account.ID
	if ref.Form != "" && ref.Form != "none" {
		fact.Form = ref.Form
	}
	switch ref.Status {
	case "aws_managed":
		fact.Form, fact.Owner = "aws_managed", "aws"
	case "foreign":
		fact.Account = accountOf(encryption.Key)
		fact.Owner = "foreign"
		if fact.Form == "arn" {
			fact.ARN = cmp.Or(ref.ARN, encryption.Key)
		}
		if slices.Contains(b.intent.TrustedAccounts, fact.Account) {
			fact.Owner = "trusted"
		}
	case "found", "missing", "other_region":
	default:
		// The form and the owner of an ARN are known without a look at the keys.
		if fact.Form != "arn" {
			return nil, refUnread(ref)
		}
		fact.ARN = encryption.Key
	}
	return fact, nil
}

func refUnread(ref access.KeyRef) *Unread {
	if ref.Unread == nil {
		return &Unread{State: snapshot.NotCollected.String(), Operation: "kms:ListKeys"}
	}
	return &Unread{State: word(ref.Unread.State), Operation: ref.Unread.Operation, Code: ref.Unread.Code}
}

// KeyProblem says why S3 cannot use a key, whatever the policies allow (rules Q4
// and S8): none, wrong_usage, disabled, pending_deletion, pending_import or
// unavailable.
func KeyProblem(m snapshot.KeyMetadata) string {
	if m.Spec != "SYMMETRIC_DEFAULT" || m.Usage != "ENCRYPT_DECRYPT" {
		return "wrong_usage"
	}
	switch m.State {
	case "Enabled", "Updating":
		return "none"
	case "Disabled":
		return "disabled"
	case "PendingDeletion", "PendingReplicaDeletion":
		return "pending_deletion"
	case "PendingImport":
		return "pending_import"
	default: // Creating, Unavailable and what AWS may add
		return "unavailable"
	}
}

// contextTests finds statements of the key's policy that test S3's encryption
// context for something below a bucket.
func contextTests(key snapshot.Key, i int) []string {
	document, _ := snapshot.PolicyOf(key.Policy)
	if document == nil {
		return nil
	}
	var places []string
	for _, statement := range document.Statements {
		for _, c := range statement.Conditions {
			if !strings.EqualFold(c.Key, "kms:EncryptionContext:aws:s3:arn") {
				continue
			}
			for _, value := range c.Values {
				if strings.Contains(part(value, 5), "/") {
					places = append(places, place("keys", i, "policy", "value")+statement.Pointer)
					break
				}
			}
		}
	}
	return places
}
