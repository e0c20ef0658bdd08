package why

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/rules/access"
	"github.com/kmsaudit/kmsaudit/rules/facts"
)

// keys are the keys that the requests use, and whether they work (Q4).
func (t *teller) keys() {
	for i := range t.decided.parts {
		p := &t.decided.parts[i]
		if p.Half != "kms" || !strings.HasPrefix(field(p.Resource, 5), "key/") && p.Key.Status == "" {
			continue
		}
		k := t.keyState(p)
		j := slices.IndexFunc(t.answer.Keys, func(other Key) bool { return other.ARN == k.ARN })
		switch {
		case j < 0:
			t.answer.Keys = append(t.answer.Keys, k)
		case k.Works == "no": // for one of the actions
			t.answer.Keys[j] = k
		}
	}
}

// keyState is the state of the key that a request is on.
func (t *teller) keyState(p *access.Part) Key {
	k := Key{ARN: p.Resource, Works: "unknown"}
	switch p.Key.Status {
	case access.KeyMissing:
		k.ARN, k.Works, k.Text = p.Key.Given, "no", "does not exist"
		return k
	case access.KeyOtherRegion:
		k.ARN, k.Works, k.Text = p.Key.Given, "no", "is in another Region than the bucket, and S3 uses keys of the bucket's Region only"
		return k
	case access.KeyAWSManaged:
		k.Works, k.Text = "yes", "AWS manages it"
	case access.KeyForeign:
		k.Text = "is of account " + field(p.Key.Given, 4)
	}
	i := t.owner(p.Resource)
	part := t.parts[i]
	j := slices.IndexFunc(part.s.Keys, func(key snapshot.Key) bool { return key.ARN == p.Resource })
	if j < 0 {
		if k.Text == "" {
			k.Text = "was not read"
		}
		return k
	}
	key := &part.s.Keys[j]
	pointer := fmt.Sprintf("/keys/%d/metadata", j)
	k.Place = report.Place{File: t.world.files[i].Path, Pointer: part.whole(pointer)}
	m, ok := key.Metadata.Get()
	if !ok {
		if p.Key.Status != access.KeyAWSManaged {
			k.Works, k.Text = "unknown", "its state was not read: "+wordsOf(key.Metadata)
		}
		return k
	}
	k.Place.Pointer = part.whole(pointer + "/value")
	k.State, k.Works, k.Text = m.State, "yes", m.State
	if problem := problemOf(p, m); problem != "" {
		k.Works, k.Text = "no", problem
	}
	return k
}

func wordsOf(r snapshot.Reading[snapshot.KeyMetadata]) string {
	u := facts.Unread{State: r.State.String(), Operation: r.Operation, Code: r.Code}
	if r.State != snapshot.Denied && r.State != snapshot.NotCollected {
		u.State = snapshot.Failed.String()
	}
	if u.Operation == "" {
		u.Operation = "kms:DescribeKey"
	}
	return u.Words()
}

// problemOf says why a request on a key fails whatever the policies say, or "".
func problemOf(p *access.Part, m snapshot.KeyMetadata) string {
	action := slices.IndexFunc(access.KMSActions(), func(a access.Action) bool { return a.Name == p.Action })
	cryptographic := action >= 0 && access.KMSActions()[action].Cryptographic
	if p.Key.Status != "" { // S3 uses it
		if facts.KeyProblem(m) == "wrong_usage" {
			return fmt.Sprintf("S3 cannot encrypt with a key of spec %s for %s", m.Spec, m.Usage)
		}
	} else if cryptographic && !usable(p.Action, m.Usage) {
		return fmt.Sprintf("%s does not work with a key for %s", p.Action, m.Usage)
	}
	if !cryptographic && p.Action != "kms:CreateGrant" || m.State == "Enabled" || m.State == "Updating" {
		return ""
	}
	if m.State == "PendingDeletion" && !m.DeletionDate.IsZero() {
		return fmt.Sprintf("%s: KMS refuses to use it, and deletes it on %s", m.State, m.DeletionDate.UTC().Format("2006-01-02"))
	}
	return m.State + ": KMS refuses to use it"
}

// usable reports whether a cryptographic operation goes with what a key is for.
func usable(action, usage string) bool {
	switch usage {
	case "SIGN_VERIFY":
		return action == "kms:Sign" || action == "kms:Verify"
	case "GENERATE_VERIFY_MAC":
		return action == "kms:GenerateMac" || action == "kms:VerifyMac"
	case "KEY_AGREEMENT":
		return action == "kms:DeriveSharedSecret"
	case "ENCRYPT_DECRYPT":
		switch action {
		case "kms:Sign", "kms:Verify", "kms:GenerateMac", "kms:VerifyMac", "kms:DeriveSharedSecret", "kms:Encapsulate", "kms:Decapsulate":
			return false
		}
	}
	return true
}

// obstacles are what makes the operation fail whatever the policies say.
func (t *teller) obstacles() {
	for _, k := range t.answer.Keys {
		if k.Works != "no" {
			continue
		}
		o := Obstacle{Text: "key " + k.ARN + ": " + k.Text, Place: k.Place}
		region := "--region '" + field(k.ARN, 3) + "' --key-id '" + k.ARN + "'"
		switch k.State {
		case "Disabled":
			o.Mend, o.Command = "enable the key", "aws kms enable-key "+region
		case "PendingDeletion":
			o.Mend, o.Command = "cancel the deletion, then enable the key", "aws kms cancel-key-deletion "+region+" && aws kms enable-key "+region
		case "PendingImport":
			o.Mend = "import its key material"
		}
		if strings.Contains(k.Text, "does not exist") || strings.Contains(k.Text, "another Region") {
			o.Mend = "name an enabled key of the bucket's Region"
		}
		t.answer.Obstacles = append(t.answer.Obstacles, o)
	}
	if t.operation == nil || t.bucket == "" {
		return
	}
	i := t.world.bucketIn(t.bucket)
	if i < 0 {
		return
	}
	part := t.parts[i]
	for j := range part.s.Buckets {
		if b := &part.s.Buckets[j]; b.ARN == t.bucket && t.operation.Writes && t.header(customerHeader) != "" {
			t.blocked(b, fmt.Sprintf("/buckets/%d/encryption/value", j), i)
		}
	}
	if t.operation.Name == "Replication" {
		t.replicated()
	}
}

// blocked is the obstacle of a bucket that refuses keys of clients.
func (t *teller) blocked(b *snapshot.Bucket, pointer string, file int) {
	encryption, _ := b.Encryption.Get()
	for _, rule := range encryption.Rules {
		if slices.Contains(rule.BlockedTypes, "SSE-C") {
			t.answer.Obstacles = append(t.answer.Obstacles, Obstacle{
				Text:  "the bucket refuses keys of the client (SSE-C)",
				Mend:  "leave out the headers of SSE-C",
				Place: report.Place{File: t.world.files[file].Path, Pointer: t.parts[file].whole(pointer)},
			})
		}
	}
}
