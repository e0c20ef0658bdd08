package imports

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// decode reads a JSON text as the AWS CLI and AWS Config write the SDK's types:
// with names in any case, times in several forms, members that are newer than
// this program, and documents as text or as they are.
func decode(text []byte, into any) error {
	return json.Unmarshal(text, into, json.MatchCaseInsensitiveNames(true), json.WithUnmarshalers(json.JoinUnmarshalers(
		json.UnmarshalFromFunc(readTime), json.UnmarshalFromFunc(readText),
	)))
}

// wrong says where an error of decode stands.
func wrong(name string, text []byte, err error) error { return snapshot.Explain(name, text, err) }

// problem is an error of decode in a text within a text, whose lines say nothing.
func problem(err error) string {
	e := snapshot.Explain("", nil, err)
	if e.Pointer == "" {
		return e.Problem
	}
	return e.Pointer + ": " + e.Problem
}

// misplaced is a problem at a place of a file.
func misplaced(name string, text []byte, pointer, format string, values ...any) error {
	e := &snapshot.Error{File: name, Pointer: pointer, Problem: fmt.Sprintf(format, values...)}
	for { // a place in a text within the text has no line: the text has
		if at, ok := snapshot.Positions(text, []string{pointer})[pointer]; ok {
			e.Line, e.Column = at.Line, at.Column
			return e
		}
		if pointer == "" {
			return e
		}
		pointer = pointer[:max(0, strings.LastIndexByte(pointer, '/'))]
	}
}

// readTime reads a time: RFC 3339, seconds or milliseconds since 1970, and the
// words that S3's headers and AWS Config's oldest items have.
func readTime(dec *jsontext.Decoder, into *time.Time) error {
	switch dec.PeekKind() {
	case 'n':
		return dec.SkipValue()
	case '0':
		token, err := dec.ReadToken()
		if err != nil {
			return err
		}
		seconds, err := token.Float()
		if err != nil {
			return err
		}
		if seconds > 1e11 { // the year 5138 in seconds: they are milliseconds
			seconds /= 1000
		}
		if seconds < 0 || seconds > 1e11 {
			return errors.New("no time is so far away")
		}
		*into = time.UnixMilli(int64(seconds * 1000)).UTC()
		return nil
	case '"':
		token, err := dec.ReadToken()
		if err != nil {
			return err
		}
		text := token.String()
		for _, layout := range [...]string{time.RFC3339, time.RFC1123, "2006-01-02T15:04:05-0700", "Jan 2, 2006 3:04:05 PM"} {
			if t, err := time.Parse(layout, text); err == nil && t.Year() >= 0 && t.Year() <= 9999 {
				*into = t.UTC()
				return nil
			}
		}
		if strings.HasSuffix(string(dec.StackPointer()), "/Expires") {
			return nil // a header that uploaders fill with anything
		}
		return fmt.Errorf("%q is no time such as 2026-11-20T06:00:00Z", text)
	}
	return errors.New("this has to be a time")
}

// readText takes an object for its text: the AWS CLI decodes the documents of
// IAM, which its API sends as text.
func readText(dec *jsontext.Decoder, into *string) error {
	if dec.PeekKind() != '{' || !strings.HasSuffix(string(dec.StackPointer()), "Document") {
		return errors.ErrUnsupported
	}
	value, err := dec.ReadValue()
	if err != nil {
		return err
	}
	*into = string(value)
	return nil
}

// members lists the names of the members of a JSON object and their kinds.
func members(text []byte) (map[string]jsontext.Kind, error) {
	dec := jsontext.NewDecoder(strings.NewReader(string(text)))
	token, err := dec.ReadToken()
	if err != nil {
		return nil, err
	}
	if token.Kind() != '{' {
		return nil, nil
	}
	names := map[string]jsontext.Kind{}
	for dec.PeekKind() != '}' {
		name, err := dec.ReadToken()
		if err != nil {
			return nil, err
		}
		text := name.String()
		names[text] = dec.PeekKind()
		if err := dec.SkipValue(); err != nil {
			return nil, err
		}
	}
	if _, err := dec.ReadToken(); err != nil {
		return nil, err
	}
	return names, nil
}
