package why

import (
	"errors"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/kmsaudit/kmsaudit/collector/policy"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// statement is a policy statement to be written.
type statement struct {
	Sid          string              `json:"Sid,omitzero"`
	Effect       string              `json:"Effect"`
	Principal    map[string][]string `json:"Principal,omitzero"`
	NotPrincipal map[string][]string `json:"NotPrincipal,omitzero"`
	Action       []string            `json:"Action,omitzero"`
	NotAction    []string            `json:"NotAction,omitzero"`
	Resource     []string            `json:"Resource,omitzero"`
	NotResource  []string            `json:"NotResource,omitzero"`
	// Condition has the values by operator and key.
	Condition map[string]map[string][]string `json:"Condition,omitzero"`
}

// statementOf is a statement of a policy as one to be written.
func statementOf(from *policy.Statement) statement {
	s := statement{
		Sid: from.Sid, Effect: from.Effect, Principal: principalsOf(from.Principal), NotPrincipal: principalsOf(from.NotPrincipal),
		Action: from.Action, NotAction: from.NotAction, Resource: from.Resource, NotResource: from.NotResource,
	}
	for _, c := range from.Conditions {
		if s.Condition == nil {
			s.Condition = map[string]map[string][]string{}
		}
		if s.Condition[c.Operator] == nil {
			s.Condition[c.Operator] = map[string][]string{}
		}
		s.Condition[c.Operator][c.Key] = c.Values
	}
	return s
}

func principalsOf(from *policy.Principals) map[string][]string {
	if from == nil {
		return nil
	}
	all := map[string][]string{}
	for _, p := range from.List {
		all[p.Kind] = append(all[p.Kind], p.Value)
	}
	return all
}

// when is the statement with a further test, or with further values of one that it
// has.
func (s statement) when(operator, key string, values ...string) statement {
	condition := map[string]map[string][]string{}
	done := false
	for o, keys := range s.Condition {
		condition[o] = map[string][]string{}
		for k, had := range keys {
			if strings.EqualFold(o, operator) && strings.EqualFold(k, key) {
				had, done = slices.Concat(had, values), true
			}
			condition[o][k] = had
		}
	}
	if !done {
		if condition[operator] == nil {
			condition[operator] = map[string][]string{}
		}
		condition[operator][key] = values
	}
	s.Condition = condition
	return s
}

// tests reports whether the statement has the test, whatever the values.
func (s statement) tests(operator, key string) bool {
	for o, keys := range s.Condition {
		for k := range keys {
			if strings.EqualFold(o, operator) && strings.EqualFold(k, key) {
				return true
			}
		}
	}
	return false
}

// text writes the statement; a list of one is written as that one.
func (s statement) text() jsontext.Value {
	lone := json.MarshalToFunc(func(enc *jsontext.Encoder, list []string) error {
		if len(list) == 1 {
			return enc.WriteToken(jsontext.String(list[0]))
		}
		return errors.ErrUnsupported
	})
	text, err := json.Marshal(s, json.WithMarshalers(lone), json.Deterministic(true))
	if err != nil {
		return nil // cannot be: all of it is text
	}
	return text
}

// literal is a name in the form that a pattern matches it alone; false where the
// policy's version has no way to write that.
func literal(name, version string) (string, bool) {
	if !strings.ContainsAny(name, "*?") && !strings.Contains(name, "${") {
		return name, true
	}
	if version != "2012-10-17" {
		return "", false
	}
	return strings.NewReplacer("${", "${$}{", "*", "${*}", "?", "${?}").Replace(name), true
}

// newDocument is a policy of one statement.
func newDocument(text jsontext.Value) snapshot.Reading[snapshot.Document] {
	return snapshot.ReadDocument("kmsaudit", `{"Version":"2012-10-17","Statement":[`+string(text)+`]}`)
}

// edited is a policy with statements added, in place of number i where that is not
// negative.
func edited(r snapshot.Reading[snapshot.Document], i int, texts []jsontext.Value) snapshot.Reading[snapshot.Document] {
	doc, ok := r.Get()
	if !ok {
		return newDocument(texts[0])
	}
	parts := struct {
		Version   string           `json:"Version,omitzero"`
		Statement []jsontext.Value `json:"Statement"`
	}{Version: doc.Policy().Version}
	for j := range doc.Policy().Statements {
		parts.Statement = append(parts.Statement, statementOf(&doc.Policy().Statements[j]).text())
	}
	if i >= 0 {
		parts.Statement = slices.Replace(parts.Statement, i, i+1, texts...)
	} else {
		parts.Statement = append(parts.Statement, texts...)
	}
	text, err := json.Marshal(parts)
	if err != nil {
		return r // cannot be: all of it is text
	}
	return snapshot.ReadDocument("kmsaudit", string(text))
}
