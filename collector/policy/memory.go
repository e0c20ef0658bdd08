package policy

import (
	"bytes"
	"errors"
	"hash/maphash"
)

// Memory decodes many documents and keeps one copy of what they say over and over:
// of strings, of lists of them, and of whole documents. The texts must not change
// while it is in use, nor the documents at all. Not for concurrent use.
type Memory struct {
	seed      maphash.Seed
	texts     map[string]string
	singles   map[string][]string                // lists of one
	lists     [2]map[uint64]remembered[[]string] // by hash of their JSON: of strings, and of all scalars
	documents map[uint64]remembered[*Document]
	decoder   decoder
	elements  decoder
}

// remembered is what a text was decoded to.
type remembered[T any] struct {
	text  []byte
	value T
}

// NewMemory returns a Memory that has met nothing.
func NewMemory() *Memory {
	m := &Memory{seed: maphash.MakeSeed(), texts: map[string]string{}, singles: map[string][]string{}, documents: map[uint64]remembered[*Document]{}}
	for i := range m.lists {
		m.lists[i] = map[uint64]remembered[[]string]{}
	}
	m.decoder.memory, m.elements.memory = m, m
	return m
}

// Decode is the function of that name. The document may be one that it returned
// before.
func (m *Memory) Decode(text []byte) (*Document, error) {
	hash := maphash.Bytes(m.seed, text)
	if met, ok := m.documents[hash]; ok && bytes.Equal(met.text, text) {
		return met.value, nil
	}
	document, err := m.decoder.decode(text)
	if err != nil {
		return Decode(text) // which says what is wrong
	}
	m.documents[hash] = remembered[*Document]{text, document}
	return document, nil
}

// own is the one copy of a text.
func (m *Memory) own(text []byte) string {
	if known, ok := m.texts[string(text)]; ok {
		return known
	}
	own := string(text)
	m.texts[own] = own
	return own
}

// single is the one list of nothing but a text.
func (m *Memory) single(text string) []string {
	list := m.singles[text]
	if list == nil {
		list = []string{text}
		m.singles[text] = list
	}
	return list
}

// list reads a list that comes next. Its errors tell nothing.
func (m *Memory) list(d *decoder, into *[]string, scalars bool) error {
	text, err := d.ReadValue()
	if err != nil {
		return err
	}
	lists := m.lists[0]
	if scalars {
		lists = m.lists[1]
	}
	hash := maphash.Bytes(m.seed, text)
	met, ok := lists[hash]
	if !ok || !bytes.Equal(met.text, text) {
		end := d.InputOffset()
		met.text = d.whole[end-int64(len(text)) : end : end]
		if met.value, err = m.elements.elements(met.text, scalars); err != nil {
			return err
		}
		lists[hash] = met
	}
	*into = met.value
	return nil
}

// elements reads a list that is nothing but that.
func (d *decoder) elements(list []byte, scalars bool) ([]string, error) {
	d.begin(list)
	if _, err := d.ReadToken(); err != nil {
		return nil, err
	}
	d.values = d.values[:0]
	for kind := d.PeekKind(); kind != ']'; kind = d.PeekKind() {
		if !isText(kind, scalars) {
			return nil, errors.New("an element of another type")
		}
		value, err := d.scalar()
		if err != nil {
			return nil, err
		}
		d.values = append(d.values, value)
	}
	if len(d.values) == 1 {
		return d.memory.single(d.values[0]), nil
	}
	return append(make([]string, 0, len(d.values)), d.values...), nil
}
