package imports_test

import (
	"testing"

	"github.com/kmsaudit/kmsaudit/collector"
	"github.com/kmsaudit/kmsaudit/collector/awsfake"
)

// TestDumps: the output of every command that collecting stands for, imported, is
// what collecting gives.
func TestDumps(t *testing.T) {
	w := world(t)
	want, files := recorded(t, w, collector.Options{Objects: map[string][]string{"alpha": {"one.csv"}}, LastUsage: true})
	same(t, want, imported(t, files))
}

func allow(action string) string {
	return `{"Version":"2012-10-17","Statement":[{"Sid":"S + %20","Effect":"Allow","Action":"` + action + `","Resource":"*"}]}`
}

// world has something for every operation.
func world(t *testing.T) *awsfake.World {
	blocked := [4]bool{true, false, true, false}
	return &awsfake.World{
		T: t, Account: "111122223333", Caller: "arn:aws:iam::111122223333:user/auditor", Regions: []string{"eu-west-1", "us-east-1"},
		Users:  []awsfake.User{{Name: "ann", ID: "AIDA1", Created: day, Groups: []string{"staff"}, Inline: map[string]string{"i": allow("kms:Decrypt")}, Tags: map[string]string{"a": "b"}}},
		Groups: []awsfake.Group{{Name: "staff", ID: "AGPA1", Created: day, Attached: []string{"arn:aws:iam::aws:policy/ReadOnly"}}},
		Roles: []awsfake.Role{{
			Name: "app", ID: "AROA1", Path: "/team/", Created: day, LastUsed: day, LastUsedRegion: "eu-west-1", Boundary: "arn:aws:iam::111122223333:policy/edge",
			Trust: `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}}`,
		}},
		Policies: []awsfake.ManagedPolicy{
			{ARN: "arn:aws:iam::aws:policy/ReadOnly", ID: "ANPA1", Created: day, Versions: []string{allow("kms:List*")}},
			{ARN: "arn:aws:iam::111122223333:policy/edge", ID: "ANPA2", Created: day, Versions: []string{allow("s3:*"), allow("kms:*")}},
		},
		Keys: []awsfake.Key{
			{
				ID: "k1", Region: "us-east-1", Created: day, Rotation: true, RotationDays: 200, Tags: map[string]string{"a": "1"},
				Rotations: []awsfake.Rotation{{At: day.AddDate(0, 0, 200), Type: "AUTOMATIC"}},
				Grants:    []awsfake.Grant{{ID: "g1", Created: day, Grantee: "arn:aws:iam::111122223333:role/team/app", Operations: []string{"Decrypt"}, ContextSubset: map[string]string{"k": "v"}}},
			},
			{ID: "k2", Region: "us-east-1", Created: day, Manager: "AWS"},
			{ID: "mrk-k3", Region: "eu-west-1", Created: day, MultiRegionType: "REPLICA", MultiRegionOthers: []string{"arn:aws:kms:us-east-1:111122223333:key/mrk-k3"}},
		},
		Aliases: []awsfake.Alias{{Name: "alias/aws/s3", Region: "us-east-1", Target: "k2"}, {Name: "alias/one", Region: "us-east-1", Target: "k1"}},
		Buckets: []awsfake.Bucket{
			{
				Name: "alpha", Region: "us-east-1", Created: day, PublicAccess: &blocked, Ownership: "ObjectWriter", Versioning: "Enabled", Tags: map[string]string{"env": "prod"},
				Policy:  `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::alpha/*"}]}`,
				Objects: []awsfake.Object{{Key: "one.csv", Algorithm: "aws:kms", KMSKey: "arn:aws:kms:us-east-1:111122223333:key/k1", Modified: day}},
			},
			{Name: "beta.logs", Region: "eu-west-1", Listed: "-", Created: day, Encryption: []awsfake.EncryptionRule{{Algorithm: "aws:kms", Key: "alias/one", BucketKey: true, Blocked: []string{"SSE-C"}}}},
		},
		Stores: []awsfake.KeyStore{{ID: "cks-1", Name: "outside", Region: "us-east-1", Type: "EXTERNAL_KEY_STORE", State: "CONNECTED"}},
		Trails: []awsfake.Trail{{
			Name: "main", Region: "us-east-1", Bucket: "alpha", LogGroup: "arn:aws:logs:us-east-1:111122223333:log-group:trail:*", MultiRegion: true,
			Selectors: []awsfake.Selector{{ReadWrite: "All", Management: true, Excluded: []string{"kms.amazonaws.com"}}},
		}},
		EventStores: []awsfake.EventStore{{ID: "s1", Name: "lake", Region: "eu-west-1", Status: "ENABLED"}},
		LogGroups:   []awsfake.LogGroup{{Name: "trail", Region: "us-east-1"}},
		Filters:     []awsfake.MetricFilter{{Name: "kms", Group: "trail", Region: "us-east-1", Namespace: "audit", Pattern: "x"}},
		Alarms:      []awsfake.Alarm{{Name: "kms", Region: "us-east-1", Namespace: "audit", Metric: "kms", Actions: []string{"arn:aws:sns:us-east-1:111122223333:alarms"}}},
		EventRules:  []awsfake.EventRule{{Name: "kms", Region: "us-east-1", Pattern: `{"source":["aws.kms"]}`, Targets: []string{"arn:aws:sns:us-east-1:111122223333:alarms"}}},
		Analyzers:   []awsfake.Analyzer{{Name: "outside", Region: "us-east-1", Type: "ACCOUNT", Status: "ACTIVE"}},
		Organization: &awsfake.Organization{ID: "o-1", Management: "999999999999", Levels: []awsfake.Level{
			{ID: "r-1", SCP: []awsfake.OrgPolicy{{ID: "p-1", Name: "full", Content: allow("*")}}},
			{ID: "111122223333", SCP: []awsfake.OrgPolicy{{ID: "p-2", Name: "guard", Content: allow("kms:*")}}},
		}},
	}
}
