package report_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/kmsaudit/kmsaudit/report"
)

func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(report.ResultsSchema))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("results.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("results.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

func TestSchemaAccepts(t *testing.T) {
	bare := &report.Results{
		Findings: []report.Finding{{Rule: "R", Severity: report.Info, Fingerprint: strings.Repeat("0", 64)}},
		Unknown:  []report.Unknown{{Rule: "R", Severity: report.Info, Fingerprint: strings.Repeat("0", 64)}},
		Gaps:     make([]report.Gap, 1), Snapshots: make([]report.Snapshot, 1), UnusedWaivers: make([]report.Waiver, 1),
		Rules: []report.Rule{{ID: "R", Severity: report.Info}},
	}
	s := schema(t)
	for name, r := range map[string]*report.Results{"full": full(), "bare": bare, "empty": {}} {
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(encode(t, r)))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(v); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSchemaRefuses(t *testing.T) {
	good := string(encode(t, full()))
	s := schema(t)
	for name, change := range map[string][2]string{
		"no schema":      {`"schema": "kmsaudit.results/v1"`, `"schema": "x"`},
		"severity":       {`"severity":"medium"`, `"severity":"dire"`},
		"unknown field":  {`"tool": {`, `"tool": {"x": 1,`},
		"missing field":  {`"msg":"rotation is off",`, ``},
		"negative count": {`"passed": 2`, `"passed": -2`},
		"fingerprint":    {strings.Repeat("1", 64), "1"},
		"null list":      {`"gaps": [`, `"gaps": null, "unknown": [`},
	} {
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(strings.Replace(good, change[0], change[1], 1)))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if s.Validate(v) == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// Each Go type and its part of the schema have the same fields; each field of
// the schema is described; required are all but those with omitempty.
func TestSchemaIsTheTypes(t *testing.T) {
	var doc map[string]any
	if err := json.Unmarshal([]byte(report.ResultsSchema), &doc); err != nil {
		t.Fatal(err)
	}
	defs := doc["$defs"].(map[string]any)
	types := map[string]any{
		"tool": report.Tool{}, "snapshot": report.Snapshot{}, "summary": report.Summary{}, "needsIntent": report.NeedsIntent{},
		"rule": report.Rule{}, "finding": report.Finding{}, "unknown": report.Unknown{}, "gap": report.Gap{},
		"place": report.Place{}, "waived": report.Waived{}, "waiver": report.Waiver{}, "baseline": report.Baseline{},
	}
	for name, def := range defs {
		if def.(map[string]any)["additionalProperties"] == false && types[name] == nil {
			t.Errorf("%s: no Go type is held against it", name)
		}
	}
	held := map[string]any{"results": doc}
	for name := range types {
		held[name] = defs[name]
	}
	types["results"] = report.Results{}
	for name, value := range types {
		object := held[name].(map[string]any)
		properties := object["properties"].(map[string]any)
		all, required := fields(reflect.TypeOf(value))
		if diff := cmp.Diff(all, slices.Sorted(maps.Keys(properties))); diff != "" {
			t.Errorf("%s: fields (-Go +schema):\n%s", name, diff)
		}
		var listed []string
		for _, one := range object["required"].([]any) {
			listed = append(listed, one.(string))
		}
		slices.Sort(listed)
		if diff := cmp.Diff(required, listed); diff != "" {
			t.Errorf("%s: required (-Go +schema):\n%s", name, diff)
		}
		if object["additionalProperties"] != false {
			t.Errorf("%s: takes additional properties", name)
		}
		for key, property := range properties {
			if !described(defs, property.(map[string]any)) {
				t.Errorf("%s.%s: no description", name, key)
			}
		}
	}
}

// fields lists the JSON names of a struct, sorted: all, and those always written.
func fields(typ reflect.Type) (all, required []string) {
	for i := range typ.NumField() {
		name, options, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
		if name == "-" {
			continue
		}
		all = append(all, name)
		if options != "omitempty" {
			required = append(required, name)
		}
	}
	slices.Sort(all)
	slices.Sort(required)
	return all, required
}

func described(defs, property map[string]any) bool {
	if text, _ := property["description"].(string); text != "" {
		return true
	}
	ref, _ := property["$ref"].(string)
	def, _ := defs[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any)
	text, _ := def["description"].(string)
	return text != ""
}
