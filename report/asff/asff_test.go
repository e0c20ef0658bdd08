package asff_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/report/asff"
	"github.com/kmsaudit/kmsaudit/report/internal/example"
	"github.com/kmsaudit/kmsaudit/report/internal/hostile"
)

func write(t *testing.T, r *report.Results) string {
	t.Helper()
	var b bytes.Buffer
	if err := asff.Write(&b, r, ""); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// accept holds what is written to the published shape.
func accept(t *testing.T, text string) {
	t.Helper()
	schema := published(t)
	example.Accept(t, schema, text)
}

func published(t *testing.T) *jsonschema.Schema { return example.Schema(t, "asff-2018-10-08.json") }

func TestGolden(t *testing.T) {
	for _, name := range example.Names() {
		t.Run(name, func(t *testing.T) {
			r := example.Load(t, name)
			text := write(t, r)
			accept(t, text)
			if n := len(example.Items(t, text)); n != len(r.Findings)+len(r.Unknown) {
				t.Errorf("%d items", n)
			}
			example.Golden(t, name+".json", text)
		})
	}
}

func TestHostile(t *testing.T) {
	text := write(t, hostile.Results(3))
	accept(t, text)
	example.Shows(t, text, hostile.Marker, 20)
}

func TestBareResults(t *testing.T) {
	accept(t, write(t, &report.Results{Findings: make([]report.Finding, 1), Unknown: make([]report.Unknown, 1)}))
	if text := write(t, &report.Results{}); text != "[]\n" {
		t.Errorf("nothing is written as %q", text)
	}
}

func TestWriteErrors(t *testing.T) {
	if err := asff.Write(example.Broken(), example.Load(t, "clean"), ""); !errors.Is(err, example.ErrBroken) {
		t.Errorf("error %v", err)
	}
}
