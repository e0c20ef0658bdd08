package rules

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/facts"
)

// resourceType is what the provider hashicorp/aws (6.25) knows of a resource: the
// arguments that it needs, and all arguments and blocks at whatever depth.
type resourceType struct{ Required, Arguments []string }

func resourceTypes(t *testing.T) map[string]resourceType {
	t.Helper()
	text, err := os.ReadFile("testdata/terraform.json")
	if err != nil {
		t.Fatal(err)
	}
	types := map[string]resourceType{}
	if err := json.Unmarshal(text, &types); err != nil {
		t.Fatal(err)
	}
	return types
}

// TestTerraformOfMends holds the Terraform to its syntax and to the names of the provider.
func TestTerraformOfMends(t *testing.T) {
	types := resourceTypes(t)
	shown := 0
	for _, rule := range catalogue(t).Rules() {
		if rule.Mend.Terraform == "" {
			continue
		}
		shown++
		if text := rule.Mend.Terraform + "\n"; !strings.Contains(text, `"Sid"`) && string(hclwrite.Format([]byte(text))) != text {
			t.Errorf("%s: its Terraform is not as terraform fmt has it", rule.ID) // statements are as in JSON
		}
		for _, problem := range terraformProblems(rule.ID, rule.Mend.Terraform, types) {
			t.Error(problem)
		}
	}
	if shown < 60 {
		t.Errorf("%d rules have Terraform", shown)
	}
}

// TestTerraformProblems shows that the check finds what is wrong.
func TestTerraformProblems(t *testing.T) {
	types := resourceTypes(t)
	for text, want := range map[string]string{
		"resource \"aws_kms_key\" \"a\" {":                                           "Unclosed configuration block",
		"resource \"aws_kms_keys\" \"a\" {}":                                         "aws_kms_keys is no resource",
		"resource \"aws_kms_key\" \"a\" {\n  rotate = true\n}":                       "aws_kms_key has no rotate",
		"resource \"aws_kms_key\" \"a\" {\n  lifecycle {\n    keep = true\n  }\n}":   "aws_kms_key has no keep",
		"resource \"aws_kms_alias\" \"a\" {\n  name = \"alias/a\"\n}":                "aws_kms_alias needs target_key_id",
		"resource \"aws_kms_key\" \"a\" {\n  description = \"${kms:ViaService}\"\n}": "Extra characters",
	} {
		if got := terraformProblems("X", text, types); len(got) == 0 || !strings.Contains(strings.Join(got, "\n"), want) {
			t.Errorf("%s: %q, and %q was wanted", text, got, want)
		}
	}
}

func terraformProblems(name, text string, types map[string]resourceType) []string {
	var problems []string
	file, diagnostics := hclsyntax.ParseConfig([]byte(text), name, hcl.InitialPos)
	for _, d := range diagnostics {
		problems = append(problems, d.Error())
	}
	if len(problems) > 0 {
		return problems
	}
	for _, block := range file.Body.(*hclsyntax.Body).Blocks {
		kind := block.Labels[0]
		known, ok := types[kind]
		if block.Type != "resource" || !ok {
			problems = append(problems, name+": "+kind+" is no resource of the provider")
			continue
		}
		for _, one := range known.Required {
			if block.Body.Attributes[one] == nil && !slices.ContainsFunc(block.Body.Blocks, func(b *hclsyntax.Block) bool { return b.Type == one }) {
				problems = append(problems, name+": "+kind+" needs "+one)
			}
		}
		for _, used := range namesIn(block.Body) {
			if !slices.Contains(known.Arguments, used) && !slices.Contains([]string{"for_each", "lifecycle", "prevent_destroy"}, used) {
				problems = append(problems, name+": "+kind+" has no "+used)
			}
		}
	}
	return problems
}

func namesIn(body *hclsyntax.Body) []string {
	var names []string
	for name := range body.Attributes {
		names = append(names, name)
	}
	for _, block := range body.Blocks {
		names = append(append(names, block.Type), namesIn(block.Body)...)
	}
	return names
}

// TestStatementsOfMends brings each statement into the reference account, as the
// whole of the policy that it is for. It has to be what its rule asks for, and
// nothing that other rules find fault with: no part of it is without effect, and it
// is not open to strangers.
func TestStatementsOfMends(t *testing.T) {
	c := catalogue(t)
	e := compiled(t, c)
	admin := facts.Intent{KeyAdministrators: []string{"arn:aws:iam::522814710681:role/KeyAdmin"}}
	decided := map[string]int{}
	for _, rule := range c.Rules() {
		statement := inTheReferenceAccount(rule.Mend.Statement)
		put, resource := carry(t, rule.Mend.To, statement)
		if put == nil {
			continue
		}
		decided[rule.Mend.To]++
		r, err := e.Audit(t.Context(), []*snapshot.File{changed(t, put)}, Settings{Intent: admin})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range r.Findings {
			if f.Resource != resource {
				continue
			}
			if f.Rule == rule.ID || slices.Contains([]string{
				"POL-001", "POL-002", "POL-003", "POL-004", "POL-009", "IAM-003", "IAM-004", "IAM-008", "IAM-009", "IAM-010", "IAM-011", "IAM-012",
				"S3-011", "S3-015", "ACC-006",
			}, f.Rule) {
				t.Errorf("%s: with its statement %s finds: %s", rule.ID, f.Rule, f.Msg)
			}
		}
	}
	for kind, least := range map[string]int{"key policy": 15, "bucket policy": 8, "inline policy": 5, "managed policy": 8, "service control policy": 15} {
		if decided[kind] < least {
			t.Errorf("%d statements are for a %s", decided[kind], kind)
		}
	}
}

// inTheReferenceAccount replaces the names of AWS's documentation.
func inTheReferenceAccount(statement string) string {
	return strings.NewReplacer(
		"arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab", "arn:aws:kms:us-east-1:522814710681:key/cac96933-72ff-0000-0000-000000000000",
		"arn:aws:iam::111122223333:role/ExampleRole", sewkRole,
		"111122223333", "522814710681",
		"amzn-s3-demo-bucket", "bucket-695267-2",
	).Replace(statement)
}

// carry puts statements where they belong, and tells on what findings about them are.
func carry(t *testing.T, to, statements string) (func(*snapshot.Snapshot), string) {
	t.Helper()
	statements = strings.TrimSuffix(strings.TrimPrefix(statements, "["), "]")
	switch to {
	case "key policy":
		return func(s *snapshot.Snapshot) { s.Keys[0].Policy = document(t, statements) },
			"arn:aws:kms:us-east-1:522814710681:key/cac96933-72ff-0000-0000-000000000000"
	case "bucket policy":
		return func(s *snapshot.Snapshot) { s.Buckets[1].Policy = document(t, statements) }, "arn:aws:s3:::bucket-695267-2"
	case "inline policy":
		return func(s *snapshot.Snapshot) { inline(statements)(t, s) }, sewkRole
	case "managed policy", "service control policy":
		return func(s *snapshot.Snapshot) { managed(statements)(t, s) }, theManaged(nil)
	case "trust policy":
		return func(s *snapshot.Snapshot) {
			for i := range s.Roles {
				if s.Roles[i].ARN == sewkRole {
					s.Roles[i].TrustPolicy = document(t, statements)
				}
			}
		}, sewkRole
	}
	return nil, ""
}
