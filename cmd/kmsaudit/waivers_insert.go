package main

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// insertWaiver is the text of a configuration, or of a file of waivers, with one
// more at the end of its waivers. What is there keeps every letter.
func insertWaiver(name string, text []byte, w *waiver) ([]byte, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil || len(document.Content) == 0 || document.Content[0].Kind != yaml.MappingNode {
		return nil, fmt.Errorf("%s is not a mapping of YAML", name)
	}
	lines := strings.SplitAfter(strings.TrimRight(string(text), "\n")+"\n", "\n")
	lines = lines[:len(lines)-1] // nothing follows the last newline
	key, list, next := waiversOf(document.Content[0], len(lines))
	switch {
	case key == nil:
		lines = append(lines, "waivers:\n")
		return []byte(strings.Join(append(lines, w.lines("  ")...), "")), nil
	case list.Kind == yaml.SequenceNode && len(list.Content) == 0:
		at := key.Line - 1
		before, after, _ := strings.Cut(lines[at], "[]")
		if list.Style&yaml.FlowStyle == 0 || list.Line != key.Line || strings.Contains(before, "#") {
			break
		}
		lines[at] = strings.TrimRight(before, " ") + strings.TrimRight(after, "\n") + "\n"
		return []byte(strings.Join(slices.Insert(lines, at+1, w.lines("  ")...), "")), nil
	case list.Kind == yaml.SequenceNode && list.Style&yaml.FlowStyle == 0:
		end := next
		for end > list.Line && !indented(lines[end-1]) {
			end-- // blank lines, and comments that belong to what follows
		}
		first := lines[list.Content[0].Line-1]
		indent, _, _ := strings.Cut(first, "-")
		return []byte(strings.Join(slices.Insert(lines, end, w.lines(indent)...), "")), nil
	}
	return nil, fmt.Errorf("%s:%d: the waivers are not a list with one below the other, so that none can be added", name, key.Line)
}

// waiversOf finds the key, its value, and how many lines there are up to the next
// key of the mapping.
func waiversOf(mapping *yaml.Node, lines int) (key, list *yaml.Node, next int) {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value != "waivers" {
			continue
		}
		next = lines
		if i+2 < len(mapping.Content) {
			next = mapping.Content[i+2].Line - 1
		}
		return mapping.Content[i], mapping.Content[i+1], next
	}
	return nil, nil, 0
}

// indented says whether a line belongs to a value: it is neither blank nor a
// comment at the margin.
func indented(line string) bool {
	line = strings.TrimRight(line, " \n")
	return line != "" && !strings.HasPrefix(line, "#")
}

// lines writes the waiver as an item of a list.
func (w *waiver) lines(indent string) []string {
	var out []string
	v := reflect.ValueOf(*w)
	for i := range v.NumField() {
		value := v.Field(i).String()
		if value == "" {
			continue
		}
		mark := "  "
		if len(out) == 0 {
			mark = "- "
		}
		if _, err := time.Parse(time.DateOnly, value); err != nil { // a day is written bare
			value = scalar(value)
		}
		out = append(out, indent+mark+v.Type().Field(i).Tag.Get("yaml")+": "+value+"\n")
	}
	return out
}

// scalar writes text in one line of YAML, quoted where it has to be.
func scalar(text string) string {
	node := yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}
	if strings.ContainsAny(text, "\n\r\t\u0085\u2028\u2029") {
		node.Style = yaml.DoubleQuotedStyle
	}
	out, err := yaml.Marshal(&node)
	if err != nil || bytes.Count(out, []byte("\n")) != 1 {
		node.Style = yaml.DoubleQuotedStyle
		if out, err = yaml.Marshal(&node); err != nil {
			return `""` // text always can be written
		}
	}
	return strings.TrimSuffix(string(out), "\n")
}
