package main

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/report/html"
)

// How much of a snapshot an excerpt shows.
const (
	excerptLines  = 60 // of a policy
	excerptAround = 3  // lines around what is no statement
	excerptMeant  = 30 // lines of what is meant
	longLine      = 2000
)

// excerpts cuts what stands at places, and around it, out of the text of a
// snapshot: of a statement its policy.
func excerpts(text []byte, places []report.Place, into map[report.Place]html.Excerpt) {
	var pointers []string
	for _, p := range places {
		policy, statement := statementAt(p.Pointer)
		pointers = append(pointers, policy, statement)
	}
	if text == nil || len(pointers) == 0 {
		return
	}
	positions := snapshot.Positions(text, pointers)
	begins := lineStarts(text)
	for _, p := range places {
		policy, statement := statementAt(p.Pointer)
		inner, found := valueAt(text, begins, positions, statement)
		outer, whole := valueAt(text, begins, positions, policy)
		switch {
		case !found:
			continue
		case !whole || policy == statement:
			outer = span{max(inner.from-excerptAround, 0), min(inner.to+excerptAround, len(begins))}
		}
		x := html.Excerpt{What: "In the snapshot"}
		if policy != statement {
			x.What = "The statement in its policy"
		}
		meant := min(inner.to, inner.from+excerptMeant)
		if outer.to-outer.from > excerptLines {
			spare := max(excerptLines-(meant-inner.from), 2*excerptAround) / 2
			outer = span{max(outer.from, inner.from-spare), min(outer.to, meant+spare)}
		}
		x.First, x.From, x.To = outer.from+1, inner.from-outer.from, meant-outer.from
		for i := outer.from; i < outer.to; i++ {
			x.Lines = append(x.Lines, lineAt(text, begins, i))
		}
		if len(x.Lines) > 0 && len(x.Lines[x.From]) >= longLine { // a snapshot that is written on one line
			x = onItsOwn(text, begins, positions[statement], x.What)
		}
		into[html.At(p)] = undented(x)
	}
}

// span is some lines by index, to not among them.
type span struct{ from, to int }

// statementAt splits a pointer into that of the policy and that of the statement;
// both are the pointer itself where it is in no statement.
func statementAt(pointer string) (policy, statement string) {
	before, after, found := strings.Cut(pointer, "/Statement")
	if !found {
		return pointer, pointer
	}
	statement = before + "/Statement"
	if number, isOne := strings.CutPrefix(after, "/"); isOne {
		number, _, _ = strings.Cut(number, "/")
		statement += "/" + number
	}
	return before, statement
}

func lineStarts(text []byte) []int {
	begins := []int{0}
	for i, c := range text {
		if c == '\n' && i+1 < len(text) {
			begins = append(begins, i+1)
		}
	}
	return begins
}

func lineAt(text []byte, begins []int, i int) string {
	end := len(text)
	if i+1 < len(begins) {
		end = begins[i+1]
	}
	line := text[begins[i]:end]
	if len(line) > longLine {
		line = line[:longLine]
	}
	return strings.ToValidUTF8(strings.TrimRight(string(line), "\r\n"), "")
}

// offset is where a position is in the text; columns count letters.
func offset(text []byte, begins []int, at snapshot.Position) int {
	begin := begins[at.Line-1]
	rest := text[begin:min(len(text), begin+4*at.Column)]
	for n := 1; n < at.Column && len(rest) > 0; n++ {
		size := 1
		for size < len(rest) && rest[size]&0xc0 == 0x80 {
			size++
		}
		begin, rest = begin+size, rest[size:]
	}
	return begin
}

// valueAt is the lines of the value at a pointer.
func valueAt(text []byte, begins []int, positions map[string]snapshot.Position, pointer string) (span, bool) {
	at, found := positions[pointer]
	if !found || pointer == "" || at.Line < 1 || at.Line > len(begins) {
		return span{}, false
	}
	raw, ok := rawAt(text, begins, at)
	return span{at.Line - 1, at.Line + bytes.Count(raw, []byte("\n"))}, ok
}

func rawAt(text []byte, begins []int, at snapshot.Position) (json.RawMessage, bool) {
	var raw json.RawMessage
	err := json.NewDecoder(bytes.NewReader(text[offset(text, begins, at):])).Decode(&raw)
	return raw, err == nil
}

// onItsOwn is what is meant without what is around it, laid out anew.
func onItsOwn(text []byte, begins []int, at snapshot.Position, what string) html.Excerpt {
	raw, _ := rawAt(text, begins, at)
	var b bytes.Buffer
	if json.Indent(&b, raw, "", "  ") != nil {
		return html.Excerpt{}
	}
	lines := strings.Split(b.String(), "\n")
	lines = lines[:min(len(lines), excerptLines)]
	return html.Excerpt{What: what, Lines: lines, To: len(lines)}
}

// undented takes away the indentation that all lines have.
func undented(x html.Excerpt) html.Excerpt {
	least := -1
	for _, line := range x.Lines {
		if n := len(line) - len(strings.TrimLeft(line, " ")); line != "" && (least < 0 || n < least) {
			least = n
		}
	}
	for i, line := range x.Lines {
		if least > 0 && line != "" {
			x.Lines[i] = line[least:]
		}
	}
	return x
}
