package rules

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

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
	"buckets.public":        {"s3:GetBucketPolicy", "s3:GetBucketPublicAccessBlock", "s3:GetBucketOwnershipControls"},
	"buckets.replication":   {"s3:GetReplicationConfiguration", "s3:GetEncryptionConfiguration", "kms:GetKeyPolicy", "iam:GetAccountAuthorizationDetails"},
	"buckets.inventories":   {"s3:GetInventoryConfiguration", "s3:GetEncryptionConfiguration"},
	"objects.encryption":    {"s3:GetObject"},
	"objects.expected":      {"s3:GetEncryptionConfiguration"},
	"objects.key_state":     {"s3:GetObject", "kms:DescribeKey"},
	"trails.encryption":     {"cloudtrail:DescribeTrails", "cloudtrail:GetEventDataStore"},
	"log_groups.encryption": {"logs:DescribeLogGroups"},
	"monitoring.kms_events": {
		"cloudtrail:ListTrails", "cloudtrail:DescribeTrails", "cloudtrail:GetTrailStatus", "cloudtrail:GetEventSelectors",
		"cloudtrail:ListEventDataStores", "cloudtrail:GetEventDataStore",
	},
	"monitoring.analyzers": {"access-analyzer:ListAnalyzers"},
	"policies.document":    {"iam:GetAccountAuthorizationDetails"},
	"policies.wildcards":   {"iam:GetAccountAuthorizationDetails"},
	"policies.use":         {"iam:GetAccountAuthorizationDetails"},
	"policies.idle":        {"iam:GetAccountAuthorizationDetails"},
	"identities.inline":    {"iam:GetAccountAuthorizationDetails"},
	"roles.trust":          {"iam:GetAccountAuthorizationDetails"},
	"roles.decrypts":       {"iam:GetAccountAuthorizationDetails", "kms:GetKeyPolicy", "kms:ListKeys"},
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

func TestFactsSchemaAcceptsEveryExample(t *testing.T) {
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

// TestExamples runs each rule on its examples.
func TestExamples(t *testing.T) {
	c := catalogue(t)
	for _, rule := range c.Rules() {
		e := alone(t, c, rule)
		kinds := map[string]int{}
		passed := 0
		for _, example := range allExamples(t, rule) {
			kinds[example.kind]++
			o := judge(t, e, complete(t, c, example.Example))
			got := "passes"
			switch {
			case len(o.Findings) > 0:
				got = "findings"
			case len(o.Unknown) > 0:
				got = "unknown"
			}
			if got != example.kind {
				t.Errorf("%s %q is among %s and came out as %s", rule.ID, example.Name, example.kind, got)
			}
			passed += len(o.Passed)
			for _, f := range o.Findings {
				if !slices.Contains(o.subjects, f.Subject) {
					t.Errorf("%s %q: the finding's subject %q is no subject of the rule", rule.ID, example.Name, f.Subject)
				}
			}
			if example.Note == "" || example.Name == "" {
				t.Errorf("%s has an example without name or note", rule.ID)
			}
		}
		if kinds["findings"] == 0 || kinds["unknown"] == 0 || passed == 0 {
			t.Errorf("%s needs examples that it finds, passes and cannot judge: %v, %d subjects passed", rule.ID, kinds, passed)
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

type kindedExample struct {
	Example
	kind string
}

func allExamples(t testing.TB, rule *Rule) []kindedExample {
	t.Helper()
	examples, err := rule.Examples()
	if err != nil {
		t.Fatal(err)
	}
	var all []kindedExample
	for kind, list := range map[string][]Example{"findings": examples.Findings, "passes": examples.Passes, "unknown": examples.Unknown} {
		for _, example := range list {
			all = append(all, kindedExample{example, kind})
		}
	}
	return all
}

// complete makes a whole document of an example, which gives the part that
// matters.
func complete(t testing.TB, c *Catalogue, example Example) map[string]any {
	t.Helper()
	document := map[string]any{
		"schema":  facts.Schema,
		"account": map[string]any{"arn": "arn:aws:iam::111122223333:root", "id": "111122223333", "partition": "aws", "place": "/account"},
		"params":  c.Params(Settings{}),
		"prices":  map[string]any{"kms_requests_10000": 0.03, "key_month": 1},
	}
	for kind := range facts.Readings() {
		document[kind] = []any{}
	}
	for name, value := range example.Facts {
		document[name] = value
	}
	return document
}

func documentOf(t testing.TB, value map[string]any) *facts.Document {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	var document facts.Document
	if err := decoder.Decode(&document); err != nil {
		t.Fatalf("read facts: %v\n%s", err, text)
	}
	return &document
}

type judged struct {
	Outcome
	subjects []string
}

// alone compiles one rule by itself, which is quick to evaluate.
func alone(t testing.TB, c *Catalogue, rule *Rule) *Engine {
	t.Helper()
	e, err := c.Compile(t.Context(), func(r *Rule) bool { return r.ID == rule.ID })
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// judge evaluates the facts and returns how the engine's only rule fared.
func judge(t testing.TB, e *Engine, value map[string]any) judged {
	t.Helper()
	document := documentOf(t, value)
	found, err := evaluate(t.Context(), document, e.queries, shardSize, nil)
	if err != nil {
		t.Fatal(err)
	}
	rule := e.Rules()[0]
	o := outcomeOf(rule, found[rule.ID])
	o.floor(e.uses[rule.ID].readings, unreadOf(document))
	return judged{Outcome: o, subjects: found[rule.ID].subjects}
}

func factsSchema(t testing.TB, c *Catalogue) *jsonschema.Schema {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("facts.json", plain(c.FactsSchema())); err != nil {
		t.Fatal(err)
	}
	return compiler.MustCompile("facts.json")
}

func ruleSources(t testing.TB) map[string]string {
	t.Helper()
	sources := map[string]string{}
	err := fs.WalkDir(Files(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(name, ".rego") {
			return err
		}
		text, err := fs.ReadFile(Files(), name)
		sources[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return sources
}
