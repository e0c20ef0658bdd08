package policy

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

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
	d := &decoder{}
	return d.decode(text)
}

type decoder struct {
	jsontext.Decoder
	whole    []byte
	buffer   bytes.Buffer // of the same
	memory   *Memory      // nil: what is met again is decoded again
	unquoted []byte
	seen     []string // names of members of the objects that are open
	found    []Statement
	values   []string
	repeated []string
}

func (d *decoder) begin(text []byte) {
	d.whole, d.buffer = text, *bytes.NewBuffer(text)
	d.Reset(&d.buffer, jsontext.AllowDuplicateNames(true))
	d.seen, d.repeated = d.seen[:0], nil
}

func (d *decoder) decode(text []byte) (*Document, error) {
	d.begin(text)
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
	mine := len(d.seen) // few
	defer func() { d.seen = d.seen[:mine] }()
	for d.PeekKind() != '}' {
		name, err := d.scalar()
		if err != nil {
			return err
		}
		if slices.Contains(d.seen[mine:], name) {
			d.repeated = append(d.repeated, string(d.StackPointer()))
		}
		d.seen = append(d.seen, name)
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
	if d.PeekKind() != '"' {
		if _, err := d.ReadToken(); err != nil {
			return err
		}
		return d.fail("has to be a string")
	}
	var err error
	*into, err = d.scalar()
	return err
}

// scalar reads a string, a number or a boolean as text.
func (d *decoder) scalar() (string, error) {
	value, err := d.ReadValue()
	if err != nil {
		return "", err
	}
	text := []byte(value)
	if value.Kind() == '"' {
		if d.unquoted, err = jsontext.AppendUnquote(d.unquoted[:0], value); err != nil {
			return "", err
		}
		text = d.unquoted
	}
	if d.memory != nil {
		return d.memory.own(text), nil
	}
	return string(text), nil
}

// texts reads strings; scalars also takes numbers and booleans, as conditions do.
func (d *decoder) texts(into *[]string, scalars bool) error {
	if d.memory != nil {
		switch kind := d.PeekKind(); {
		case kind == '[':
			return d.memory.list(d, into, scalars)
		case isText(kind, scalars):
			value, err := d.scalar()
			*into = d.memory.single(value)
			return err
		}
	}
	*into = []string{}
	return d.each(func() error {
		if isText(d.PeekKind(), scalars) {
			value, err := d.scalar()
			*into = append(*into, value)
			return err
		}
		if _, err := d.ReadToken(); err != nil {
			return err
		}
		if scalars {
			return d.fail("has to be a string, a number or a boolean")
		}
		return d.fail("has to be a string")
	})
}

// isText reports a string or, if scalars count, a number or a boolean.
func isText(kind jsontext.Kind, scalars bool) bool {
	return kind == '"' || scalars && (kind == '0' || kind == 't' || kind == 'f')
}
