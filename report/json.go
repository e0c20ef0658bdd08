package report

import (
	_ "embed" // for the schema
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// ResultsSchema is the JSON Schema, draft 2020-12, of the results format.
//
//go:embed results.schema.json
var ResultsSchema string

// ReadJSON reads a results file. A schema that this version does not know, an
// unknown field, a wrong type and anything after the end are errors.
func ReadJSON(source io.Reader) (*Results, error) {
	text, err := io.ReadAll(source)
	if err != nil {
		return nil, fmt.Errorf("read results: %w", err)
	}
	var head struct {
		Schema string `json:"schema"`
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return nil, fmt.Errorf("read results: %w", whereInJSON(text, err))
	}
	switch head.Schema {
	case Schema:
	case "":
		return nil, fmt.Errorf("read results: no schema named; this is not a file of schema %s", Schema)
	default:
		return nil, fmt.Errorf("read results: schema %q is not %s", head.Schema, Schema)
	}
	var r Results
	if err := strict(text, &r); err != nil {
		return nil, fmt.Errorf("read results: %w", whereInJSON(text, err))
	}
	return &r, nil
}

// whereInJSON adds the line to an error that knows its offset.
func whereInJSON(text []byte, err error) error {
	var offset int64
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &kind):
		offset = kind.Offset
	default:
		return err
	}
	line := 1
	for _, c := range text[:min(offset, int64(len(text)))] {
		if c == '\n' {
			line++
		}
	}
	return fmt.Errorf("line %d: %w", line, err)
}
