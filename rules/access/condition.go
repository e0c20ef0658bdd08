package access

import (
	"net/netip"
	"strings"
	"time"

	"github.com/kmsaudit/kmsaudit/collector/policy"
)

// test is one compiled condition: an operator, a key and its values.
type test struct {
	operator
	key      string // in lower case (C1)
	source   *policy.Condition
	patterns []pattern
	arns     []arnPattern
	operands []operand
}

// operand is a policy value of an operator that compares neither strings nor
// ARNs. Values that do not parse match nothing (C10, C11).
type operand struct {
	ok      bool
	number  float64
	date    time.Time
	network netip.Prefix
	boolean bool
	text    string
}

func compileTest(c *policy.Condition, vars bool) test {
	t := newTest(parseOperator(c.Operator), strings.ToLower(c.Key), c.Values, vars)
	t.source = c
	return t
}

// newTest compiles the values of a test; key is in lower case.
func newTest(o operator, key string, values []string, vars bool) test {
	t := test{operator: o, key: key}
	for _, value := range values {
		switch t.kind {
		case opString, opStringFold, opLike:
			t.patterns = append(t.patterns, compilePattern(value, t.kind == opLike, vars))
		case opARN:
			t.arns = append(t.arns, compileARN(value, false, vars, 0))
		default:
			t.operands = append(t.operands, t.operand(value))
		}
	}
	return t
}

// operand reads a value, of the policy or of the request.
func (t *test) operand(value string) operand {
	var o operand
	switch t.kind {
	case opNumeric:
		o.number, o.ok = number(value)
	case opDate:
		o.date, o.ok = date(value)
	case opIP:
		o.network, o.ok = network(value)
	case opBool, opNull:
		o.boolean, o.ok = boolean(value)
	case opBinary:
		o.text, o.ok = binary(value)
	}
	return o
}

// eval is the truth of the test in a context (U1).
func (t *test) eval(ctx *Context) tri {
	if t.kind == opUnknown {
		return no
	}
	f := ctx.lookup(t.key)
	switch f.state {
	case known:
		return t.whenThere(&f, ctx)
	case present:
		return t.whenOpen(ctx)
	case unknown:
		if there := t.whenOpen(ctx); there == t.whenAbsent() {
			return there
		}
		return maybe
	}
	return t.whenAbsent()
}

// whenAbsent is the truth when the key is missing (C3, C6, C7, C21).
func (t *test) whenAbsent() tri {
	switch {
	case t.kind == opNull:
		return t.null(true)
	case t.set == setAll, t.ifExists:
		return yes
	case t.set == setAny, t.set == setNone && multivalued(t.key):
		return no // the second by C21: never true
	}
	return truth(t.negated)
}

func (t *test) null(missing bool) tri {
	for _, o := range t.operands {
		if o.ok && o.boolean == missing {
			return yes
		}
	}
	return no
}

// whenThere is the truth for the values of the key.
func (t *test) whenThere(f *fact, ctx *Context) tri {
	if t.kind == opNull {
		return t.null(false)
	}
	if t.set == setNone {
		if f.many || multivalued(t.key) || len(f.values) != 1 {
			return no // C21: a plain operator on a multivalued key is not defined
		}
		return t.inner(f.values[0], f.head, ctx)
	}
	result := truth(t.set == setAll)
	for _, value := range f.values {
		one := t.inner(value, f.head, ctx)
		if t.set == setAll {
			result = min(result, one)
		} else {
			result = max(result, one)
		}
	}
	return result
}

// whenOpen is the truth when the key is there and its values are not known.
func (t *test) whenOpen(ctx *Context) tri {
	switch {
	case t.kind == opNull:
		return t.null(false)
	case t.set == setNone && multivalued(t.key):
		return no
	}
	matched := no
	for i := range t.patterns {
		if t.patterns[i].any {
			matched = yes
			break
		}
		matched = max(matched, t.patterns[i].open(ctx))
	}
	for i := range t.arns {
		matched = max(matched, t.arns[i].open(ctx))
	}
	for _, o := range t.operands {
		if o.ok {
			matched = max(matched, maybe)
		}
	}
	if t.negated {
		return not(matched)
	}
	return matched
}

// inner tests one value of the request: it matches some policy value, or none
// under a negated operator (C2).
func (t *test) inner(value string, head bool, ctx *Context) tri {
	matched := t.matchesAny(value, head, ctx)
	if t.negated {
		return not(matched)
	}
	return matched
}

func (t *test) matchesAny(value string, head bool, ctx *Context) tri {
	result := no
	switch t.kind {
	case opString, opStringFold, opLike:
		fold := t.kind == opStringFold
		for i := range t.patterns {
			if head {
				result = max(result, t.patterns[i].matchesHead(value, ctx, fold))
			} else {
				result = max(result, t.patterns[i].matches(value, ctx, fold))
			}
			if result == yes {
				return yes
			}
		}
		return result
	case opARN:
		a, ok := splitARN(value)
		for i := range t.arns {
			switch {
			case head && ok:
				result = max(result, t.arns[i].matchesHead(&a, ctx))
			case head:
				result = max(result, t.arns[i].open(ctx))
			case ok:
				result = max(result, t.arns[i].matches(&a, ctx))
			}
		}
		return result
	}
	if head {
		return maybe
	}
	got := t.operand(value)
	for i := range t.operands {
		if got.ok && t.operands[i].ok && t.holds(&got, &t.operands[i]) {
			return yes
		}
	}
	return no
}

func (t *test) holds(got, want *operand) bool {
	switch t.kind {
	case opNumeric:
		return ordered(t.compare, got.number < want.number, got.number == want.number)
	case opDate:
		return ordered(t.compare, got.date.Before(want.date), got.date.Equal(want.date))
	case opIP:
		a := got.network.Addr()
		return got.network.IsSingleIP() && (want.network.Contains(a) || want.network.Contains(a.Unmap()))
	case opBool:
		return got.boolean == want.boolean
	case opBinary:
		return got.text == want.text
	}
	return false
}

func ordered(c comparison, isLess, isEqual bool) bool {
	switch c {
	case less:
		return isLess
	case lessEqual:
		return isLess || isEqual
	case greater:
		return !isLess && !isEqual
	case greaterEqual:
		return !isLess
	}
	return isEqual
}
