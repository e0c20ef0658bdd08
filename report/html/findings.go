package html

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/report/internal/words"
)

// group is what one rule says at one severity.
type group struct {
	Rule     *report.Rule
	Severity string
	Count    int
	Items    []finding
	More     int // that are not listed
}

// finding is one finding, or something that could not be judged.
type finding struct {
	report.Entry
	ID       string // anchor
	About    []pair
	Evidence []pair
	Excerpt  *excerpt
	Mends    []mend
	Raw      string // a mend that is not written as one
}

// mend is what to do, and what to copy.
type mend struct{ Text, Code string }

// excerpt is the text around a place, line by line.
type excerpt struct {
	What  string
	Lines []line
}

type line struct {
	Number string
	Text   string
	Meant  bool
}

func (p *page) findings(o *Options) {
	make := func(known bool, prefix string) []group {
		var out []group
		n := 0
		groups := p.R.Groups(known, ofRule(o.All))
		for i, most := range most(groups, o.All) {
			g := &groups[i]
			one := group{Rule: g.Rule, Severity: g.Severity.String(), Count: g.Count, More: g.Count - most}
			for j := range g.Entries[:most] {
				n++
				one.Items = append(one.Items, findingOf(g.Entries[j], fmt.Sprintf("%s%d", prefix, n), o))
			}
			out = append(out, one)
		}
		return out
	}
	p.Groups = make(true, "f")
	p.Unknowns = make(false, "u")
}

func findingOf(e report.Entry, id string, o *Options) finding {
	f := finding{Entry: e, ID: id}
	if e.Statement != "" {
		f.About = append(f.About, pair{"statement", e.Statement})
	}
	for _, name := range slices.Sorted(maps.Keys(e.About)) {
		f.About = append(f.About, pair{name, e.About[name]})
	}
	f.Evidence = evidence(e.Evidence)
	if x, there := o.Excerpts[At(e.Place)]; there {
		f.Excerpt = excerptOf(&x)
	}
	mends, readable := e.Mends()
	if !readable {
		f.Raw = words.Copyable(e.Mend)
	}
	for _, m := range mends {
		one := mend{Text: words.MendTitle(m)}
		if m.Command != "" {
			one.Code = report.Inert(m.Command) + "\n"
		}
		if m.Statement != nil {
			one.Code += words.Copyable(m.Statement)
		}
		one.Code = strings.TrimSuffix(one.Code, "\n")
		f.Mends = append(f.Mends, one)
	}
	return f
}

// evidence lays out what a rule saw: each field of an object on its own.
func evidence(raw json.RawMessage) []pair {
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil {
		if text := words.Copyable(raw); text != "" {
			return []pair{{"", clipped(text)}}
		}
		return nil
	}
	var out []pair
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		out = append(out, pair{name, clipped(plain(fields[name]))})
	}
	return out
}

// plain is a JSON value as a person would write it: a list of texts, one to a line.
func plain(raw json.RawMessage) string {
	var list []string
	if bytes.HasPrefix(bytes.TrimSpace(raw), []byte("[")) && json.Unmarshal(raw, &list) == nil {
		inert := []string{}
		for _, one := range list {
			inert = append(inert, report.Inert(one))
		}
		return strings.Join(inert, "\n")
	}
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return report.Inert(text)
	}
	return strings.TrimSuffix(words.Copyable(raw), "\n")
}

// clipped bounds a text that is only looked at; the results file has all of it.
func clipped(text string) string {
	const most = 6000
	if len(text) <= most {
		return text
	}
	end := most
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}

func excerptOf(x *Excerpt) *excerpt {
	out := &excerpt{What: x.What}
	for i, text := range x.Lines {
		l := line{Text: clipped(inertLine(text)), Meant: i >= x.From && i < x.To}
		if x.First > 0 {
			l.Number = strconv.Itoa(x.First + i)
		}
		out.Lines = append(out.Lines, l)
	}
	return out
}

// inertLine keeps the indentation of a line.
func inertLine(text string) string { return report.Inert(strings.ReplaceAll(text, "\t", "  ")) }
