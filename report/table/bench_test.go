package table_test

import (
	"fmt"
	"io"
	"testing"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/report/table"
)

func BenchmarkWrite(b *testing.B) {
	r := &report.Results{}
	for i := range 50000 {
		r.Findings = append(r.Findings, report.Finding{
			Rule: fmt.Sprintf("KEY-%03d", i%80), Severity: report.Severity(1 + i%5), Msg: fmt.Sprintf("key %d could rotate and does not", i),
			Resource: fmt.Sprintf("arn:aws:kms:us-east-1:522814710681:key/%08x-72ff-4a1b-9c0d-000000000000", i),
			Place:    report.Place{File: "snapshots/522814710681.json", Line: i, Column: 9}, Mend: []byte(`{"EnableKeyRotation": true}`),
		})
	}
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
