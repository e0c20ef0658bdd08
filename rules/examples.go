package rules

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path"
)

// Examples are what a rule's examples.json holds: facts that the rule finds
// fault with, facts that it passes, and facts that leave it without an answer.
type Examples struct {
	Findings []Example `json:"findings"`
	Passes   []Example `json:"passes"`
	Unknown  []Example `json:"unknown"`
}

// Example is one document of facts, as far as it matters to the rule.
type Example struct {
	Name  string         `json:"name"`
	Note  string         `json:"note"`
	Facts map[string]any `json:"facts"`

	text []byte // of the facts, as they were written
}

// UnmarshalJSON reads an example strictly.
func (e *Example) UnmarshalJSON(text []byte) error {
	var plain struct {
		Name  string          `json:"name"`
		Note  string          `json:"note"`
		Facts json.RawMessage `json:"facts"`
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&plain); err != nil {
		return err
	}
	*e = Example{Name: plain.Name, Note: plain.Note, text: plain.Facts}
	if plain.Facts == nil {
		return nil
	}
	return json.Unmarshal(plain.Facts, &e.Facts)
}

// Text is the facts as JSON for reading, with lines of at most width characters
// where that can be.
func (e *Example) Text(width int) (string, error) {
	if e.text == nil {
		return "{}", nil
	}
	return laidOut(e.text, width)
}

// Examples reads the rule's examples.
func (r *Rule) Examples() (*Examples, error) {
	text, err := r.read("examples.json")
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	var examples Examples
	if err := decoder.Decode(&examples); err != nil {
		return nil, fmt.Errorf("read %s: %w", path.Join(path.Dir(r.module), "examples.json"), err)
	}
	return &examples, nil
}
