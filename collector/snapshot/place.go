package snapshot

import (
	"bufio"
	"bytes"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// Position is a line and a column, both from 1; the column counts code points.
type Position struct{ Line, Column int }

// Positions finds where the values that the JSON pointers name begin. Pointers
// that lead nowhere are left out. It walks the text once and steps over
// everything that no pointer leads into.
func Positions(text []byte, pointers []string) map[string]Position {
	return lines(bytes.NewReader(text), offsets(bytes.NewReader(text), pointers))
}

// spot is what a pointer names, which begins at an offset or, where separators stand
// there, behind them.
type spot struct {
	pointer string
	offset  int64
}

// offsets finds the spots of pointers, in the order of the text.
func offsets(text io.Reader, pointers []string) []spot {
	want := &branch{}
	for _, pointer := range pointers {
		want.add(pointer)
	}
	dec := jsontext.NewDecoder(text, jsontext.AllowDuplicateNames(true))
	w := walker{dec: dec}
	_ = w.walk(want) // a text cut short keeps what came before the cut
	return w.found
}

// branch is a step of a JSON pointer and the steps that follow it.
type branch struct {
	pointer string
	wanted  bool
	next    map[string]*branch
}

func (b *branch) add(pointer string) {
	at := b
	for token := range jsontext.Pointer(pointer).Tokens() {
		if at.next == nil {
			at.next = map[string]*branch{}
		}
		if at.next[token] == nil {
			at.next[token] = &branch{}
		}
		at = at.next[token]
	}
	at.pointer, at.wanted = pointer, true
}

type walker struct {
	dec   *jsontext.Decoder
	found []spot
}

func (w *walker) walk(b *branch) error {
	dec := w.dec
	kind := dec.PeekKind()
	if b.wanted {
		w.found = append(w.found, spot{b.pointer, dec.InputOffset()})
	}
	if len(b.next) == 0 || (kind != '{' && kind != '[') {
		return dec.SkipValue()
	}
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	for i := 0; dec.PeekKind() != '}' && dec.PeekKind() != ']'; i++ {
		var next *branch
		if kind == '{' {
			name, err := dec.ReadToken()
			if err != nil {
				return err
			}
			next = b.next[name.String()]
		} else {
			next = b.next[strconv.Itoa(i)]
		}
		if next == nil {
			if err := dec.SkipValue(); err != nil {
				return err
			}
			continue
		}
		if err := w.walk(next); err != nil {
			return err
		}
	}
	_, err := dec.ReadToken()
	return err
}

// lines turns spots, which are in order, into lines and columns in one pass.
func lines(text io.Reader, spots []spot) map[string]Position {
	positions := make(map[string]Position, len(spots))
	r := lineReader{from: bufio.NewReaderSize(text, 64<<10), line: 1}
	for _, s := range spots {
		r.to(s.offset)
		r.overSeparators()
		positions[s.pointer] = Position{Line: r.line, Column: r.column + 1}
	}
	return positions
}

// lineReader reads on in a text and knows the line that it is in.
type lineReader struct {
	from   *bufio.Reader
	at     int64
	line   int
	column int // code points before, in the line
}

// to reads up to an offset, or the end.
func (r *lineReader) to(offset int64) {
	for r.at < offset {
		if _, err := r.from.Peek(1); err != nil {
			return
		}
		part, _ := r.from.Peek(int(min(offset-r.at, int64(r.from.Buffered()))))
		r.over(part)
	}
}

// overSeparators reads over what may stand between two values.
func (r *lineReader) overSeparators() {
	for {
		next, err := r.from.Peek(1)
		if err != nil || strings.IndexByte(" \t\r\n,:", next[0]) < 0 {
			return
		}
		r.over(next)
	}
}

func (r *lineReader) over(part []byte) {
	if last := bytes.LastIndexByte(part, '\n'); last >= 0 {
		r.line += bytes.Count(part, []byte{'\n'})
		r.column = codePoints(part[last+1:])
	} else {
		r.column += codePoints(part)
	}
	r.at += int64(len(part))
	_, _ = r.from.Discard(len(part)) // which are there
}

// codePoints counts those that begin in a part of a text, which may end within one.
func codePoints(part []byte) int {
	n := 0
	for _, b := range part {
		if utf8.RuneStart(b) {
			n++
		}
	}
	return n
}

// locate finds where an error stands: where its pointer leads, else at its
// offset, else at the start of the text.
func locate(text []byte, pointer string, offset int64) (line, column int) {
	if pointer != "" {
		if p, ok := Positions(text, []string{pointer})[pointer]; ok {
			return p.Line, p.Column
		}
	}
	p := lines(bytes.NewReader(text), []spot{{"", offset}})[""]
	return p.Line, p.Column
}
