package facts

import (
	"slices"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

func TestHome(t *testing.T) {
	tag := Intent{Environments: Environments{Tag: "Environment"}}
	names := Intent{Environments: Environments{Names: map[string][]string{"prod": {"confidential", "bucket-695267-2"}, "dev": {"dev-*"}}}}
	refused := func(s *snapshot.Snapshot) {
		s.Keys[0].Tags = snapshot.Reading[map[string]string]{State: snapshot.Denied}
	}
	tests := []struct {
		name   string
		change func(*snapshot.Snapshot)
		intent Intent
		want   []string
		unread string
	}{
		{"nothing said", refused, Intent{}, nil, ""},
		{"tag of the key", func(s *snapshot.Snapshot) { s.Keys[0].Tags = snapshot.Of(map[string]string{"Environment": "prod"}) }, tag, []string{"prod"}, ""},
		{"tag refused", refused, tag, nil, "denied"},
		{"tag of a bucket", func(s *snapshot.Snapshot) {
			s.Keys[0].Tags = snapshot.Of(map[string]string{})
			s.Buckets[1].Tags = snapshot.Of(map[string]string{"Environment": "test"})
		}, tag, []string{"test"}, ""},
		{"alias", func(*snapshot.Snapshot) {}, names, []string{"prod"}, ""},
		{"bucket by its name", func(s *snapshot.Snapshot) { s.Aliases = nil }, names, []string{"prod"}, ""},
		{"aliases refused", func(s *snapshot.Snapshot) {
			s.Aliases = nil
			for i := range s.Coverage {
				if s.Coverage[i].Operation == "kms:ListAliases" {
					s.Coverage[i].State = snapshot.Denied
				}
			}
		}, names, nil, "denied"},
		{"of AWS", func(s *snapshot.Snapshot) { refused(s); s.Keys[0].Metadata.Value.Manager = "AWS" }, tag, nil, ""},
	}
	for _, test := range tests {
		d, _ := build(t, test.change, test.intent)
		k := d.Keys[0]
		if (k.Home == nil) != (test.unread != "") || k.Unread["home"].State != test.unread {
			t.Errorf("%s: %+v, %+v", test.name, k.Home, k.Unread["home"])
			continue
		}
		if k.Home != nil && !slices.Equal(k.Home.Environments, test.want) {
			t.Errorf("%s: %v", test.name, k.Home.Environments)
		}
	}
}

func TestPlain(t *testing.T) {
	for statements, want := range map[string]bool{
		delegates:                   true,
		delegates + "," + delegates: true,
		`{"Effect":"Allow","Principal":{"AWS":"522814710681"},"Action":"*","Resource":"*"}`:                                                                                  true,
		delegates + `,{"Effect":"Deny","Principal":"*","Action":"kms:ScheduleKeyDeletion","Resource":"*"}`:                                                                   false,
		`{"Effect":"Allow","Principal":{"AWS":["522814710681","` + theRole + `"]},"Action":"kms:*","Resource":"*"}`:                                                          false,
		`{"Effect":"Allow","Principal":` + rootPrincipal + `,"Action":["kms:Get*"],"Resource":"*"}`:                                                                          false,
		`{"Effect":"Allow","Principal":` + rootPrincipal + `,"Action":"kms:*","Resource":"*"` + when("StringEquals", "kms:ViaService", `"s3.us-east-1.amazonaws.com"`) + `}`: false,
		``: false,
	} {
		d, _ := build(t, keyPolicy(t, statements), Intent{})
		if got := d.Keys[0].Plain.Default; got != want {
			t.Errorf("%s: %v", statements, got)
		}
	}
}
