package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/rules"
	"github.com/kmsaudit/kmsaudit/rules/access"
	"github.com/kmsaudit/kmsaudit/rules/facts"
)

// BenchmarkStages measures the parts of an audit one by one:
//
//	go test ./cmd/synth -run - -bench Stages/.*/10000 -cpuprofile cpu.out
func BenchmarkStages(b *testing.B) {
	for _, roles := range []int{100, 1000, 10000} {
		if testing.Short() && roles > 1000 {
			continue
		}
		p := plan{roles: roles, keys: max(1, roles/5), buckets: max(1, roles/2), requirements: -1, unread: 0.005, seed: 7}
		if err := p.settle(); err != nil {
			b.Fatal(err)
		}
		w := newWorld(p)
		text, err := snapshot.Encode(w.snapshot())
		if err != nil {
			b.Fatal(err)
		}
		path := filepath.Join(b.TempDir(), "snapshot.json")
		if err := os.WriteFile(path, text, 0o600); err != nil {
			b.Fatal(err)
		}
		benchStages(b, strconv.Itoa(roles), path, w.intent())
	}
}

func benchStages(b *testing.B, size, path string, intent facts.Intent) {
	catalogue, err := rules.Builtin()
	if err != nil {
		b.Fatal(err)
	}
	settings := rules.Settings{Intent: intent}
	file := readFile(b, path)
	engine, err := catalogue.Compile(b.Context(), settings.Runs)
	if err != nil {
		b.Fatal(err)
	}
	document, _ := facts.Build(file.Snapshot, intent, catalogue.Params(settings))
	files := []*snapshot.File{file}
	results, err := engine.Audit(b.Context(), files, settings)
	if err != nil {
		b.Fatal(err)
	}
	stage := func(name string, do func() error) {
		b.Run(name+"/"+size, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := do(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	stage("read", func() error { _, err := snapshot.ReadForAudit(path); return err })
	stage("compile", func() error {
		catalogue, err := rules.Builtin()
		if err == nil {
			_, err = catalogue.Compile(b.Context(), settings.Runs)
		}
		return err
	})
	stage("access", func() error { access.New(file.Snapshot); return nil })
	stage("facts", func() error {
		facts.Build(file.Snapshot, intent, catalogue.Params(settings))
		return nil
	})
	stage("evaluate", func() error { _, _, err := engine.Evaluate(b.Context(), document, rules.Settings{}); return err })
	stage("audit", func() error { _, err := engine.Audit(b.Context(), files, settings); return err })
	stage("report", func() error {
		var text bytes.Buffer
		results.Sort()
		results.Count()
		return report.EncodeJSON(&text, results)
	})
}

func readFile(b *testing.B, path string) *snapshot.File {
	b.Helper()
	file, err := snapshot.ReadForAudit(path)
	if err != nil {
		b.Fatal(err)
	}
	return file
}
