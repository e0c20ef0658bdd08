package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
)

// aCase is a case with the id, which is also how many open tests it has.
func aCase(id int) string {
	return fmt.Sprintf(`{"id":%d,"principal":"arn:aws:iam::111122223333:role/app","action":"s3:GetObject","resource":"arn:aws:s3:::b/o",`+
		`"identityPolicies":[{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}]}`, id)
}

func decided(t *testing.T, input string) (string, tally, error) {
	t.Helper()
	var out bytes.Buffer
	var lines tally
	err := (&caseStream{to: &out, lines: &lines}).run(t.Context(), strings.NewReader(input))
	return out.String(), lines, err
}

// Verdicts come in the order of the cases, however many are decided at once, and
// lines are counted through blank ones.
func TestDecideKeepsTheOrder(t *testing.T) {
	const count = 5000
	var in strings.Builder
	for i := range count {
		switch {
		case i%100 == 7:
			in.WriteString("\r\n")
		case i%10 == 3:
			in.WriteString("slip\n")
		case i%50 == 0: // takes longer
			fmt.Fprintln(&in, strings.Replace(aCase(i), `"Action":"s3:*"`, `"Action":["s3:*"`+strings.Repeat(`,"kms:*"`, 5000)+`]`, 1))
		default:
			fmt.Fprintln(&in, aCase(i))
		}
	}
	out, lines, err := decided(t, strings.TrimSuffix(in.String(), "\n"))
	if err != nil {
		t.Fatal(err)
	}
	answers := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	for i := range count {
		if i%100 == 7 {
			continue
		}
		want := fmt.Sprintf(`{"id":%d,"verdict":"Allowed",`, i)
		if i%10 == 3 {
			want = fmt.Sprintf(`{"line":%d,"error":`, i+1)
		}
		if !strings.HasPrefix(answers[0], want) {
			t.Fatalf("line %d: got %s, want %s", i+1, answers[0], want)
		}
		answers = answers[1:]
	}
	if len(answers) != 0 || lines.decided+lines.bad != count-count/100 || lines.bad != count/10 {
		t.Errorf("%d answers too many; counted %+v", len(answers), lines)
	}
}

// Whoever writes one case and waits gets its verdict.
func TestDecideAnswersAtOnce(t *testing.T) {
	in, cases := io.Pipe()
	verdicts, out := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- (&caseStream{to: out, lines: &tally{}}).run(t.Context(), in) }()
	answers := bufio.NewReader(verdicts)
	for i := range 20 {
		if _, err := fmt.Fprintln(cases, aCase(i)); err != nil {
			t.Fatal(err)
		}
		answer, err := answers.ReadString('\n')
		if err != nil || !strings.HasPrefix(answer, fmt.Sprintf(`{"id":%d,`, i)) {
			t.Fatalf("got %q, %v", answer, err)
		}
	}
	if err := cases.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestDecideLongLines(t *testing.T) {
	long := strings.Replace(aCase(1), "{", "{"+strings.Repeat(" ", 2*caseBuffer), 1)
	tooLong := strings.Replace(aCase(2), "{", "{"+strings.Repeat(" ", longest), 1)
	out, lines, err := decided(t, long+"\n"+tooLong+"\n"+aCase(3)+"\n"+tooLong)
	if err != nil {
		t.Fatal(err)
	}
	answers := strings.Split(out, "\n")
	for i, want := range []string{`{"id":1,"verdict":"Allowed"`, `{"line":2,"error":"the line is longer than`, `{"id":3,`, `{"line":4,`, ""} {
		if !strings.HasPrefix(answers[i], want) {
			t.Errorf("got %s, want %s", answers[i], want)
		}
	}
	if lines != (tally{2, 2}) {
		t.Errorf("counted %+v", lines)
	}
}

// endless is an input without end that counts what is taken of it.
type endless struct {
	line string
	read int
}

func (e *endless) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		n += copy(p[n:], e.line[(e.read+n)%len(e.line):])
	}
	e.read += n
	return n, nil
}

// stuck is an output that takes a little and then fails.
type stuck struct{ room int }

var errStuck = errors.New("the pipe is closed")

func (s *stuck) Write(p []byte) (int, error) {
	if s.room -= len(p); s.room < 0 {
		return 0, errStuck
	}
	return len(p), nil
}

// No more is read than can be answered: memory stays flat, and a run whose output
// is gone ends.
func TestDecideReadsNoFurther(t *testing.T) {
	from := &endless{line: aCase(0) + "\n"}
	var lines tally
	err := (&caseStream{to: &stuck{room: 1 << 20}, lines: &lines}).run(t.Context(), from)
	if !errors.Is(err, errStuck) {
		t.Fatalf("got %v", err)
	}
	if lines.decided == 0 {
		t.Error("nothing was decided")
	}
}

// An interrupt ends a run that waits for input.
func TestDecideInterrupted(t *testing.T) {
	in, cases := io.Pipe()
	defer func() { _ = cases.Close() }()
	ctx, interrupt := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- (&caseStream{to: io.Discard, lines: &tally{}}).run(ctx, in) }()
	interrupt()
	select {
	case err := <-ended:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	case <-time.After(time.Minute):
		t.Fatal("it waits on")
	}
}

func TestDecideUnreadable(t *testing.T) {
	_, _, err := decided(t, "\x1fnot gzip")
	if err == nil {
		t.Error("no error")
	}
	if got := call(t, "decide", t.TempDir()); got.code != exitUsage || !strings.Contains(got.stderr, "it is a directory") {
		t.Errorf("got %+v", got)
	}
	if got := call(t, "decide"); got != (answer{code: exitOK}) {
		t.Errorf("nothing to decide: got %+v", got)
	}
}

// What others wrote cannot steer a terminal.
func TestDecideIsInert(t *testing.T) {
	out, _, err := decided(t, strings.Replace(aCase(1), `"Effect"`, "\"Sid\":\"\u202e\u009b\",\"Effect\"", 1))
	if err != nil || !strings.Contains(out, `"sid":"\u202e\u009b"`) {
		t.Errorf("got %s, %v", out, err)
	}
}
