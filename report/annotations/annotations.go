// Package annotations writes results as workflow commands of GitHub Actions, which
// show as annotations of the run and beside the lines that they name.
//
// It promises a command for each finding and unknown that is not waived and for
// each gap, the worst first, since GitHub shows ten of a kind for a step; one line
// each, whatever the names in it.
//
// It refuses to write anything else into the log.
package annotations

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/report/internal/words"
)

// perKind is how many annotations of a kind GitHub shows for a step.
const perKind = 10

// Write writes the commands, and a notice at the end that counts.
func Write(w io.Writer, r *report.Results) error {
	out := &writer{Writer: bufio.NewWriter(w), count: map[string]int{}}
	rules := r.RulesByID()
	for e := range r.Entries() {
		if e.Waived != nil {
			continue
		}
		title := report.Inert(e.Rule)
		if rule := rules[e.Rule]; rule != nil {
			title += " " + strings.Join(report.Paragraphs(rule.Title), " ")
		}
		text := words.Or(e.Resource, "the account") + ": "
		if !e.Known {
			text += "could not be judged, which is not a pass: "
		}
		text += words.Or(e.Msg, "the evidence does not settle it")
		if about := words.About(&e.Finding); about != "" {
			text += " (" + about + ")"
		}
		if mend := words.Mend(&e.Finding); mend != "" {
			text += "\nTo mend: " + strings.TrimSuffix(mend, "\n")
		}
		out.command(kind(e.Severity), e.Place, title, text)
	}
	for g := range r.EachGap() {
		if g.State != "gone" {
			out.command("warning", g.Place, "missing evidence", gap(g))
		}
	}
	summary := words.Count(r.Summary.Findings, "finding")
	if r.Summary.Findings > 0 {
		summary = "findings " + words.BySeverity(&r.Summary)
	} else if text, _ := words.NoFindings(r); text != "" {
		summary = text
	}
	summary += fmt.Sprintf("; not known %d; not read %s; waived %d", r.Summary.Unknown, words.Missing(r), r.Summary.Waived)
	for _, kind := range []string{"error", "warning", "notice"} {
		if n := out.count[kind]; n > perKind {
			summary += fmt.Sprintf("; GitHub shows %d of %s of kind %s, the log has them all", perKind, words.Count(n, "annotation"), kind)
		}
	}
	out.command("notice", report.Place{}, "kmsaudit", summary)
	if err := out.Flush(); err != nil {
		return fmt.Errorf("github annotations: %w", err)
	}
	return nil
}

func kind(s report.Severity) string {
	switch s {
	case report.Critical, report.High:
		return "error"
	case report.Low, report.Info:
		return "notice"
	default:
		return "warning"
	}
}

func gap(g *report.Gap) string {
	text := words.Gap(g)
	for _, of := range words.Present(g.Resource, g.Region) {
		text += " of " + report.Inert(of)
	}
	text += ": " + words.State(g)
	if g.Message != "" {
		text += ", " + report.Inert(g.Message)
	}
	if len(g.Rules) > 0 {
		text += "; needed by " + words.Some(g.Rules, len(g.Rules))
	}
	return text
}

type writer struct {
	*bufio.Writer
	count map[string]int
}

// command writes one command, such as ::error file=a.json,line=3,title=x::text.
func (w *writer) command(kind string, at report.Place, title, text string) {
	w.count[kind]++
	properties := "title=" + property(title)
	if at.File != "" {
		properties = fmt.Sprintf("file=%s,line=%d,col=%d,%s", property(at.File), max(at.Line, 1), max(at.Column, 1), properties)
	}
	_, _ = fmt.Fprintf(w, "::%s %s::%s\n", kind, properties, data(text)) // Flush tells
}

// data and property escape as the toolkit of GitHub Actions does. Line breaks of
// ours stay line breaks in what is shown.
func data(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = strings.ReplaceAll(report.Inert(lines[i]), "%", "%25")
	}
	return strings.Join(lines, "%0A")
}

func property(s string) string {
	return strings.NewReplacer("%", "%25", ":", "%3A", ",", "%2C").Replace(report.Inert(s))
}
