package table_test

import (
	"fmt"
	"io"
	"testing"

	"github.com/kmsaudit/kmsaudit/report/internal/example"
	"github.com/kmsaudit/kmsaudit/report/table"
)

func BenchmarkWrite(b *testing.B) {
	r := example.Many(50000)
	for _, opt := range []table.Options{{}, {All: true}, {Width: 80}, {Width: 120, All: true}, {Width: 60, All: true}} {
		b.Run(fmt.Sprintf("width=%d/all=%t", opt.Width, opt.All), func(b *testing.B) {
			for b.Loop() {
				if err := table.Write(io.Discard, r, opt); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
