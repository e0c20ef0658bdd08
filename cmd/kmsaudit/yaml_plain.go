package main

import (
	"gopkg.in/yaml.v3"
)

// plain is a value whose kind only a rule knows: text, truth, number, list or
// mapping. It is nil where that is a problem, which has been noted.
func (s *source) plain(n *yaml.Node, path string) any {
	n, leave := s.enter(n, path)
	if n == nil {
		return nil
	}
	defer leave()
	var number float64
	var truth bool
	switch {
	case n.Kind == yaml.SequenceNode:
		list := make([]any, 0, len(n.Content))
		for _, element := range n.Content {
			list = append(list, s.plain(element, path))
		}
		return list
	case n.Kind == yaml.MappingNode:
		mapping := map[string]any{}
		s.pairs(n, path, func(key, value *yaml.Node, at string) { mapping[key.Value] = s.plain(value, at) })
		return mapping
	case isText(n):
		return n.Value
	case n.ShortTag() == "!!bool" && n.Decode(&truth) == nil:
		return truth
	case (n.ShortTag() == "!!int" || n.ShortTag() == "!!float") && n.Decode(&number) == nil && number-number == 0:
		return number // neither infinite nor "not a number"
	}
	s.refuse(n, path, "this has to be text, a number, true, false, a list or a mapping")
	return nil
}
