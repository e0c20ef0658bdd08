package rules

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/kmsaudit/kmsaudit/rules/facts"
)

// Sandbox bounds the rules that users brought along. They are run one after the
// other in a process of their own, which has no environment: a rule that takes too
// long or too much memory is stopped, and the others answer all the same.
type Sandbox struct {
	// Command is the program and its arguments that run Confined. Empty runs the
	// rules in this process, where nothing stops a single call of a built-in that
	// takes all memory.
	Command []string
	// Timeout is how long one rule may take over one snapshot, 0 for
	// DefaultRuleTimeout.
	Timeout time.Duration
	// Memory is how many bytes one rule may take, 0 for DefaultRuleMemory.
	Memory int64
}

// What a rule may take where nothing else is said.
const (
	DefaultRuleTimeout = 10 * time.Second
	DefaultRuleMemory  = 512 << 20
)

// grace is how long the process of a rule may take to stop by itself, and to
// compile the rules before the first one begins.
const (
	grace        = 3 * time.Second
	compileGrace = 2 * time.Minute
)

// maxAnswer is how much a rule may say.
const maxAnswer = 64 << 20

// Failure says that a rule did not answer. It has then judged nothing.
type Failure struct {
	Rule string `json:"rule"`
	Code string `json:"code"` // RuleTimeout, RuleMemory or RuleError
	Msg  string `json:"msg"`
}

// The codes of failures.
const (
	ruleTimeout = "RuleTimeout"
	ruleMemory  = "RuleMemory"
	ruleError   = "RuleError"
)

func (s Sandbox) limits() Sandbox {
	if s.Timeout <= 0 {
		s.Timeout = DefaultRuleTimeout
	}
	if s.Memory <= 0 {
		s.Memory = DefaultRuleMemory
	}
	return s
}

// task is what the process of the sandbox is told, before the facts.
type task struct {
	Sources []*Source     `json:"sources"`
	Rules   []string      `json:"rules"`
	Timeout time.Duration `json:"timeout"`
	Memory  int64         `json:"memory"`
	Size    int           `json:"size"` // of shards
}

// message is what it tells in return: that a rule begins, and how it went.
type message struct {
	Begins  string      `json:"begins,omitempty"`
	Answer  *ruleAnswer `json:"answer,omitempty"`
	Failure *Failure    `json:"failure,omitempty"`
}

// ruleAnswer is an answer as it is sent.
type ruleAnswer struct {
	Rule        string        `json:"rule"`
	Evaluations int           `json:"evaluations"`
	Time        time.Duration `json:"time"`
	Subjects    []string      `json:"subjects"`
	Findings    []Finding     `json:"findings"`
	Unknown     []Unknown     `json:"unknown"`
}

// judgeForeign runs the users' rules over the document, within the sandbox.
func (e *Engine) judgeForeign(ctx context.Context, document *facts.Document, s Sandbox, size int, profile *Profile) (answers, []Failure, error) {
	if len(e.foreign) == 0 {
		return nil, nil, nil
	}
	s = s.limits()
	found, failures := answers{}, []Failure{}
	take := func(m message) {
		switch {
		case m.Failure != nil:
			failures = append(failures, *m.Failure)
		case m.Answer != nil:
			a := m.Answer
			found[a.Rule] = answer{subjects: a.Subjects, findings: a.Findings, unknown: a.Unknown}
			profile.rule(a.Rule, a.Evaluations, a.Time)
		}
	}
	if len(s.Command) == 0 {
		for i := range e.foreign {
			take(bounded(ctx, document, e.foreign[i], s, size))
		}
		return found, failures, ctx.Err()
	}
	text, err := json.Marshal(document)
	if err != nil {
		return nil, nil, fmt.Errorf("write the facts: %w", err)
	}
	rest := make([]string, 0, len(e.foreign))
	for _, q := range e.foreign {
		rest = append(rest, q.rules[0].ID)
	}
	for len(rest) > 0 {
		head, err := json.Marshal(task{Sources: e.catalogue.sources, Rules: rest, Timeout: s.Timeout, Memory: s.Memory, Size: size})
		if err != nil {
			return nil, nil, fmt.Errorf("write the rules: %w", err)
		}
		before := len(rest)
		err = s.process(ctx, io.MultiReader(bytes.NewReader(head), bytes.NewReader(text)), func(id string, m message) {
			rest = slices.DeleteFunc(rest, func(other string) bool { return other == id })
			take(m)
		})
		switch {
		case ctx.Err() != nil:
			return nil, nil, ctx.Err()
		case err != nil:
			return nil, nil, fmt.Errorf("run the rules of users: %w", err)
		case len(rest) == before:
			return nil, nil, errors.New("run the rules of users: their process ended without an answer")
		}
	}
	return found, failures, nil
}

// process runs the sandbox's program once. It ends with the input's rules, or
// with the first that has to be stopped from outside.
func (s Sandbox) process(ctx context.Context, input io.Reader, take func(id string, m message)) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	cmd := exec.CommandContext(ctx, s.Command[0], s.Command[1:]...) //nolint:gosec // it is this program
	cmd.Env = []string{}                                            // a rule has no use for what may be secret there
	cmd.Stdin = input
	cmd.WaitDelay = grace
	said := &tail{}
	cmd.Stderr = said
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	running, late, large := "", false, false
	watch := time.AfterFunc(compileGrace, stop)
	defer watch.Stop()
	messages := json.NewDecoder(bufio.NewReader(&bounds{from: out, left: maxAnswer, over: &large}))
	for {
		var m message
		if err = messages.Decode(&m); err != nil {
			break
		}
		if m.Begins != "" {
			running = m.Begins
			late = !watch.Reset(s.Timeout + grace)
			continue
		}
		watch.Reset(compileGrace)
		take(running, m)
		running = ""
	}
	late = late || ctx.Err() != nil
	if running == "" && errors.Is(err, io.EOF) {
		watch.Reset(grace) // it is about to end
	} else {
		stop()
	}
	ended := cmd.Wait()
	switch {
	case running == "" && errors.Is(err, io.EOF) && ended == nil:
		return nil
	case running == "":
		return fmt.Errorf("%w: %s", cmpErr(ended, err), said.last())
	case large:
		take(running, failed(running, ruleMemory, fmt.Sprintf("says more than %d MiB", maxAnswer>>20)))
	case said.outOfMemory():
		take(running, failed(running, ruleMemory, s.tooGreedy()))
	case late:
		take(running, failed(running, ruleTimeout, s.tooSlow()))
	default:
		take(running, failed(running, ruleError, fmt.Sprintf("brought its process down (%v): %s", ended, said.last())))
	}
	return nil
}

func cmpErr(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return errors.New("it ended")
}

func failed(id, code, msg string) message {
	return message{Failure: &Failure{Rule: id, Code: code, Msg: msg}}
}

func (s Sandbox) tooSlow() string { return fmt.Sprintf("was stopped after %s", s.Timeout) }

func (s Sandbox) tooGreedy() string {
	return fmt.Sprintf("was stopped: it takes more than %d MiB of memory", s.Memory>>20)
}

// bounds reads up to a limit, and says that there was more.
type bounds struct {
	from io.Reader
	left int64
	over *bool
}

func (b *bounds) Read(p []byte) (int, error) {
	if b.left <= 0 {
		*b.over = true
		return 0, io.ErrUnexpectedEOF
	}
	n, err := b.from.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

// tail keeps the first part of what is written to it, which says why a Go program
// fell.
type tail struct{ text bytes.Buffer }

func (t *tail) Write(p []byte) (int, error) {
	t.text.Write(p[:min(len(p), max(0, 4096-t.text.Len()))])
	return len(p), nil
}

func (t *tail) outOfMemory() bool {
	text := t.text.String()
	for _, words := range []string{"out of memory", "cannot allocate memory", "failed to allocate"} { // the last by the race detector
		if strings.Contains(text, words) {
			return true
		}
	}
	return false
}

func (t *tail) last() string {
	line, _, _ := strings.Cut(strings.TrimSpace(t.text.String()), "\n")
	return line
}
