package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// write writes text to the file at path, or to stdout where that is "-" or "".
func (a *app) write(path string, text []byte, mode fs.FileMode) error {
	if path == "" || path == "-" {
		if _, err := a.stdout.Write(text); err != nil {
			return fmt.Errorf("write to stdout: %w", err)
		}
		return nil
	}
	if err := replaceFile(path, text, mode); err != nil {
		return fmt.Errorf("write %s: %w", path, bare(err))
	}
	return nil
}

// replaceFile writes a file so that a reader sees the old one or the new one and
// never a part. What is no regular file (a pipe, a device) is written to as it is.
func replaceFile(path string, text []byte, mode fs.FileMode) error {
	n, err := draw(path, mode, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
	if err != nil {
		return err
	}
	return n.keep()
}

// draft is a file that is written and not yet in its place.
type draft struct{ temporary, path string }

// draw writes a draft of the file at path as fill says, or straight into what is
// no regular file.
func draw(path string, mode fs.FileMode, fill func(io.Writer) error) (draft, error) {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	var file *os.File
	var err error
	n := draft{path: path}
	if info, missing := os.Stat(path); missing == nil && !info.Mode().IsRegular() {
		file, err = os.OpenFile(path, os.O_WRONLY, 0)
	} else if file, err = createBeside(path, mode); err == nil {
		n.temporary = file.Name()
	}
	if err != nil {
		return draft{}, err
	}
	w := bufio.NewWriterSize(file, 1<<16)
	err = fill(w)
	if err == nil {
		err = w.Flush()
	}
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		n.drop()
	}
	return n, err
}

// keep puts the draft in its place.
func (n draft) keep() error {
	if n.temporary == "" {
		return nil
	}
	err := os.Rename(n.temporary, n.path)
	if err != nil {
		n.drop()
	}
	return err
}

func (n draft) drop() {
	if n.temporary != "" {
		_ = os.Remove(n.temporary)
	}
}

// createBeside creates a temporary file next to path. Other than os.CreateTemp it
// leaves the mode to the umask.
func createBeside(path string, mode fs.FileMode) (*os.File, error) {
	for i := range 1000 {
		name := filepath.Join(filepath.Dir(path), fmt.Sprintf(".kmsaudit-%d-%d", os.Getpid(), i))
		file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		if !errors.Is(err, fs.ErrExist) {
			return file, err
		}
	}
	return nil, errors.New("too many temporary files of kmsaudit lie there")
}

// writable finds out early whether a file can be written at path.
func writable(path string) error {
	if path == "-" {
		return nil
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return wrong(fmt.Errorf("write %s: it is not a regular file; -o - writes to stdout", path))
	}
	file, err := createBeside(path, 0o600)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, bare(err))
	}
	return errors.Join(file.Close(), os.Remove(file.Name()))
}

// bare is the cause of an error without the path, which the caller names.
func bare(err error) error {
	var p *fs.PathError
	var l *os.LinkError
	switch {
	case errors.As(err, &p):
		return p.Err
	case errors.As(err, &l):
		return l.Err
	}
	return err
}
