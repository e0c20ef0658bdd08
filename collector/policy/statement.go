package policy

import "strconv"

func (d *decoder) document(doc *Document) error {
	found := false
	err := d.object("a policy", func(name string) error {
		switch name {
		case "Version":
			return d.text(&doc.Version)
		case "Id":
			return d.text(&doc.ID)
		case "Statement":
			found = true
			return d.statements(doc)
		}
		return d.fail("IAM knows no such element")
	})
	if err == nil && !found {
		return d.fail("there is no Statement")
	}
	return err
}

func (d *decoder) statements(doc *Document) error {
	d.found = d.found[:0]
	list := d.PeekKind() == '['
	err := d.each(func() error {
		d.found = append(d.found, Statement{Pointer: "/Statement"})
		s := &d.found[len(d.found)-1]
		if list {
			s.Pointer = d.pointer(len(d.found) - 1)
		}
		return d.statement(s)
	})
	doc.Statements = append(make([]Statement, 0, len(d.found)), d.found...)
	return err
}

// pointer is the place of a statement in a list.
func (d *decoder) pointer(i int) string {
	var room [32]byte
	at := strconv.AppendInt(append(room[:0], "/Statement/"...), int64(i), 10)
	if d.memory != nil {
		return d.memory.own(at)
	}
	return string(at)
}

func (d *decoder) statement(s *Statement) error {
	err := d.object("a statement", func(name string) error {
		switch name {
		case "Sid":
			return d.text(&s.Sid)
		case "Effect":
			if err := d.text(&s.Effect); err != nil {
				return err
			}
			if s.Effect != Allow && s.Effect != Deny {
				return d.fail("Effect has to be Allow or Deny, not %q", s.Effect)
			}
			return nil
		case "Principal":
			return d.principals(&s.Principal)
		case "NotPrincipal":
			return d.principals(&s.NotPrincipal)
		case "Action":
			return d.texts(&s.Action, false)
		case "NotAction":
			return d.texts(&s.NotAction, false)
		case "Resource":
			return d.texts(&s.Resource, false)
		case "NotResource":
			return d.texts(&s.NotResource, false)
		case "Condition":
			s.Conditions = nil
			return d.conditions(&s.Conditions)
		}
		return d.fail("IAM knows no such element")
	})
	switch {
	case err != nil:
		return err
	case s.Effect == "":
		return d.fail("the statement has no Effect")
	case s.Action != nil && s.NotAction != nil:
		return d.fail("the statement has both Action and NotAction")
	case s.Action == nil && s.NotAction == nil:
		return d.fail("the statement has neither Action nor NotAction")
	case s.Resource != nil && s.NotResource != nil:
		return d.fail("the statement has both Resource and NotResource")
	case s.Principal != nil && s.NotPrincipal != nil:
		return d.fail("the statement has both Principal and NotPrincipal")
	}
	return nil
}

func (d *decoder) principals(into **Principals) error {
	list := &Principals{}
	*into = list
	if d.PeekKind() == '"' {
		any := ""
		if err := d.text(&any); err != nil {
			return err
		}
		if any != "*" {
			return d.fail(`has to be "*" or an object such as {"AWS": …}, not the string %q`, any)
		}
		list.List = append(list.List, Principal{Kind: KindAWS, Value: any})
		return nil
	}
	return d.object("the element", func(kind string) error {
		switch kind {
		case KindAWS, KindService, KindFederated, KindCanonicalUser:
		default:
			return d.fail("IAM knows no such kind of principal")
		}
		var values []string
		if err := d.texts(&values, false); err != nil {
			return err
		}
		for _, value := range values {
			list.List = append(list.List, Principal{Kind: kind, Value: value})
		}
		return nil
	})
}

func (d *decoder) conditions(into *[]Condition) error {
	return d.object("Condition", func(operator string) error {
		return d.object("an operator", func(key string) error {
			c := Condition{Operator: operator, Key: key}
			err := d.texts(&c.Values, true)
			*into = append(*into, c)
			return err
		})
	})
}
