package rules

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"slices"
	"time"

	"github.com/kmsaudit/kmsaudit/rules/facts"
)

// Confined is the inside of the sandbox: it reads a task and the facts, runs the
// rules of the task one after the other and writes what becomes of each. It is
// meant for a process of its own, whose memory it limits as far as the system can.
func Confined(ctx context.Context, in io.Reader, out io.Writer) error {
	decoder := json.NewDecoder(in)
	var t task
	var document facts.Document
	if err := decoder.Decode(&t); err != nil {
		return fmt.Errorf("read the task: %w", err)
	}
	if err := decoder.Decode(&document); err != nil {
		return fmt.Errorf("read the facts: %w", err)
	}
	catalogue, err := Builtin()
	if err != nil {
		return err
	}
	for _, s := range t.Sources {
		if err := catalogue.Add(s); err != nil {
			return err
		}
	}
	engine, err := catalogue.Compile(ctx, func(r *Rule) bool { return slices.Contains(t.Rules, r.ID) })
	if err != nil {
		return err
	}
	if err := limitMemory(t.Memory); err != nil {
		return fmt.Errorf("limit the memory: %w", err)
	}
	write := json.NewEncoder(out)
	for _, id := range t.Rules {
		i := slices.IndexFunc(engine.foreign, func(q query) bool { return q.rules[0].ID == id })
		if i < 0 {
			return fmt.Errorf("there is no rule %s", id)
		}
		if err := write.Encode(message{Begins: id}); err != nil {
			return err
		}
		m := bounded(ctx, &document, engine.foreign[i], Sandbox{Timeout: t.Timeout, Memory: t.Memory}, t.Size)
		if err := write.Encode(m); err != nil {
			return err
		}
	}
	return nil
}

// tick is how often the heap is looked at.
const tick = 5 * time.Millisecond

var errGreedy = errors.New("the rule takes too much memory")

// bounded runs one rule alone, and stops it where it takes too long or too much.
func bounded(ctx context.Context, document *facts.Document, q query, s Sandbox, size int) message {
	id := q.rules[0].ID
	began := time.Now()
	var all answer
	evaluations := 0
	err := s.within(ctx, func(ctx context.Context) (err error) {
		all, evaluations, err = q.alone(ctx, document, size)
		return err
	})
	switch {
	case err == nil:
		return message{Answer: &ruleAnswer{
			Rule: id, Evaluations: evaluations, Time: time.Since(began), Subjects: all.subjects, Findings: all.findings, Unknown: all.unknown,
		}}
	case errors.Is(err, errGreedy):
		return failed(id, ruleMemory, s.tooGreedy())
	case errors.Is(err, errSlow):
		return failed(id, ruleTimeout, s.tooSlow())
	default:
		return failed(id, ruleError, fmt.Sprintf("failed: %v", err))
	}
}

var errSlow = errors.New("it takes too long")

// within calls do with a context that ends when do takes longer, or more memory,
// than the sandbox gives. The error is then errSlow or errGreedy.
func (s Sandbox) within(ctx context.Context, do func(context.Context) error) error {
	runtime.GC()
	base := heap()
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(base + s.Memory/4*3 + 64<<20)) // what is only litter is collected before it counts
	timed, stop := context.WithTimeoutCause(ctx, s.Timeout, errSlow)
	defer stop()
	watched, cancel := context.WithCancelCause(timed)
	defer cancel(nil)
	go func() {
		ticker := time.NewTicker(tick)
		defer ticker.Stop()
		for {
			select {
			case <-watched.Done():
				return
			case <-ticker.C:
				if heap()-base > s.Memory {
					cancel(errGreedy)
				}
			}
		}
	}()
	err := do(watched)
	if cause := context.Cause(watched); err != nil && (errors.Is(cause, errGreedy) || errors.Is(cause, errSlow)) {
		return cause
	}
	return err
}

// alone runs the query's only rule, one shard after the other.
func (q query) alone(ctx context.Context, document *facts.Document, size int) (answer, int, error) {
	collections, shared := collectionsOf(document), sharedTerms(document)
	terms, texts := facts.NewTerms(), &jsonTexts{}
	var all answer
	jobs := jobs([]query{q}, collections, size)
	for _, j := range jobs {
		found, err := q.run(ctx, inputOf(j, shared, collections, terms), j.settled, texts)
		if err != nil {
			return answer{}, 0, err
		}
		one := found[q.rules[0].ID]
		all.subjects = append(all.subjects, one.subjects...)
		all.findings = append(all.findings, one.findings...)
		all.unknown = append(all.unknown, one.unknown...)
	}
	return all, len(jobs), nil
}

// heap is how much memory objects take, dead ones that are not yet swept included.
func heap() int64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return int64(sample[0].Value.Uint64()) //nolint:gosec // no machine has that much
}
