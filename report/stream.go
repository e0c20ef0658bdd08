package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"runtime"
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
		start := ",\n"
		if i == 0 {
			start = "{\n"
		}
		if _, err := fmt.Fprintf(w, "%s  %q: ", start, fields.Type().Field(i).Tag.Get("json")); err != nil {
			return err
		}
		var err error
		switch value := fields.Field(i).Interface().(type) {
		case []Finding:
			err = lines(w, value, func(f *Finding) { f.fill() })
		case []Unknown:
			err = lines(w, value, func(u *Unknown) { u.fill() })
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

func indented(w io.Writer, value any) error {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("  ", "  ")
	if err := encoder.Encode(value); err != nil {
		return fmt.Errorf("encode JSON: %w", err)
	}
	_, err := w.Write(EscapeJSON(bytes.TrimSpace(b.Bytes())))
	return err
}

// batch is how many items a worker encodes at a time.
const batch = 512

// lines writes a list with an item on each line. Few of them are encoded ahead of
// what is written, so that memory does not grow with the list.
func lines[T any](w io.Writer, list []T, fill func(*T)) error {
	if len(list) == 0 {
		_, err := io.WriteString(w, "[]")
		return err
	}
	texts := make([]bytes.Buffer, runtime.GOMAXPROCS(0))
	errs := make([]error, len(texts))
	start := "[\n    "
	for len(list) > 0 {
		var workers sync.WaitGroup
		for i := range texts {
			n := min(batch, len(list))
			part := list[:n]
			list = list[n:]
			workers.Go(func() {
				texts[i].Reset()
				errs[i] = encodeLines(&texts[i], part, fill)
			})
		}
		workers.Wait()
		for i := range texts {
			if errs[i] != nil {
				return fmt.Errorf("encode JSON: %w", errs[i])
			}
			if texts[i].Len() == 0 {
				continue
			}
			if _, err := io.WriteString(w, start); err != nil {
				return err
			}
			if _, err := w.Write(EscapeJSON(bytes.TrimSuffix(texts[i].Bytes(), []byte(",\n    ")))); err != nil {
				return err
			}
			start = ",\n    "
		}
	}
	_, err := io.WriteString(w, "\n  ]")
	return err
}

func encodeLines[T any](b *bytes.Buffer, list []T, fill func(*T)) error {
	encoder := json.NewEncoder(b)
	encoder.SetEscapeHTML(false)
	for _, item := range list {
		fill(&item)
		if err := encoder.Encode(&item); err != nil {
			return err
		}
		b.Truncate(b.Len() - 1) // the newline of Encode
		b.WriteString(",\n    ")
	}
	return nil
}
