package table_test

import (
	"bytes"
	"strconv"
	"testing"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/report/internal/example"
	"github.com/kmsaudit/kmsaudit/report/table"
)

func write(t *testing.T, r *report.Results, opt table.Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := table.Write(&b, r, opt); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestGolden(t *testing.T) {
	for _, width := range []int{0, 60, 80, 120, 200} {
		for _, name := range example.Names() {
			if name != "faults" && width > 80 {
				continue
			}
			name, r := name+"-"+strconv.Itoa(width), example.Load(t, name)
			t.Run(name, func(t *testing.T) { example.Golden(t, name+".txt", write(t, r, table.Options{Width: width})) })
		}
	}
	r := example.Load(t, "faults")
	for name, opt := range map[string]table.Options{
		"faults-80-colour":    {Width: 80, Colour: true},
		"faults-120-vertical": {Width: 120, Vertical: true},
		"faults-80-wide-all":  {Width: 80, Wide: true, All: true},
	} {
		t.Run(name, func(t *testing.T) { example.Golden(t, name+".txt", write(t, r, opt)) })
	}
}
