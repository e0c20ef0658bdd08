package rules

import (
	_ "embed"
	"encoding/json"
	"fmt"

	"github.com/open-policy-agent/opa/v1/ast"
)

// note is the METADATA of a rule's package.
type note struct {
	Title       string          `json:"title"`
	Description string          `json:"description"`
	Related     []string        `json:"related"`
	Custom      json.RawMessage `json:"custom"`
	At          string          `json:"at"` // file and line
}

func noteOf(a *ast.Annotations) (*note, error) {
	custom, err := json.Marshal(a.Custom)
	if err != nil {
		return nil, fmt.Errorf("read METADATA: %w", err)
	}
	n := &note{Title: a.Title, Description: a.Description, Custom: custom, At: a.Location.String()}
	for _, related := range a.RelatedResources {
		n.Related = append(n.Related, related.Ref.String())
	}
	return n, nil
}

// written are the notes of the rules that come with kmsaudit, by module: reading
// them as comments in YAML took a quarter of the time of parsing. They are generated
// from the comments.
//
//go:embed metadata.json
var written []byte

func writtenNotes() (map[string]*note, error) {
	var notes map[string]*note
	if err := json.Unmarshal(written, &notes); err != nil {
		return nil, fmt.Errorf("metadata.json, which go generate ./rules makes: %w", err)
	}
	return notes, nil
}
