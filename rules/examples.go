package rules

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
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
}

// ExamplesOf reads the examples of a rule.
func ExamplesOf(files fs.FS, rule *Rule) (*Examples, error) {
	name := rule.Dir + "/examples.json"
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	var examples Examples
	if err := decoder.Decode(&examples); err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return &examples, nil
}
