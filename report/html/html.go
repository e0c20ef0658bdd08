package html

import (
	"bufio"
	"embed"
	"fmt"
	"html/template"
	"io"
	"math"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/report/picture"
)

//go:embed style.css script.js *.tmpl
var files embed.FS

// Options are what a page shows beside the results.
type Options struct {
	// All lists everything, and not the first of each list.
	All bool
	// Accounts are drawn in their order. Those that are not among them are said to
	// be missing.
	Accounts []Account
	// Excerpts are the texts around places, by file and pointer.
	Excerpts map[report.Place]Excerpt
}

// Account is what is drawn of one account.
type Account struct {
	ID      string
	Picture *picture.Picture
	Heat    *picture.Heat
}

// Excerpt is a piece of a snapshot. Key of Options.Excerpts is At of its place.
type Excerpt struct {
	// What it is of, such as the policy.
	What string
	// First is the number of the first line, 0 where lines have none.
	First int
	Lines []string
	// From and To are the lines that are meant, by index, To not among them.
	From, To int
}

// At is a place without its line and column, as Options.Excerpts has it.
func At(p report.Place) report.Place { return report.Place{File: p.File, Pointer: p.Pointer} }

// How much a page lists unless it is to list all.
const (
	someFindings = 1000 // altogether
	someOfRule   = 100
	fewOfRule    = 5 // of each rule, however many there are
	someOthers   = 200
)

// ofRule is how many of a group are listed at most.
func ofRule(all bool) int {
	if all {
		return math.MaxInt
	}
	return someOfRule
}

// most is how many of each group of findings a page lists.
func most(groups []report.Group, all bool) []int {
	out := make([]int, len(groups))
	left := someFindings
	for i := range groups {
		out[i] = len(groups[i].Entries)
		if !all && left < out[i] {
			out[i] = min(out[i], max(left, fewOfRule))
		}
		left -= out[i]
	}
	return out
}

// Places are those of the findings that the page of these results lists, each
// once.
func Places(r *report.Results, all bool) []report.Place {
	var places []report.Place
	met := map[report.Place]bool{}
	groups := r.Groups(true, ofRule(all))
	for i, n := range most(groups, all) {
		for j := range groups[i].Entries[:n] {
			if at := At(groups[i].Entries[j].Place); at.Pointer != "" && !met[at] {
				met[at] = true
				places = append(places, at)
			}
		}
	}
	return places
}

// Write writes results as a page. The same results and options give the same
// bytes.
func Write(w io.Writer, r *report.Results, o Options) error {
	t, err := template.New("page").Funcs(functions()).ParseFS(files, "*.tmpl")
	if err != nil {
		return fmt.Errorf("html: %w", err)
	}
	p, err := pageOf(r, &o)
	if err != nil {
		return fmt.Errorf("html: %w", err)
	}
	buffered := bufio.NewWriterSize(w, 1<<16)
	if err := t.ExecuteTemplate(buffered, "page.tmpl", p); err != nil {
		return fmt.Errorf("html: %w", err)
	}
	if err := buffered.Flush(); err != nil {
		return fmt.Errorf("html: %w", err)
	}
	return nil
}
