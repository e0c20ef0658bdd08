package junit_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/report/internal/example"
	"github.com/kmsaudit/kmsaudit/report/internal/hostile"
	"github.com/kmsaudit/kmsaudit/report/junit"
)

func write(t *testing.T, r *report.Results) string {
	t.Helper()
	var b bytes.Buffer
	if err := junit.Write(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestGolden(t *testing.T) {
	for _, name := range example.Names() {
		t.Run(name, func(t *testing.T) {
			text := write(t, example.Load(t, name))
			hold(t, text)
			example.Golden(t, name+".xml", text)
		})
	}
}

type suites struct {
	counts
	Suites []struct {
		counts
		Name  string `xml:"name,attr"`
		Cases []struct {
			Class   string    `xml:"classname,attr"`
			Name    string    `xml:"name,attr"`
			Failure *struct{} `xml:"failure"`
			Error   *struct{} `xml:"error"`
			Skipped *struct{} `xml:"skipped"`
		} `xml:"testcase"`
	} `xml:"testsuite"`
}

type counts struct {
	Tests    int `xml:"tests,attr"`
	Failures int `xml:"failures,attr"`
	Errors   int `xml:"errors,attr"`
	Skipped  int `xml:"skipped,attr"`
}

// hold holds what readers rely on: counts that agree, at most one outcome for a
// case, and names that are there once.
func hold(t *testing.T, text string) suites {
	t.Helper()
	var all suites
	if err := xml.Unmarshal([]byte(text), &all); err != nil {
		t.Fatal(err)
	}
	var total counts
	for _, s := range all.Suites {
		var sum counts
		names := map[string]bool{}
		for _, c := range s.Cases {
			sum.Tests++
			outcomes := 0
			for _, one := range []struct {
				is bool
				n  *int
			}{{c.Failure != nil, &sum.Failures}, {c.Error != nil, &sum.Errors}, {c.Skipped != nil, &sum.Skipped}} {
				if one.is {
					outcomes++
					*one.n++
				}
			}
			if outcomes > 1 {
				t.Errorf("%.50s: %.100q has %d outcomes", s.Name, c.Name, outcomes)
			}
			if c.Class == "" || c.Name == "" || names[c.Name] {
				t.Errorf("%.50s: name %.100q of class %q is empty or taken", s.Name, c.Name, c.Class)
			}
			names[c.Name] = true
		}
		if sum != s.counts {
			t.Errorf("%.50s: counts %+v, holds %+v", s.Name, s.counts, sum)
		}
		total.Tests += sum.Tests
		total.Failures += sum.Failures
		total.Errors += sum.Errors
		total.Skipped += sum.Skipped
	}
	if total != all.counts {
		t.Errorf("counts %+v, holds %+v", all.counts, total)
	}
	return all
}

func TestEverythingIsThere(t *testing.T) {
	r := example.Load(t, "faults")
	all := hold(t, write(t, r))
	gone := 1 // of the gaps
	if want := r.Summary.Findings; all.Failures != want {
		t.Errorf("%d failures, want %d", all.Failures, want)
	}
	if want := r.Summary.Unknown + len(r.Gaps) - gone; all.Errors != want {
		t.Errorf("%d errors, want %d", all.Errors, want)
	}
	if want := r.Summary.Waived + len(r.Summary.NeedsIntent) + gone; all.Skipped != want {
		t.Errorf("%d skipped, want %d", all.Skipped, want)
	}
}

func TestHostile(t *testing.T) {
	text := write(t, hostile.Results(3))
	hold(t, text)
	decoder := xml.NewDecoder(strings.NewReader(text))
	decoder.Strict = true
	shown := 0
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		element, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if !slices.Contains([]string{"testsuites", "testsuite", "testcase", "failure", "error", "skipped"}, element.Name.Local) {
			t.Errorf("element %s", element.Name.Local)
		}
		for _, a := range element.Attr {
			if a.Value != report.Inert(a.Value) {
				t.Errorf("%s is not inert: %.100q", a.Name.Local, a.Value)
			}
			shown += strings.Count(a.Value, hostile.Marker)
		}
	}
	if shown < 20 {
		t.Errorf("the texts show %d times only", shown)
	}
}

func TestWriteErrors(t *testing.T) {
	if err := junit.Write(example.Broken(), example.Load(t, "clean")); !errors.Is(err, example.ErrBroken) {
		t.Errorf("error %v", err)
	}
}
