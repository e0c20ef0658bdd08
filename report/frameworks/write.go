package frameworks

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/kmsaudit/kmsaudit/report"
)

// WriteJSON writes the view as JSON.
func (v *View) WriteJSON(w io.Writer) error { return report.EncodeJSON(w, v) }

// WriteText writes the view for reading.
func (v *View) WriteText(w io.Writer) error {
	var b strings.Builder
	v.head(&b, "")
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	v.rows(func(cells ...string) { _, _ = fmt.Fprintln(table, strings.Join(cells, "\t")) }) // a strings.Builder takes everything
	if err := table.Flush(); err != nil {
		return err
	}
	v.foot(&b)
	_, err := io.WriteString(w, b.String())
	return err
}

// WriteMarkdown writes the view as Markdown.
func (v *View) WriteMarkdown(w io.Writer) error {
	var b strings.Builder
	v.head(&b, "# ")
	first := true
	v.rows(func(cells ...string) {
		b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
		if first {
			b.WriteString(strings.Repeat("|---", len(cells)) + "|\n")
			first = false
		}
	})
	v.foot(&b)
	_, err := io.WriteString(w, b.String())
	return err
}

func (v *View) head(b *strings.Builder, mark string) {
	fmt.Fprintf(b, "%s%s\n\nControls by: %s.\n", mark, v.Framework.Title, v.Framework.Source)
	for _, s := range v.Snapshots {
		fmt.Fprintf(b, "Account %s, %s, collected %s.\n", report.Inert(s.Account), report.Inert(s.Path), report.Inert(s.CollectedAt))
	}
	fmt.Fprintf(b, "Waivers as of %s.\n\n", v.AsOf)
}

// rows calls write for the heading and for every control, once for each kind of
// mapping that it has.
func (v *View) rows(write func(cells ...string)) {
	write("CONTROL", "MAPPING", "FAILED", "UNKNOWN", "WAIVED", "PASSED", "RULES", "WHAT IT ASKS")
	for _, row := range v.Controls {
		covered := false
		for _, side := range []struct {
			name string
			Side
		}{{"published", row.Published}, {"suggested", row.Suggested}} {
			if len(side.Rules) == 0 {
				continue
			}
			covered = true
			write(row.ID, side.name, strconv.Itoa(side.Failed), strconv.Itoa(side.Unknown), strconv.Itoa(side.Waived), strconv.Itoa(side.Passed), side.words(), row.Title)
		}
		if !covered {
			write(row.ID, "-", "-", "-", "-", "-", "none", row.Title)
		}
	}
}

// words lists the rules, those that did not run marked.
func (s *Side) words() string {
	words := make([]string, 0, len(s.Rules))
	for _, id := range s.Rules {
		for _, waiting := range s.Waiting {
			if waiting == id {
				id += "*"
				break
			}
		}
		words = append(words, report.Inert(id))
	}
	return strings.Join(words, ", ")
}

func (v *View) foot(b *strings.Builder) {
	b.WriteString("\nPublished mappings are those of AWS, CIS or other tools; suggested ones are ours alone.\n* did not run: it is off, or needs the configuration to say what the account is meant to be.\n")
	if len(v.Uncovered) > 0 {
		fmt.Fprintf(b, "No rule covers: %s.\n", strings.Join(v.Uncovered, ", "))
	} else {
		b.WriteString("Each of these controls has a rule.\n")
	}
	b.WriteString("This is evidence for an assessment, and no statement of compliance.\n")
}
