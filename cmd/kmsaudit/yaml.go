package main

import (
	"cmp"
	"encoding"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"
)

// source is a YAML file that is read strictly: an unknown or repeated key and a
// value of the wrong kind are problems, each with its line. What the file says is
// never guessed at.
type source struct {
	name     string
	root     *yaml.Node
	places   map[string]*yaml.Node // path, such as waivers[0].rule → its value
	problems []problem
	left     int // values that may still be read: aliases can unfold without end
	depth    int
}

// problem is what is wrong at one place.
type problem struct {
	line, column int
	err          error
}

// The bounds of what a file may unfold to.
const (
	maxValues = 1 << 20
	maxDepth  = 50
)

var yamlProblem = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?s)^yaml: (?:line (\d+): )?(.*)$`) })

// readYAML reads text into the struct that into points to.
func readYAML(name string, text []byte, into any) *source {
	s := &source{name: name, places: map[string]*yaml.Node{}, left: maxValues}
	decoder := yaml.NewDecoder(strings.NewReader(string(text)))
	var document, more yaml.Node
	if err := decoder.Decode(&document); err != nil || len(document.Content) == 0 {
		s.syntax(err)
		return s
	}
	s.root = document.Content[0]
	if decoder.Decode(&more) == nil {
		s.refuse(&more, "", "a second document begins here; one is read")
		return s
	}
	s.value(s.root, "", reflect.ValueOf(into).Elem())
	return s
}

// syntax notes an error of the parser, which knows the line at best.
func (s *source) syntax(err error) {
	line, text := 1, "the file is empty"
	if err != nil && !errors.Is(err, io.EOF) {
		text = err.Error()
		if m := yamlProblem().FindStringSubmatch(text); m != nil {
			text = m[2]
			if n, err := strconv.Atoi(m[1]); err == nil {
				line = n
			}
		}
	}
	s.problems = append(s.problems, problem{line, 1, fmt.Errorf("%s:%d: %s", s.name, line, text)})
}

// refuse notes a problem with the value at path.
func (s *source) refuse(n *yaml.Node, path, format string, values ...any) {
	if path != "" {
		path += ": "
	}
	line, column := 1, 1
	if n != nil {
		line, column = max(1, n.Line), max(1, n.Column)
	}
	err := fmt.Errorf("%s:%d:%d: %s%s", s.name, line, column, path, fmt.Sprintf(format, values...))
	s.problems = append(s.problems, problem{line, column, err})
}

// wrong notes a problem with the value that was read from path, or with the
// nearest one above it.
func (s *source) wrong(path, format string, values ...any) {
	at := path
	for at != "" && s.places[at] == nil {
		at = at[:max(0, strings.LastIndexAny(at, ".["))]
	}
	n := s.places[at]
	if n == nil {
		n = s.root
	}
	s.refuse(n, path, format, values...)
}

// line is the line of the value that was read from path.
func (s *source) line(path string) (line, column int) {
	if n := s.places[path]; n != nil {
		return n.Line, n.Column
	}
	return 1, 1
}

// err is all the problems in the order of the file, nil for none.
func (s *source) err() error {
	slices.SortStableFunc(s.problems, func(a, b problem) int {
		return cmp.Or(cmp.Compare(a.line, b.line), cmp.Compare(a.column, b.column))
	})
	errs := make([]error, 0, len(s.problems))
	for _, p := range s.problems {
		errs = append(errs, p.err)
	}
	return errors.Join(errs...)
}

// enter begins to read a value and returns it with aliases resolved, or nil where
// the file unfolds to too much. What it returns beside that ends the reading.
func (s *source) enter(n *yaml.Node, path string) (*yaml.Node, func()) {
	s.left--
	if s.left <= 0 || s.depth >= maxDepth {
		if s.left >= 0 {
			s.refuse(n, "", "the file unfolds to more than %d values or deeper than %d", maxValues, maxDepth)
			s.left = -1
		}
		return nil, nil
	}
	s.places[path] = n
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	s.depth++
	return n, func() { s.depth-- }
}

// value reads one value. Its kind has to be that of v; nothing is converted.
func (s *source) value(n *yaml.Node, path string, v reflect.Value) {
	n, leave := s.enter(n, path)
	if n == nil {
		return
	}
	defer leave()
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		s.value(n, path, v.Elem())
		return
	}
	if text, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		if s.want(n, path, isText(n) && n.Value != "", "a word") {
			if err := text.UnmarshalText([]byte(n.Value)); err != nil {
				s.refuse(n, path, "%v", err)
			}
		}
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		if s.want(n, path, n.Kind == yaml.MappingNode, "a mapping") {
			s.object(n, path, v)
		}
	case reflect.Map:
		if s.want(n, path, n.Kind == yaml.MappingNode, "a mapping") {
			v.Set(reflect.MakeMap(v.Type()))
			s.pairs(n, path, func(key, value *yaml.Node, at string) {
				member := reflect.New(v.Type().Elem()).Elem()
				s.value(value, at, member)
				v.SetMapIndex(reflect.ValueOf(key.Value), member)
			})
		}
	case reflect.Slice:
		if s.want(n, path, n.Kind == yaml.SequenceNode, "a list") {
			v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
			for i, element := range n.Content {
				s.value(element, path+"["+strconv.Itoa(i)+"]", v.Index(i))
			}
		}
	case reflect.String:
		hint := "text"
		if n.Kind == yaml.ScalarNode && n.Value != "" {
			hint = fmt.Sprintf("text: put it in quotes, %q", n.Value)
		}
		if s.want(n, path, isText(n), hint) {
			v.SetString(n.Value)
		}
	case reflect.Bool:
		s.want(n, path, n.ShortTag() == "!!bool" && n.Decode(v.Addr().Interface()) == nil, "true or false")
	case reflect.Int:
		s.want(n, path, n.ShortTag() == "!!int" && n.Decode(v.Addr().Interface()) == nil, "a whole number")
	case reflect.Interface:
		if plain := s.plain(n, path); plain != nil {
			v.Set(reflect.ValueOf(plain))
		}
	default:
		s.refuse(n, path, "kmsaudit cannot read a %s", v.Type())
	}
}

// isText says whether a scalar is text as it stands. A day is text to us.
func isText(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && (n.ShortTag() == "!!str" || n.ShortTag() == "!!timestamp")
}

func (s *source) want(n *yaml.Node, path string, ok bool, what string) bool {
	if !ok {
		s.refuse(n, path, "this has to be %s", what)
	}
	return ok
}

// pairs goes through a mapping.
func (s *source) pairs(n *yaml.Node, path string, each func(key, value *yaml.Node, at string)) {
	lines := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Kind != yaml.ScalarNode || !isText(key) {
			s.refuse(key, path, "a key has to be text")
			continue
		}
		at := key.Value
		if path != "" {
			at = path + "." + at
		}
		if first, twice := lines[key.Value]; twice {
			s.refuse(key, at, "the key stands twice, first in line %d", first)
			continue
		}
		lines[key.Value] = key.Line
		each(key, value, at)
	}
}

func (s *source) object(n *yaml.Node, path string, v reflect.Value) {
	fields := map[string]reflect.Value{}
	fieldsOf(v, fields)
	s.pairs(n, path, func(key, value *yaml.Node, at string) {
		field, known := fields[key.Value]
		if !known {
			var names []string
			for name := range fields {
				names = append(names, name)
			}
			slices.Sort(names)
			mend := didYouMean(key.Value, names)
			if mend == "" {
				mend = "; known are " + strings.Join(names, ", ")
			}
			s.refuse(key, at, "unknown key%s", mend)
			return
		}
		s.value(value, at, field)
	})
}

// fieldsOf finds the fields of a struct by their yaml names.
func fieldsOf(v reflect.Value, fields map[string]reflect.Value) {
	for i := range v.NumField() {
		name, option, _ := strings.Cut(v.Type().Field(i).Tag.Get("yaml"), ",")
		switch {
		case option == "inline":
			fieldsOf(v.Field(i), fields)
		case name != "" && name != "-":
			fields[name] = v.Field(i)
		}
	}
}
