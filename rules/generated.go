package rules

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

//go:generate go run generate.go

// The marks in README.md between which the catalogue is generated.
const (
	catalogueBegins = "<!-- the catalogue begins: generated, do not edit -->\n"
	catalogueEnds   = "<!-- the catalogue ends -->\n"
)

// WriteGenerated writes the files that are generated from the catalogue into the
// folder of this package; gofmt formats what is Go.
func (c *Catalogue) WriteGenerated(dir string, gofmt func([]byte) ([]byte, error)) error {
	readme := filepath.Join(dir, "README.md")
	old, err := os.ReadFile(readme)
	if err != nil {
		return err
	}
	files, err := c.generated(string(old), gofmt)
	if err != nil {
		return err
	}
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// generated makes the generated files from what README.md holds now.
func (c *Catalogue) generated(readme string, gofmt func([]byte) ([]byte, error)) (map[string][]byte, error) {
	var schema bytes.Buffer
	encoder := json.NewEncoder(&schema)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(c.FactsSchema()); err != nil {
		return nil, fmt.Errorf("write the schema of the facts: %w", err)
	}
	head, rest, begins := strings.Cut(readme, catalogueBegins)
	_, tail, ends := strings.Cut(rest, catalogueEnds)
	if !begins || !ends {
		return nil, errors.New("README.md lacks the marks of the catalogue")
	}
	pages, err := c.pages()
	if err != nil {
		return nil, err
	}
	ready, uses, err := c.precompile()
	if err != nil {
		return nil, err
	}
	written, err := gofmt(c.written(uses))
	if err != nil {
		return nil, fmt.Errorf("write the rules as Go: %w", err)
	}
	files := map[string][]byte{
		"facts/schema.json": schema.Bytes(),
		"written.go":        written,
		"precompiled.bin":   ready,
		"README.md":         []byte(head + catalogueBegins + c.table() + catalogueEnds + tail),
	}
	for family, text := range pages {
		files[pageOf(family)] = []byte(text)
	}
	return files, nil
}

// pageOf is the page of the catalogue that has the rules of a family.
func pageOf(family string) string { return "catalogue/" + family + ".md" }

// table lists the rules, with where each is told of.
func (c *Catalogue) table() string {
	var b strings.Builder
	b.WriteString("\n| id | rule | severity | needs |\n|---|---|---|---|\n")
	for _, r := range c.rules {
		fmt.Fprintf(&b, "| %s | [%s](%s#%s-%s): %s | %s | %s |\n",
			r.ID, r.Name, pageOf(r.Family), strings.ToLower(r.ID), r.Name, r.Title, r.Severity, strings.Join(r.NeedsIntent, ", "))
	}
	return b.String() + "\n"
}

// pages are the pages of the catalogue, by family.
func (c *Catalogue) pages() (map[string]string, error) {
	e, err := c.CompileApart(context.Background(), nil)
	if err != nil {
		return nil, err
	}
	pages := map[string]*strings.Builder{}
	for _, r := range c.rules {
		b := pages[r.Family]
		if b == nil {
			b = &strings.Builder{}
			pages[r.Family] = b
			fmt.Fprintf(b, pageHead, r.Family)
		}
		if err := r.page(b, e); err != nil {
			return nil, err
		}
	}
	texts := map[string]string{}
	for family, b := range pages {
		texts[family] = b.String()
	}
	return texts, nil
}

// pageHead begins a page.
const pageHead = `<!-- generated from the rules: do not edit, run go generate ./rules -->

# Rules of the family %s

What each rule finds and why that matters, how to mend it, and examples. [All rules](../README.md#the-catalogue).

Names in mends are those of AWS's documentation; the findings of ` + "`kmsaudit check`" + ` have those of the account. Terraform is for the provider
hashicorp/aws, and a resource with a policy in it writes that policy as a whole: what else stands in the policy has to stand there too.
Examples are facts (` + "`kmsaudit facts SNAPSHOT`" + ` prints those of an account) as far as they matter, without their places in the snapshot.
`

// page writes what there is to say of a rule.
func (r *Rule) page(b *strings.Builder, e *Engine) error {
	examples, err := r.Examples()
	if err != nil {
		return err
	}
	fmt.Fprintf(b, "\n## %s %s\n\n**%s** (%s). %s\n\n", r.ID, r.Name, r.Title, r.Severity, r.Description)
	fmt.Fprintf(b, "Rule: [%s.rego](../rego/%s/%s.rego)\n\nMend: %s\n", lastOf(r.Dir), r.Dir, lastOf(r.Dir), r.Remediation)
	r.Mend.page(b)
	for _, blind := range r.CannotSee {
		fmt.Fprintf(b, "\nCannot see: %s\n", blind)
	}
	if err := r.more(b); err != nil {
		return err
	}
	for _, one := range []struct {
		kind     string
		examples []Example
		shown    int
	}{{"fails", examples.Findings, 1}, {"passes", examples.Passes, 1}, {"unknown", examples.Unknown, 0}} {
		b.WriteString("\n")
		for _, example := range one.examples {
			fmt.Fprintf(b, "- %s, %s: %s\n", one.kind, example.Name, example.Note)
		}
		for _, example := range one.examples[:one.shown] {
			if err := e.shown(b, r, example); err != nil {
				return fmt.Errorf("%s %q: %w", r.ID, example.Name, err)
			}
		}
	}
	return nil
}

// page writes what to copy.
func (m *Mend) page(b *strings.Builder) {
	for _, one := range []struct{ title, what, language, text string }{
		{"AWS CLI", "cli", "sh", m.CLI}, {"Terraform", "terraform", "hcl", m.Terraform}, {"Statement", "statement", "json", m.Statement},
	} {
		title := one.title
		if m.To != "" && one.what == "statement" {
			title += " (" + m.To + ")"
		}
		if one.text == "" {
			fmt.Fprintf(b, "\n%s: none. %s\n", title, m.Lacks[one.what])
			continue
		}
		fmt.Fprintf(b, "\n%s:\n\n```%s\n%s\n```\n", title, one.language, one.text)
	}
}

// shown writes the facts of an example, and what the rule says of them.
func (e *Engine) shown(b *strings.Builder, r *Rule, example Example) error {
	text, err := example.Text(120)
	if err != nil {
		return err
	}
	said, err := e.said(context.Background(), r, example)
	if err != nil {
		return err
	}
	fmt.Fprintf(b, "\nThe example %q:\n\n```json\n%s\n```\n", example.Name, text)
	for _, msg := range said {
		fmt.Fprintf(b, "\nIt says: `%s`\n", msg)
	}
	return nil
}

// more writes parameters, controls and sources of a rule.
func (r *Rule) more(b *strings.Builder) error {
	for _, name := range slices.Sorted(maps.Keys(r.Defaults)) {
		value, err := json.Marshal(r.Defaults[name])
		if err != nil {
			return fmt.Errorf("write the parameters of %s: %w", r.ID, err)
		}
		fmt.Fprintf(b, "\nParameter `%s`: `%s` by default.\n", name, value)
	}
	for _, mapping := range []struct {
		name     string
		controls map[string][]string
	}{{"published", r.Compliance}, {"suggested", r.Suggested}} {
		var parts []string
		for _, framework := range slices.Sorted(maps.Keys(mapping.controls)) {
			parts = append(parts, framework+" "+strings.Join(mapping.controls[framework], ", "))
		}
		if len(parts) > 0 {
			fmt.Fprintf(b, "\nControls, %s: %s.\n", mapping.name, strings.Join(parts, "; "))
		}
	}
	if len(r.Related) > 0 {
		fmt.Fprintf(b, "\nSources: <%s>\n", strings.Join(r.Related, ">, <"))
	}
	return nil
}
