package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/imports"
)

// mapping says what files hold.
type mapping struct {
	Version int          `yaml:"version"`
	Files   []mappedFile `yaml:"files"`
}

// mappedFile is the output of a command.
type mappedFile struct {
	File      string `yaml:"file"`
	Operation string `yaml:"operation"`
	Region    string `yaml:"region"`
	Resource  string `yaml:"resource"`
}

// inputs are the files that the command line and the mapping name, each once.
func (o *importOptions) inputs(args []string) ([]imports.Input, error) {
	inputs, err := o.mapped()
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, input := range inputs {
		seen[filepath.Clean(input.Path)] = true
	}
	if o.mapping != "" {
		seen[filepath.Clean(o.mapping)] = true
	}
	for _, path := range args {
		files, err := filesOf(path)
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			if clean := filepath.Clean(file); !seen[clean] {
				seen[clean] = true
				inputs = append(inputs, imports.Input{Path: file})
			}
		}
	}
	return inputs, nil
}

// filesOf lists the files of a folder that may be inputs, or the file itself.
func filesOf(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, bare(err))
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	var files []string
	err = filepath.WalkDir(path, func(file string, entry fs.DirEntry, err error) error {
		name := strings.TrimSuffix(entry.Name(), ".gz")
		if err == nil && entry.Type().IsRegular() && (strings.HasSuffix(name, ".json") || strings.HasSuffix(name, ".txt")) {
			files = append(files, file)
		}
		return err
	})
	switch {
	case err != nil:
		return nil, fmt.Errorf("read %s: %w", path, bare(err))
	case len(files) == 0:
		return nil, fmt.Errorf("%s has no file whose name ends in .json, .json.gz or .txt", path)
	}
	return files, nil
}

// mapped reads the mapping. Its files are named from where it lies.
func (o *importOptions) mapped() ([]imports.Input, error) {
	if o.mapping == "" {
		return nil, nil
	}
	text, err := os.ReadFile(o.mapping)
	if err != nil {
		return nil, fmt.Errorf("read mapping %s: %w", o.mapping, bare(err))
	}
	var m mapping
	s := readYAML(o.mapping, text, &m)
	if len(s.problems) > 0 {
		return nil, s.err()
	}
	if m.Version != 1 {
		s.wrong("version", "this has to be 1, the only version there is")
	}
	var inputs []imports.Input
	for i, file := range m.Files {
		path := fmt.Sprintf("files[%d]", i)
		operation := strings.TrimPrefix(file.Operation, "aws ")
		switch known := imports.Operations(); {
		case file.File == "":
			s.wrong(path, "file is missing")
		case file.Operation == "":
			s.wrong(path, "operation is missing, such as kms get-key-policy")
		case !slices.Contains(known, operation):
			s.wrong(path+".operation", "%q is no command whose output can be imported%s", file.Operation, didYouMean(operation, known))
		}
		name := file.File
		if !filepath.IsAbs(name) {
			name = filepath.Join(filepath.Dir(o.mapping), name)
		}
		inputs = append(inputs, imports.Input{
			Path: name, Dump: &imports.Dump{Operation: operation, Region: file.Region, Resource: file.Resource},
		})
	}
	return inputs, s.err()
}
