package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kmsaudit/kmsaudit/collector/awsfake"
)

// serve lets a world stand in for AWS.
func serve(t *testing.T, world *awsfake.World) {
	t.Helper()
	world.T = t
	server := world.Serve()
	t.Cleanup(server.Close)
	awsEnvironment(t, server.URL)
}

// awsEnvironment keeps a test away from AWS: whatever it asks goes to the
// endpoint, with credentials that are none.
func awsEnvironment(t *testing.T, endpoint string) {
	t.Helper()
	for _, name := range []string{
		"AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CA_BUNDLE", "AWS_DEFAULT_REGION",
		"HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy",
	} {
		t.Setenv(name, "")
	}
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "not-a-secret", "AWS_REGION": "us-east-1",
		"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
		"AWS_ENDPOINT_URL": endpoint,
	} {
		t.Setenv(name, value)
	}
}

// recorded is the reference account with a trail, so that nothing found in it is
// high.
func recorded() *awsfake.World {
	world := awsfake.Reference()
	world.Trails = []awsfake.Trail{{
		Name: "all", Region: awsfake.ReferenceRegion, Bucket: "trail", MultiRegion: true,
		Selectors: []awsfake.Selector{{ReadWrite: "All", Management: true}},
	}}
	return world
}

const (
	withoutDelegation = `{"Version":"2012-10-17","Statement":[{"Sid":"Administrator","Effect":"Allow",
		"Principal":{"AWS":"arn:aws:iam::522814710681:role/KeyAdmin"},"Action":"kms:*","Resource":"*"}]}`
	denied = `{"Version":"2012-10-17","Statement":[{"Sid":"NoUploads","Effect":"Deny","Principal":"*",
		"Action":"s3:PutObject","Resource":"arn:aws:s3:::bucket-695267-2/*"}]}`
)

// keyActions replaces the actions of the role's policy on the key.
func keyActions(actions string) func(*awsfake.World) {
	return func(w *awsfake.World) {
		w.Roles[1].Inline["KMSAccessPolicy"] = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":[` + actions +
			`],"Resource":"` + w.KeyARN(awsfake.ReferenceRegion, awsfake.ReferenceKey) + `"}]}`
	}
}

// covered are the rules that TestAccounts tells the variants apart by. The report
// on the account as it is has a golden of its own, with all rules.
func covered() []string {
	return []string{"ACC-001", "ACC-003", "IAM-007", "KEY-001", "OBJ-001", "POL-001", "POL-002", "S3-001", "S3-005", "S3-008"}
}

// TestAccounts collects the reference account and each of its variants, one fault
// away, and checks what was collected.
func TestAccounts(t *testing.T) {
	config := read(t, "../../"+referenceConfig)
	for _, tc := range []struct {
		name           string
		change         func(*awsfake.World)
		collect, check int // exit codes
		found, unknown []string
	}{
		{
			name:  "as it is",
			found: []string{"KEY-001", "OBJ-001", "S3-001"},
		},
		{
			name:   "without GenerateDataKey",
			change: keyActions(`"kms:Encrypt","kms:Decrypt","kms:ReEncrypt*","kms:DescribeKey"`),
			check:  exitFindings,
			found:  []string{"ACC-001", "IAM-007", "KEY-001", "OBJ-001", "S3-001"},
		},
		{
			name:   "without Decrypt",
			change: keyActions(`"kms:Encrypt","kms:ReEncrypt*","kms:GenerateDataKey*","kms:DescribeKey"`),
			check:  exitFindings,
			found:  []string{"ACC-001", "IAM-007", "KEY-001", "OBJ-001", "S3-001"},
		},
		{
			name:   "key disabled",
			change: func(w *awsfake.World) { w.Keys[0].State = "Disabled" },
			check:  exitFindings,
			found:  []string{"OBJ-001", "S3-001", "S3-005"},
		},
		{
			name:   "key pending deletion",
			change: func(w *awsfake.World) { w.Keys[0].State = "PendingDeletion" },
			check:  exitFindings,
			found:  []string{"OBJ-001", "S3-001", "S3-005"},
		},
		{
			name:   "default key as alias",
			change: func(w *awsfake.World) { w.Buckets[1].Encryption[0].Key = "alias/confidential" },
			found:  []string{"KEY-001", "OBJ-001", "S3-001"},
		},
		{
			name: "key that does not exist",
			change: func(w *awsfake.World) {
				w.Buckets[1].Encryption[0].Key = w.KeyARN(awsfake.ReferenceRegion, "00000000-0000-0000-0000-000000000000")
			},
			check: exitFindings,
			found: []string{"ACC-001", "KEY-001", "OBJ-001", "S3-001", "S3-005"},
		},
		{
			name:   "key policy without delegation",
			change: func(w *awsfake.World) { w.Keys[0].Policy = withoutDelegation },
			check:  exitFindings,
			found:  []string{"ACC-001", "ACC-001", "IAM-007", "KEY-001", "OBJ-001", "S3-001"},
		},
		{
			name:   "explicit deny in the bucket policy",
			change: func(w *awsfake.World) { w.Buckets[1].Policy = denied },
			check:  exitFindings,
			found:  []string{"ACC-001", "KEY-001", "OBJ-001", "S3-001"},
		},
		{
			name: "GetKeyPolicy denied",
			change: func(w *awsfake.World) {
				w.Faults = []*awsfake.Fault{{Service: "kms", Operation: "GetKeyPolicy", Effect: awsfake.Denied()}}
			},
			collect: exitIncomplete, check: exitIncomplete,
			found:   []string{"KEY-001", "OBJ-001", "S3-001"},
			unknown: []string{"ACC-001", "ACC-003", "IAM-007", "POL-001", "POL-002"},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			write(t, "kmsaudit.yaml", config)
			world := recorded()
			if tc.change != nil {
				tc.change(world)
			}
			serve(t, world)
			collected := call(t, "collect", "--sample-objects", "10") // which meets the copy in bucket 1
			if collected.code != tc.collect {
				t.Fatalf("collect ends with %d, want %d: %s", collected.code, tc.collect, collected.stderr)
			}
			checked := call(t, "check", "snapshot.json", "-f", "json")
			if checked.code != tc.check {
				t.Errorf("check ends with %d, want %d: %s", checked.code, tc.check, checked.stderr)
			}
			found, unknown := rulesOf(results(t, checked.stdout), covered())
			if tc.unknown == nil {
				tc.unknown = []string{}
			}
			if diff := cmp.Diff(tc.found, found); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tc.unknown, unknown); diff != "" {
				t.Errorf("unknown (-want +got):\n%s", diff)
			}
			if t.Failed() {
				t.Log(call(t, "check", "snapshot.json", "--vertical").stdout)
			}
		})
	}
}

// TestCollectEnds holds the ways in which a collection can end to their exit codes.
func TestCollectEnds(t *testing.T) {
	t.Run("complete", func(t *testing.T) {
		t.Chdir(t.TempDir())
		serve(t, recorded())
		got := call(t, "collect", "-o", "-")
		if got.code != exitOK || got.stdout == "" {
			t.Errorf("got %+v", got)
		}
		write(t, "out.json", got.stdout)
		if checked := call(t, "check", "out.json"); checked.code != exitOK {
			t.Errorf("got %+v", checked)
		}
	})
	t.Run("gaps", func(t *testing.T) {
		t.Chdir(t.TempDir())
		world := recorded()
		world.Faults = []*awsfake.Fault{
			{Service: "kms", Operation: "GetKeyPolicy", Effect: awsfake.Denied()},
			{Service: "s3", Operation: "GetBucketTagging", Effect: awsfake.Denied()},
		}
		serve(t, world)
		got := call(t, "collect", "-o", "out.json.gz")
		want := `kmsaudit: not read: s3:GetBucketTagging, 2 times, denied (AccessDenied)
kmsaudit: not read: kms:GetKeyPolicy, 1 time, denied (AccessDeniedException) in us-east-1
kmsaudit: out.json.gz is written with 3 gaps; account 522814710681: 0 users, 2 roles, 1 key, 2 buckets
kmsaudit: allow the collecting identity kms:GetKeyPolicy, s3:GetBucketTagging, and ask for the rest: kmsaudit collect --resume out.json.gz, with the same flags
`
		if diff := cmp.Diff(answer{exitIncomplete, "", want}, got, cmp.AllowUnexported(answer{})); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if checked := call(t, "check", "out.json.gz"); checked.code != exitIncomplete {
			t.Errorf("got %+v", checked)
		}
	})
	t.Run("nothing read", func(t *testing.T) {
		t.Chdir(t.TempDir())
		world := recorded()
		world.Faults = []*awsfake.Fault{{Effect: awsfake.Denied()}}
		serve(t, world)
		got := call(t, "collect")
		if got.code != exitFailure || exists("snapshot.json") {
			t.Errorf("got %+v, file %v", got, exists("snapshot.json"))
		}
	})
	t.Run("interrupted before it begins", func(t *testing.T) {
		t.Chdir(t.TempDir())
		serve(t, recorded())
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		got := callWith(ctx, t, "collect")
		if got.code != exitInterrupted || exists("snapshot.json") {
			t.Errorf("got %+v, file %v", got, exists("snapshot.json"))
		}
	})
	t.Run("interrupted on the way", func(t *testing.T) {
		t.Chdir(t.TempDir())
		world := recorded()
		world.Faults = []*awsfake.Fault{{Service: "kms", Operation: "GetKeyPolicy", Effect: awsfake.Hang()}}
		serve(t, world)
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			for world.Count("kms", "GetKeyPolicy") == 0 && ctx.Err() == nil {
				time.Sleep(time.Millisecond)
			}
			cancel()
		}()
		got := callWith(ctx, t, "collect")
		if got.code != exitInterrupted || !strings.Contains(read(t, "snapshot.json"), `"interrupted": true`) {
			t.Errorf("got %+v", got)
		}
		if checked := call(t, "check", "snapshot.json"); checked.code != exitIncomplete {
			t.Errorf("got %+v", checked)
		}
		world = recorded()
		serve(t, world)
		got = call(t, "collect", "--resume", "snapshot.json")
		if got.code != exitOK || strings.Contains(read(t, "snapshot.json"), "interrupted") || !strings.Contains(got.stderr, "snapshot.json is written") {
			t.Errorf("got %+v", got)
		}
		if world.Count("kms", "GetKeyPolicy") != 1 || world.Count("kms", "DescribeKey") != 0 {
			t.Error("the policy was not asked for, or what was answered was")
		}
		if checked := call(t, "check", "snapshot.json"); checked.code != exitOK {
			t.Errorf("got %+v", checked)
		}
		world.Account = "111122223333"
		if got = call(t, "collect", "--resume", "snapshot.json"); got.code != exitUsage || !strings.Contains(got.stderr, "of account 522814710681 in aws, and the credentials are of account 111122223333") {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("another account than the configuration's", func(t *testing.T) {
		t.Chdir(t.TempDir())
		write(t, "kmsaudit.yaml", "version: 1\naccount: \"111122223333\"\n")
		serve(t, recorded())
		got := call(t, "collect")
		if got.code != exitOK || !strings.Contains(got.stderr, "the credentials are of account 522814710681") {
			t.Errorf("got %+v", got)
		}
	})
}
