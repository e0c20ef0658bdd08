package snapshot

import (
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
	text     []byte
}

// maxText bounds what a compressed file may unfold to.
const maxText = 8 << 30

// ReadFile reads a snapshot, compressed if its bytes say so. Errors of the file
// system are those of os; everything else is an *Error.
func ReadFile(path string) (*File, error) {
	stored, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(stored)
	text := stored
	if bytes.HasPrefix(stored, []byte{0x1f, 0x8b}) {
		if text, err = unzip(stored); err != nil {
			return nil, &Error{File: path, Problem: "read gzip: " + err.Error()}
		}
	}
	s, err := Decode(path, text)
	if err != nil {
		return nil, err
	}
	return &File{Path: path, SHA256: hex.EncodeToString(sum[:]), Snapshot: s, text: text}, nil
}

func unzip(stored []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(stored))
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(r, maxText+1))
	if err == nil && len(text) > maxText {
		err = fmt.Errorf("the file unfolds to more than %d bytes", maxText)
	}
	return text, err
}

// Positions finds where values begin in the file's (uncompressed) text.
func (f *File) Positions(pointers []string) map[string]Position {
	return Positions(f.text, pointers)
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
