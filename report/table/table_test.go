package table_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/report/table"
)

func load(t *testing.T, name string) *report.Results {
	t.Helper()
	file, err := os.Open(filepath.Join("..", "testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	r, err := report.ReadJSON(file)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func write(t *testing.T, r *report.Results, opt table.Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := table.Write(&b, r, opt); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".txt")
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

func TestGolden(t *testing.T) {
	for _, width := range []int{0, 60, 80, 120, 200} {
		for _, name := range []string{"faults", "clean", "blind"} {
			if name != "faults" && width > 80 {
				continue
			}
			name, r := name+"-"+strconv.Itoa(width), load(t, name)
			t.Run(name, func(t *testing.T) { golden(t, name, write(t, r, table.Options{Width: width})) })
		}
	}
	r := load(t, "faults")
	for name, opt := range map[string]table.Options{
		"faults-80-colour":    {Width: 80, Colour: true},
		"faults-120-vertical": {Width: 120, Vertical: true},
		"faults-80-wide-all":  {Width: 80, Wide: true, All: true},
	} {
		t.Run(name, func(t *testing.T) { golden(t, name, write(t, r, opt)) })
	}
}
