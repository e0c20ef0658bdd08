package rules

import (
	"bytes"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/kmsaudit/kmsaudit/rules/facts"
)

func catalogue(t testing.TB) *Catalogue {
	t.Helper()
	c, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func compiled(t testing.TB, c *Catalogue) *Engine {
	t.Helper()
	c.proven = false // hold them to all checks
	e, err := c.Compile(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// operations are the AWS operations that each reading of the facts comes from.
var operations = map[string][]string{
	"keys.metadata":     {"kms:DescribeKey"},
	"keys.rotation":     {"kms:GetKeyRotationStatus"},
	"keys.policy":       {"kms:GetKeyPolicy"},
	"keys.membership":   {"kms:GetKeyPolicy", "organizations:DescribeOrganization"},
	"keys.rotated":      {"kms:ListKeyRotations", "kms:DescribeKey", "kms:GetKeyRotationStatus"},
	"keys.used_by":      {"s3:ListAllMyBuckets", "s3:GetEncryptionConfiguration"},
	"keys.environments": {"s3:ListAllMyBuckets", "s3:GetEncryptionConfiguration", "s3:GetBucketTagging"},
	"keys.deletion":     {"kms:DescribeKey"},
	"keys.material":     {"kms:DescribeKey"},
	"keys.usage":        {"kms:GetKeyLastUsage"},
	"keys.tags":         {"kms:ListResourceTags"},
	"keys.store":        {"kms:DescribeKey"},
	"keys.aliases":      {"kms:ListAliases"},
	"keys.delegation":   {"kms:GetKeyPolicy"},
	"keys.decryptors":   {"kms:GetKeyPolicy", "iam:GetAccountAuthorizationDetails", "kms:ListGrants"},
	"keys.keepers":      {"kms:GetKeyPolicy", "iam:GetAccountAuthorizationDetails"},
	"keys.duties":       {"kms:GetKeyPolicy", "iam:GetAccountAuthorizationDetails", "kms:DescribeKey"},
	"keys.grants":       {"kms:ListGrants", "iam:GetAccountAuthorizationDetails"},
	"keys.inverted":     {"kms:GetKeyPolicy"},
	"keys.services":     {"kms:GetKeyPolicy"},
	"keys.named":        {"kms:GetKeyPolicy", "iam:GetAccountAuthorizationDetails"},
	"keys.granting":     {"kms:GetKeyPolicy", "iam:GetAccountAuthorizationDetails"},
	"keys.bypass":       {"kms:GetKeyPolicy", "iam:GetAccountAuthorizationDetails"},
	"keys.context":      {"kms:GetKeyPolicy"},
	"keys.plain":        {"kms:GetKeyPolicy"},
	"keys.home": {
		"kms:ListResourceTags", "kms:ListAliases", "s3:ListAllMyBuckets", "s3:GetEncryptionConfiguration", "s3:GetBucketTagging",
	},
	"buckets.encryption":    {"s3:GetEncryptionConfiguration"},
	"buckets.log_target":    {"s3:GetBucketPolicy"},
	"buckets.default_key":   {"s3:GetEncryptionConfiguration", "kms:ListKeys", "kms:ListAliases", "kms:DescribeKey", "kms:GetKeyPolicy"},
	"buckets.key_ref":       {"s3:GetEncryptionConfiguration", "kms:ListAliases"},
	"buckets.guards":        {"s3:GetBucketPolicy"},
	"buckets.customer_keys": {"s3:GetEncryptionConfiguration", "s3:GetBucketPolicy"},
	"buckets.tls":           {"s3:GetBucketPolicy"},
	"buckets.writers":       {"s3:GetBucketPolicy"},
	"buckets.lockout":       {"s3:GetBucketPolicy", "iam:GetAccountAuthorizationDetails"},
	"buckets.public":        {"s3:GetBucketPolicy", "s3:GetBucketPublicAccessBlock", "s3:GetBucketOwnershipControls", "s3:GetBucketAcl"},
	"buckets.replication":   {"s3:GetReplicationConfiguration", "s3:GetEncryptionConfiguration", "kms:GetKeyPolicy", "iam:GetAccountAuthorizationDetails"},
	"buckets.inventories":   {"s3:GetInventoryConfiguration", "s3:GetEncryptionConfiguration"},
	"objects.encryption":    {"s3:GetObject"},
	"objects.expected":      {"s3:GetEncryptionConfiguration"},
	"objects.key_state":     {"s3:GetObject", "kms:DescribeKey"},
	"trails.encryption":     {"cloudtrail:DescribeTrails", "cloudtrail:GetEventDataStore"},
	"trails.key_policy":     {"cloudtrail:DescribeTrails", "cloudtrail:GetEventDataStore", "kms:GetKeyPolicy"},
	"log_groups.encryption": {"logs:DescribeLogGroups"},
	"monitoring.kms_events": {
		"cloudtrail:ListTrails", "cloudtrail:DescribeTrails", "cloudtrail:GetTrailStatus", "cloudtrail:GetEventSelectors",
		"cloudtrail:ListEventDataStores", "cloudtrail:GetEventDataStore",
	},
	"monitoring.analyzers":       {"access-analyzer:ListAnalyzers"},
	"monitoring.key_alarms":      watchOperations,
	"monitoring.bucket_alarms":   watchOperations,
	"monitoring.identity_alarms": watchOperations,
	"monitoring.object_events": {
		"s3:ListAllMyBuckets", "cloudtrail:ListTrails", "cloudtrail:DescribeTrails", "cloudtrail:GetTrailStatus", "cloudtrail:GetEventSelectors",
		"cloudtrail:ListEventDataStores", "cloudtrail:GetEventDataStore",
	},
	"policies.document":  {"iam:GetAccountAuthorizationDetails"},
	"policies.wildcards": {"iam:GetAccountAuthorizationDetails"},
	"policies.use":       {"iam:GetAccountAuthorizationDetails"},
	"policies.idle":      {"iam:GetAccountAuthorizationDetails"},
	"identities.inline":  {"iam:GetAccountAuthorizationDetails"},
	"roles.trust":        {"iam:GetAccountAuthorizationDetails"},
	"roles.decrypts":     {"iam:GetAccountAuthorizationDetails", "kms:GetKeyPolicy", "kms:ListKeys"},
}

var watchOperations = []string{
	"cloudtrail:ListTrails", "cloudtrail:DescribeTrails", "cloudtrail:GetTrailStatus", "cloudtrail:GetEventSelectors",
	"logs:DescribeMetricFilters", "cloudwatch:DescribeAlarms", "events:ListRules", "events:ListTargetsByRule",
}

// TestReads holds custom.reads to the readings that the compiled rule reads.
func TestReads(t *testing.T) {
	e := compiled(t, catalogue(t))
	for _, rule := range e.Rules() {
		u := e.uses[rule.ID]
		var may []string
		for _, reading := range u.readings {
			from := operations[u.kinds[0]+"."+reading]
			if len(from) == 0 {
				t.Errorf("the test does not know where %s.%s comes from", u.kinds[0], reading)
			}
			if !slices.ContainsFunc(from, func(op string) bool { return slices.Contains(rule.Reads, op) }) {
				t.Errorf("%s reads %s, and its custom.reads has none of %v", rule.ID, reading, from)
			}
			may = append(may, from...)
		}
		if len(u.readings) == 0 {
			continue // it reads rows of decisions
		}
		for _, op := range rule.Reads {
			if !slices.Contains(may, op) {
				t.Errorf("%s says that it reads %s, and does not", rule.ID, op)
			}
		}
	}
}

func TestEveryRuleIsSharded(t *testing.T) {
	e := compiled(t, catalogue(t))
	for _, rule := range e.Rules() {
		if u := e.uses[rule.ID]; u.whole != "" {
			t.Errorf("%s has to see the whole document: %s", rule.ID, u.whole)
		}
	}
}

// TestContract holds every rule to its tests, its examples and the contract.
func TestContract(t *testing.T) {
	all, err := catalogue(t).Verify(t.Context(), Sandbox{Timeout: 5 * time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	tests := 0
	for _, v := range all {
		tests += v.Tests
		for _, problem := range v.Problems {
			t.Error(problem)
		}
	}
	if len(all) <= len(catalogue(t).Rules()) || tests < 200 {
		t.Errorf("%d rules and folders of helpers, %d tests", len(all), tests)
	}
}

// TestExamplesFitTheSchema holds OPA's reading of the schema to another one's.
func TestExamplesFitTheSchema(t *testing.T) {
	c := catalogue(t)
	schema := factsSchema(t, c)
	for _, rule := range c.Rules() {
		for _, example := range allExamples(t, rule) {
			if err := schema.Validate(plain(complete(t, c, example.Example))); err != nil {
				t.Errorf("%s %q: %v", rule.ID, example.Name, err)
			}
		}
	}
}

func TestGeneratedFilesAreFresh(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	files, err := catalogue(t).generated(string(readme))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is stale: run go generate ./rules", name)
		}
	}
}

func allExamples(t testing.TB, rule *Rule) []kindedExample {
	t.Helper()
	examples, err := rule.Examples()
	if err != nil {
		t.Fatal(err)
	}
	return examples.all()
}

func complete(t testing.TB, c *Catalogue, example Example) map[string]any {
	t.Helper()
	return c.complete(example)
}

func documentOf(t testing.TB, value map[string]any) *facts.Document {
	t.Helper()
	document, err := readDocument(value)
	if err != nil {
		t.Fatal(err)
	}
	return document
}

// judge evaluates the facts and returns how the engine's only rule fared.
func judge(t testing.TB, e *Engine, value map[string]any) judged {
	t.Helper()
	rule := e.Rules()[0]
	v := &verifier{catalogue: e.catalogue, rule: rule, query: e.queries[0], uses: e.uses[rule.ID]}
	o, ok := v.judge(t.Context(), "of a test", value, shardSize)
	if !ok {
		t.Fatal(v.Problems)
	}
	return o
}

func factsSchema(t testing.TB, c *Catalogue) *jsonschema.Schema {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("facts.json", plain(c.FactsSchema())); err != nil {
		t.Fatal(err)
	}
	return compiler.MustCompile("facts.json")
}
