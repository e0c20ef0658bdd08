package snapshot

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/kmsaudit/kmsaudit/collector/policy"
)

// Error says what is wrong with a snapshot file and where.
type Error struct {
	File    string
	Line    int    // from 1; 0 when the place is not known
	Column  int    // from 1, in code points
	Pointer string // JSON pointer, "" for the document
	Problem string
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", e.Line, e.Column)
	}
	b.WriteString(": ")
	if e.Pointer != "" {
		b.WriteString(e.Pointer + ": ")
	}
	b.WriteString(e.Problem)
	return b.String()
}

// placed is an error at a pointer below the value that is being read.
type placed struct{ pointer, problem string }

func (p *placed) Error() string { return p.problem }

// Decode reads a snapshot strictly: a field that this version does not know, a
// repeated field, a wrong type, a text that goes on or ends early are errors.
// name is the file's name for messages. Every error is an *Error. The snapshot
// refers to the text, which must not change afterwards.
func Decode(name string, text []byte) (*Snapshot, error) { return decode(name, text, true) }

// decode decodes with the text of policy documents or without it.
func decode(name string, text []byte, keep bool) (*Snapshot, error) {
	from := newSource(text, keep)
	s, err := from.snapshot(from.quickly())
	if err != nil {
		s, err = from.snapshot(from.document()) // whose errors say where they are
	}
	*from = source{} // which the decoder may hold on to
	if err == nil {
		err = s.validate()
	}
	if err == nil {
		return s, nil
	}
	wrong := explain(err)
	if header, ok := peek(text); ok && header.Schema != Schema {
		wrong = &Error{Pointer: "/schema", Problem: wrongSchema(header.Schema)}
	} else if errors.Is(err, json.ErrUnknownName) {
		wrong.Problem += fmt.Sprintf("; the file was written by %s %s", header.Tool.Name, header.Tool.Version)
	}
	return nil, wrong.in(name, text, offsetOf(err))
}

// source is the text of a snapshot.
type source struct {
	text   []byte
	keep   bool // the text of policy documents
	memory *policy.Memory
	maps   map[string]map[string]string // by their JSON
}

func newSource(text []byte, keep bool) *source {
	return &source{text: text, keep: keep, memory: policy.NewMemory(), maps: map[string]map[string]string{}}
}

// quickly reads what there is much of with little garbage.
func (from *source) quickly() *json.Unmarshalers {
	return json.JoinUnmarshalers(from.document(), from.tags(), inPieces[Role](), inPieces[Key](), inPieces[Bucket]())
}

func (from *source) snapshot(by *json.Unmarshalers) (*Snapshot, error) {
	s := &Snapshot{}
	err := json.Unmarshal(from.text, s, json.RejectUnknownMembers(true), json.WithUnmarshalers(by))
	return s, err
}

// document has policy documents refer to the text.
func (from *source) document() *json.Unmarshalers {
	return json.UnmarshalFromFunc(func(dec *jsontext.Decoder, d *Document) error {
		value, err := dec.ReadValue()
		if err != nil {
			return err
		}
		end := dec.InputOffset()
		err = d.read(from.text[end-int64(len(value)):end:end], from.memory.Decode)
		if !from.keep {
			d.json = nil
		}
		return err
	})
}

// tags has equal maps of strings, such as tags, decoded once. They must not change. Its
// errors tell nothing.
func (from *source) tags() *json.Unmarshalers {
	return json.UnmarshalFromFunc(func(dec *jsontext.Decoder, tags *map[string]string) error {
		value, err := dec.ReadValue()
		if err != nil {
			return err
		}
		known, met := from.maps[string(value)]
		if !met {
			if err := json.Unmarshal(value, &known); err != nil {
				return err
			}
			from.maps[string(value)] = known
		}
		*tags = known
		return nil
	})
}

// inPieces reads a long list in pieces, which are put together once: a list that grows
// is copied again and again. Its errors tell nothing.
func inPieces[T any]() *json.Unmarshalers {
	const least, most = 8, 256
	return json.UnmarshalFromFunc(func(dec *jsontext.Decoder, list *[]T) error {
		if dec.PeekKind() != '[' {
			return errors.New("not a list")
		}
		if _, err := dec.ReadToken(); err != nil {
			return err
		}
		var pieces [][]T
		last := []T{}
		for dec.PeekKind() != ']' {
			if len(last) == cap(last) {
				pieces = append(pieces, last)
				last = make([]T, 0, min(max(2*cap(last), least), most))
			}
			last = last[:len(last)+1]
			if err := json.UnmarshalDecode(dec, &last[len(last)-1]); err != nil {
				return err
			}
		}
		*list = append([]T{}, last...)
		if len(pieces) > 1 {
			*list = slices.Concat(append(pieces, last)...)
		}
		_, err := dec.ReadToken()
		return err
	})
}

// Explain says in which line of a JSON text, and at which value, an error of
// reading it stands.
func Explain(name string, text []byte, err error) *Error {
	return explain(err).in(name, text, offsetOf(err))
}

// in is the error with the file and the line that it stands in.
func (e *Error) in(name string, text []byte, offset int64) *Error {
	e.File = name
	e.Line, e.Column = locate(text, e.Pointer, offset)
	return e
}

func wrongSchema(found string) string {
	if found == "" {
		return fmt.Sprintf("this is not a kmsaudit snapshot: schema is missing, it has to be %q", Schema)
	}
	return fmt.Sprintf("schema %q is not known to this version, which reads %q", found, Schema)
}

type header struct {
	Schema string `json:"schema"`
	Tool   Tool   `json:"tool"`
}

// peek reads the schema and the tool out of a file that may be of another
// version. It fails on text that is no JSON object at all.
func peek(text []byte) (header, bool) {
	var h header
	err := json.Unmarshal(text, &h)
	return h, err == nil
}

func explain(err error) *Error {
	var below *placed
	var semantic *json.SemanticError
	var syntactic *jsontext.SyntacticError
	switch {
	case errors.As(err, &syntactic):
		e := &Error{Pointer: string(syntactic.JSONPointer), Problem: syntactic.Err.Error()}
		if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
			e.Problem = "the file ends early: it is cut off or was never finished"
		}
		return e
	case errors.As(err, &semantic):
		e := &Error{Pointer: string(semantic.JSONPointer), Problem: problem(semantic)}
		if errors.As(err, &below) {
			e.Pointer += below.pointer
			e.Problem = below.problem
		}
		return e
	case errors.As(err, &below):
		return &Error{Pointer: below.pointer, Problem: below.problem}
	}
	return &Error{Problem: err.Error()}
}

func problem(e *json.SemanticError) string {
	switch {
	case errors.Is(e, json.ErrUnknownName):
		return "this version of kmsaudit does not know the field"
	case e.Err != nil:
		return e.Err.Error()
	case e.JSONKind != 0 && e.GoType != nil:
		return fmt.Sprintf("a JSON %s cannot stand here", e.JSONKind)
	}
	return "the value cannot stand here"
}

func offsetOf(err error) int64 {
	var semantic *json.SemanticError
	var syntactic *jsontext.SyntacticError
	switch {
	case errors.As(err, &syntactic):
		return syntactic.ByteOffset
	case errors.As(err, &semantic):
		return semantic.ByteOffset
	}
	return -1
}
