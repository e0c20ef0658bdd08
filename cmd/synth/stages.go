package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/rules"
	"github.com/kmsaudit/kmsaudit/rules/access"
	"github.com/kmsaudit/kmsaudit/rules/facts"
)

const stagesUsage = `Takes the stages of an audit one after the other and prints as JSON what each took:
time by the clock, CPU time of all threads, bytes and objects allocated, and what
is in use when it is over. kmsaudit check overlaps some of them.
`

// stage is what one stage took.
type stage struct {
	Name      string        `json:"name"`
	Wall      time.Duration `json:"wall_ns"`
	CPU       time.Duration `json:"cpu_ns"`
	Allocated uint64        `json:"allocated_bytes"`
	Objects   uint64        `json:"allocated_objects"`
	InUse     uint64        `json:"in_use_bytes"` // garbage left out
}

// stages measures them.
type stages []stage

func runStages(args []string, stdout, stderr io.Writer) error {
	f := flag.NewFlagSet("synth stages", flag.ContinueOnError)
	config := f.String("config", "", "`file` of the configuration that was made with the snapshot")
	from := f.String("snapshot", "", "`file` of the snapshot")
	if err := parse(f, args, stderr, stagesUsage); err != nil {
		return err
	}
	if *from == "" || *config == "" {
		return fmt.Errorf("%w: stages needs -snapshot and -config", errUsage)
	}
	intent, err := readIntent(*config)
	if err != nil {
		return err
	}
	var s stages
	if err := s.audit(context.Background(), *from, intent); err != nil {
		return err
	}
	return json.NewEncoder(stdout).Encode(s)
}

func readIntent(path string) (facts.Intent, error) {
	var intent facts.Intent
	text, err := os.ReadFile(path)
	if err == nil {
		err = yaml.Unmarshal(text, &intent)
	}
	if err != nil {
		return intent, fmt.Errorf("read %s: %w", path, err)
	}
	return intent, nil
}

// audit takes the stages.
func (s *stages) audit(ctx context.Context, path string, intent facts.Intent) (err error) {
	settings := rules.Settings{Intent: intent}
	var catalogue *rules.Catalogue
	var engine *rules.Engine
	var file *snapshot.File
	var results *report.Results
	var document *facts.Document
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"compile the rules", func() (err error) {
			if catalogue, err = rules.Builtin(); err == nil {
				engine, err = catalogue.Compile(ctx, settings.Runs)
			}
			return err
		}},
		{"read the snapshot", func() (err error) { file, err = snapshot.ReadForAudit(path); return err }},
		{"compile its policies", func() error { access.New(file.Snapshot); return nil }},
		{"who can decrypt what", func() error {
			access.New(file.Snapshot).Census("kms:Decrypt", access.MustNotBeAble)
			return nil
		}},
		{"facts and decisions", func() error {
			document, _ = facts.Build(file.Snapshot, intent, catalogue.Params(settings))
			return nil
		}},
		{"rules", func() error { _, _, err := engine.Evaluate(ctx, document, settings); return err }},
		{"whole audit", func() (err error) {
			document = nil
			results, err = engine.Audit(ctx, []*snapshot.File{file}, settings)
			return err
		}},
		{"report as JSON", func() error {
			var text bytes.Buffer
			results.Sort()
			results.Count()
			return report.EncodeJSON(&text, results)
		}},
	} {
		if err := s.measure(step.name, step.do); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
	}
	return nil
}

func (s *stages) measure(name string, do func() error) error {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	cpu, began := cpuTime(), time.Now()
	if err := do(); err != nil {
		return err
	}
	one := stage{Name: name, Wall: time.Since(began), CPU: cpuTime() - cpu}
	runtime.ReadMemStats(&after)
	one.Allocated, one.Objects = after.TotalAlloc-before.TotalAlloc, after.Mallocs-before.Mallocs
	runtime.GC()
	runtime.ReadMemStats(&after)
	one.InUse = after.HeapAlloc
	*s = append(*s, one)
	return nil
}

// cpuTime is what the process has taken so far.
func cpuTime() time.Duration {
	var usage syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &usage) != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// printStages has another process take the stages of a size and prints them.
func (b *bench) printStages(ctx context.Context, self string, roles int) error {
	out := b.at(roles, "stages.json")
	run := command{out: out, args: []string{self, "stages", "-snapshot", b.at(roles, "snapshot.json"), "-config", b.at(roles, "kmsaudit.yaml")}}
	if _, err := run.measure(ctx); err != nil {
		return err
	}
	var s stages
	if err := read(out, &s); err != nil {
		return err
	}
	w := tabwriter.NewWriter(b.stdout, 0, 0, 2, ' ', 0)
	line := func(cells ...string) { _, _ = io.WriteString(w, strings.Join(cells, "\t")+"\n") }
	line("stage, one after the other", "wall s", "cpu s", "MB allocated", "objects", "MB in use")
	mega := func(bytes uint64) string { return fmt.Sprintf("%.0f", float64(bytes)/1e6) }
	for _, one := range s {
		line(one.Name, fmt.Sprintf("%.3f", one.Wall.Seconds()), fmt.Sprintf("%.3f", one.CPU.Seconds()),
			mega(one.Allocated), strconv.FormatUint(one.Objects, 10), mega(one.InUse))
	}
	return w.Flush()
}
