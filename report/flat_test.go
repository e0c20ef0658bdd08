package report_test

import (
	"fmt"
	"io"
	"runtime"
	"runtime/metrics"
	"testing"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/report/annotations"
	"github.com/kmsaudit/kmsaudit/report/asff"
	"github.com/kmsaudit/kmsaudit/report/csv"
	"github.com/kmsaudit/kmsaudit/report/internal/example"
	"github.com/kmsaudit/kmsaudit/report/ocsf"
	"github.com/kmsaudit/kmsaudit/report/sarif"
)

// meter counts what is written and looks now and then at how much is held
// meanwhile, garbage aside.
type meter struct {
	written, next int
	most          uint64
}

func held() uint64 {
	runtime.GC()
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

func (m *meter) Write(p []byte) (int, error) {
	m.written += len(p)
	if m.written > m.next {
		m.next = m.written + 2<<20
		m.most = max(m.most, held())
	}
	return len(p), nil
}

// TestMemoryIsFlat holds the formats that machines read to memory that does not
// grow with the number of findings.
func TestMemoryIsFlat(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2)) // each worker holds a little
	r := example.Many(20000)
	for name, write := range map[string]func(io.Writer, *report.Results) error{
		"json": report.WriteJSON, "ndjson": report.WriteNDJSON, "csv": csv.Write, "github": annotations.Write, "ocsf": ocsf.Write,
		"sarif": func(w io.Writer, r *report.Results) error { return sarif.Write(w, r) },
		"asff":  func(w io.Writer, r *report.Results) error { return asff.Write(w, r, "") },
	} {
		t.Run(name, func(t *testing.T) {
			m := &meter{}
			before := held()
			if err := write(m, r); err != nil {
				t.Fatal(err)
			}
			const most = 4 << 20
			held := int64(m.most) - int64(before)
			t.Logf("%d MB written, at most %.1f MB held", m.written>>20, float64(held)/(1<<20))
			if m.written < most || held > most {
				t.Errorf("%d bytes are written and %d held meanwhile, more than %d", m.written, held, most)
			}
		})
	}
}

// TestMemoryDoesNotGrow: ten times as many findings take no more memory to write.
func TestMemoryDoesNotGrow(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	few, many := example.Many(5000), example.Many(50000)
	for name, write := range map[string]func(io.Writer, *report.Results) error{
		"ndjson": report.WriteNDJSON, "csv": csv.Write,
		"sarif": func(w io.Writer, r *report.Results) error { return sarif.Write(w, r) },
	} {
		t.Run(name, func(t *testing.T) {
			var most [2]int64
			for i, r := range []*report.Results{few, many} {
				m := &meter{}
				before := held()
				if err := write(m, r); err != nil {
					t.Fatal(err)
				}
				most[i] = int64(m.most) - int64(before)
			}
			t.Logf("%.1f MB held for 5,000 findings, %.1f MB for 50,000", float64(most[0])/(1<<20), float64(most[1])/(1<<20))
			const noise = 1 << 20
			if most[1] > max(most[0], 0)+noise {
				t.Errorf("%d bytes are held for 5,000 findings, and %d for 50,000", most[0], most[1])
			}
		})
	}
}

func BenchmarkFormats(b *testing.B) {
	r := example.Many(50000)
	for _, f := range []struct {
		name  string
		write func(io.Writer, *report.Results) error
	}{
		{"json", report.WriteJSON},
		{"ndjson", report.WriteNDJSON},
		{"csv", csv.Write},
		{"github", annotations.Write},
		{"ocsf", ocsf.Write},
		{"sarif", func(w io.Writer, r *report.Results) error { return sarif.Write(w, r) }},
		{"asff", func(w io.Writer, r *report.Results) error { return asff.Write(w, r, "") }},
	} {
		b.Run(fmt.Sprintf("%s/50000", f.name), func(b *testing.B) {
			for b.Loop() {
				if err := f.write(io.Discard, r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
