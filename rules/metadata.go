package rules

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/kmsaudit/kmsaudit/report"
)

// Rule is one rule: what its METADATA says, and where it stands.
type Rule struct {
	report.Rule
	// Package is the rule's path in Rego, such as data.kmsaudit.key.rotation_disabled.
	Package string
	// Dir is the rule's folder, such as key/rotation_disabled.
	Dir string
	// Severities are those that single findings of the rule may have.
	Severities []report.Severity
	// Defaults are the parameters with their default values.
	Defaults map[string]any
	// CannotSee is what the rule cannot see, in words.
	CannotSee []string
	// Mend is how to mend what it finds, with names to be replaced.
	Mend Mend
	// Parts are those of its findings that single controls ask about.
	Parts []Part
	// MayLack are readings without which a subject may pass all the same, because
	// another reading settles it.
	MayLack []string

	path   ast.Ref
	module string  // the name of its module
	at     string  // where its METADATA stands: file and line
	files  fs.FS   // where a built-in rule stands
	source *Source // where a foreign one does, nil for one that is built in
}

// Foreign tells rules that users brought along from those of kmsaudit.
func (r *Rule) Foreign() bool { return r.source != nil }

// Where is the file of the rule: for one that users brought along as they named
// it, else below rules/rego.
func (r *Rule) Where() string { return r.module }

// read reads a file of the rule's folder.
func (r *Rule) read(name string) ([]byte, error) {
	name = path.Join(r.Dir, name)
	if r.source == nil {
		return fs.ReadFile(r.files, name)
	}
	text, ok := r.source.Files[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: r.source.at(name), Err: fs.ErrNotExist}
	}
	return text, nil
}

// Part says that some of the controls that a rule is mapped to ask about a part of
// its findings only: those of which About and Evidence are so, and Unless is not.
type Part struct {
	Controls []string          `json:"controls"`
	About    map[string]string `json:"about"`
	Evidence map[string]any    `json:"evidence"`
	Unless   map[string]any    `json:"unless"` // of the evidence
}

// custom is the part of METADATA that is ours.
type custom struct {
	ID          string              `json:"id"`
	Name        string              `json:"name"`
	Severity    report.Severity     `json:"severity"`
	Severities  []report.Severity   `json:"severities"`
	Remediation string              `json:"remediation"`
	Compliance  map[string][]string `json:"compliance"`
	Suggested   map[string][]string `json:"suggested"`
	Reads       []string            `json:"reads"`
	Question    string              `json:"question"`
	NeedsIntent []string            `json:"needs_intent"`
	Params      map[string]any      `json:"params"`
	CannotSee   []string            `json:"cannot_see"`
	MayLack     []string            `json:"may_lack"`
	Mend        Mend                `json:"mend"`
	Parts       []Part              `json:"parts"`
}

var (
	ruleID   = regexp.MustCompile(`^[A-Z0-9]{2,8}-[0-9]{3}$`)
	ruleName = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)+$`)
)

// Families of rules, as the folders under rego.
func Families() []string {
	return []string{"key", "keypolicy", "grant", "identity", "bucket", "object", "logging", "access"}
}

// newRule reads a rule's METADATA and holds it to the contract.
func newRule(family, dir string, pkg *ast.Package, a *note) (*Rule, error) {
	var c custom
	decoder := json.NewDecoder(bytes.NewReader(a.Custom))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&c); err != nil {
		return nil, fmt.Errorf("read METADATA: custom: %w", err)
	}
	problem := ""
	switch {
	case a.Title == "" || a.Description == "":
		problem = "title and description are needed"
	case !ruleID.MatchString(c.ID):
		problem = fmt.Sprintf("custom.id %q does not look like KEY-001", c.ID)
	case !ruleName.MatchString(c.Name):
		problem = fmt.Sprintf("custom.name %q does not look like kms-key-rotation-disabled", c.Name)
	case c.Severity == 0:
		problem = "custom.severity is needed"
	case c.Remediation == "":
		problem = "custom.remediation is needed"
	case len(c.Reads) == 0:
		problem = "custom.reads is needed: the AWS operations that the rule's readings come from"
	case c.Question != "" && c.Question != "must_be_able" && c.Question != "must_not_be_able":
		problem = fmt.Sprintf("custom.question %q is neither must_be_able nor must_not_be_able", c.Question)
	}
	if problem != "" {
		return nil, errors.New("read METADATA: " + problem)
	}
	if err := c.Mend.shape(); err != nil {
		return nil, fmt.Errorf("read METADATA: %w", err)
	}
	rule := &Rule{
		Rule: report.Rule{
			ID: c.ID, Name: c.Name, Title: a.Title, Family: family, Severity: c.Severity,
			Description: strings.TrimSpace(a.Description), Remediation: strings.TrimSpace(c.Remediation),
			Question: c.Question, Reads: c.Reads, NeedsIntent: c.NeedsIntent,
			Compliance: c.Compliance, Suggested: c.Suggested,
		},
		Package:    pkg.Path.String(),
		Dir:        dir,
		Severities: append(slices.Clone(c.Severities), c.Severity),
		Defaults:   c.Params,
		CannotSee:  c.CannotSee,
		Mend:       c.Mend.whole(),
		Parts:      c.Parts,
		MayLack:    c.MayLack,
		path:       pkg.Path,
		at:         a.At,
	}
	rule.Related = a.Related
	return rule, nil
}
