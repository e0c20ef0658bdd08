package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"slices"
)

var perLine = Lines{Between: "\n", Close: "\n"}

// WriteNDJSON writes all that the results file holds as one JSON object per
// line, each with its type: "results" first, with what is not a list, then
// "rule", "finding", "unknown", "gap", "unused_waiver" and "expired_waiver".
func WriteNDJSON(w io.Writer, r *Results) error {
	full := r.filled()
	head := struct {
		Type      string     `json:"type"`
		Schema    string     `json:"schema"`
		Tool      Tool       `json:"tool"`
		Snapshots []Snapshot `json:"snapshots"`
		AsOf      string     `json:"as_of"`
		Summary   Summary    `json:"summary"`
		Baseline  *Baseline  `json:"baseline,omitempty"`
	}{"results", full.Schema, full.Tool, full.Snapshots, full.AsOf, full.Summary, full.Baseline}
	err := WriteLines(w, perLine, one(head), func(v *any) any { return *v })
	for _, write := range []func() error{
		func() error { return typed(w, "rule", pointers(full.Rules), same) },
		func() error { return typed(w, "finding", r.EachFinding(), asFinding) },
		func() error { return typed(w, "unknown", r.EachUnknown(), asUnknown) },
		func() error { return typed(w, "gap", r.EachGap(), asGap) },
		func() error { return typed(w, "unused_waiver", pointers(full.UnusedWaivers), same) },
		func() error { return typed(w, "expired_waiver", pointers(full.ExpiredWaivers), same) },
	} {
		if err == nil {
			err = write()
		}
	}
	if err != nil {
		return fmt.Errorf("ndjson: %w", err)
	}
	return nil
}

func one(v any) iter.Seq[any] { return slices.Values([]any{v}) }

func same[T any](v *T) any { return v }

// typed writes a list with the type in front of each item's own fields, and nothing
// for an empty one.
func typed[T any](w io.Writer, name string, all iter.Seq[*T], value func(*T) any) error {
	return WriteLines(w, perLine, values(all), func(item *T) any { return typedItem{name, value(item)} })
}

type typedItem struct {
	name  string
	value any
}

// MarshalJSON puts the type before the fields of the value, which is a struct.
func (t typedItem) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, `{"type":%q,`, t.name)
	at := b.Len()
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(t.value); err != nil {
		return nil, err
	}
	text := b.Bytes()
	return append(text[:at], text[at+1:]...), nil
}
