package report

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"os"
	"slices"
	"strings"
)

// record is what a spool holds.
type record[T any] interface {
	*T
	fields(o fields)
}

// spool puts records in order outside of memory, or keeps them in theirs where there
// is no compare. They are added in runs, each in
// order, and the runs are merged in the end; equals stay in the order in which they
// were added. What is held in memory is a buffer for each of the few files that are
// read at a time, and two numbers for each run.
type spool[T any, P record[T]] struct {
	compare func(a, b *T) int
	file    *spoolFile
	runs    []run
	err     error // the first of reading
	count   int
	// parts are where those of each key are, once somebody asked for some of them.
	parts map[string][]run
}

// run is a piece of a file that is in order.
type run struct{ from, to int64 }

// How a merge goes about it.
const (
	fanIn       = 64 // runs that are merged at a time
	spoolBuffer = 32 << 10
)

// add appends records. Where one is out of order a new run begins.
func (s *spool[T, P]) add(all iter.Seq[*T]) error {
	if s.file == nil {
		s.file = newSpoolFile()
	}
	from := s.file.size
	var last *T
	var w recordWriter
	for one := range all {
		if last != nil && s.compare != nil && s.compare(last, one) > 0 {
			s.runs = append(s.runs, run{from, s.file.size})
			from = s.file.size
		}
		copied := *one
		last = &copied
		w.bytes = w.bytes[:0]
		P(&copied).fields(&w)
		if err := s.file.put(w.bytes); err != nil {
			return err
		}
		s.count++
	}
	n := len(s.runs)
	switch {
	case s.file.size == from:
	case s.compare == nil && n > 0 && s.runs[n-1].to == from:
		s.runs[n-1].to = s.file.size
	default:
		s.runs = append(slices.Clip(s.runs), run{from, s.file.size})
	}
	return nil
}

// settle merges the runs into one, where there is an order to merge them by.
func (s *spool[T, P]) settle() error {
	if s.file == nil {
		return nil
	}
	for len(s.runs) > 1 && s.compare != nil {
		merged := newSpoolFile()
		var runs []run
		for some := range slices.Chunk(s.runs, fanIn) {
			from := merged.size
			if err := s.merge(some, merged); err != nil {
				merged.close()
				return err
			}
			runs = append(runs, run{from, merged.size})
		}
		s.file.close()
		s.file, s.runs = merged, runs
	}
	return s.file.flush()
}

// merge copies the records of runs to a file, in order.
func (s *spool[T, P]) merge(runs []run, to *spoolFile) error {
	if err := s.file.flush(); err != nil {
		return err
	}
	cursors := make([]*cursor[T, P], 0, len(runs))
	for _, one := range runs {
		c := &cursor[T, P]{read: s.file.reader(one)}
		if c.next() {
			cursors = append(cursors, c)
		} else if c.err != nil {
			return c.err
		}
	}
	for len(cursors) > 0 {
		least := 0
		for i := range cursors {
			if s.compare(&cursors[i].one, &cursors[least].one) < 0 {
				least = i
			}
		}
		c := cursors[least]
		if err := to.put(c.bytes); err != nil {
			return err
		}
		if c.next() {
			continue
		}
		if c.err != nil {
			return c.err
		}
		cursors = slices.Delete(cursors, least, least+1)
	}
	return nil
}

// each goes over all records in order. Errors are kept in err.
func (s *spool[T, P]) each(yield func(*T) bool) {
	for _, one := range s.runs {
		if !s.within(one, yield) {
			return
		}
	}
}

func (s *spool[T, P]) within(r run, yield func(*T) bool) bool {
	c := &cursor[T, P]{read: s.file.reader(r)}
	for c.next() {
		one := c.one
		if !yield(&one) {
			return false
		}
	}
	s.err = cmp.Or(s.err, c.err)
	return c.err == nil
}

// of goes over the records that have this key, in order. What key is of a record is to
// be the same at every call; few records that follow one another should differ in it,
// as where each run of them begins is held.
func (s *spool[T, P]) of(key func(*T) string, wanted string, yield func(*T) bool) bool {
	if s.parts == nil {
		s.index(key)
	}
	for _, part := range s.parts[wanted] {
		if !s.within(part, yield) {
			return false
		}
	}
	return true
}

// keys are those that records have.
func (s *spool[T, P]) keys(key func(*T) string) []string {
	if s.parts == nil {
		s.index(key)
	}
	return slices.Collect(maps.Keys(s.parts))
}

func (s *spool[T, P]) index(key func(*T) string) {
	s.parts = map[string][]run{}
	for _, all := range s.runs {
		c := &cursor[T, P]{read: s.file.reader(all), at: all.from}
		for at := c.at; c.next(); at = c.at {
			k := strings.Clone(key(&c.one)) // it shares the memory of the record
			parts := s.parts[k]
			if n := len(parts); n > 0 && parts[n-1].to == at {
				parts[n-1].to = c.at
				continue
			}
			s.parts[k] = append(parts, run{from: at, to: c.at})
		}
		s.err = cmp.Or(s.err, c.err)
	}
}

func (s *spool[T, P]) close() {
	if s.file != nil {
		s.file.close()
	}
}

// cursor reads a run.
type cursor[T any, P record[T]] struct {
	read  *bufio.Reader
	bytes []byte
	text  string
	one   T
	at    int64 // behind the record, counted from where at began
	err   error
}

func (c *cursor[T, P]) next() bool {
	if !c.load() {
		return false
	}
	var one T
	r := recordReader{rest: c.text}
	P(&one).fields(&r)
	if r.bad || r.rest != "" {
		c.err = errRecord
		return false
	}
	c.one = one
	return true
}

// load reads the bytes of the next record.
func (c *cursor[T, P]) load() bool {
	n, err := binary.ReadUvarint(c.read)
	switch {
	case errors.Is(err, io.EOF):
		return false
	case err != nil || n > maxRecord:
		c.err = cmp.Or(err, errRecord)
		return false
	}
	c.bytes = slices.Grow(c.bytes[:0], int(n))[:n] //nolint:gosec // G115: it is at most maxRecord
	if _, err := io.ReadFull(c.read, c.bytes); err != nil {
		c.err = fmt.Errorf("%w: %w", errRecord, err)
		return false
	}
	c.text = string(c.bytes)
	c.at += int64(len(binary.AppendUvarint(nil, n))) + int64(n) //nolint:gosec // G115: it is at most maxRecord
	return true
}

// maxRecord is more than any record has.
const maxRecord = 1 << 30

// ErrNotKept says that findings could not be written to a temporary file, or read from
// it, such as on a full disk.
var ErrNotKept = errors.New("keep what was found out of memory")

// spoolFile is a temporary file that nobody else can read. It has no name where the
// system lets a file that is open go without one, so that it ends with the process
// however that ends. Where none can be made it is in memory.
type spoolFile struct {
	file   *os.File
	write  *bufio.Writer
	size   int64
	named  bool
	memory bytes.Buffer
	why    error // it is in memory
}

func newSpoolFile() *spoolFile {
	f := &spoolFile{}
	file, err := os.CreateTemp("", "kmsaudit-*") // of mode 0600
	if err != nil {
		f.why, f.write = err, bufio.NewWriterSize(&f.memory, spoolBuffer)
		return f
	}
	f.file, f.named, f.write = file, os.Remove(file.Name()) != nil, bufio.NewWriterSize(file, spoolBuffer)
	return f
}

func (f *spoolFile) put(record []byte) error {
	length := binary.AppendUvarint(nil, uint64(len(record)))
	f.size += int64(len(length) + len(record))
	_, err := f.write.Write(length)
	if err == nil {
		_, err = f.write.Write(record)
	}
	return spoolError(err)
}

func (f *spoolFile) flush() error { return spoolError(f.write.Flush()) }

func spoolError(err error) error {
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNotKept, err)
	}
	return nil
}

func (f *spoolFile) reader(r run) *bufio.Reader {
	var source io.ReaderAt = f.file
	if f.file == nil {
		source = bytes.NewReader(f.memory.Bytes())
	}
	return bufio.NewReaderSize(io.NewSectionReader(source, r.from, r.to-r.from), spoolBuffer)
}

// close drops the file.
func (f *spoolFile) close() {
	if f.file == nil {
		f.memory = bytes.Buffer{}
		return
	}
	_ = f.file.Close() // what it holds is not wanted any more
	if f.named {
		_ = os.Remove(f.file.Name())
	}
}
