package imports

import (
	"fmt"
	"reflect"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// answer is what the inputs say to one question: the pages of an output, or the
// error of AWS.
type answer struct {
	pages []any
	err   error
	from  string // the input that said it
	// second says that AWS Config said it, which knows less than AWS.
	second bool
}

// keep takes an answer. Pages of one listing may come from several inputs; two
// inputs that answer the same otherwise leave open which one is right.
func (i *importer) keep(name string, at place, out any, err error) error {
	known := i.answers[at]
	switch {
	case known == nil:
		known = &answer{err: err, from: name}
		i.answers[at] = known
	case err != nil || known.err != nil || !goesOn(out) && !goesOn(known.pages[0]):
		what := at.operation.cli()
		if at.resource != "" {
			what += " of " + at.resource
		}
		return fmt.Errorf("%s: %s is already in %s: two answers leave open which one counts", name, what, known.from)
	}
	if out != nil {
		known.pages = append(known.pages, out)
	}
	return nil
}

// The members of the SDK's inputs and outputs that have to do with pages.
var (
	truncated  = []string{"Truncated", "IsTruncated"}
	nextPage   = []string{"NextMarker", "NextContinuationToken", "NextToken", "ContinuationToken", "Marker"}
	wantedPage = []string{"Marker", "ContinuationToken", "NextToken"}
)

// field finds the first of the named fields that a struct has.
func field(v any, names []string) reflect.Value {
	s := reflect.ValueOf(v).Elem()
	for _, name := range names {
		if f := s.FieldByName(name); f.IsValid() {
			return f
		}
	}
	return reflect.Value{}
}

// goesOn says that an output is a page which is not the last.
func goesOn(out any) bool {
	if f := field(out, nextPage); f.IsValid() && f.Kind() == reflect.Pointer && !f.IsNil() && f.Elem().String() != "" {
		return true
	}
	f := field(out, truncated)
	switch {
	case !f.IsValid():
		return false
	case f.Kind() == reflect.Pointer:
		return !f.IsNil() && f.Elem().Bool()
	}
	return f.Bool()
}

// continued makes an output a page that goes on with page n, or the last page.
func continued(out any, n int) {
	more, next := n > 0, (*string)(nil)
	if more {
		next = aws.String(strconv.Itoa(n))
	}
	if f := field(out, nextPage); f.IsValid() {
		f.Set(reflect.ValueOf(next))
	}
	if f := field(out, truncated); f.IsValid() {
		if f.Kind() == reflect.Pointer {
			f.Set(reflect.ValueOf(&more))
		} else {
			f.SetBool(more)
		}
	}
}

// chain brings pages into an order: those that go on, then the last. It reports
// whether the last is among them.
func chain(pages []any) (ordered []any, whole bool) {
	var last []any
	for _, page := range pages {
		if goesOn(page) {
			ordered = append(ordered, page)
		} else {
			last = append(last, page)
		}
	}
	ordered = append(ordered, last...)
	for i, page := range ordered {
		n := i + 1
		if n == len(ordered) && len(last) > 0 {
			n = 0
		}
		continued(page, n)
	}
	return ordered, len(last) > 0
}

// wanted is the number of the page that an input asks for.
func wanted(input any) int {
	f := field(input, wantedPage)
	if !f.IsValid() || f.Kind() != reflect.Pointer || f.IsNil() {
		return 0
	}
	n, err := strconv.Atoi(f.Elem().String())
	if err != nil {
		return -1
	}
	return n
}
