package auditrole

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/kmsaudit/kmsaudit/collector"
	"github.com/kmsaudit/kmsaudit/collector/policy"
)

// odd asks for an object whose name means something in every form.
func odd() Policy {
	return Collection(collector.Options{
		Objects: map[string][]string{"b": {`a*?$%{x}${y}'"\é.csv`, "plain"}},
	}.Permissions())
}

// statements reads the statements of a policy document.
func statements(t *testing.T, text []byte) []policy.Statement {
	t.Helper()
	document, err := policy.Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	return document.Statements
}

func TestJSON(t *testing.T) {
	text := odd().JSON("aws-cn")
	got := statements(t, text)
	if len(got) != 3 || !slices.Contains(got[0].Action, "kms:GetKeyPolicy") || !slices.Equal(got[0].Resource, []string{"*"}) {
		t.Errorf("got %s", text)
	}
	want := []string{`arn:aws-cn:s3:::b/a${*}${?}${$}%{x}${$}{y}'"\é.csv`, "arn:aws-cn:s3:::b/plain"}
	if diff := cmp.Diff(want, got[1].Resource); diff != "" || !slices.Equal(got[1].Action, []string{"s3:GetObject"}) {
		t.Errorf("objects (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"arn:aws-cn:s3:::b"}, got[2].Resource); diff != "" {
		t.Errorf("buckets (-want +got):\n%s", diff)
	}
}

// TestCloudFormation: the role of the template carries the same policy.
func TestCloudFormation(t *testing.T) {
	text := odd().CloudFormation(Role{Name: "r", Trusted: "111122223333", ExternalID: "a:b"})
	var template struct {
		Parameters map[string]struct {
			Default        string `yaml:"Default"`
			AllowedPattern string `yaml:"AllowedPattern"`
		} `yaml:"Parameters"`
		Resources map[string]struct {
			Properties struct {
				Policies []struct {
					PolicyDocument yaml.Node `yaml:"PolicyDocument"`
				} `yaml:"Policies"`
			} `yaml:"Properties"`
		} `yaml:"Resources"`
	}
	if err := yaml.Unmarshal(text, &template); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	document := template.Resources["Role"].Properties.Policies[0].PolicyDocument
	substitute(&document)
	var plain any
	if err := document.Decode(&plain); err != nil {
		t.Fatal(err)
	}
	same(t, plain)
	for name, value := range map[string]string{"RoleName": "r", "TrustedPrincipal": "111122223333", "ExternalId": "a:b"} {
		p := template.Parameters[name]
		// RE2 counts to a thousand only.
		pattern := strings.Replace(p.AllowedPattern, ",1224}", ",}", 1)
		if p.Default != value || !regexp.MustCompile(pattern).MatchString(value) {
			t.Errorf("%s is %+v", name, p)
		}
	}
	if bare := odd().CloudFormation(Role{}); strings.Count(string(bare), "Default:") != 1 || !strings.Contains(string(bare), `Default: "kmsaudit"`) {
		t.Errorf("what nobody said has a default:\n%s", bare)
	}
}

// substitute does what Fn::Sub does in the partition aws.
func substitute(n *yaml.Node) {
	if n.Tag == "!Sub" {
		n.Tag = "!!str"
		n.Value = strings.NewReplacer("${AWS::Partition}", "aws", "${!", "${").Replace(n.Value)
	}
	for _, child := range n.Content {
		substitute(child)
	}
}

// TestTerraform: the role of the configuration carries the same policy.
func TestTerraform(t *testing.T) {
	text := string(odd().Terraform(Role{ExternalID: "a:b"}))
	_, rest, found := strings.Cut(text, "policy = jsonencode({\n    Version = \"2012-10-17\"\n    Statement = [\n")
	list, _, ended := strings.Cut(rest, "\n    ]\n  })")
	if !found || !ended {
		t.Fatalf("there is no policy in\n%s", text)
	}
	// What is left of an expression of Terraform is nearly JSON.
	list = regexp.MustCompile(`(?m)^( +)(Sid|Effect|Action|Resource) *= (.*?)$`).ReplaceAllString(list, `$1"$2": $3`)
	list = regexp.MustCompile(`(?m)^( +"(Sid|Effect)": ".*")$`).ReplaceAllString(list, "$1,")
	list = regexp.MustCompile(`(?m)^        \]$`).ReplaceAllString(list, "        ],")
	list = regexp.MustCompile(`,(\s*[}\]])`).ReplaceAllString(list, "$1")
	list = strings.TrimSuffix(list, ",")
	list = strings.NewReplacer("${data.aws_partition.current.partition}", "aws", "$${", "${", "%%{", "%{").Replace(list)
	var plain []any
	if err := json.Unmarshal([]byte("["+list+"]"), &plain); err != nil {
		t.Fatalf("%v in\n%s", err, list)
	}
	same(t, map[string]any{"Version": "2012-10-17", "Statement": plain})
	if strings.Count(text, "  default ") != 2 {
		t.Errorf("what nobody said has a default:\n%s", text)
	}
}

// same holds a document to the policy in JSON.
func same(t *testing.T, document any) {
	t.Helper()
	text, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(statements(t, odd().JSON("aws")), statements(t, text)); diff != "" {
		t.Errorf("another policy (-json +this):\n%s", diff)
	}
}

// TestOrganization: the other side lists accounts and assumes the role in each, in
// every form.
func TestOrganization(t *testing.T) {
	p := Organization(collector.TreePermissions(false), "path/${audit}")
	got := statements(t, p.JSON("aws"))
	if len(got) != 2 || !slices.Contains(got[0].Action, "organizations:ListAccountsForParent") || slices.Contains(got[0].Action, "organizations:ListTagsForResource") ||
		!slices.Equal(got[1].Action, []string{"sts:AssumeRole"}) || !slices.Equal(got[1].Resource, []string{"arn:aws:iam::*:role/path/${audit}"}) {
		t.Errorf("got %+v", got)
	}
	for form, text := range map[string]string{
		"CloudFormation": string(p.ManagedCloudFormation()), "Terraform": string(p.ManagedTerraform()),
	} {
		want := map[string]string{
			"CloudFormation": `- !Sub "arn:${AWS::Partition}:iam::*:role/path/${!audit}"`,
			"Terraform":      `"arn:${data.aws_partition.current.partition}:iam::*:role/path/$${audit}",`,
		}[form]
		if !strings.Contains(text, want) || strings.Count(text, "organizations:") != len(got[0].Action) {
			t.Errorf("%s is\n%s", form, text)
		}
	}
	var template map[string]any
	if err := yaml.Unmarshal(p.ManagedCloudFormation(), &template); err != nil {
		t.Error(err)
	}
}

func TestFits(t *testing.T) {
	for n, want := range map[int][2]bool{1: {true, true}, 150: {false, true}, 400: {false, false}} {
		objects := make([]string, n)
		for i := range objects {
			objects[i] = strings.Repeat("x", 10+i%7) + string(rune('a'+i%26)) + strings.Repeat("y", i/7%30)
		}
		p := Collection(collector.Options{Objects: map[string][]string{"a-bucket": objects}}.Permissions())
		if managed, inline := p.Fits("aws"); managed != want[0] || inline != want[1] {
			t.Errorf("%d objects: managed %v, inline %v", n, managed, inline)
		}
	}
}
