package snapshot

import (
	"bytes"
	"slices"
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
	want := &branch{}
	for _, pointer := range pointers {
		want.add(pointer)
	}
	found := map[string]int64{}
	dec := jsontext.NewDecoder(bytes.NewReader(text), jsontext.AllowDuplicateNames(true))
	_ = want.walk(dec, text, found) // a text cut short keeps what came before the cut
	return lines(text, found)
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

func (b *branch) walk(dec *jsontext.Decoder, text []byte, found map[string]int64) error {
	kind := dec.PeekKind()
	if b.wanted {
		found[b.pointer] = start(text, dec.InputOffset())
	}
	if len(b.next) == 0 || (kind != '{' && kind != '[') {
		return dec.SkipValue()
	}
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	for i := 0; dec.PeekKind() != '}' && dec.PeekKind() != ']'; i++ {
		step := strconv.Itoa(i)
		if kind == '{' {
			name, err := dec.ReadToken()
			if err != nil {
				return err
			}
			step = name.String()
		}
		next := b.next[step]
		if next == nil {
			if err := dec.SkipValue(); err != nil {
				return err
			}
			continue
		}
		if err := next.walk(dec, text, found); err != nil {
			return err
		}
	}
	_, err := dec.ReadToken()
	return err
}

// start steps over what may stand between two values.
func start(text []byte, offset int64) int64 {
	for offset < int64(len(text)) && strings.IndexByte(" \t\r\n,:", text[offset]) >= 0 {
		offset++
	}
	return offset
}

// lines turns offsets into lines and columns in one pass.
func lines(text []byte, offsets map[string]int64) map[string]Position {
	pointers := make([]string, 0, len(offsets))
	for pointer := range offsets {
		pointers = append(pointers, pointer)
	}
	slices.SortFunc(pointers, func(a, b string) int { return int(offsets[a] - offsets[b]) })
	positions := make(map[string]Position, len(offsets))
	line, from, at := 1, 0, 0
	for _, pointer := range pointers {
		offset := int(offsets[pointer])
		for {
			n := bytes.IndexByte(text[at:offset], '\n')
			if n < 0 {
				break
			}
			at += n + 1
			line, from = line+1, at
		}
		positions[pointer] = Position{Line: line, Column: utf8.RuneCount(text[from:offset]) + 1}
	}
	return positions
}

// locate finds where an error stands: where its pointer leads, else at its
// offset, else at the start of the text.
func locate(text []byte, pointer string, offset int64) (line, column int) {
	if pointer != "" {
		if p, ok := Positions(text, []string{pointer})[pointer]; ok {
			return p.Line, p.Column
		}
	}
	offset = max(offset, 0)
	p := lines(text, map[string]int64{"": min(start(text, offset), int64(len(text)))})[""]
	return p.Line, p.Column
}
