package rules

import (
	"encoding/json"
	"path"
)

// plain turns Go values into what reading their JSON gives: OPA's schemas take
// nothing else.
func plain(value any) any {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // the value is a schema made of maps, lists and strings
	}
	var result any
	if err := json.Unmarshal(text, &result); err != nil {
		panic(err) // it was written a line above
	}
	return result
}

func jsonType(value any) string {
	switch value.(type) {
	case string:
		return "string"
	case bool:
		return "boolean"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	default:
		return "number"
	}
}

func lastOf(dir string) string { return path.Base(dir) }
