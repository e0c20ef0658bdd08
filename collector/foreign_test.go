package collector_test

import (
	"strings"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector"
	"github.com/kmsaudit/kmsaudit/collector/awsfake"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// TestLongPolicies: a policy of ten megabytes is not AWS's. It costs its reading
// and nothing else, and does not get into the file.
func TestLongPolicies(t *testing.T) {
	w := small(t)
	long := `{"Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"` + strings.Repeat("x", 10<<20) + `"}]}`
	w.Keys[0].Policy, w.Buckets[0].Policy, w.Roles[0].Trust = long, long, long
	s := run(t, w, collector.Options{})
	for where, got := range map[string]snapshot.Reading[snapshot.Document]{"key": s.Keys[0].Policy, "bucket": s.Buckets[0].Policy, "trust": s.Roles[0].TrustPolicy} {
		if got.State != snapshot.Failed || got.Code != "TooLong" || got.Text != "" {
			t.Errorf("%s is %v %s", where, got.State, got.Code)
		}
	}
	if gaps := collector.Gaps(s); len(gaps) != 3 {
		t.Errorf("%d gaps", len(gaps))
	}
	if text, err := snapshot.Encode(s); err != nil || len(text) > 1<<16 {
		t.Errorf("the file has %d bytes, %v", len(text), err)
	}
}

// TestStrangeNames: what cannot be the name of such a thing makes its listing
// unreadable, and the file can be read again (run decodes it).
func TestStrangeNames(t *testing.T) {
	tests := map[string]struct {
		change            func(*awsfake.World)
		operation, region string
	}{
		"key":    {func(w *awsfake.World) { w.Keys[0].ID = "" }, "kms:ListKeys", "us-east-1"},
		"alias":  {func(w *awsfake.World) { w.Aliases = []awsfake.Alias{{Name: "other/x", Region: "us-east-1"}} }, "kms:ListAliases", "us-east-1"},
		"bucket": {func(w *awsfake.World) { w.Buckets[0].Name = "../x?acl" }, "s3:ListAllMyBuckets", ""},
		"trail":  {func(w *awsfake.World) { w.Trails = []awsfake.Trail{{Name: "x", Region: "evil.example/"}} }, "cloudtrail:ListTrails", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := small(t)
			test.change(w)
			s := run(t, w, collector.Options{})
			if entry, _ := s.Listed(test.operation, test.region); entry.State != snapshot.Failed || entry.Code != "UnreadableAnswer" {
				t.Errorf("the listing is %+v", entry)
			}
		})
	}
}

// TestEscapes: what people write into names and tags stays text.
func TestEscapes(t *testing.T) {
	const strange = "\x1b[31mred\x1b[0m\u202e \"\\\n\t</script>"
	w := small(t)
	w.Keys[0].Description, w.Keys[0].Tags = strange, map[string]string{strange: strange}
	w.Keys[0].Grants = []awsfake.Grant{{ID: "g", Name: strange, Operations: []string{"Decrypt"}}}
	w.EventRules = []awsfake.EventRule{{Name: "r", Region: "us-east-1", Pattern: strange}}
	s := run(t, w, collector.Options{})
	m, _ := s.Keys[0].Metadata.Get()
	tags, _ := s.Keys[0].Tags.Get()
	if m.Description != strange || tags[strange] != strange || s.EventRules[0].Pattern != strange {
		t.Errorf("it became %q, %q, %q", m.Description, tags, s.EventRules[0].Pattern)
	}
	text, err := snapshot.Encode(s)
	if err != nil || strings.ContainsAny(string(text), "\x1b") {
		t.Errorf("the file has an escape character, %v", err)
	}
}
