package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/rules"
)

func (a *app) rulesShow() *cobra.Command {
	var own ownRules
	cmd := &cobra.Command{
		Use:   "show ID",
		Short: "Explain one rule",
		Long: `Explain one rule, named by its id or its name: what it finds and why that
matters, how to mend it (in words, with the AWS CLI, with Terraform, by a policy
statement), what it reads, what it cannot see, the controls that it maps to, and
examples with their facts: one that fails, one that passes, one that it cannot
judge. Names in mends are those of AWS's documentation; findings have those of
the account.`,
		Example: "  kmsaudit rules show KEY-001\n  kmsaudit rules show kms-key-rotation-disabled",
		Args:    arguments(1, 1, "the id of a rule"),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			catalogue, err := own.catalogue()
			if err != nil {
				return nil, cobra.ShellCompDirectiveError
			}
			var ids []string
			for _, rule := range catalogue.Rules() {
				ids = append(ids, cobra.CompletionWithDesc(rule.ID, rule.Title))
			}
			return ids, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: a.does(func(cmd *cobra.Command, args []string) error {
			catalogue, err := own.catalogue()
			if err != nil {
				return err
			}
			rule, ok := catalogue.Rule(args[0])
			if !ok {
				return wrong(noRule(args[0], catalogue))
			}
			width := columns(a.stdout)
			if width == 0 || width > 100 {
				width = 80
			}
			p := &prose{width: width}
			p.rule(rule)
			if err := p.examples(cmd.Context(), catalogue, rule); err != nil {
				return err
			}
			return a.write("", []byte(p.out.String()), 0)
		}),
	}
	own.declareSources(cmd)
	return cmd
}

// questions are what rules about access ask, in words.
var questions = map[string]string{
	"must_be_able":     "A principal has to be able to. Denied is a finding; what depends on a condition or on a policy that was not read is unknown.",
	"must_not_be_able": "A principal has to be unable to. Allowed is a finding, under open conditions too; what depends on a policy that was not read is unknown.",
}

func (p *prose) rule(r *rules.Rule) {
	p.line(r.ID + "  " + r.Title)
	p.line("")
	p.fact("Name", r.Name)
	p.fact("Severity", severitiesOf(r))
	p.fact("Family", r.Family)
	p.fact("Package", strings.TrimPrefix(r.Package, "data."))
	p.section("What and why", r.Description)
	p.section("How to mend it", r.Remediation)
	p.mend(&r.Mend)
	p.section("What it asks", questions[r.Question])
	p.list("What the configuration has to say", r.NeedsIntent)
	p.list("What it reads", r.Reads)
	p.list("What it cannot see", r.CannotSee)
	var params []string
	for _, name := range slices.Sorted(maps.Keys(r.Defaults)) {
		value, err := json.Marshal(r.Defaults[name])
		if err != nil {
			value = fmt.Append(nil, r.Defaults[name])
		}
		params = append(params, name+": "+string(value)+" by default")
	}
	p.list("Parameters", params)
	p.list("Controls, as published mappings have it", mappings(r.Compliance))
	p.list("Controls, by our own reading", mappings(r.Suggested))
	p.list("Related", r.Related)
}

func severitiesOf(r *rules.Rule) string {
	text := r.Severity.String()
	var others []string
	for _, one := range r.Severities {
		if one != r.Severity {
			others = append(others, one.String())
		}
	}
	if len(others) > 0 {
		text += " (single findings: " + strings.Join(others, ", ") + ")"
	}
	return text
}

func mappings(m map[string][]string) []string {
	var lines []string
	for _, framework := range slices.Sorted(maps.Keys(m)) {
		lines = append(lines, framework+": "+strings.Join(m[framework], ", "))
	}
	return lines
}

// mend prints what to copy, as it is.
func (p *prose) mend(m *rules.Mend) {
	for _, one := range []struct{ title, what, text string }{
		{"With the AWS CLI", "cli", m.CLI},
		{"With Terraform", "terraform", m.Terraform},
		{"By a statement", "statement", m.Statement},
	} {
		title := one.title
		if m.To != "" && one.what == "statement" {
			title = "By a statement (" + m.To + ")"
		}
		p.verbatim(title, one.text)
		p.section(title+": there is none", m.Lacks[one.what])
	}
}

// examples prints one example of each kind, where the rule has any, with its facts
// and, of a built-in rule, what the rule says of them.
func (p *prose) examples(ctx context.Context, catalogue *rules.Catalogue, r *rules.Rule) error {
	all, err := r.Examples()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	}
	for _, one := range []struct {
		kind     string
		examples []rules.Example
	}{{"that fails", all.Findings}, {"that passes", all.Passes}, {"that it cannot judge", all.Unknown}} {
		if len(one.examples) == 0 {
			continue
		}
		example := one.examples[0]
		said, err := catalogue.Said(ctx, r, example)
		if err != nil {
			return err
		}
		text, err := example.Text(p.width - 4)
		if err != nil {
			return err
		}
		p.section("An example "+one.kind, strings.TrimSuffix(example.Name+": "+example.Note, ": "))
		p.indented(text)
		for _, words := range said {
			p.fill("  It says: ", "    ", words)
		}
	}
	return nil
}

// prose lays out text for reading.
type prose struct {
	out   strings.Builder
	width int
}

func (p *prose) line(s string) { p.out.WriteString(report.Inert(s) + "\n") }

func (p *prose) fact(label, value string) { p.line(fmt.Sprintf("  %-9s %s", label, value)) }

func (p *prose) section(title, text string) {
	if text == "" {
		return
	}
	p.line("")
	p.line(title)
	for i, paragraph := range report.Paragraphs(text) {
		if i > 0 {
			p.line("")
		}
		p.fill("  ", "  ", paragraph)
	}
}

// verbatim prints text to be copied, in its lines.
func (p *prose) verbatim(title, text string) {
	if text == "" {
		return
	}
	p.line("")
	p.line(title)
	p.indented(text)
}

func (p *prose) indented(text string) {
	for line := range strings.Lines(text) {
		p.line(strings.TrimRight("    "+line, " \n"))
	}
}

func (p *prose) list(title string, items []string) {
	if len(items) == 0 {
		return
	}
	p.line("")
	p.line(title)
	for _, item := range items {
		p.fill("  - ", "    ", item)
	}
}

// fill breaks text at spaces.
func (p *prose) fill(first, indent, text string) {
	line := first
	for i, word := range strings.Fields(text) {
		switch {
		case i == 0:
			line += word
		case len([]rune(line))+1+len([]rune(word)) > p.width:
			p.line(line)
			line = indent + word
		default:
			line += " " + word
		}
	}
	p.line(line)
}
