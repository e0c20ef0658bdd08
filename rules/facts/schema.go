package facts

import (
	"reflect"
	"strings"
)

// JSONSchema is the schema of Document, made from its Go types: every member but
// the readings is required, unread may hold the names of readings and no other,
// and nothing else may stand in it. params is the schema of its member params,
// which is for the catalogue of rules to say.
func JSONSchema(params map[string]any) map[string]any {
	schema := schemaOf(reflect.TypeFor[Document](), "")
	schema["$schema"] = "http://json-schema.org/draft-07/schema#"
	schema["title"] = Schema
	schema["properties"].(map[string]any)["params"] = params
	return schema
}

func schemaOf(t reflect.Type, enum string) map[string]any {
	switch t.Kind() {
	case reflect.Pointer:
		return schemaOf(t.Elem(), enum)
	case reflect.String:
		schema := map[string]any{"type": "string"}
		if enum != "" {
			schema["enum"] = strings.Split(enum, ",")
		}
		return schema
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int, reflect.Float64:
		return map[string]any{"type": "number"}
	case reflect.Slice:
		return map[string]any{"type": "array", "items": schemaOf(t.Elem(), enum)}
	case reflect.Struct:
		return objectSchema(t)
	default:
		return map[string]any{"type": "object"}
	}
}

func objectSchema(t reflect.Type) map[string]any {
	properties, required := map[string]any{}, []string{}
	for i := range t.NumField() {
		field := t.Field(i)
		name := memberName(field)
		if field.Type == reflect.TypeFor[map[string]Unread]() {
			properties[name] = unreadSchema(t)
		} else {
			properties[name] = schemaOf(field.Type, field.Tag.Get("enum"))
		}
		if field.Type.Kind() != reflect.Pointer {
			required = append(required, name)
		}
	}
	return map[string]any{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
}

// unreadSchema lets unread hold the readings of the resource t.
func unreadSchema(t reflect.Type) map[string]any {
	properties := map[string]any{}
	for _, reading := range readingsOf(t) {
		properties[reading] = schemaOf(reflect.TypeFor[Unread](), "")
	}
	return map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
}

func readingsOf(t reflect.Type) []string {
	var names []string
	for i := range t.NumField() {
		if t.Field(i).Type.Kind() == reflect.Pointer {
			names = append(names, memberName(t.Field(i)))
		}
	}
	return names
}

func memberName(field reflect.StructField) string {
	name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
	return name
}

// Readings lists, for every collection of resources, the names of its readings.
// Collections of rows have none.
func Readings() map[string][]string {
	document := reflect.TypeFor[Document]()
	readings := map[string][]string{}
	for i := range document.NumField() {
		field := document.Field(i)
		if field.Type.Kind() == reflect.Slice {
			readings[memberName(field)] = readingsOf(field.Type.Elem())
		}
	}
	return readings
}
