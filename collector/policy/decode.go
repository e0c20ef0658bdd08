package policy

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// Error says what is wrong with a policy document and where.
type Error struct {
	Offset  int64  // bytes from the start of the text
	Pointer string // JSON pointer inside the document, "" for its root
	Problem string
}

func (e *Error) Error() string {
	if e.Pointer == "" {
		return fmt.Sprintf("policy document: %s (byte %d)", e.Problem, e.Offset)
	}
	return fmt.Sprintf("policy document: %s: %s (byte %d)", e.Pointer, e.Problem, e.Offset)
}

// Decode reads one policy document. Every error is an *Error. Members that IAM
// does not define are errors, as are values of another type than IAM takes.
func Decode(text []byte) (*Document, error) {
	d := &decoder{Decoder: jsontext.NewDecoder(bytes.NewReader(text), jsontext.AllowDuplicateNames(true))}
	doc := &Document{}
	if err := d.document(doc); err != nil {
		return nil, d.wrap(err)
	}
	if _, err := d.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, &Error{Offset: d.InputOffset(), Problem: "more text after the document"}
	}
	doc.Repeated = d.repeated
	return doc, nil
}

type decoder struct {
	*jsontext.Decoder
	repeated []string
}

// wrap gives an error of the JSON syntax the shape of our own.
func (d *decoder) wrap(err error) error {
	var own *Error
	if errors.As(err, &own) {
		return own
	}
	var syntax *jsontext.SyntacticError
	if errors.As(err, &syntax) {
		return &Error{Offset: syntax.ByteOffset, Pointer: string(syntax.JSONPointer), Problem: syntax.Err.Error()}
	}
	if errors.Is(err, io.EOF) {
		return &Error{Offset: d.InputOffset(), Problem: "the text ends early"}
	}
	return &Error{Offset: d.InputOffset(), Problem: err.Error()}
}

func (d *decoder) fail(problem string, args ...any) error {
	return &Error{Offset: d.InputOffset(), Pointer: string(d.StackPointer()), Problem: fmt.Sprintf(problem, args...)}
}

// object calls member for each member name of the object that comes next, with
// the decoder in front of the member's value.
func (d *decoder) object(what string, member func(name string) error) error {
	if d.PeekKind() != '{' {
		if _, err := d.ReadToken(); err != nil {
			return err
		}
		return d.fail("%s has to be a JSON object", what)
	}
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	seen := map[string]bool{}
	for d.PeekKind() != '}' {
		token, err := d.ReadToken()
		if err != nil {
			return err
		}
		name := token.String()
		if seen[name] {
			d.repeated = append(d.repeated, string(d.StackPointer()))
		}
		seen[name] = true
		if err := member(name); err != nil {
			return err
		}
	}
	_, err := d.ReadToken()
	return err
}

// each calls value for every element of the list that comes next, or once for a
// lone value: IAM takes both (rule M1).
func (d *decoder) each(value func() error) error {
	if d.PeekKind() != '[' {
		return value()
	}
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for d.PeekKind() != ']' {
		if err := value(); err != nil {
			return err
		}
	}
	_, err := d.ReadToken()
	return err
}

func (d *decoder) text(into *string) error {
	token, err := d.ReadToken()
	if err != nil {
		return err
	}
	if token.Kind() != '"' {
		return d.fail("has to be a string")
	}
	*into = token.String()
	return nil
}

// texts reads strings; scalars also takes numbers and booleans, as conditions do.
func (d *decoder) texts(into *[]string, scalars bool) error {
	*into = []string{}
	return d.each(func() error {
		token, err := d.ReadToken()
		if err != nil {
			return err
		}
		switch kind := token.Kind(); {
		case kind == '"', scalars && (kind == '0' || kind == 't' || kind == 'f'):
			*into = append(*into, token.String())
			return nil
		case scalars:
			return d.fail("has to be a string, a number or a boolean")
		}
		return d.fail("has to be a string")
	})
}
