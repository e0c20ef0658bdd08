package rules

import (
	"bytes"
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
// folder of this package.
func (c *Catalogue) WriteGenerated(dir string) error {
	readme := filepath.Join(dir, "README.md")
	old, err := os.ReadFile(readme)
	if err != nil {
		return err
	}
	files, err := c.generated(string(old))
	if err != nil {
		return err
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// generated makes the generated files from what README.md holds now.
func (c *Catalogue) generated(readme string) (map[string][]byte, error) {
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
	return map[string][]byte{
		"facts/schema.json": schema.Bytes(),
		"README.md":         []byte(head + catalogueBegins + pages + catalogueEnds + tail),
	}, nil
}

// pages are the rules as Markdown: a table, then a section each.
func (c *Catalogue) pages() (string, error) {
	var b strings.Builder
	b.WriteString("\n| id | rule | severity | needs |\n|---|---|---|---|\n")
	for _, r := range c.rules {
		fmt.Fprintf(&b, "| %s | [%s](rego/%s/%s.rego): %s | %s | %s |\n",
			r.ID, r.Name, r.Dir, lastOf(r.Dir), r.Title, r.Severity, strings.Join(r.NeedsIntent, ", "))
	}
	for _, r := range c.rules {
		examples, err := r.Examples()
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "\n### %s %s\n\n**%s** (%s). %s\n\nMend: %s\n", r.ID, r.Name, r.Title, r.Severity, r.Description, r.Remediation)
		for _, blind := range r.CannotSee {
			fmt.Fprintf(&b, "\nCannot see: %s\n", blind)
		}
		if err := r.more(&b); err != nil {
			return "", err
		}
		b.WriteString("\n")
		for _, e := range examples.Findings {
			fmt.Fprintf(&b, "- fails, %s: %s\n", e.Name, e.Note)
		}
		for _, e := range examples.Passes {
			fmt.Fprintf(&b, "- passes, %s: %s\n", e.Name, e.Note)
		}
		for _, e := range examples.Unknown {
			fmt.Fprintf(&b, "- unknown, %s: %s\n", e.Name, e.Note)
		}
	}
	b.WriteString("\n")
	return b.String(), nil
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
