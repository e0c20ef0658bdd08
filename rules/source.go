package rules

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Source is a folder or a bundle of rules that do not come with kmsaudit: what it
// holds, read whole, within limits.
type Source struct {
	// Name is the path as given; errors name files below it.
	Name string `json:"name"`
	// Files are the Rego, data and examples by their slash-separated path.
	Files map[string][]byte `json:"files"`
}

// What a source may hold: enough for thousands of rules, too little to fill a machine.
const (
	maxSourceFile  = 4 << 20
	maxSourceBytes = 64 << 20
	maxSourceFiles = 10_000
)

// OpenSource reads a folder, or a bundle of OPA where path is that of a .tar.gz
// file. Links that lead out of a folder are refused, as is what exceeds the limits.
func OpenSource(name string) (*Source, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, fmt.Errorf("read rules %s: %w", name, plainError(err))
	}
	s := &Source{Name: name, Files: map[string][]byte{}}
	switch {
	case info.IsDir():
		err = s.folder()
	case strings.HasSuffix(name, ".tar.gz") || strings.HasSuffix(name, ".tgz"):
		err = s.bundle()
	default:
		return nil, fmt.Errorf("read rules %s: a folder or a bundle (.tar.gz) is wanted", name)
	}
	if err != nil {
		return nil, fmt.Errorf("read rules %s: %w", name, err)
	}
	if !slices.ContainsFunc(s.names(), isRego) {
		return nil, fmt.Errorf("read rules %s: it holds no .rego file; kmsaudit rules new makes a rule", name)
	}
	return s, nil
}

func (s *Source) folder() error {
	root, err := os.OpenRoot(s.Name)
	if err != nil {
		return plainError(err)
	}
	defer func() { _ = root.Close() }() // it was only read
	total := 0
	return fs.WalkDir(root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return plainError(err)
		case entry.IsDir() && name != "." && strings.HasPrefix(entry.Name(), "."):
			return fs.SkipDir // .git and the like
		case entry.IsDir() || !wantedFile(name):
			return nil
		}
		file, err := root.Open(filepath.FromSlash(name))
		if err != nil {
			return fmt.Errorf("%s: %w", name, plainError(err))
		}
		defer func() { _ = file.Close() }()
		if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
			return fmt.Errorf("%s is no regular file", name)
		}
		return s.take(name, file, &total)
	})
}

// take reads one file, within the limits.
func (s *Source) take(name string, from io.Reader, total *int) error {
	text, err := io.ReadAll(io.LimitReader(from, maxSourceFile+1))
	*total += len(text)
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", name, plainError(err))
	case len(text) > maxSourceFile:
		return fmt.Errorf("%s is larger than %d MiB", name, maxSourceFile>>20)
	case *total > maxSourceBytes:
		return fmt.Errorf("the files are larger than %d MiB together", maxSourceBytes>>20)
	case len(s.Files) == maxSourceFiles:
		return fmt.Errorf("there are more than %d files", maxSourceFiles)
	}
	s.Files[name] = text
	return nil
}

func (s *Source) names() []string {
	names := make([]string, 0, len(s.Files))
	for name := range s.Files {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// wantedFile tells the files of rules from whatever else stands beside them.
func wantedFile(name string) bool {
	switch path.Base(name) {
	case "examples.json", "data.json", "data.yaml", "data.yml", ".manifest":
		return true
	}
	return isRego(name)
}

func isRego(name string) bool { return strings.HasSuffix(name, ".rego") }

func isTest(name string) bool { return strings.HasSuffix(name, "_test.rego") }

// plainError is the reason of an error of the file system, without the path that
// the message names already.
func plainError(err error) error {
	var of *fs.PathError
	if errors.As(err, &of) {
		return of.Err
	}
	return err
}
