package snapshot

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// File is a snapshot that was read from a file.
type File struct {
	Path     string
	SHA256   string // of the file's bytes, in hexadecimal
	Snapshot *Snapshot
	text     []byte // kept of what cannot be read again, such as a pipe
}

// zipped is how a compressed file begins.
const zipped = "\x1f\x8b"

// maxText bounds what a compressed file may unfold to.
const maxText = 8 << 30

// ReadFile reads a snapshot, compressed if its bytes say so. Errors of the file
// system are those of os; everything else is an *Error.
func ReadFile(path string) (*File, error) { return readFile(path, true) }

// ReadForAudit is ReadFile without the texts of policy documents, which take as
// much memory as all the rest: the snapshot can be judged but not written again.
func ReadForAudit(path string) (*File, error) { return readFile(path, false) }

func readFile(path string, keep bool) (*File, error) {
	text, sum, err := load(path)
	if err != nil {
		return nil, err
	}
	s, err := decode(path, text, keep)
	if err != nil {
		return nil, err
	}
	f := &File{Path: path, SHA256: sum(), Snapshot: s}
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		f.text = text
	}
	return f, nil
}

// Release lets go of what the snapshot holds, but for the account, when and how it
// was collected, and the coverage.
func (f *File) Release() {
	s := f.Snapshot
	f.Snapshot = &Snapshot{
		Schema: s.Schema, Tool: s.Tool, Account: s.Account, CollectedAt: s.CollectedAt, CollectedBy: s.CollectedBy,
		Interrupted: s.Interrupted, Sources: s.Sources, Regions: s.Regions, Coverage: s.Coverage,
	}
}

// load reads the text of a file. sum waits for the SHA-256 of its bytes, which is
// counted meanwhile.
func load(path string) (text []byte, sum func() string, err error) {
	stored, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, err
	}
	counted := make(chan string, 1)
	go func() {
		digest := sha256.Sum256(stored)
		counted <- hex.EncodeToString(digest[:])
	}()
	text = stored
	if bytes.HasPrefix(stored, []byte(zipped)) {
		if text, err = unzip(stored); err != nil {
			return nil, nil, &Error{File: path, Problem: "read gzip: " + err.Error()}
		}
	}
	return text, func() string { return <-counted }, nil
}

func unzip(stored []byte) ([]byte, error) {
	r, err := unfolded(bytes.NewReader(stored))
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(r)
	if err == nil && len(text) > maxText {
		err = fmt.Errorf("the file unfolds to more than %d bytes", maxText)
	}
	return text, err
}

// Text is the file's uncompressed text, which is read again: it is larger than all
// that it says. It is nil of a file that is another one by now.
func (f *File) Text() []byte {
	if f.text != nil {
		return f.text
	}
	text, sum, err := load(f.Path)
	if err != nil || sum() != f.SHA256 {
		return nil
	}
	return text
}

// Positions finds where values begin in the file's text, of which little is held at
// once. It finds nothing in a file that is another one by now.
func (f *File) Positions(pointers []string) map[string]Position {
	if f.text != nil {
		return Positions(f.text, pointers)
	}
	file, err := os.Open(f.Path)
	if err != nil {
		return nil
	}
	defer file.Close() //nolint:errcheck // it was only read
	var spots []spot
	var positions map[string]Position
	for _, pass := range []func(text io.Reader){
		func(text io.Reader) { spots = offsets(text, pointers) },
		func(text io.Reader) { positions = lines(text, spots) },
	} {
		if _, err = file.Seek(0, io.SeekStart); err != nil || f.pass(file, pass) != nil {
			return nil
		}
	}
	return positions
}

// pass hands out the text of a file once, and fails if it is another one by now.
func (f *File) pass(file io.Reader, read func(text io.Reader)) error {
	sum := sha256.New()
	stored := io.TeeReader(file, sum)
	text, err := unfolded(stored)
	if err != nil {
		return err
	}
	read(text)
	for _, rest := range []io.Reader{text, stored} { // what nobody wanted to see is the file's too
		if _, err := io.Copy(io.Discard, rest); err != nil {
			return err
		}
	}
	if hex.EncodeToString(sum.Sum(nil)) != f.SHA256 {
		return fmt.Errorf("%s is another file by now", f.Path)
	}
	return nil
}

// unfolded is the text of a file, which may be compressed, up to a byte more than it
// may unfold to.
func unfolded(file io.Reader) (io.Reader, error) {
	stored := bufio.NewReaderSize(file, 64<<10)
	if magic, _ := stored.Peek(len(zipped)); string(magic) != zipped { // a shorter file is no gzip
		return stored, nil
	}
	r, err := gzip.NewReader(stored)
	if err != nil {
		return nil, err
	}
	return io.LimitReader(r, maxText+1), nil
}

// WriteFile writes the snapshot so that a reader sees the old file or the new
// one and never a part: to a temporary file beside it, with mode 0600, which is
// then renamed. A path that ends in .gz is compressed.
func WriteFile(path string, s *Snapshot) error {
	text, err := Encode(s)
	if err != nil {
		return fmt.Errorf("encode snapshot: %w", err)
	}
	if strings.HasSuffix(path, ".gz") {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		if _, err := w.Write(text); err != nil {
			return fmt.Errorf("compress snapshot: %w", err)
		}
		if err := w.Close(); err != nil {
			return fmt.Errorf("compress snapshot: %w", err)
		}
		text = b.Bytes()
	}
	temporary, err := os.CreateTemp(filepath.Dir(path), ".kmsaudit-*") // CreateTemp's mode is 0600
	if err != nil {
		return err
	}
	_, err = temporary.Write(text)
	if err == nil {
		err = temporary.Sync()
	}
	if closed := temporary.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(temporary.Name(), path)
	}
	if err != nil {
		_ = os.Remove(temporary.Name())
	}
	return err
}
