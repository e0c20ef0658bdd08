package chain

import (
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/rules/access"
	"github.com/kmsaudit/kmsaudit/rules/facts"
)

func (t *teller) bucket(i int) {
	b := &t.document.Buckets[i]
	if unread, open := b.Unread["encryption"]; open {
		t.incomplete(unread.Words())
	}
	t.link(t.encryption(i))
	if b.DefaultKey != nil && b.DefaultKey.Form != "none" {
		t.link(t.keyOf(b.DefaultKey.ARN, b.DefaultKey.Given))
	}
	t.link(t.bucketPolicy(i))
	t.link(t.settings(i))
	t.link(t.objectsIn(i))
	t.operations(func(row *facts.Operation) bool { return row.Bucket == b.ARN })
	if !b.Intent.Required && b.DefaultKey != nil && b.DefaultKey.ARN != "" {
		if _, own := t.keys[b.DefaultKey.ARN]; own {
			t.link(t.holders(b.DefaultKey.ARN))
		}
	}
	t.link(t.requirementsOf(func(r *facts.Requirement) bool {
		return slices.ContainsFunc(r.Buckets, func(one facts.RequiredBucket) bool { return one.Name == b.Name })
	}))
}

// encryption is the default encryption of a bucket.
func (t *teller) encryption(i int) Link {
	b := &t.document.Buckets[i]
	l := Link{Kind: "default_encryption", Title: "Default encryption of bucket " + b.Name}
	if b.Encryption == nil {
		l.unknown("what it encrypts with by default", b.Unread["encryption"].Words(), at("buckets", i, "encryption"))
		return l
	}
	e := b.Encryption
	if e.Algorithm == "none" {
		l.put(Absent, e.Place, "none is configured")
		return l
	}
	l.ok(e.Place, defaultWords(b))
	if e.KMS {
		t.given(&l, b)
	}
	if b.Intent.Required && b.Intent.Key != "" {
		text := "the configuration wants " + t.called(b.Intent.Key)
		switch {
		case b.DefaultKey != nil && b.DefaultKey.ARN == b.Intent.Key:
			text += ", and that is the one"
		case b.DefaultKey != nil:
			text += ", and that is another one"
		}
		l.ok("", text)
	}
	switch c := b.CustomerKeys; {
	case c == nil:
		l.unknown("whether keys of the client (SSE-C) are refused", b.Unread["customer_keys"].Words(), e.Place)
	case c.By == "nothing":
		l.ok(c.Place, "keys of the client (SSE-C) are not refused")
	default:
		l.ok(c.Place, "keys of the client (SSE-C) are refused by the "+map[string]string{"bucket": "default encryption", "policy": "bucket policy"}[c.By])
	}
	return l
}

// defaultWords says what a bucket encrypts with by default, in short.
func defaultWords(b *facts.Bucket) string {
	switch e := b.Encryption; {
	case e == nil:
		return "default not known"
	case !e.KMS:
		return e.Algorithm
	case e.BucketKey:
		return e.Algorithm + ", Bucket Key on"
	default:
		return e.Algorithm + ", Bucket Key off"
	}
}

var problems = map[string]string{
	"missing": "the key does not exist", "disabled": "the key is disabled", "pending_deletion": "the key is pending deletion",
	"pending_import": "the key waits for its material", "unavailable": "the key is not available",
	"other_region": "the key is in another Region than the bucket", "wrong_usage": "the key is not one that S3 can encrypt with",
}

// given is the key as the default encryption names it, and what that means.
func (t *teller) given(l *Link, b *facts.Bucket) {
	given := b.Encryption.Key
	form := map[string]string{
		"arn": "the ARN", "id": "the bare id", "alias": "the alias", "alias_arn": "the ARN of the alias",
	}
	key := b.DefaultKey
	switch {
	case given == "":
		l.ok(b.Encryption.Place, "names no key: the AWS managed key aws/s3")
	case key == nil:
		l.unknown("what "+given+" means", b.Unread["default_key"].Words(), b.Encryption.Place)
	case key.Problem != "none":
		l.put(Denied, key.Place, "names "+given+", and S3 cannot use it: "+problems[key.Problem])
	case key.Form == "arn" || key.Form == "aws_managed":
		l.ok(key.Place, "names its key by the ARN "+given)
	default:
		l.ok(key.Place, "names its key by "+form[key.Form]+" "+given+", which stands for "+key.ARN)
	}
	if key != nil && len(key.ContextTests) > 0 && b.Encryption.BucketKey {
		line := Line{State: Denied, Text: "the key policy tests the encryption context for objects, and with a Bucket Key it is that of the bucket"}
		for _, pointer := range key.ContextTests {
			line.Places = append(line.Places, Place{What: "the statement", Pointer: pointer})
		}
		l.add(line)
	}
}

// keyOf is the link of a key that a bucket or object names; it may be none of the
// account.
func (t *teller) keyOf(arn, given string) Link {
	if i, ok := t.keys[arn]; ok {
		return t.keyLink(i)
	}
	l := Link{Kind: "key", Title: "Key " + arn}
	ref := t.account.ResolveKey(given, part(arn, 3))
	switch {
	case arn == "" && given == "", ref.Status == access.KeyAWSManaged:
		l.Title = "Key aws/s3"
		l.put(Absent, "", "AWS makes and manages it, and its policy cannot be changed; the snapshot does not have it")
	case ref.Status == access.KeyMissing:
		l.Title = strings.TrimSpace("Key " + given)
		l.put(Absent, "", "it does not exist")
	case ref.Status == access.KeyForeign:
		l.Title = "Key " + given
		l.unknown("its state and its policy", "it is of account "+part(given, 4)+", which was not read", "")
	default:
		reason := "the snapshot does not have it"
		if ref.Unread != nil {
			reason = facts.Unread{State: ref.Unread.State.String(), Operation: ref.Unread.Operation, Code: ref.Unread.Code}.Words()
		}
		l.unknown("its state and its policy", reason, "")
	}
	return l
}
