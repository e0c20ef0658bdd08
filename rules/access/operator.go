package access

import "strings"

type operatorKind uint8

const (
	opUnknown operatorKind = iota
	opString
	opStringFold
	opLike
	opARN
	opNumeric
	opDate
	opBool
	opIP
	opBinary
	opNull
)

type comparison uint8

const (
	equal comparison = iota
	less
	lessEqual
	greater
	greaterEqual
)

type setKind uint8

const (
	setNone setKind = iota
	setAll          // ForAllValues (C21)
	setAny          // ForAnyValue (C21)
)

// operator is a condition operator taken apart.
type operator struct {
	kind     operatorKind
	compare  comparison
	negated  bool
	ifExists bool
	set      setKind
	odd      bool // spelled in another case than documented
}

var operators = [...]struct {
	name string
	op   operator
}{
	{"StringEquals", operator{kind: opString}},
	{"StringNotEquals", operator{kind: opString, negated: true}},
	{"StringEqualsIgnoreCase", operator{kind: opStringFold}},
	{"StringNotEqualsIgnoreCase", operator{kind: opStringFold, negated: true}},
	{"StringLike", operator{kind: opLike}},
	{"StringNotLike", operator{kind: opLike, negated: true}},
	{"ArnEquals", operator{kind: opARN}},
	{"ArnLike", operator{kind: opARN}},
	{"ArnNotEquals", operator{kind: opARN, negated: true}},
	{"ArnNotLike", operator{kind: opARN, negated: true}},
	{"NumericEquals", operator{kind: opNumeric}},
	{"NumericNotEquals", operator{kind: opNumeric, negated: true}},
	{"NumericLessThan", operator{kind: opNumeric, compare: less}},
	{"NumericLessThanEquals", operator{kind: opNumeric, compare: lessEqual}},
	{"NumericGreaterThan", operator{kind: opNumeric, compare: greater}},
	{"NumericGreaterThanEquals", operator{kind: opNumeric, compare: greaterEqual}},
	{"DateEquals", operator{kind: opDate}},
	{"DateNotEquals", operator{kind: opDate, negated: true}},
	{"DateLessThan", operator{kind: opDate, compare: less}},
	{"DateLessThanEquals", operator{kind: opDate, compare: lessEqual}},
	{"DateGreaterThan", operator{kind: opDate, compare: greater}},
	{"DateGreaterThanEquals", operator{kind: opDate, compare: greaterEqual}},
	{"Bool", operator{kind: opBool}},
	{"IpAddress", operator{kind: opIP}},
	{"NotIpAddress", operator{kind: opIP, negated: true}},
	{"BinaryEquals", operator{kind: opBinary}},
	{"Null", operator{kind: opNull}},
}

// parseOperator takes an operator's name apart; any case is accepted (C1).
func parseOperator(name string) operator {
	rest, set, odd := name, setNone, false
	if prefix, after, found := strings.Cut(name, ":"); found {
		switch {
		case strings.EqualFold(prefix, "ForAllValues"):
			set, odd = setAll, prefix != "ForAllValues"
		case strings.EqualFold(prefix, "ForAnyValue"):
			set, odd = setAny, prefix != "ForAnyValue"
		default:
			return operator{}
		}
		rest = after
	}
	ifExists := false
	const suffix = "IfExists"
	if n := len(rest) - len(suffix); n > 0 && strings.EqualFold(rest[n:], suffix) {
		ifExists, odd = true, odd || rest[n:] != suffix
		rest = rest[:n]
	}
	for i := range operators {
		known := &operators[i]
		if !strings.EqualFold(known.name, rest) {
			continue
		}
		if known.op.kind == opNull && (ifExists || set != setNone) {
			return operator{} // C6: Null takes neither
		}
		op := known.op
		op.set, op.ifExists, op.odd = set, ifExists, odd || known.name != rest
		return op
	}
	return operator{}
}
