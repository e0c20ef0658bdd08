package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"reflect"
	"runtime"
	"strings"
	"sync"
)

// WriteJSON writes the results file, as it goes: findings and unknowns are one
// line each, the rest is indented. Every field is there every time: lists and
// maps that are nil are written empty, and the same results give the same bytes.
func WriteJSON(w io.Writer, r *Results) error {
	if err := r.write(w); err != nil {
		return fmt.Errorf("results: %w", err)
	}
	return nil
}

func (r *Results) write(w io.Writer) error {
	head := r.filled()
	fields := reflect.ValueOf(head).Elem()
	for i := range fields.NumField() {
		name, option, _ := strings.Cut(fields.Type().Field(i).Tag.Get("json"), ",")
		if name == "-" || option == "omitempty" && fields.Field(i).IsZero() {
			continue
		}
		start := ",\n"
		if i == 0 {
			start = "{\n"
		}
		if _, err := fmt.Fprintf(w, "%s  %q: ", start, name); err != nil {
			return err
		}
		var err error
		switch value := fields.Field(i).Interface().(type) {
		case []Finding:
			err = WriteLines(w, inResults, values(r.EachFinding()), asFinding)
		case []Unknown:
			err = WriteLines(w, inResults, values(r.EachUnknown()), asUnknown)
		case []Gap:
			err = r.writeGaps(w)
		default:
			err = indented(w, value)
		}
		if err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, "\n}\n")
	return err
}

// writeGaps writes them indented, one at a time.
func (r *Results) writeGaps(w io.Writer) error {
	start := "[\n    "
	for g := range r.EachGap() {
		if _, err := io.WriteString(w, start); err != nil {
			return err
		}
		if err := indentedBy(w, g.filled(), "    "); err != nil {
			return err
		}
		start = ",\n    "
	}
	end := "\n  ]"
	if start[0] == '[' {
		end = "[]"
	}
	_, err := io.WriteString(w, end)
	return err
}

func values[T any](all iter.Seq[*T]) iter.Seq[T] {
	return func(yield func(T) bool) {
		for one := range all {
			if !yield(*one) {
				return
			}
		}
	}
}

// asFinding, asUnknown and asGap are what is written of each.
func asFinding(f *Finding) any { return f.filled() }

func asUnknown(u *Unknown) any { return u.filled() }

func asGap(g *Gap) any { return g.filled() }

func indented(w io.Writer, value any) error { return indentedBy(w, value, "  ") }

func indentedBy(w io.Writer, value any, indent string) error {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent(indent, "  ")
	if err := encoder.Encode(value); err != nil {
		return fmt.Errorf("encode JSON: %w", err)
	}
	_, err := w.Write(EscapeJSON(bytes.TrimSpace(b.Bytes())))
	return err
}

// Lines is how a list of JSON values stands in a file, each on a line of its own.
type Lines struct{ Open, Between, Close, Empty string }

// Array is a file that is one JSON array.
func Array() Lines { return Lines{Open: "[\n", Between: ",\n", Close: "\n]\n", Empty: "[]\n"} }

var inResults = Lines{Open: "[\n    ", Between: ",\n    ", Close: "\n  ]", Empty: "[]"}

const (
	batch   = 512 // items that a worker encodes at a time
	workers = 8   // at most
)

// WriteLines writes what value makes of each item, several at a time. Few items
// are encoded ahead of what is written, so that memory does not grow with the
// list; value must not hold on to its argument.
func WriteLines[T any](w io.Writer, form Lines, items iter.Seq[T], value func(*T) any) error {
	l := &lineWriter[T]{w: w, form: form, value: value, start: form.Open}
	l.parts = make([][]T, min(runtime.GOMAXPROCS(0), workers))
	l.texts = make([]bytes.Buffer, len(l.parts))
	l.errs = make([]error, len(l.parts))
	for item := range items {
		if err := l.add(item); err != nil {
			return err
		}
	}
	if err := l.flush(); err != nil {
		return err
	}
	end := form.Close
	if l.start == form.Open {
		end = form.Empty
	}
	_, err := io.WriteString(w, end)
	return err
}

type lineWriter[T any] struct {
	w     io.Writer
	form  Lines
	value func(*T) any
	start string // before the next item
	n     int    // items waiting in parts
	parts [][]T
	texts []bytes.Buffer
	errs  []error
}

func (l *lineWriter[T]) add(item T) error {
	l.parts[l.n/batch] = append(l.parts[l.n/batch], item)
	if l.n++; l.n < batch*len(l.parts) {
		return nil
	}
	return l.flush()
}

func (l *lineWriter[T]) flush() error {
	var working sync.WaitGroup
	for i := range l.parts {
		if len(l.parts[i]) > 0 {
			working.Go(func() { l.errs[i] = l.encode(i) })
		}
	}
	working.Wait()
	l.n = 0
	for i := range l.parts {
		if l.errs[i] != nil {
			return fmt.Errorf("encode JSON: %w", l.errs[i])
		}
		if len(l.parts[i]) == 0 {
			continue
		}
		l.parts[i] = l.parts[i][:0]
		if _, err := io.WriteString(l.w, l.start); err != nil {
			return err
		}
		if _, err := l.w.Write(EscapeJSON(l.texts[i].Bytes())); err != nil {
			return err
		}
		l.start = l.form.Between
	}
	return nil
}

func (l *lineWriter[T]) encode(part int) error {
	b := &l.texts[part]
	b.Reset()
	encoder := json.NewEncoder(b)
	encoder.SetEscapeHTML(false)
	for i := range l.parts[part] {
		if i > 0 {
			b.WriteString(l.form.Between)
		}
		if err := encoder.Encode(l.value(&l.parts[part][i])); err != nil {
			return err
		}
		b.Truncate(b.Len() - 1) // the newline of Encode
	}
	return nil
}
