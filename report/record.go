package report

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// fields goes over the fields of a record in one order: a writer takes them, a
// reader sets them. Nothing and what is empty are one, as they are in reports.
type fields interface {
	text(field *string)
	raw(field *json.RawMessage)
	number(field *int)
	list(field *[]string)
	pairs(field *map[string]string)
	// there says whether what may be missing is there.
	there(is bool) bool
}

func (f *Finding) fields(o fields) {
	o.text(&f.Rule)
	severityField(&f.Severity, o)
	o.text(&f.Resource)
	o.text(&f.Account)
	o.text(&f.Region)
	o.text(&f.Statement)
	o.pairs(&f.About)
	o.text(&f.Msg)
	o.raw(&f.Evidence)
	o.raw(&f.Mend)
	f.Place.fields(o)
	o.text(&f.Fingerprint)
	waivedFields(&f.Waived, o)
	o.text(&f.Baseline)
}

func (u *Unknown) fields(o fields) {
	o.text(&u.Rule)
	severityField(&u.Severity, o)
	o.text(&u.Resource)
	o.text(&u.Account)
	o.text(&u.Region)
	o.pairs(&u.About)
	o.text(&u.Msg)
	o.raw(&u.Why)
	u.Place.fields(o)
	o.text(&u.Fingerprint)
	waivedFields(&u.Waived, o)
}

func (g *Gap) fields(o fields) {
	for _, field := range []*string{&g.Account, &g.Service, &g.Region, &g.Operation, &g.Resource, &g.State, &g.Code, &g.Message} {
		o.text(field)
	}
	o.list(&g.Rules)
	severityField(&g.Severity, o)
	g.Listing = o.there(g.Listing)
	g.Place.fields(o)
}

func (p *Place) fields(o fields) {
	o.text(&p.File)
	o.text(&p.Pointer)
	o.number(&p.Line)
	o.number(&p.Column)
}

func severityField(s *Severity, o fields) {
	n := int(*s)
	o.number(&n)
	*s = Severity(n) //nolint:gosec // G115: it was one
}

func waivedFields(field **Waived, o fields) {
	if !o.there(*field != nil) {
		return
	}
	if *field == nil {
		*field = &Waived{}
	}
	w := *field
	o.text(&w.Reason)
	o.text(&w.Owner)
	o.text(&w.Expires)
	o.text(&w.Ticket)
}

// recordWriter appends fields to bytes: lengths and numbers as varints.
type recordWriter struct{ bytes []byte }

func (w *recordWriter) text(field *string) {
	w.bytes = append(binary.AppendUvarint(w.bytes, uint64(len(*field))), *field...)
}

func (w *recordWriter) raw(field *json.RawMessage) {
	w.bytes = append(binary.AppendUvarint(w.bytes, uint64(len(*field))), *field...)
}

func (w *recordWriter) number(field *int) { w.bytes = binary.AppendVarint(w.bytes, int64(*field)) }

func (w *recordWriter) list(field *[]string) {
	n := len(*field)
	w.number(&n)
	for i := range *field {
		w.text(&(*field)[i])
	}
}

func (w *recordWriter) pairs(field *map[string]string) {
	n := len(*field)
	w.number(&n)
	for _, key := range slices.Sorted(maps.Keys(*field)) {
		value := (*field)[key]
		w.text(&key)
		w.text(&value)
	}
}

func (w *recordWriter) there(is bool) bool {
	n := 0
	if is {
		n = 1
	}
	w.number(&n)
	return is
}

// errRecord says that a file of ours does not hold what was written to it.
var errRecord = fmt.Errorf("%w: the temporary file was changed by somebody else", ErrNotKept)

// recordReader sets fields from a record. All texts share its memory.
type recordReader struct {
	rest string
	bad  bool
}

func (r *recordReader) cut(n uint64) string {
	if n > uint64(len(r.rest)) {
		r.bad, r.rest = true, ""
		return ""
	}
	piece := r.rest[:n]
	r.rest = r.rest[n:]
	return piece
}

// varint reads a number of at most ten bytes.
func (r *recordReader) varint() uint64 {
	n, size := binary.Uvarint([]byte(r.rest[:min(len(r.rest), binary.MaxVarintLen64)]))
	if size <= 0 {
		r.bad, r.rest = true, ""
		return 0
	}
	r.rest = r.rest[size:]
	return n
}

func (r *recordReader) text(field *string) { *field = r.cut(r.varint()) }

func (r *recordReader) raw(field *json.RawMessage) {
	if piece := r.cut(r.varint()); piece != "" {
		*field = json.RawMessage(piece)
	}
}

func (r *recordReader) number(field *int) {
	n := r.varint()
	*field = int(n>>1) ^ -int(n&1) //nolint:gosec // G115: it was an int
}

func (r *recordReader) list(field *[]string) {
	n := 0
	r.number(&n)
	for range n {
		if r.bad {
			return
		}
		var one string
		r.text(&one)
		*field = append(*field, one)
	}
}

func (r *recordReader) pairs(field *map[string]string) {
	n := 0
	r.number(&n)
	for range n {
		if r.bad {
			return
		}
		var key, value string
		r.text(&key)
		r.text(&value)
		if *field == nil {
			*field = map[string]string{}
		}
		(*field)[key] = value
	}
}

func (r *recordReader) there(bool) bool {
	n := 0
	r.number(&n)
	return n != 0
}
