package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
)

// ReadStored reads a results file as ReadJSON does, but keeps what it lists in
// temporary files: memory does not grow with them. Stored is the caller's to close.
func ReadStored(source io.Reader) (*Results, error) {
	stored := newStored(false)
	r, err := stored.read(source)
	if err == nil {
		err = stored.settle()
	}
	if err != nil {
		stored.Close()
		return nil, err
	}
	r.Stored = stored
	return r, nil
}

// read adds what a results file lists, and returns the rest of it. What cannot be
// read so is read anew, as a whole, where the source can be read twice: to say in
// which line it is wrong.
func (s *Stored) read(source io.Reader) (*Results, error) {
	before := *s
	r, err := s.scan(source)
	switch {
	case err == nil:
		return r, s.take(r) // lists by another spelling of their name
	case errors.Is(err, ErrNotKept):
		return nil, err
	}
	seeker, ok := source.(io.Seeker)
	if !ok {
		return nil, err
	}
	if _, failed := seeker.Seek(0, io.SeekStart); failed != nil {
		return nil, err
	}
	s.findings.runs, s.unknown.runs, s.gaps.runs = before.findings.runs, before.unknown.runs, before.gaps.runs
	if r, err = ReadJSON(source); err != nil {
		return nil, err
	}
	return r, s.take(r)
}

// scan reads a results file value by value.
func (s *Stored) scan(source io.Reader) (*Results, error) {
	decoder := json.NewDecoder(source)
	if err := expect(decoder, '{'); err != nil {
		return nil, err
	}
	rest := map[string]json.RawMessage{}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return nil, fmt.Errorf("read results: %w", err)
		}
		switch name {
		case "findings":
			err = scanned(decoder, s.findings.add)
		case "unknown":
			err = scanned(decoder, s.unknown.add)
		case "gaps":
			err = scanned(decoder, s.gaps.add)
		default:
			var value json.RawMessage
			err = decoder.Decode(&value)
			rest[fmt.Sprint(name)] = value
		}
		if err != nil {
			return nil, fmt.Errorf("read results: %w", err)
		}
	}
	if err := expect(decoder, '}'); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("read results: there is something after the end")
	}
	text, err := json.Marshal(rest)
	if err != nil {
		return nil, fmt.Errorf("read results: %w", err)
	}
	return ReadJSON(strings.NewReader(string(text)))
}

// scanned adds the items of a list one by one.
func scanned[T any](decoder *json.Decoder, add func(iter.Seq[*T]) error) error {
	if err := expect(decoder, '['); err != nil {
		return err
	}
	var wrong error
	err := add(func(yield func(*T) bool) {
		for decoder.More() {
			var text json.RawMessage
			if wrong = decoder.Decode(&text); wrong != nil {
				return
			}
			var one T
			if wrong = strict(text, &one); wrong != nil || !yield(&one) {
				return
			}
		}
	})
	if err = errors.Join(err, wrong); err != nil {
		return err
	}
	return expect(decoder, ']')
}

func expect(decoder *json.Decoder, wanted json.Delim) error {
	token, err := decoder.Token()
	switch {
	case err != nil:
		return fmt.Errorf("read results: %w", err)
	case token != wanted:
		return fmt.Errorf("read results: %v where %v is wanted", token, wanted)
	}
	return nil
}
