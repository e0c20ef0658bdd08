package rules

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

// laidOut writes facts for reading: what fits on a line stands on one, members stay
// in their order. Places, which tell nothing without their snapshot, are left out, and
// so is the list of what was not read where it is empty.
func laidOut(text []byte, width int) (string, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	root, err := nodeOf(decoder)
	if err != nil {
		return "", fmt.Errorf("lay out JSON: %w", err)
	}
	var b strings.Builder
	root.write(&b, 0, 0, width)
	return b.String(), nil
}

// node is a JSON value: with brackets and what is between them, or a scalar.
type node struct {
	brackets string // "{}", "[]" or ""
	scalar   string
	names    []string // of the members of an object
	members  []node
}

func nodeOf(decoder *json.Decoder) (node, error) {
	token, err := decoder.Token()
	if err != nil {
		return node{}, err
	}
	switch token {
	case json.Delim('{'):
		n := node{brackets: "{}"}
		for decoder.More() {
			name, err := decoder.Token()
			if err != nil {
				return n, err
			}
			member, err := nodeOf(decoder)
			if err != nil {
				return n, err
			}
			if name == "place" || name == "unread" && len(member.members) == 0 {
				continue
			}
			n.names, n.members = append(n.names, quoted(name)+": "), append(n.members, member)
		}
		_, err := decoder.Token()
		return n, err
	case json.Delim('['):
		n := node{brackets: "[]"}
		for decoder.More() {
			member, err := nodeOf(decoder)
			if err != nil {
				return n, err
			}
			n.names, n.members = append(n.names, ""), append(n.members, member)
		}
		_, err := decoder.Token()
		return n, err
	}
	return node{scalar: quoted(token)}, nil
}

// quoted writes a scalar without hiding < and > as HTML would want it.
func quoted(value any) string {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(value) != nil {
		return "null" // cannot be: tokens of JSON can be written as JSON
	}
	return strings.TrimSpace(b.String())
}

func (n *node) flat() string {
	if n.brackets == "" {
		return n.scalar
	}
	parts := make([]string, len(n.members))
	for i := range n.members {
		parts[i] = n.names[i] + n.members[i].flat()
	}
	return n.brackets[:1] + strings.Join(parts, ", ") + n.brackets[1:]
}

// write writes the value where used characters of the line are taken. Members that
// do not fit on it go on lines of their own, as many as fit on each.
func (n *node) write(b *strings.Builder, depth, used, width int) {
	flat := n.flat()
	switch {
	case len(n.members) == 0 || used+length(flat) <= width:
		b.WriteString(flat)
		return
	case len(n.members) == 1:
		b.WriteString(n.brackets[:1] + n.names[0])
		n.members[0].write(b, depth, used+1+length(n.names[0]), width)
		b.WriteString(n.brackets[1:])
		return
	}
	b.WriteString(n.brackets[:1])
	indent := "\n" + strings.Repeat("  ", depth+1)
	used = width // as if the line were full
	for i := range n.members {
		comma := ","
		if i == len(n.members)-1 {
			comma = ""
		}
		flat := n.names[i] + n.members[i].flat() + comma
		if used+1+length(flat) <= width {
			b.WriteString(" " + flat)
			used += 1 + length(flat)
			continue
		}
		b.WriteString(indent + n.names[i])
		used = len(indent) - 1 + length(n.names[i])
		n.members[i].write(b, depth+1, used, width-len(comma))
		b.WriteString(comma)
		if used += length(flat) - length(n.names[i]); used > width {
			used = width // the member took lines of its own
		}
	}
	b.WriteString(indent[:len(indent)-2] + n.brackets[1:])
}

func length(s string) int { return utf8.RuneCountInString(s) }
