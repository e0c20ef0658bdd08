package rules

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"

	"github.com/kmsaudit/kmsaudit/rules/facts"
)

// The kinds of examples, as examples.json names them.
const (
	areFindings = "findings"
	arePasses   = "passes"
	areUnknown  = "unknown"
)

type kindedExample struct {
	Example
	kind string
}

// all are the examples in the order of the file.
func (e *Examples) all() []kindedExample {
	var all []kindedExample
	for _, list := range []struct {
		kind     string
		examples []Example
	}{{areFindings, e.Findings}, {arePasses, e.Passes}, {areUnknown, e.Unknown}} {
		for _, example := range list.examples {
			all = append(all, kindedExample{example, list.kind})
		}
	}
	return all
}

// complete makes a whole document of an example, which gives the part that
// matters.
func (c *Catalogue) complete(example Example) map[string]any {
	document := sample(c.FactsSchema()).(map[string]any)
	document["schema"] = facts.Schema
	document["account"] = map[string]any{"arn": "arn:aws:iam::111122223333:root", "id": "111122223333", "partition": "aws", "place": "/account"}
	document["params"] = c.Params(Settings{})
	document["prices"] = map[string]any{"kms_requests_10000": 0.03, "key_month": 1}
	maps.Copy(document, example.Facts)
	return document
}

// sample is the least that fits a schema: what is required, empty.
func sample(schema map[string]any) any {
	switch schema["type"] {
	case "object":
		value := map[string]any{}
		properties, _ := schema["properties"].(map[string]any)
		required, _ := schema["required"].([]string)
		for _, name := range required {
			value[name] = sample(properties[name].(map[string]any))
		}
		return value
	case "array":
		return []any{}
	case "number":
		return 0
	case "boolean":
		return false
	default:
		if words, ok := schema["enum"].([]string); ok {
			return words[0]
		}
		return ""
	}
}

// readDocument reads facts strictly.
func readDocument(value map[string]any) (*facts.Document, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	var document facts.Document
	if err := decoder.Decode(&document); err != nil {
		return nil, fmt.Errorf("read facts: %w", err)
	}
	return &document, nil
}

// judged is how a rule fared, with its subjects.
type judged struct {
	Outcome
	subjects []string
}

// judge runs the rule on facts. What goes wrong is told.
func (v *verifier) judge(ctx context.Context, name string, value map[string]any, size int) (judged, bool) {
	document, err := readDocument(value)
	if err == nil {
		var a answer
		if a, _, err = v.query.alone(ctx, document, size); err == nil {
			o := outcomeOf(v.rule, a)
			o.floor(v.uses.readings, unreadOf(document))
			return judged{Outcome: o, subjects: a.subjects}, true
		}
	}
	if ctx.Err() == nil {
		v.wrong("example %q: %v", name, err)
	}
	return judged{}, false
}

// sharded holds the outcome to that of shards of one.
func (v *verifier) sharded(ctx context.Context, name string, whole map[string]any, want judged) {
	one, ok := v.judge(ctx, name, whole, 1)
	if ok && !slices.Equal(one.told(), want.told()) {
		v.wrong("example %q comes out otherwise when the rule sees one resource at a time", name)
	}
}

// told is the outcome in words that can be compared.
func (o *judged) told() []string {
	words := slices.Clone(o.Passed)
	for _, f := range o.Findings {
		words = append(words, fmt.Sprintf("found %+v", f))
	}
	for _, u := range o.Unknown {
		words = append(words, fmt.Sprintf("unknown %+v", u))
	}
	return words
}

// factsCheck holds documents to the schema of the facts, with the means of OPA.
type factsCheck struct{ query rego.PreparedEvalQuery }

func newFactsCheck(ctx context.Context, c *Catalogue) (*factsCheck, error) {
	schema, err := ast.InterfaceToValue(plain(c.FactsSchema()))
	if err != nil {
		return nil, err
	}
	call := ast.JSONMatchSchema.Expr(ast.NewTerm(ast.InputRootRef), ast.NewTerm(schema), ast.VarTerm("result"))
	query, err := rego.New(rego.ParsedQuery(ast.NewBody(call))).PrepareForEval(ctx)
	return &factsCheck{query}, err
}

// problems says where a document does not fit.
func (f *factsCheck) problems(ctx context.Context, document map[string]any) []string {
	set, err := f.query.Eval(ctx, rego.EvalInput(plain(document)))
	if err != nil {
		return []string{err.Error()}
	}
	if len(set) == 0 {
		return []string{"it is no document"}
	}
	var problems []string
	result, _ := set[0].Bindings["result"].([]any)
	if len(result) == 2 {
		list, _ := result[1].([]any)
		for _, one := range list {
			if problem, ok := one.(map[string]any); ok {
				problems = append(problems, fmt.Sprint(problem["error"]))
			}
		}
	}
	return problems
}
