package snapshot

import (
	"bytes"
	"errors"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/kmsaudit/kmsaudit/collector/policy"
)

// Document is a policy document, embedded in the file as a JSON object. It has
// been read as a policy: a text that is none cannot become a Document.
type Document struct {
	json   jsontext.Value
	policy *policy.Document
}

// NewDocument reads the text of a policy document.
func NewDocument(text []byte) (Document, error) {
	parsed, err := policy.Decode(text)
	if err != nil {
		return Document{}, err
	}
	return Document{json: bytes.Clone(text), policy: parsed}, nil
}

// ReadDocument makes a reading of the policy text that operation returned. A
// text that is no policy gives a failed reading which keeps the text. Where a
// member stands twice, the last one is embedded and the text is kept.
func ReadDocument(operation, text string) Reading[Document] {
	failed := func(code string, err error) Reading[Document] {
		return Reading[Document]{State: Failed, Operation: operation, Code: code, Message: err.Error(), Text: text}
	}
	document, err := NewDocument([]byte(text))
	if err != nil {
		return failed("UnreadablePolicy", err)
	}
	clean := document.json
	if len(document.policy.Repeated) > 0 {
		if clean, err = withoutRepeats(text); err != nil {
			return failed("UnreadablePolicy", err)
		}
	}
	// What the file will hold, against what was received.
	written, err := json.Marshal(clean)
	if err != nil {
		return failed("UnreadablePolicy", err)
	}
	reading := Of(Document{json: written, policy: document.policy})
	received := jsontext.Value(bytes.Clone([]byte(text)))
	if err := received.Compact(jsontext.AllowDuplicateNames(true), jsontext.PreserveRawStrings(true)); err != nil {
		return failed("UnreadablePolicy", err)
	}
	if !bytes.Equal(received, written) {
		reading.Text = text
	}
	return reading
}

func withoutRepeats(text string) (jsontext.Value, error) {
	var value any
	if err := json.Unmarshal([]byte(text), &value, jsontext.AllowDuplicateNames(true)); err != nil {
		return nil, err
	}
	return json.Marshal(value, json.Deterministic(true))
}

// JSON is the document's text; nil in a snapshot that was read for an audit.
func (d Document) JSON() []byte { return d.json }

// Policy is the parsed document. The caller must not change it.
func (d Document) Policy() *policy.Document { return d.policy }

// MarshalJSONTo writes the document as a JSON object.
func (d Document) MarshalJSONTo(enc *jsontext.Encoder) error {
	if d.json == nil {
		return errors.New("the document has no text: the snapshot was read for an audit, or the document is empty")
	}
	return enc.WriteValue(d.json)
}

// UnmarshalJSONFrom reads the document as a policy.
func (d *Document) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	value, err := dec.ReadValue()
	if err != nil {
		return err
	}
	return d.read(bytes.Clone(value), policy.Decode)
}

// read makes the document of a text that stays as it is.
func (d *Document) read(text []byte, decode func([]byte) (*policy.Document, error)) error {
	parsed, err := decode(text)
	var wrong *policy.Error
	if errors.As(err, &wrong) {
		return &placed{pointer: wrong.Pointer, problem: wrong.Problem}
	}
	*d = Document{json: text, policy: parsed}
	return err
}

// PolicyOf returns the policy of a reading, or why there is none. An absent
// policy is nil without a reason. Repeated is what the text as received
// repeated.
func PolicyOf(r Reading[Document]) (*policy.Document, *Unread) {
	document, ok := r.Get()
	if !ok {
		return nil, r.Unread()
	}
	if r.Text == "" || len(document.policy.Repeated) > 0 {
		return document.policy, nil
	}
	received, err := policy.Decode([]byte(r.Text))
	if err != nil {
		return nil, &Unread{State: Failed, Operation: r.Operation, Code: "UnreadablePolicy", Message: err.Error()}
	}
	parsed := *document.policy
	parsed.Repeated = received.Repeated
	return &parsed, nil
}
