package policy

import (
	"regexp"
	"slices"
	"strings"
)

// mostAtoms is how many single permissions a statement is cut into; one of more is
// kept whole.
const mostAtoms = 20_000

// Atoms cuts the statement into single permissions, each written in one way only:
// effect, one principal, one action, one resource, the conditions. So that order,
// repetition, the case of actions, Sids, and how permissions are spread over
// statements do not show. What is said by Not… stays together.
func (s Statement) Atoms() []string {
	s.Sid = ""
	s.Action, s.NotAction = lower(s.Action), lower(s.NotAction)
	s.Principal, s.NotPrincipal = plainly(s.Principal), plainly(s.NotPrincipal)
	people := []*Principals{s.Principal}
	if s.Principal != nil && len(s.Principal.List) > 0 {
		people = nil
		for _, one := range s.Principal.List {
			people = append(people, &Principals{List: []Principal{one}})
		}
	}
	actions, resources := single(s.Action), single(s.Resource)
	if len(people)*len(actions)*len(resources) > mostAtoms {
		return []string{s.canonical()}
	}
	var atoms []string
	for _, s.Principal = range people {
		for _, s.Action = range actions {
			for _, s.Resource = range resources {
				atoms = append(atoms, s.canonical())
			}
		}
	}
	return atoms
}

// single makes a list of each value; of no list, one that is none.
func single(values []string) [][]string {
	if len(values) == 0 {
		return [][]string{values}
	}
	var lists [][]string
	for _, value := range values {
		lists = append(lists, []string{value})
	}
	return lists
}

func lower(values []string) []string {
	values = slices.Clone(values)
	for i, value := range values {
		values[i] = strings.ToLower(value)
	}
	return values
}

var rootARN = regexp.MustCompile(`^arn:[a-z-]+:iam::(\d{12}):root$`)

// plainly writes accounts as their ids, however they are written.
func plainly(p *Principals) *Principals {
	if p == nil {
		return nil
	}
	list := slices.Clone(p.List)
	for i := range list {
		if id := rootARN.FindStringSubmatch(list[i].Value); id != nil {
			list[i].Value = id[1]
		}
	}
	return &Principals{List: list}
}
