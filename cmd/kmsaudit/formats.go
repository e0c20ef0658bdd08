package main

import (
	"io"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/report/annotations"
	"github.com/kmsaudit/kmsaudit/report/asff"
	"github.com/kmsaudit/kmsaudit/report/csv"
	"github.com/kmsaudit/kmsaudit/report/html"
	"github.com/kmsaudit/kmsaudit/report/junit"
	"github.com/kmsaudit/kmsaudit/report/markdown"
	"github.com/kmsaudit/kmsaudit/report/ocsf"
	"github.com/kmsaudit/kmsaudit/report/table"
)

// format is one form of a report. to is where the report goes in the end, nil for
// a file.
type format struct {
	name, about string
	write       func(a *app, w io.Writer, r *report.Results, o *rendering, to io.Writer) error
}

// formats are those that there are, in the order in which help lists them.
func formats() []format {
	plain := func(write func(io.Writer, *report.Results) error) func(*app, io.Writer, *report.Results, *rendering, io.Writer) error {
		return func(_ *app, w io.Writer, r *report.Results, _ *rendering, _ io.Writer) error { return write(w, r) }
	}
	return []format{
		{"table", "for people: fits the terminal, plain text in a pipe", writeTable},
		{"json", "everything, in the form that report reads again", plain(report.WriteJSON)},
		{"ndjson", "everything, one JSON object per line, for log pipelines", plain(report.WriteNDJSON)},
		{"sarif", "SARIF 2.1.0, for code scanning of GitHub and others", writeSARIF},
		{"junit", "JUnit XML, for the test views of build services", plain(junit.Write)},
		{"markdown", "for pull requests, issues, job summaries and chats", writeMarkdown},
		{"html", "to look at: the picture, who can decrypt, findings in their policies", writeHTML},
		{"csv", "a row for each finding, unknown and gap, for spreadsheets", plain(csv.Write)},
		{"github", "annotations of a GitHub Actions run", plain(annotations.Write)},
		{"ocsf", "OCSF " + ocsf.Version + " Compliance Findings, for data lakes and SIEMs", plain(ocsf.Write)},
		{"asff", "AWS Security Finding Format, for Security Hub CSPM", writeASFF},
	}
}

func writeTable(a *app, w io.Writer, r *report.Results, o *rendering, to io.Writer) error {
	width := o.width
	if width == 0 {
		width = columns(to)
	}
	return table.Write(w, r, table.Options{
		Width: width, Colour: a.colours(o.color.value, to), Wide: o.wide, Vertical: o.vertical, All: o.all,
	})
}

func writeMarkdown(_ *app, w io.Writer, r *report.Results, o *rendering, _ io.Writer) error {
	return markdown.Write(w, r, o.all)
}

func writeHTML(_ *app, w io.Writer, r *report.Results, o *rendering, _ io.Writer) error {
	options := html.Options{All: o.all}
	if o.draw != nil {
		o.draw(r, &options)
	}
	return html.Write(w, r, options)
}

func writeASFF(_ *app, w io.Writer, r *report.Results, o *rendering, _ io.Writer) error {
	return asff.Write(w, r, o.regionOfSecurityHub)
}
