package rules

import (
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

// findingOf reads a finding.
func findingOf(term *ast.Term, into *jsonTexts) (f Finding, err error) {
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
			f.Evidence, err = into.text(value)
			return true, err
		case "mend":
			f.Mend, err = into.text(value)
			return true, err
		case "severity":
			return true, severity(value, &f.Severity)
		}
		return false, nil
	})
	return f, err
}

// unknownOf reads an unknown.
func unknownOf(term *ast.Term, into *jsonTexts) (u Unknown, err error) {
	err = members(term, func(name string, value ast.Value) (bool, error) {
		switch name {
		case "subject":
			return true, text(value, &u.Subject)
		case "resource":
			return true, text(value, &u.Resource)
		case "about":
			return true, texts(value, &u.About)
		case "why":
			u.Why, err = into.text(value)
			return true, err
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

// jsonTexts writes values as JSON, many into one piece of memory. Not for concurrent
// use; the texts are.
type jsonTexts struct {
	room []byte // for one text
	left []byte // of the piece
}

// pieceSize is that of a piece of memory.
const pieceSize = 64 << 10

func (t *jsonTexts) text(value ast.Value) (json.RawMessage, error) {
	t.room = t.room[:0]
	if err := t.write(value); err != nil {
		return nil, err
	}
	n := len(t.room)
	if n > cap(t.left) {
		t.left = make([]byte, 0, max(pieceSize, n))
	}
	text := t.left[:n:n]
	t.left = t.left[n:n:cap(t.left)]
	copy(text, t.room)
	return text, nil
}

// write writes a value at the end of the room, with the members of objects and the
// elements of sets in order.
func (t *jsonTexts) write(value ast.Value) (err error) {
	switch v := value.(type) {
	case ast.String:
		t.room, err = appendText(t.room, string(v))
		return err
	case ast.Object:
		return t.object(v)
	case *ast.Array:
		return t.list(v.Len(), v.Elem)
	case ast.Set:
		elements := v.Slice()
		return t.list(len(elements), func(i int) *ast.Term { return elements[i] })
	}
	plain, err := ast.JSON(value)
	if err != nil {
		return err
	}
	encoded, err := json.Marshal(plain)
	t.room = append(t.room, encoded...)
	return err
}

func (t *jsonTexts) list(n int, element func(int) *ast.Term) error {
	t.room = append(t.room, '[')
	for i := range n {
		if i > 0 {
			t.room = append(t.room, ',')
		}
		if err := t.write(element(i).Value); err != nil {
			return err
		}
	}
	t.room = append(t.room, ']')
	return nil
}

func (t *jsonTexts) object(v ast.Object) error {
	t.room = append(t.room, '{')
	first := len(t.room)
	err := v.Iter(func(key, value *ast.Term) (err error) {
		if len(t.room) > first {
			t.room = append(t.room, ',')
		}
		name, ok := key.Value.(ast.String)
		if !ok {
			return fmt.Errorf("%s is no name of a member", key)
		}
		if t.room, err = appendText(t.room, string(name)); err != nil {
			return err
		}
		t.room = append(t.room, ':')
		return t.write(value.Value)
	})
	t.room = append(t.room, '}')
	return err
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
