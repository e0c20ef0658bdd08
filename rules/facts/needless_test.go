package facts

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// unneeded says in short who does not need the reference's key; a row without anybody
// is "all needed", and no row at all is "".
func unneeded(d *Document) string {
	var lines []string
	for i := range d.Needless {
		row := &d.Needless[i]
		for _, u := range row.Allowed {
			lines = append(lines, fmt.Sprintf("%d for %d: %s", u.Count, row.BucketCount, strings.Join(u.Principals, " ")))
		}
		for _, u := range row.Undecided {
			lines = append(lines, "undecided "+u.What)
		}
		if len(row.Allowed)+len(row.Undecided) == 0 {
			lines = append(lines, "all needed")
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func TestNeedless(t *testing.T) {
	const (
		use   = `{"Effect":"Allow","Action":["kms:Decrypt","kms:GenerateDataKey"],"Resource":"` + theKey + `"}`
		reads = `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket-695267-2/in/*"}`
		found = "1 for 1: " + theRole
	)
	refused := snapshot.Reading[snapshot.Document]{State: snapshot.Denied}
	bucket := func(s *snapshot.Snapshot) *snapshot.Bucket {
		return &s.Buckets[slices.IndexFunc(s.Buckets, func(b snapshot.Bucket) bool { return b.Name == "bucket-695267-2" })]
	}
	for _, c := range []struct {
		name    string
		with    Intent
		changes []func(*snapshot.Snapshot)
		want    string
	}{
		{"as it is", Intent{}, nil, "all needed"},
		{"no bucket", Intent{}, []func(*snapshot.Snapshot){has(t, use)}, found},
		{"another bucket", Intent{}, []func(*snapshot.Snapshot){has(t, use+","+strings.Replace(reads, "695267-2", "695267-1", 1))}, found},
		{"another bucket, with an object under the key", Intent{}, []func(*snapshot.Snapshot){has(t, use+","+strings.Replace(reads, "695267-2", "695267-1", 1)), func(s *snapshot.Snapshot) {
			s.Buckets[0].Objects = []snapshot.Object{{Key: "o", Head: snapshot.Of(snapshot.ObjectEncryption{Algorithm: "aws:kms", Key: theKey})}}
		}}, "all needed"},
		{"a bucket without the key", Intent{}, []func(*snapshot.Snapshot){has(t, use+","+strings.Replace(reads, "695267-2", "other", 1))}, found},
		{"some objects", Intent{}, []func(*snapshot.Snapshot){has(t, use+","+reads)}, "all needed"},
		{"uploads", Intent{}, []func(*snapshot.Snapshot){has(t, use+","+strings.Replace(reads, "GetObject", "PutObject", 1))}, "all needed"},
		{"deletes", Intent{}, []func(*snapshot.Snapshot){has(t, use+","+strings.Replace(reads, "GetObject", "DeleteObject", 1))}, found},
		{"by the bucket policy", Intent{}, []func(*snapshot.Snapshot){has(t, use), func(s *snapshot.Snapshot) {
			bucket(s).Policy = doc(t, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"`+theRole+`"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket-695267-2/*"}}`)
		}}, "all needed"},
		{"denied by it", Intent{}, []func(*snapshot.Snapshot){has(t, use+","+reads), func(s *snapshot.Snapshot) {
			bucket(s).Policy = doc(t, `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":{"AWS":"`+theRole+`"},"Action":"s3:*","Resource":"*"}}`)
		}}, found},
		{"bucket policy refused", Intent{}, []func(*snapshot.Snapshot){has(t, use), func(s *snapshot.Snapshot) { bucket(s).Policy = refused }}, "undecided " + theRole},
		{"default of another bucket refused", Intent{}, []func(*snapshot.Snapshot){has(t, use), func(s *snapshot.Snapshot) {
			s.Buckets[0].Encryption = snapshot.Reading[snapshot.Encryption]{State: snapshot.Denied}
		}}, found},
		{"default refused", Intent{}, []func(*snapshot.Snapshot){has(t, use+","+strings.Replace(reads, "695267-2", "695267-1", 1)), func(s *snapshot.Snapshot) {
			s.Buckets[0].Encryption = snapshot.Reading[snapshot.Encryption]{State: snapshot.Denied}
		}}, "undecided " + theRole},
		{"key policy refused", Intent{}, []func(*snapshot.Snapshot){has(t, use), func(s *snapshot.Snapshot) { s.Keys[0].Policy = refused }}, "undecided who can decrypt with the key"},
		{"declared", Intent{Requirements: []Requirement{{Principals: []string{theRole}, Key: theKey}}}, []func(*snapshot.Snapshot){has(t, use)}, "all needed"},
		{"every key", Intent{}, []func(*snapshot.Snapshot){has(t, strings.Replace(use, theKey, "*", 1))}, "all needed"},
		{"an administrator", Intent{}, []func(*snapshot.Snapshot){has(t, strings.Replace(use, `"kms:GenerateDataKey"`, `"kms:PutKeyPolicy"`, 1))}, "all needed"},
		{"through another service", Intent{}, []func(*snapshot.Snapshot){has(t, strings.Replace(use, `}`, `,"Condition":{"StringEquals":{"kms:ViaService":"rds.us-east-1.amazonaws.com"}}}`, 1))}, "all needed"},
		{"through S3", Intent{}, []func(*snapshot.Snapshot){has(t, strings.Replace(use, `}`, `,"Condition":{"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com"}}}`, 1))}, found},
		{"a grant", Intent{}, []func(*snapshot.Snapshot){has(t, use), func(s *snapshot.Snapshot) {
			s.Keys[0].Grants = snapshot.Of([]snapshot.Grant{{ID: "g", Grantee: admin, Operations: []string{"Decrypt"}}})
		}}, ""},
		{"a service", Intent{}, []func(*snapshot.Snapshot){has(t, use), keyPolicy(t, delegates+`,{"Effect":"Allow","Principal":{"Service":"logs.amazonaws.com"},"Action":"kms:Decrypt","Resource":"*"}`)}, ""},
		{"named by the key", Intent{}, []func(*snapshot.Snapshot){has(t, `{"Effect":"Allow","Action":"sqs:*","Resource":"*"}`), keyPolicy(t, delegates+`,{"Effect":"Allow","Principal":{"AWS":"`+theRole+`"},"Action":"kms:Decrypt","Resource":"*"}`)}, found},
	} {
		d, _ := build(t, func(s *snapshot.Snapshot) {
			for _, change := range c.changes {
				change(s)
			}
		}, c.with)
		if got := unneeded(d); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}
