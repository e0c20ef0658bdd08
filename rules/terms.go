package rules

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/kmsaudit/kmsaudit/report"
)

// members calls known for each member of the object that a term has to be; a name
// that known does not know is an error.
func members(term *ast.Term, known func(name string, value ast.Value) (bool, error)) error {
	object, ok := term.Value.(ast.Object)
	if !ok {
		return fmt.Errorf("%s is no object", term)
	}
	return object.Iter(func(key, value *ast.Term) error {
		name, _ := key.Value.(ast.String)
		found, err := known(string(name), value.Value)
		if err == nil && !found {
			return fmt.Errorf("unknown field %s", key)
		}
		if err != nil {
			return fmt.Errorf("field %s: %w", key, err)
		}
		return nil
	})
}

// findingOf reads a finding. room is scratch for JSON, used again and again.
func findingOf(term *ast.Term, room *[]byte) (f Finding, err error) {
	err = members(term, func(name string, value ast.Value) (bool, error) {
		switch name {
		case "subject":
			return true, text(value, &f.Subject)
		case "resource":
			return true, text(value, &f.Resource)
		case "place":
			return true, text(value, &f.Place)
		case "statement":
			return true, text(value, &f.Statement)
		case "about":
			return true, texts(value, &f.About)
		case "msg":
			return true, text(value, &f.Msg)
		case "evidence":
			return true, raw(value, &f.Evidence, room)
		case "mend":
			return true, raw(value, &f.Mend, room)
		case "severity":
			return true, severity(value, &f.Severity)
		}
		return false, nil
	})
	return f, err
}

// unknownOf reads an unknown, with room as findingOf has.
func unknownOf(term *ast.Term, room *[]byte) (u Unknown, err error) {
	err = members(term, func(name string, value ast.Value) (bool, error) {
		switch name {
		case "subject":
			return true, text(value, &u.Subject)
		case "resource":
			return true, text(value, &u.Resource)
		case "about":
			return true, texts(value, &u.About)
		case "why":
			return true, raw(value, &u.Why, room)
		}
		return false, nil
	})
	return u, err
}

func text(value ast.Value, into *string) error {
	s, ok := value.(ast.String)
	if !ok {
		return fmt.Errorf("%s is no string", value)
	}
	*into = string(s)
	return nil
}

func texts(value ast.Value, into *map[string]string) error {
	*into = map[string]string{}
	return members(ast.NewTerm(value), func(name string, value ast.Value) (bool, error) {
		s := ""
		err := text(value, &s)
		(*into)[name] = s
		return true, err
	})
}

func severity(value ast.Value, into *report.Severity) error {
	word := ""
	if err := text(value, &word); err != nil {
		return err
	}
	return into.UnmarshalText([]byte(word))
}

func raw(value ast.Value, into *json.RawMessage, room *[]byte) error {
	text, err := appendJSON((*room)[:0], value)
	*room, *into = text, bytes.Clone(text)
	return err
}

// appendJSON writes a value as JSON, with the members of objects and the elements
// of sets in order.
func appendJSON(b []byte, value ast.Value) ([]byte, error) {
	var err error
	switch v := value.(type) {
	case ast.String:
		return appendText(b, string(v))
	case ast.Object:
		b = append(b, '{')
		first := len(b)
		err = v.Iter(func(key, value *ast.Term) error {
			if len(b) > first {
				b = append(b, ',')
			}
			name, ok := key.Value.(ast.String)
			if !ok {
				return fmt.Errorf("%s is no name of a member", key)
			}
			if b, err = appendText(b, string(name)); err != nil {
				return err
			}
			b, err = appendJSON(append(b, ':'), value.Value)
			return err
		})
		return append(b, '}'), err
	case *ast.Array:
		b = append(b, '[')
		for i := range v.Len() {
			if b, err = appendElement(b, i, v.Elem(i)); err != nil {
				return b, err
			}
		}
		return append(b, ']'), nil
	case ast.Set:
		b = append(b, '[')
		for i, element := range v.Slice() {
			if b, err = appendElement(b, i, element); err != nil {
				return b, err
			}
		}
		return append(b, ']'), nil
	}
	plain, err := ast.JSON(value)
	if err != nil {
		return b, err
	}
	encoded, err := json.Marshal(plain)
	return append(b, encoded...), err
}

func appendElement(b []byte, i int, element *ast.Term) ([]byte, error) {
	if i > 0 {
		b = append(b, ',')
	}
	return appendJSON(b, element.Value)
}

// appendText writes a string as encoding/json does.
func appendText(b []byte, s string) ([]byte, error) {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= utf8.RuneSelf || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' || c == 0x7f {
			encoded, err := json.Marshal(s)
			return append(b, encoded...), err
		}
	}
	return append(append(append(b, '"'), s...), '"'), nil
}
