package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/report/frameworks"
	"github.com/kmsaudit/kmsaudit/report/html"
)

// rendering is what commands that write reports are told about them.
type rendering struct {
	formats             []string
	output              string
	width               int // 0: that of the terminal
	wide, vertical, all bool
	color               choice
	sarif               sarifOptions
	regionOfSecurityHub string
	view                func(*report.Results) *frameworks.View // nil for reports by rule
	// draw adds to a page what only snapshots know; nil where there are none.
	draw func(*report.Results, *html.Options)
}

// declare adds the flags of reports to a command.
func (o *rendering) declare(cmd *cobra.Command) {
	o.color = choice{"auto", []string{"auto", "always", "never"}}
	f := cmd.Flags()
	f.StringArrayVarP(&o.formats, "format", "f", nil, "`FORMAT[=FILE]` of the report (default table): "+strings.Join(formatNames(), ", "))
	f.StringVarP(&o.output, "output", "o", "", "`file` for the report instead of stdout")
	f.IntVar(&o.width, "width", 0, "columns of the table (default that of the terminal)")
	f.BoolVar(&o.wide, "wide", false, "wrap no table however narrow the terminal")
	f.BoolVar(&o.vertical, "vertical", false, "write blocks in place of tables")
	f.BoolVar(&o.all, "all", false, "list everything in table, markdown and html, not the first of each list")
	choose(cmd, &o.color, "color", "", "colours in the table")
	f.BoolVar(&o.sarif.waived, "sarif-include-waived", false, "write what is waived to SARIF too, as suppressed")
	f.BoolVar(&o.sarif.split, "sarif-split", false, "write a file of SARIF for each account: FILE-ACCOUNT.sarif for FILE.sarif")
	f.IntVar(&o.sarif.most, "sarif-max", 0, "write the worst `results` of each account to SARIF, that many, and how many are left out")
	f.StringVar(&o.regionOfSecurityHub, "asff-region", "", "`Region` of the Security Hub that asff is for (default that of each finding)")
	// It fails only for flags that are not there, or that were given twice.
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(formatNames(), cobra.ShellCompDirectiveNoSpace))
}

// check refuses what makes no sense, and says where the reports go.
func (o *rendering) check() ([]output, error) {
	outputs, err := outputsOf(o.formats, o.output)
	switch {
	case err != nil:
		return nil, err
	case o.sarif.most < 0:
		return nil, fmt.Errorf("--sarif-max %d is less than nothing", o.sarif.most)
	case o.sarif.split && slices.Contains(outputs, output{format: "sarif", path: "-"}):
		return nil, errors.New("--sarif-split writes several files: name them with -f sarif=FILE")
	case o.width < 0:
		return nil, fmt.Errorf("--width %d is less than nothing", o.width)
	case o.regionOfSecurityHub != "" && !snapshot.IsRegion(o.regionOfSecurityHub):
		return nil, fmt.Errorf("--asff-region %q is not a Region such as us-east-1", o.regionOfSecurityHub)
	}
	return outputs, nil
}

// aboutFormats explains the formats in the help of commands that write reports.
func aboutFormats() string {
	var b strings.Builder
	for _, f := range formats() {
		fmt.Fprintf(&b, "  %-9s %s\n", f.name, f.about)
	}
	return "-f FORMAT writes to stdout, or to the file of -o; -f FORMAT=FILE writes to a\n" +
		"file and can be given several times. The formats are:\n\n" + strings.TrimSuffix(b.String(), "\n")
}

func formatNames() []string {
	var names []string
	for _, f := range formats() {
		names = append(names, f.name)
	}
	return names
}

// output is one report and where it goes.
type output struct {
	format, path string
	account      *string // of a file of SARIF of one account
}

// outputsOf reads what -f and -o say together.
func outputsOf(formats []string, path string) ([]output, error) {
	known := formatNames()
	if len(formats) == 0 {
		formats = []string{"table"}
	}
	var outputs []output
	taken := map[string]bool{}
	plain := 0
	for _, text := range formats {
		format, file, named := strings.Cut(text, "=")
		if !slices.Contains(known, format) {
			return nil, fmt.Errorf("%q is not one of the formats %s%s", format, strings.Join(known, ", "), didYouMean(format, known))
		}
		switch {
		case named && file == "":
			return nil, fmt.Errorf("-f %s= names no file", format)
		case !named:
			plain++
			file = path
		}
		if file == "" {
			file = "-"
		}
		if taken[file] {
			return nil, fmt.Errorf("two reports cannot both go to %s: give each its own file with -f FORMAT=FILE", destination(file))
		}
		taken[file] = true
		outputs = append(outputs, output{format: format, path: file})
	}
	if path != "" && plain == 0 {
		return nil, fmt.Errorf("-o %s has nothing to hold: every -f names a file of its own", path)
	}
	return outputs, nil
}

func destination(file string) string {
	if file == "-" {
		return "stdout"
	}
	return file
}

// writeReports writes all files, puts them in place when the last of them is
// written, and writes to stdout then.
func (a *app) writeReports(r *report.Results, outputs []output, o *rendering) error {
	if o.sarif.split {
		outputs = splitSARIF(r, outputs)
	}
	drafts := make([]draft, len(outputs))
	defer func() {
		for _, n := range drafts {
			n.drop()
		}
	}()
	for i, out := range outputs {
		if out.path == "-" {
			continue
		}
		n, err := draw(out.path, 0o644, func(w io.Writer) error { return o.of(out).write(a, out.format, w, r, nil) })
		if err != nil {
			return fmt.Errorf("write %s: %w", out.path, bare(err))
		}
		drafts[i] = n
	}
	for i, n := range drafts {
		drafts[i] = draft{}
		if err := n.keep(); err != nil {
			return fmt.Errorf("write %s: %w", outputs[i].path, bare(err))
		}
	}
	for _, out := range outputs {
		if out.path != "-" {
			continue
		}
		w := bufio.NewWriterSize(a.stdout, 1<<16)
		err := o.write(a, out.format, w, r, a.stdout)
		if err == nil {
			err = w.Flush()
		}
		if err != nil {
			return fmt.Errorf("write to stdout: %w", err)
		}
	}
	return nil
}

// write writes one report: by rule, or by the controls of a framework.
func (o *rendering) write(a *app, format string, w io.Writer, r *report.Results, terminal io.Writer) error {
	if o.view == nil {
		return cmp.Or(formatOf(format).write(a, w, r, o, terminal), r.Stored.Err())
	}
	switch format {
	case "json":
		return o.view(r).WriteJSON(w)
	case "markdown":
		return o.view(r).WriteMarkdown(w)
	default:
		return o.view(r).WriteText(w)
	}
}

func formatOf(name string) format {
	all := formats()
	return all[slices.IndexFunc(all, func(f format) bool { return f.name == name })]
}
