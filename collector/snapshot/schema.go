package snapshot

import (
	_ "embed"
	"reflect"
	"strings"
	"time"
)

//go:generate go run generate.go

// SchemaFile is the JSON Schema of the file format, as published.
//
//go:embed schema.json
var SchemaFile []byte

// required are the members that a file has to have; a reading that is missing is
// not_collected, and a list that is missing is empty and not covered.
var required = map[string][]string{
	"Snapshot": {"schema", "account", "collected_at"},
	"Account":  {"id", "partition"},
	"Coverage": {"service", "operation", "state"},
	"Reading":  {"state"},
}

// JSONSchema is the schema of Snapshot, made from its Go types.
func JSONSchema() map[string]any {
	w := &schemaWriter{defs: map[string]any{}}
	root := w.object(reflect.TypeFor[Snapshot]())
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = Schema
	root["properties"].(map[string]any)["schema"] = map[string]any{"const": Schema}
	root["$defs"] = w.defs
	return root
}

type schemaWriter struct{ defs map[string]any }

func (w *schemaWriter) of(t reflect.Type) map[string]any {
	switch t {
	case reflect.TypeFor[time.Time]():
		return map[string]any{"type": "string", "format": "date-time"}
	case reflect.TypeFor[State]():
		return map[string]any{"enum": stateNames}
	case reflect.TypeFor[Document]():
		return map[string]any{"type": "object", "required": []string{"Statement"}, "description": "an IAM policy document"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return w.of(t.Elem())
	case reflect.String:
		return map[string]any{"type": "string"}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Slice:
		return map[string]any{"type": "array", "items": w.of(t.Elem())}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": w.of(t.Elem())}
	case reflect.Struct:
		return w.reference(t)
	default:
		return map[string]any{"type": "integer"}
	}
}

// reference describes a struct once, by its name; every reading has a shape of
// its own.
func (w *schemaWriter) reference(t reflect.Type) map[string]any {
	if isReading(t) {
		return w.reading(t)
	}
	if _, done := w.defs[t.Name()]; !done {
		w.defs[t.Name()] = nil // a type may contain itself
		w.defs[t.Name()] = w.object(t)
	}
	return map[string]any{"$ref": "#/$defs/" + t.Name()}
}

func isReading(t reflect.Type) bool { return strings.HasPrefix(t.Name(), "Reading[") }

// reading has a value if and only if its state is ok.
func (w *schemaWriter) reading(t reflect.Type) map[string]any {
	schema := w.object(t)
	schema["if"] = map[string]any{"properties": map[string]any{"state": map[string]any{"const": OK.String()}}}
	schema["then"] = map[string]any{"required": []string{"value"}}
	schema["else"] = map[string]any{"properties": map[string]any{"value": false}}
	return schema
}

func (w *schemaWriter) object(t reflect.Type) map[string]any {
	properties := map[string]any{}
	name, _, _ := strings.Cut(t.Name(), "[")
	must := required[name]
	for i := range t.NumField() {
		name, options, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		properties[name] = w.of(t.Field(i).Type)
		if name == "arn" && options == "" {
			must = []string{"arn"}
		}
	}
	schema := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if must != nil {
		schema["required"] = must
	}
	return schema
}
