package main

import (
	"os"
	"strings"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/awsfake"
)

// TestCollectKeepsSecrets: whatever goes wrong, credentials are in nothing that
// collect writes, and texts of policies are in the snapshot only, which nobody else
// may read.
func TestCollectKeepsSecrets(t *testing.T) {
	const body = "EnableIAMUserPermissionsOfThisTest"
	for name, effect := range map[string]awsfake.Effect{
		"nothing": {}, "denied": awsfake.Denied(), "expired": awsfake.ExpiredToken(),
	} {
		t.Run(name, func(t *testing.T) {
			alone(t)
			world := awsfake.Reference()
			world.Roles[1].Inline["KMSAccessPolicy"] = `{"Version":"2012-10-17","Statement":[{"Sid":"` + body + `","Effect":"Allow","Action":"kms:Decrypt","Resource":"*"}]}`
			if name != "nothing" {
				world.Faults = append(world.Faults, &awsfake.Fault{Service: "s3", Effect: effect})
			}
			serve(t, world)
			t.Setenv("AWS_SESSION_TOKEN", "a-session-token")
			t.Setenv("AWS_MAX_ATTEMPTS", "1")
			got := call(t, "collect", "--regions", "us-east-1", "-o", "collected.json")
			text := ""
			if info, err := os.Stat("collected.json"); err == nil {
				if mode := info.Mode().Perm(); mode != 0o600 {
					t.Errorf("the snapshot has mode %o", mode)
				}
				text = read(t, "collected.json")
			}
			for _, secret := range []string{"not-a-secret", "a-session-token"} {
				if strings.Contains(got.stdout+got.stderr+text, secret) {
					t.Errorf("%s is written somewhere", secret)
				}
			}
			if strings.Contains(got.stdout+got.stderr, body) {
				t.Errorf("the text of a policy is on the terminal:\n%s", got.stderr)
			}
			if name == "nothing" && !strings.Contains(text, body) {
				t.Error("the policy is not in the snapshot: the test looks for nothing")
			}
		})
	}
}
