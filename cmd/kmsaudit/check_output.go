package main

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/report/sarif"
	"github.com/kmsaudit/kmsaudit/report/table"
)

// layout says how reports look.
type layout struct {
	width                       int // 0: that of the terminal
	wide, vertical, all, waived bool
	color                       string
}

// writer writes a report; to is where it goes in the end.
type writer func(w io.Writer, r *report.Results, l layout, to io.Writer) error

// writers are the formats that there are.
func (a *app) writers() map[string]writer {
	return map[string]writer{
		"table": func(w io.Writer, r *report.Results, l layout, to io.Writer) error {
			width := l.width
			if width == 0 {
				width = columns(to)
			}
			return table.Write(w, r, table.Options{
				Width: width, Colour: a.colours(l.color, to), Wide: l.wide, Vertical: l.vertical, All: l.all,
			})
		},
		"json": func(w io.Writer, r *report.Results, _ layout, _ io.Writer) error { return report.WriteJSON(w, r) },
		"sarif": func(w io.Writer, r *report.Results, l layout, _ io.Writer) error {
			if l.waived {
				return sarif.Write(w, r, sarif.IncludeWaived())
			}
			return sarif.Write(w, r)
		},
	}
}

// output is one report and where it goes.
type output struct{ format, path string }

// outputsOf reads what -f and -o say together.
func outputsOf(formats []string, path string) ([]output, error) {
	known := slices.Sorted(maps.Keys((&app{}).writers()))
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
		outputs = append(outputs, output{format, file})
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
func (a *app) writeReports(r *report.Results, outputs []output, l layout) error {
	drafts := make([]draft, len(outputs))
	defer func() {
		for _, n := range drafts {
			n.drop()
		}
	}()
	for i, o := range outputs {
		if o.path == "-" {
			continue
		}
		n, err := draw(o.path, 0o644, func(w io.Writer) error { return a.writers()[o.format](w, r, l, nil) })
		if err != nil {
			return fmt.Errorf("write %s: %w", o.path, bare(err))
		}
		drafts[i] = n
	}
	for i, n := range drafts {
		drafts[i] = draft{}
		if err := n.keep(); err != nil {
			return fmt.Errorf("write %s: %w", outputs[i].path, bare(err))
		}
	}
	for _, o := range outputs {
		if o.path != "-" {
			continue
		}
		w := bufio.NewWriterSize(a.stdout, 1<<16)
		err := a.writers()[o.format](w, r, l, a.stdout)
		if err == nil {
			err = w.Flush()
		}
		if err != nil {
			return fmt.Errorf("write to stdout: %w", err)
		}
	}
	return nil
}
