package auditrole

import (
	_ "embed" // for the templates
	"fmt"
	"strings"
	"text/template"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Role is the role that carries a policy. What is empty is left to whoever
// deploys it.
type Role struct {
	Name       string // "" means DefaultRole
	Trusted    string // ARN of who may assume it, or the id of an account
	ExternalID string // that whoever assumes it has to give
}

// DefaultRole is the name of the role where none is given.
const DefaultRole = "kmsaudit"

// JSON writes the policy as a document of IAM.
func (p Policy) JSON(partition string) []byte {
	type statement struct {
		Sid      string
		Effect   string
		Action   []string
		Resource any
	}
	document := struct {
		Version   string
		Statement []statement
	}{Version: "2012-10-17"}
	for _, s := range p.Statements {
		var arns []string
		for _, r := range s.Resources {
			arns = append(arns, r.in(partition))
		}
		one := statement{s.Sid, "Allow", s.Actions, arns}
		if len(arns) == 1 {
			one.Resource = arns[0]
		}
		document.Statement = append(document.Statement, one)
	}
	text, err := json.Marshal(document, jsontext.WithIndent("  "))
	if err != nil {
		panic(fmt.Sprintf("auditrole: a policy of strings cannot be written: %v", err))
	}
	return append(text, '\n')
}

//go:embed role.yaml.tmpl
var roleYAML string

//go:embed role.tf.tmpl
var roleHCL string

//go:embed policy.yaml.tmpl
var policyYAML string

//go:embed policy.tf.tmpl
var policyHCL string

// ManagedCloudFormation writes a template of the policy alone, to be attached to
// whoever needs it.
func (p Policy) ManagedCloudFormation() []byte {
	return p.render(policyYAML, Role{}, "${AWS::Partition}", sub)
}

// ManagedTerraform writes a configuration of the policy alone.
func (p Policy) ManagedTerraform() []byte {
	return p.render(policyHCL, Role{}, "${data.aws_partition.current.partition}", hcl)
}

// CloudFormation writes a template of the role, fit for a stack and for a
// StackSet of the organization.
func (p Policy) CloudFormation(role Role) []byte {
	return p.render(roleYAML, role, "${AWS::Partition}", sub)
}

// sub keeps a text from being taken for a variable of Fn::Sub: ${!…} stays as
// ${…}.
var sub = strings.NewReplacer("${", "${!")

// Terraform writes a configuration of the role.
func (p Policy) Terraform(role Role) []byte {
	return p.render(roleHCL, role, "${data.aws_partition.current.partition}", hcl)
}

// hcl keeps a text from being taken for a template of Terraform.
var hcl = strings.NewReplacer("${", "$${", "%{", "%%{")

func (p Policy) render(text string, role Role, partition string, escape *strings.Replacer) []byte {
	if role.Name == "" {
		role.Name = DefaultRole
	}
	var b strings.Builder
	t := template.Must(template.New("").Funcs(template.FuncMap{
		"quoted": quoted,
		"hcl":    func(s string) string { return quoted(hcl.Replace(s)) },
		"arn": func(r Resource) string {
			r.before, r.after = escape.Replace(r.before), escape.Replace(r.after)
			return quoted(r.in(partition))
		},
		"everything": func(r Resource) bool { return r == everything },
	}).Parse(text))
	if err := t.Execute(&b, struct {
		Policy
		Role
	}{p, role}); err != nil {
		panic(fmt.Sprintf("auditrole: a template that is not right: %v", err))
	}
	return []byte(b.String())
}

// quoted writes a string in double quotes, as JSON, YAML and Terraform read it.
func quoted(s string) string {
	text, err := jsontext.AppendQuote(nil, strings.ToValidUTF8(s, "\uFFFD"))
	if err != nil {
		panic(fmt.Sprintf("auditrole: a valid string cannot be quoted: %v", err))
	}
	return string(text)
}
