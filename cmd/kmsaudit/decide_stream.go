package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"sync"
)

const (
	caseBuffer = 256 << 10 // what is read at once
	batchText  = 64 << 10  // cases that are decided together, in bytes
	longest    = 16 << 20  // no case is longer
)

// tally counts lines.
type tally struct{ decided, bad int }

// caseStream answers the lines of one input in their order. A few batches of
// lines are decided at the same time; more are not read before those are written.
type caseStream struct {
	name       string // put before errors, where there are several inputs
	to         io.Writer
	lines      *tally
	unreadable bool // the error that ended the run was the input's
}

// caseBatch is a run of lines and what is answered to them.
type caseBatch struct {
	lines  []caseLine
	text   []byte
	answer bytes.Buffer
	tally  tally
	done   chan error
}

// caseLine is a line of a batch's text.
type caseLine struct {
	number   int
	from, to int
	tooLong  bool
}

func (s *caseStream) run(ctx context.Context, from io.Reader) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	pool := &sync.Pool{New: func() any { return &caseBatch{done: make(chan error, 1)} }}
	inOrder := make(chan *caseBatch, runtime.GOMAXPROCS(0))
	read := make(chan error, 1)
	// It may hang in a read for as long as nobody writes, and is then left behind.
	go func() {
		defer close(inOrder)
		read <- readCases(from, pool, func(b *caseBatch) bool {
			select {
			case inOrder <- b:
				go func() { b.done <- s.decide(b) }()
				return true
			case <-ctx.Done():
				return false
			}
		})
	}()
	for {
		var b *caseBatch
		select {
		case b = <-inOrder:
		case <-ctx.Done():
			return ctx.Err()
		}
		if b == nil {
			err := <-read
			s.unreadable = err != nil
			return err
		}
		if err := <-b.done; err != nil {
			return err
		}
		if _, err := s.to.Write(b.answer.Bytes()); err != nil {
			return fmt.Errorf("write to stdout: %w", err)
		}
		s.lines.decided += b.tally.decided
		s.lines.bad += b.tally.bad
		pool.Put(b)
	}
}

// readCases cuts the input into batches of lines. A batch goes as soon as no whole
// line is waiting, so that whoever writes a case and waits gets its verdict.
func readCases(from io.Reader, pool *sync.Pool, send func(*caseBatch) bool) error {
	lines, err := unpacked(from)
	if err != nil {
		return err
	}
	number := 0
	for {
		b := pool.Get().(*caseBatch)
		b.lines, b.text, b.tally = b.lines[:0], b.text[:0], tally{}
		for len(b.text) < batchText && err == nil && (len(b.lines) == 0 || waiting(lines)) {
			number++
			err = b.readLine(lines, number)
		}
		if len(b.lines) > 0 && !send(b) || errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// unpacked is the input without compression.
func unpacked(from io.Reader) (*bufio.Reader, error) {
	lines := bufio.NewReaderSize(from, caseBuffer)
	if first, err := lines.Peek(1); err != nil || first[0] != 0x1f { // no JSON begins so
		return lines, nil //nolint:nilerr // the error is met again by the next read
	}
	plain, err := gzip.NewReader(lines)
	if err != nil {
		return nil, err
	}
	return bufio.NewReaderSize(plain, caseBuffer), nil
}

// waiting reports whether a whole line has been read and not been taken.
func waiting(lines *bufio.Reader) bool {
	text, _ := lines.Peek(lines.Buffered())
	return bytes.IndexByte(text, '\n') >= 0
}

// readLine takes a line into the batch, unless it is blank. The error is that of
// the reader.
func (b *caseBatch) readLine(lines *bufio.Reader, number int) error {
	line := caseLine{number: number, from: len(b.text)}
	for {
		part, err := lines.ReadSlice('\n')
		if line.tooLong = line.tooLong || len(b.text)-line.from+len(part) > longest; !line.tooLong {
			b.text = append(b.text, part...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if line.tooLong {
			b.text = b.text[:line.from]
		}
		line.to = len(b.text)
		if line.tooLong || len(bytes.TrimSpace(b.text[line.from:])) > 0 {
			b.lines = append(b.lines, line)
		}
		return err
	}
}

// decide answers the lines of a batch.
func (s *caseStream) decide(b *caseBatch) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("internal error, please report it: %v\n%s", p, debug.Stack())
		}
	}()
	b.answer.Reset()
	for _, line := range b.lines {
		if problem := b.decideLine(line); problem != nil {
			b.tally.bad++
			if s.name != "" {
				problem = fmt.Errorf("%s: %w", s.name, problem)
			}
			if err := encodeLine(&b.answer, errorLine{line.number, problem.Error()}); err != nil {
				return err
			}
			continue
		}
		b.tally.decided++
	}
	return nil
}
