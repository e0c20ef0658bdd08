package rules

import (
	"encoding/json"
	"fmt"

	"github.com/open-policy-agent/opa/v1/ast"
)

// note is the METADATA of a rule's package.
type note struct {
	Title       string
	Description string
	Related     []string
	Custom      json.RawMessage
	At          string // file and line
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
