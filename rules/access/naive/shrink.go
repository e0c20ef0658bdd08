package naive

import (
	"maps"
	"slices"

	"github.com/kmsaudit/kmsaudit/collector/policy"
)

// Shrink takes away parts of a case as long as it fails.
func Shrink(c *Case, fails func(*Case) bool) *Case {
	for again := true; again; {
		again = false
		for n := 0; ; n++ {
			smaller := c.Clone()
			r := &remover{left: n}
			r.once(smaller)
			if !r.done {
				break
			}
			if fails(smaller) {
				c, again = smaller, true
				n--
			}
		}
	}
	return c
}

// remover takes away part number left of a case.
type remover struct {
	left int
	done bool
}

// here tells whether the part that comes next is the one to go.
func (r *remover) here() bool {
	if r.done {
		return false
	}
	r.done = r.left == 0
	r.left--
	return r.done
}

// without removes an element of a list; keep leaves at least so many.
func without[T any](r *remover, list []T, keep int) []T {
	for i := range list {
		if len(list) > keep && r.here() {
			return slices.Delete(list, i, i+1)
		}
	}
	return list
}

func (r *remover) once(c *Case) {
	c.Identity = without(r, c.Identity, 0)
	c.Boundary = without(r, c.Boundary, 0)
	c.SCP = without(r, c.SCP, 0)
	c.RCP = without(r, c.RCP, 0)
	c.Grants = without(r, c.Grants, 0)
	c.Unknown = without(r, c.Unknown, 0)
	if c.Boundary != nil && len(c.Boundary) == 0 && r.here() {
		c.Boundary = nil
	}
	if c.Session != nil && r.here() {
		c.Session = nil
	}
	if c.ResourcePolicy != nil && r.here() {
		c.ResourcePolicy = nil
	}
	for _, name := range slices.Sorted(maps.Keys(c.Context)) {
		if r.here() {
			delete(c.Context, name)
		}
	}
	for _, levels := range [][]Level{c.SCP, c.RCP} {
		for i := range levels {
			levels[i] = without(r, levels[i], 1)
		}
	}
	for _, flag := range []*bool{&c.PrincipalInManagementAccount, &c.ResourceInManagementAccount, &c.AWSManagedKey} {
		if *flag && r.here() {
			*flag = false
		}
	}
	if c.UniqueID != "" && r.here() {
		c.UniqueID = ""
	}
	for _, g := range c.Grants {
		g.Operations = without(r, g.Operations, 1)
		if g.Retiring != "" && r.here() {
			g.Retiring = ""
		}
	}
	for _, d := range c.documents() {
		d.Statements = without(r, d.Statements, 1)
		for i := range d.Statements {
			r.statement(&d.Statements[i])
		}
	}
}

func (r *remover) statement(s *policy.Statement) {
	s.Conditions = without(r, s.Conditions, 0)
	for i := range s.Conditions {
		s.Conditions[i].Values = without(r, s.Conditions[i].Values, 1)
	}
	for _, list := range []*[]string{&s.Action, &s.NotAction, &s.Resource, &s.NotResource} {
		*list = without(r, *list, 1)
	}
	for _, p := range []*policy.Principals{s.Principal, s.NotPrincipal} {
		if p != nil {
			p.List = without(r, p.List, 1)
		}
	}
	if len(s.Resource) == 1 && s.Resource[0] != "*" && r.here() {
		s.Resource = []string{"*"}
	}
}
