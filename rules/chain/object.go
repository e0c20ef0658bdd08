package chain

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/kmsaudit/kmsaudit/rules/access"
	"github.com/kmsaudit/kmsaudit/rules/facts"
)

// fact is the object that the teller is about.
func (t *teller) fact() *facts.Object {
	i := slices.IndexFunc(t.document.Objects, func(o facts.Object) bool { return o.ARN == t.resource.ARN })
	return &t.document.Objects[i] // Find has found it there
}

func (t *teller) object() {
	o, i := t.fact(), t.resource.index
	if unread, open := o.Unread["encryption"]; open {
		t.incomplete(unread.Words())
	}
	t.link(t.objectLink(o))
	if e := o.Encryption; e != nil && strings.HasPrefix(e.Algorithm, "aws:kms") {
		t.link(t.keyOf(t.keyUnder(o), e.Key))
	}
	t.link(t.encryption(i))
	t.link(t.bucketPolicy(i))
	required := false
	wanted := func(row *facts.Operation) bool {
		return row.Bucket == o.Bucket && (row.Object == o.Key || row.Object == "*")
	}
	for j := range t.document.Operations {
		required = required || wanted(&t.document.Operations[j])
	}
	t.operations(wanted)
	if _, own := t.keys[t.keyUnder(o)]; own && !required {
		t.link(t.holders(t.keyUnder(o)))
	}
	t.link(t.requirementsOf(func(r *facts.Requirement) bool {
		return slices.ContainsFunc(r.Buckets, func(b facts.RequiredBucket) bool {
			return b.Name == part(o.Bucket, 5) && (len(b.Objects) == 0 || slices.Contains(b.Objects, o.Key))
		})
	}))
}

// keyUnder is the ARN of the key that an object is under, "" where that is none
// or not known.
func (w *World) keyUnder(o *facts.Object) string {
	switch {
	case o.KeyState != nil:
		return o.KeyState.ARN
	case o.Encryption == nil || !strings.HasPrefix(o.Encryption.Algorithm, "aws:kms"):
		return ""
	}
	ref := w.account.ResolveKey(o.Encryption.Key, part(o.Encryption.Key, 3))
	return cmp.Or(ref.ARN, o.Encryption.Key)
}

func (w *World) under(o *facts.Object, key string) bool { return key != "" && w.keyUnder(o) == key }

func (t *teller) objectLink(o *facts.Object) Link {
	l := Link{Kind: "object", Title: "Object " + s3URL(o.ARN)}
	t.objectLine(&l, o)
	for j, read := range t.s.Buckets[t.resource.index].Objects {
		head, ok := read.Head.Get()
		if read.Key != o.Key || !ok {
			continue
		}
		pointer := at("buckets", t.resource.index, "objects", j, "head", "value")
		if !head.ModifiedAt.IsZero() {
			l.ok(pointer, "last changed "+head.ModifiedAt.UTC().Format(time.RFC3339))
		}
		if head.VersionID != "" {
			l.ok(pointer, "version "+head.VersionID)
		}
	}
	switch e := o.Expected; {
	case e == nil:
		l.unknown("which key it should be under", o.Unread["expected"].Words(), o.Place)
	case e.By == "nothing":
		l.put(Absent, e.Place, "nothing asks for a key of KMS")
	case e.By == "default":
		l.ok(e.Place, "should be under "+t.called(e.ARN)+", the bucket's default")
	case o.Declared == "copy":
		l.ok("", "should be under "+t.called(cmp.Or(e.ARN, "the key of the requirement"))+": a requirement names an object of this name in another bucket")
	default:
		l.ok("", "should be under "+t.called(cmp.Or(e.ARN, "the key of the requirement"))+", by a requirement")
	}
	return l
}

// objectLine is one object and what it is under.
func (t *teller) objectLine(l *Link, o *facts.Object) {
	e := o.Encryption
	switch {
	case e == nil:
		l.unknown("what "+o.Key+" is encrypted with", o.Unread["encryption"].Words(), o.Place)
		return
	case !e.Exists:
		l.put(Absent, e.Place, o.Key+" does not exist")
		return
	}
	text := o.Key + ": " + e.Algorithm
	if strings.HasPrefix(e.Algorithm, "aws:kms") {
		text += " under " + t.called(cmp.Or(t.keyUnder(o), e.Key, "aws/s3"))
		if e.BucketKey {
			text += ", with a Bucket Key"
		}
	}
	switch {
	case o.KeyState != nil && o.KeyState.Problem != "none":
		l.put(Denied, e.Place, text+"; it cannot be read: "+problems[o.KeyState.Problem])
	default:
		l.ok(e.Place, text)
		if unread, open := o.Unread["key_state"]; open {
			l.unknown("the state of the key of "+o.Key, unread.Words(), o.Place)
		}
	}
}

// objectNote says in short what an object is under.
func (t *teller) objectNote(o *facts.Object) string {
	key := t.keyUnder(o)
	switch {
	case o.Encryption == nil:
		return "not known"
	case !o.Encryption.Exists:
		return "does not exist"
	case key == "":
		return o.Encryption.Algorithm + notAsWanted(o, key)
	case o.Expected == nil || o.Expected.ARN == "" || o.Expected.ARN == key:
		return "under the key"
	case t.account.ResolveKey(key, part(key, 3)).Status == access.KeyMissing:
		return "under a key that does not exist"
	}
	return "under another key"
}

func notAsWanted(o *facts.Object, key string) string {
	if o.Expected != nil && o.Expected.ARN != "" && o.Expected.ARN != key {
		return ", not under the key"
	}
	return ""
}
