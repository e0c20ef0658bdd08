package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kmsaudit/kmsaudit/collector/awsfake"
	"github.com/kmsaudit/kmsaudit/report"
)

const (
	theirKey = "arn:aws:kms:us-east-1:" + otherMember + ":key/k1"
	appRole  = "arn:aws:iam::" + firstMember + ":role/app"
)

// shared is an organization in which a bucket of the first member is under the key
// k1 of the other, one more under a key of it that is disabled and one under a key
// that it does not have. A role of the first may use k1 by both sides, and one that
// k1's policy names too has no policy of its own.
func shared(t *testing.T) {
	t.Helper()
	e := serveEstate(t)
	first, other := e.Members[firstMember], e.Members[otherMember]
	trust := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}}`
	first.Roles = []awsfake.Role{
		{Name: "app", ID: "AROA1", Trust: trust, Inline: map[string]string{
			"use": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:Decrypt","Resource":"` + theirKey + `"}]}`,
		}},
		{Name: "bare", ID: "AROA2", Trust: trust},
	}
	under := func(name, key string) awsfake.Bucket {
		return awsfake.Bucket{Name: name, Region: "us-east-1", Encryption: []awsfake.EncryptionRule{{Algorithm: "aws:kms", Key: key, BucketKey: true}}}
	}
	first.Buckets = []awsfake.Bucket{
		under("good", theirKey), under("stopped", strings.ReplaceAll(theirKey, "k1", "k2")), under("lost", strings.ReplaceAll(theirKey, "k1", "k3")),
		under("named", "arn:aws:kms:us-east-1:"+otherMember+":alias/good"),
	}
	other.Keys = []awsfake.Key{
		{ID: "k1", Region: "us-east-1", Rotation: true, Policy: `{"Version":"2012-10-17","Statement":[
			{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + otherMember + `:root"},"Action":"kms:*","Resource":"*"},
			{"Effect":"Allow","Principal":{"AWS":["` + appRole + `","arn:aws:iam::` + firstMember + `:role/bare"]},"Action":"kms:Decrypt","Resource":"*"}]}`},
		{ID: "k2", Region: "us-east-1", State: "Disabled"},
	}
	other.Aliases = []awsfake.Alias{{Name: "alias/good", Region: "us-east-1", Target: "k1"}}
	t.Chdir(t.TempDir())
	if got := call(t, "collect", "--org", "--role-name", "audit", "--external-id", "nightly", "-o", "all", "--plain"); got.code != exitOK {
		t.Fatalf("%+v", got)
	}
}

// saidBy runs check and says of each resource what the rule says.
func saidBy(t *testing.T, rule string, args ...string) map[string]string {
	t.Helper()
	got := call(t, append([]string{"check", "--as-of", day, "-f", "json", "--fail-on", "none", "--on-gap", "warn"}, args...)...)
	if got.code != exitOK {
		t.Fatalf("%+v", got)
	}
	said := map[string]string{}
	r := results(t, got.stdout)
	for _, f := range r.Findings {
		if f.Rule == rule {
			said[f.Resource] = "found"
		}
	}
	for _, u := range r.Unknown {
		if u.Rule == rule {
			said[u.Resource] = "unknown"
		}
	}
	return said
}

// TestKeysAcross: whether a key that another account owns can be used is known when
// its snapshot is judged along, in a folder, in one shard of it or by files.
func TestKeysAcross(t *testing.T) {
	shared(t)
	first, other := "all/"+firstMember+".json", "all/"+otherMember+".json"
	bucket := func(name string) string { return "arn:aws:s3:::" + name }
	known := map[string]string{bucket("stopped"): "found", bucket("lost"): "found"}
	open := map[string]string{bucket("good"): "unknown", bucket("stopped"): "unknown", bucket("lost"): "unknown", bucket("named"): "unknown"}
	for _, tc := range []struct {
		args []string
		want map[string]string
	}{
		{[]string{first}, open},
		{[]string{first, "all/" + hubAccount + ".json"}, open},
		{[]string{first, other}, known},
		{[]string{"all"}, known},
	} {
		if diff := cmp.Diff(tc.want, saidBy(t, "S3-005", tc.args...)); diff != "" {
			t.Errorf("%v (-want +got):\n%s", tc.args, diff)
		}
	}
	both := map[string]string{}
	for _, shard := range []string{"1/3", "2/3", "3/3"} {
		maps.Copy(both, saidBy(t, "S3-005", "all", "--shard", shard))
	}
	if diff := cmp.Diff(known, both); diff != "" {
		t.Errorf("in shards (-want +got):\n%s", diff)
	}
	write(t, other, strings.Replace(read(t, other), `"kms:ListKeys"`, `"kms:ListNothing"`, 1)) // not the manifest's any more
	want := map[string]string{bucket("stopped"): "found", bucket("lost"): "unknown"}
	if diff := cmp.Diff(want, saidBy(t, "S3-005", first, other)); diff != "" {
		t.Errorf("without a list of their keys (-want +got):\n%s", diff)
	}
}

// TestPrincipalsAcross: a requirement that crosses accounts is decided by both sides
// when both are judged, once, and in the account of the key.
func TestPrincipalsAcross(t *testing.T) {
	shared(t)
	requirement := func(name string) string {
		return fmt.Sprintf(`- {name: %s, principals: ["arn:aws:iam::%s:role/%s"], key: "%s", actions: [kms:Decrypt]}`, name, firstMember, name, theirKey)
	}
	configs := map[string]string{
		"of all":     "version: 1\nrequirements:\n  " + requirement("app") + "\n  " + requirement("bare") + "\n  " + requirement("gone") + "\n",
		"of one":     "version: 1\naccounts:\n  \"" + otherMember + "\":\n    requirements:\n      " + requirement("app") + "\n      " + requirement("bare") + "\n      " + requirement("gone") + "\n",
		"by account": "version: 1\naccount: \"" + otherMember + "\"\nrequirements:\n  " + requirement("app") + "\n  " + requirement("bare") + "\n  " + requirement("gone") + "\n",
	}
	row := func(name string) string { return "arn:aws:iam::" + firstMember + ":role/" + name }
	for _, name := range slices.Sorted(maps.Keys(configs)) {
		write(t, "c.yaml", configs[name])
		want := map[string]string{row("bare"): "found", row("gone"): "found"}
		for _, args := range [][]string{{"all"}, {"all/" + otherMember + ".json", "all/" + firstMember + ".json"}} {
			if diff := cmp.Diff(want, saidBy(t, "IAM-007", append(args, "-c", "c.yaml")...)); diff != "" {
				t.Errorf("%s %v (-want +got):\n%s", name, args, diff)
			}
		}
		alone := saidBy(t, "IAM-007", "all/"+otherMember+".json", "-c", "c.yaml")
		if alone[row("app")] != "unknown" {
			t.Errorf("%s, one side alone: %v", name, alone)
		}
		for _, f := range results(t, call(t, "check", "all", "-c", "c.yaml", "-f", "json", "--fail-on", "none").stdout).Findings {
			if f.Rule == "IAM-007" && f.Account != otherMember {
				t.Errorf("%s: judged in %s", name, f.Account)
			}
		}
	}
}

// TestTrustedOrganization: the word stands for the accounts of the organization, as
// the manifest has them, and for nobody where these are not known.
func TestTrustedOrganization(t *testing.T) {
	shared(t)
	write(t, "c.yaml", "version: 1\ntrusted_accounts: [organization]\n")
	write(t, "none.yaml", "version: 1\n")
	for _, rule := range []string{"S3-006", "POL-003"} {
		if got := saidBy(t, rule, "all", "-c", "none.yaml"); len(got) == 0 {
			t.Errorf("%s finds nothing without the word", rule)
		}
		if got := saidBy(t, rule, "all", "-c", "c.yaml"); len(got) != 0 {
			t.Errorf("%s: %v", rule, got)
		}
	}
	alone := []string{"check", "all/" + firstMember + ".json", "-c", "c.yaml", "-f", "json"}
	told := func(r *report.Results) bool {
		return slices.ContainsFunc(r.Gaps, func(g report.Gap) bool {
			return strings.Contains(g.Message, "trusted_accounts says organization") && len(g.Rules) > 0
		})
	}
	if got := call(t, append(alone, "--fail-on", "none")...); !told(results(t, got.stdout)) {
		t.Errorf("nobody says that the accounts are not known: %+v", got.code)
	}
	if got := call(t, "check", "all", "-c", "c.yaml", "-f", "json", "--fail-on", "none"); told(results(t, got.stdout)) {
		t.Error("the accounts are known")
	}
	path := "all/manifest.json"
	write(t, path, strings.Replace(read(t, path), `"accounts": [`, `"unlisted": [{"operation":"organizations:ListAccountsForParent","state":"denied"}], "accounts": [`, 1))
	if got := call(t, "check", "all", "-c", "c.yaml", "-f", "json", "--fail-on", "none"); !told(results(t, got.stdout)) {
		t.Errorf("accounts that were not listed are not told: %+v", got.stderr)
	}
}

// TestAccountsOfConfig: what is said of an account that is not there is missing
// evidence, and slips are told with their line.
func TestAccountsOfConfig(t *testing.T) {
	shared(t)
	write(t, "c.yaml", "version: 1\naccounts: {\"888888888888\": {regions: [us-east-1]}, \""+firstMember+"\": {regions: [eu-west-1]}}\n")
	got := call(t, "check", "all", "-c", "c.yaml", "-f", "json", "--fail-on", "none")
	var said []string
	for _, gap := range results(t, got.stdout).Gaps {
		if len(gap.Rules) > 5 {
			said = append(said, gap.Account+" "+gap.Region+" "+gap.Operation)
		}
	}
	slices.Sort(said)
	if diff := cmp.Diff([]string{firstMember + " eu-west-1 kms:ListKeys", "888888888888  collect"}, said); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, tc := range []struct{ text, want string }{
		{"account: \"111122223333\"\naccounts: {\"444455556666\": {}}", "f:3:11: accounts: account is given too: what it is for goes under accounts.111122223333"},
		{"accounts: {\"1\": {}}", `f:2:17: accounts.1: "1" is not an account: it has 12 digits`},
		{"accounts: {\"444455556666\": {regions: [here]}}", `accounts.444455556666.regions[0]: "here" is not a Region such as us-east-1`},
		{"accounts: {\"444455556666\": {trusted_accounts: [me]}}", `accounts.444455556666.trusted_accounts[0]: "me" is neither an account`},
		{"accounts: {\"444455556666\": {fail_on: low}}", "accounts.444455556666.fail_on: unknown key"},
		{"accounts: {\"444455556666\": {requirements: [{name: x}]}}", "accounts.444455556666.requirements[0]: neither key nor buckets"},
		{
			"requirements: [{name: x, key: \"" + theirKey + "\"}]\naccounts: {\"444455556666\": {requirements: [{name: x, key: \"" + theirKey + "\"}]}}",
			"accounts.444455556666.requirements[0].name: a requirement of all accounts is called \"x\" too",
		},
	} {
		if _, err := parseConfig("f", []byte("version: 1\n"+tc.text+"\n"), catalogue(t)); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, want %s", tc.text, err, tc.want)
		}
	}
}
