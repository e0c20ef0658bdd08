// Package csv writes results as comma-separated values, for spreadsheets.
//
// It promises one row for each finding, unknown and gap, under the same header
// always, and cells that no spreadsheet takes for a formula.
//
// It refuses to hold a finding's evidence, which has no shape that fits a cell:
// the json and ndjson formats have it.
package csv

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/report/internal/words"
)

// Header names the columns. Columns are only ever added, at the end.
func Header() []string {
	return []string{
		"kind", "rule", "title", "severity", "account", "region", "resource", "statement", "about", "message",
		"file", "line", "column", "pointer", "mend", "fingerprint",
		"waived_until", "waived_by", "waived_reason", "waived_ticket", "baseline",
	}
}

// Write writes the header and the rows. kind is finding, unknown or gap.
func Write(w io.Writer, r *report.Results) error {
	out := bufio.NewWriter(w)
	record(out, Header())
	rules := r.RulesByID()
	for e := range r.Entries() {
		title := ""
		if rule := rules[e.Rule]; rule != nil {
			title = rule.Title
		}
		record(out, entry(&e, title))
	}
	for g := range r.EachGap() {
		record(out, gap(g))
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("csv: %w", err)
	}
	return nil
}

func entry(e *report.Entry, title string) []string {
	kind := "finding"
	if !e.Known {
		kind = "unknown"
	}
	row := []string{
		kind, e.Rule, title, e.Severity.String(), e.Account, e.Region, e.Resource, e.Statement,
		words.About(&report.Finding{About: e.About}), e.Msg,
	}
	row = append(row, place(e.Place)...)
	row = append(row, mend(&e.Finding), e.Fingerprint)
	if e.Waived == nil {
		return append(row, "", "", "", "", e.Baseline)
	}
	return append(row, e.Waived.Expires, e.Waived.Owner, e.Waived.Reason, e.Waived.Ticket, "")
}

func gap(g *report.Gap) []string {
	message := words.Gap(g) + ": " + words.State(g)
	if g.Message != "" {
		message += ", " + g.Message
	}
	row := []string{
		"gap", strings.Join(g.Rules, " "), "", g.Severity.String(), g.Account, g.Region, g.Resource, "", "", message,
	}
	return append(append(row, place(g.Place)...), "", "", "", "", "", "", "")
}

func place(p report.Place) []string {
	number := func(n int) string {
		if n == 0 {
			return ""
		}
		return strconv.Itoa(n)
	}
	return []string{p.File, number(p.Line), number(p.Column), p.Pointer}
}

// mend is in one line: line breaks in cells are lost on many readers.
func mend(f *report.Finding) string {
	return strings.Join(strings.Fields(words.Mend(f)), " ")
}

// record writes a line. Every cell is quoted, so that a reader that cuts at
// semicolons or tabs finds the cells whole too. A writer that fails keeps its
// error until it is flushed.
func record(w *bufio.Writer, cells []string) {
	for i, cell := range cells {
		if i > 0 {
			_ = w.WriteByte(',')
		}
		_, _ = w.WriteString(`"` + strings.ReplaceAll(plain(cell), `"`, `""`) + `"`)
	}
	_ = w.WriteByte('\n')
}

// plain is text that no spreadsheet computes: an apostrophe goes before what
// begins a formula, at the beginning and wherever a reader might cut.
func plain(cell string) string {
	cell = report.Inert(cell)
	if !strings.ContainsAny(cell, `=+-@＝＋－＠|`) {
		return cell
	}
	return formula.ReplaceAllString(cell, "$1'$2")
}

var formula = regexp.MustCompile(`(^|[;,"])(\s*[=+\-@＝＋－＠|])`)
