package moto

import (
	"testing"
	"time"

	"github.com/kmsaudit/kmsaudit/collector/awsfake"
)

// motoAccount is the account that moto has without being told.
const motoAccount = "123456789012"

// varied is an account with what the reference account does not have: users,
// groups, boundaries, tags, grants, rotation and rotations, a bucket policy.
func varied(t *testing.T) *awsfake.World {
	created := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	role := "arn:aws:iam::" + motoAccount + ":role/jobs/app"
	keys := "arn:aws:iam::" + motoAccount + ":policy/Keys"
	allow := func(action string) string {
		return `{"Version":"2012-10-17","Statement":[{"Sid":"a b+c","Effect":"Allow","Action":"` + action + `","Resource":"*"}]}`
	}
	open := [4]bool{true, false, true, false}
	return &awsfake.World{
		T: t, Account: motoAccount, Caller: "arn:aws:sts::" + motoAccount + ":user/moto", Regions: []string{awsfake.ReferenceRegion},
		Users: []awsfake.User{{
			Name: "ann", ID: "AIDAEXAMPLEEXAMPLE00", Path: "/team/", Created: created, Groups: []string{"staff"}, Boundary: keys,
			Inline: map[string]string{"own": allow("kms:Decrypt")}, Tags: map[string]string{"env": "a+b c"},
		}},
		Groups: []awsfake.Group{{
			Name: "staff", ID: "AGPAEXAMPLEEXAMPLE00", Created: created, Attached: []string{keys}, Inline: map[string]string{"all": allow("s3:*")},
		}},
		Roles: []awsfake.Role{{
			Name: "app", ID: "AROAEXAMPLEEXAMPLE00", Path: "/jobs/", Created: created, Trust: allow("sts:AssumeRole"),
			Boundary: keys, Tags: map[string]string{"env": "prod"}, Attached: []string{keys},
		}},
		Policies: []awsfake.ManagedPolicy{{ARN: keys, ID: "ANPAEXAMPLEEXAMPLE00", Created: created, Versions: []string{allow("kms:List*"), allow("kms:*")}}},
		Keys: []awsfake.Key{
			{
				ID: "00000000-0000-0000-0000-000000000001", Region: awsfake.ReferenceRegion, Created: created, Rotation: true, RotationDays: 200,
				Tags: map[string]string{"env": "prod", "owner": "team"}, Policy: allow("kms:*"),
				Rotations: []awsfake.Rotation{{At: created.AddDate(0, 0, 1), Type: "ON_DEMAND"}, {At: created.AddDate(0, 0, 2), Type: "ON_DEMAND"}},
				Grants: []awsfake.Grant{{
					ID: "0000000000000000000000000000000000000000000000000000000000000001", Name: "one", Created: created,
					Grantee: role, Operations: []string{"Decrypt", "Encrypt"}, ContextSubset: map[string]string{"tenant": "one"},
				}},
			},
			{ID: "00000000-0000-0000-0000-000000000002", Region: awsfake.ReferenceRegion, Created: created, Spec: "RSA_2048", Usage: "SIGN_VERIFY"},
		},
		Aliases: []awsfake.Alias{{Name: "alias/one", Region: awsfake.ReferenceRegion, Target: "00000000-0000-0000-0000-000000000001"}},
		Trails: []awsfake.Trail{
			{
				Name: "main", Region: awsfake.ReferenceRegion, Bucket: "varied-bucket", MultiRegion: true,
				Key:       "arn:aws:kms:us-east-1:" + motoAccount + ":key/00000000-0000-0000-0000-000000000001",
				LogGroup:  "arn:aws:logs:us-east-1:" + motoAccount + ":log-group:trail:*",
				Selectors: []awsfake.Selector{{ReadWrite: "WriteOnly", Management: true, Excluded: []string{"kms.amazonaws.com"}}},
			},
			{
				Name: "local", Region: awsfake.ReferenceRegion, Bucket: "varied-bucket", Stopped: true,
				Selectors: []awsfake.Selector{{Name: "management", Fields: map[string]map[string][]string{"eventCategory": {"Equals": {"Management"}}}}},
			},
		},
		LogGroups: []awsfake.LogGroup{
			{Name: "other", Region: awsfake.ReferenceRegion},
			{Name: "trail", Region: awsfake.ReferenceRegion, Key: "arn:aws:kms:us-east-1:" + motoAccount + ":key/00000000-0000-0000-0000-000000000001"},
		},
		Filters: []awsfake.MetricFilter{{
			Name: "keys", Group: "trail", Region: awsfake.ReferenceRegion, Namespace: "audit", Pattern: `{ $.eventSource = "kms.amazonaws.com" }`,
		}},
		EventRules: []awsfake.EventRule{{
			Name: "keys", Region: awsfake.ReferenceRegion, Pattern: `{"source":["aws.kms"],"detail":{"eventName":["DisableKey"]}}`, State: "ENABLED",
			Targets: []string{"arn:aws:sns:us-east-1:" + motoAccount + ":security"},
		}},
		Buckets: []awsfake.Bucket{{
			Name: "varied-logs", Region: awsfake.ReferenceRegion, Created: created, Encryption: []awsfake.EncryptionRule{{Algorithm: "aws:kms", Key: "alias/one"}},
			Policy: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"logging.s3.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::varied-logs/*"}]}`,
		}, {
			Name: "varied-bucket", Region: awsfake.ReferenceRegion, Created: created, PublicAccess: &open, Versioning: "Enabled",
			LogTarget: "varied-logs", LogPrefix: "log/",
			ACL: []awsfake.ACLGrant{{Grantee: "http://acs.amazonaws.com/groups/global/AuthenticatedUsers", Permission: "READ"}},
			Replication: &awsfake.Replication{Role: role, Rules: []awsfake.ReplicationRule{{
				ID: "all", Status: "Enabled", Prefix: "data/", Bucket: "arn:aws:s3:::varied-bucket", KMSObjects: "Enabled",
				Key: "arn:aws:kms:us-east-1:" + motoAccount + ":key/00000000-0000-0000-0000-000000000001",
			}}},
			Encryption: []awsfake.EncryptionRule{{Algorithm: "aws:kms", Key: "alias/one"}}, Tags: map[string]string{"env": "prod"},
			Policy: `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::varied-bucket/*"}]}`,
		}},
	}
}
