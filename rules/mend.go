package rules

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/policy"
)

// Mend is how to mend what a rule finds, with names to be replaced: what METADATA
// says at custom.mend. Findings have mends with the names of the account.
type Mend struct {
	// CLI are commands of the AWS CLI, Terraform is for the provider hashicorp/aws.
	CLI       string `json:"cli"`
	Terraform string `json:"terraform"`
	// Statement is a statement of a policy or a list of them, as JSON. To is the kind
	// of policy that it goes into, one of PolicyKinds.
	Statement string `json:"statement"`
	To        string `json:"to"`
	// Lacks says why there is no cli, no terraform or no statement.
	Lacks map[string]string `json:"lacks"`
}

// PolicyKinds are the kinds of policies that statements of mends go into.
func PolicyKinds() []string { return slices.Sorted(maps.Keys(carriers())) }

// shape says what is wrong with the mend of a rule, whoever's it is.
func (m *Mend) shape() error {
	for what := range m.Lacks {
		if !slices.Contains([]string{"cli", "terraform", "statement"}, what) {
			return fmt.Errorf("custom.mend.lacks.%s: only cli, terraform and statement can be lacking", what)
		}
	}
	switch {
	case m.Statement == "" && m.To == "":
		return nil
	case m.Statement == "":
		return errors.New("custom.mend.to: there is no custom.mend.statement to go there")
	case !slices.Contains(PolicyKinds(), m.To):
		return fmt.Errorf("custom.mend.to: %q is none of %s", m.To, strings.Join(PolicyKinds(), ", "))
	}
	if _, err := policy.Decode(m.document()); err != nil {
		return fmt.Errorf("custom.mend.statement: %w", err)
	}
	return nil
}

// document is a policy of the statement alone.
func (m *Mend) document() []byte {
	return []byte(`{"Version": "2012-10-17", "Statement": ` + m.Statement + `}`)
}

// missing names what a mend does not have, and does not say why.
func (m *Mend) missing() []string {
	var missing []string
	for what, text := range map[string]string{"cli": m.CLI, "terraform": m.Terraform, "statement": m.Statement} {
		if text == "" && m.Lacks[what] == "" {
			missing = append(missing, what)
		}
	}
	slices.Sort(missing)
	return missing
}

// whole is the mend with the commands and the Terraform that bring its statement
// to where it belongs, unless it has others.
func (m *Mend) whole() Mend {
	whole := *m
	whole.CLI, whole.Terraform, whole.Statement = strings.TrimSpace(m.CLI), strings.TrimSpace(m.Terraform), strings.TrimSpace(m.Statement)
	by, ok := carriers()[m.To]
	if !ok {
		return whole
	}
	if whole.CLI == "" && m.Lacks["cli"] == "" {
		whole.CLI = by.cli
	}
	if whole.Terraform == "" && m.Lacks["terraform"] == "" {
		whole.Terraform = strings.ReplaceAll(by.terraform, "STATEMENTS", asHCL(whole.Statement))
	}
	return whole
}

// asHCL writes statements as a list in Terraform, which reads JSON as its own but
// for what begins with ${.
func asHCL(statements string) string {
	if !json.Valid([]byte(statements)) || !strings.HasPrefix(statements, "[") {
		statements = "[" + statements + "]"
	}
	return strings.ReplaceAll(strings.ReplaceAll(statements, "${", "$${"), "\n", "\n    ")
}

// carrier is what brings a statement into a kind of policy.
type carrier struct{ cli, terraform string }

func carriers() map[string]carrier {
	return map[string]carrier{
		"key policy": {
			cli: `aws kms get-key-policy --key-id 1234abcd-12ab-34cd-56ef-1234567890ab --query Policy --output text > policy.json
# change policy.json, then
aws kms put-key-policy --key-id 1234abcd-12ab-34cd-56ef-1234567890ab --policy-name default --policy file://policy.json`,
			terraform: `resource "aws_kms_key_policy" "example" {
  key_id = aws_kms_key.example.key_id
  policy = ` + encoded,
		},
		"bucket policy": {
			cli: `aws s3api get-bucket-policy --bucket amzn-s3-demo-bucket --query Policy --output text > policy.json
# change policy.json, then
aws s3api put-bucket-policy --bucket amzn-s3-demo-bucket --policy file://policy.json`,
			terraform: `resource "aws_s3_bucket_policy" "example" {
  bucket = "amzn-s3-demo-bucket"
  policy = ` + encoded,
		},
		"inline policy": {
			cli: `aws iam get-role-policy --role-name ExampleRole --policy-name Example --query PolicyDocument > policy.json
# change policy.json, then
aws iam put-role-policy --role-name ExampleRole --policy-name Example --policy-document file://policy.json`,
			terraform: `resource "aws_iam_role_policy" "example" {
  name = "Example"
  role = aws_iam_role.example.name
  policy = ` + encoded,
		},
		"managed policy": {
			cli: `aws iam get-policy-version --policy-arn arn:aws:iam::111122223333:policy/Example --version-id v1 \
  --query PolicyVersion.Document > policy.json
# change policy.json, then
aws iam create-policy-version --policy-arn arn:aws:iam::111122223333:policy/Example \
  --policy-document file://policy.json --set-as-default`,
			terraform: `resource "aws_iam_policy" "example" {
  name = "Example"
  policy = ` + encoded,
		},
		"trust policy": {
			cli: `aws iam get-role --role-name ExampleRole --query Role.AssumeRolePolicyDocument > policy.json
# change policy.json, then
aws iam update-assume-role-policy --role-name ExampleRole --policy-document file://policy.json`,
			terraform: `resource "aws_iam_role" "example" {
  name = "ExampleRole"
  assume_role_policy = ` + encoded,
		},
		"service control policy": {
			cli: `# policy.json holds the statement
aws organizations create-policy --type SERVICE_CONTROL_POLICY --name Example --description Example --content file://policy.json
aws organizations attach-policy --policy-id p-examplepolicyid111 --target-id ou-examplerootid111-exampleouid111`,
			terraform: `resource "aws_organizations_policy" "example" {
  name = "Example"
  type = "SERVICE_CONTROL_POLICY"
  content = ` + encoded + `
resource "aws_organizations_policy_attachment" "example" {
  policy_id = aws_organizations_policy.example.id
  target_id = "ou-examplerootid111-exampleouid111"
}`,
		},
	}
}

// encoded ends a resource with a policy. Each of these resources writes the policy
// as a whole, which whoever copies it has to know.
const encoded = `jsonencode({
    Version = "2012-10-17"
    # beside the statements that are to stay: this is the whole policy
    Statement = STATEMENTS
  })
}
`
