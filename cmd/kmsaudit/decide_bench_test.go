package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// BenchmarkDecideStream decides 10,000 cases of all kinds from one stream.
func BenchmarkDecideStream(b *testing.B) {
	const count = 10000
	files, err := filepath.Glob("../../testdata/decisions/*/*.json")
	if err != nil {
		b.Fatal(err)
	}
	var lines [][]byte
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			b.Fatal(err)
		}
		var cases []struct {
			Request json.RawMessage `json:"request"`
		}
		if err := json.Unmarshal(text, &cases); err != nil {
			b.Fatal(file, err)
		}
		for _, c := range cases {
			if c.Request != nil {
				lines = append(lines, c.Request)
			}
		}
	}
	var stream bytes.Buffer
	for i := range count {
		stream.Write(lines[i%len(lines)])
		stream.WriteByte('\n')
	}
	b.SetBytes(int64(stream.Len()))
	b.ReportAllocs()
	for b.Loop() {
		var done tally
		if err := (&caseStream{to: io.Discard, lines: &done}).run(b.Context(), bytes.NewReader(stream.Bytes())); err != nil || done.decided != count {
			b.Fatal(err, done)
		}
	}
}
