package naive

import (
	"bytes"
	"encoding/base64"
	"math/big"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/kmsaudit/kmsaudit/collector/policy"
)

// multivalued lists the keys that have several values by nature (C21).
func multivalued(key string) bool {
	return slices.Contains([]string{
		"kms:resourcealiases", "kms:encryptioncontextkeys", "kms:grantoperations", "aws:tagkeys",
		"aws:calledvia", "aws:principalorgpaths", "aws:principalservicenameslist",
	}, strings.ToLower(key))
}

// operator is a condition operator taken apart.
type operator struct {
	all, any, ifExists, negated bool
	base                        string // in lower case and positive
}

// negatives are the negated operators and what they negate (C3).
var negatives = map[string]string{
	"stringnotequals": "stringequals", "stringnotequalsignorecase": "stringequalsignorecase",
	"stringnotlike": "stringlike", "arnnotequals": "arnlike", "arnnotlike": "arnlike",
	"numericnotequals": "numericequals", "datenotequals": "dateequals", "notipaddress": "ipaddress",
}

func takeApart(name string) operator {
	var op operator
	name = strings.ToLower(name)
	if rest, found := strings.CutPrefix(name, "forallvalues:"); found {
		op.all, name = true, rest
	} else if rest, found := strings.CutPrefix(name, "foranyvalue:"); found {
		op.any, name = true, rest
	}
	name, op.ifExists = strings.CutSuffix(name, "ifexists")
	op.base = name
	if base, found := negatives[name]; found {
		op.base, op.negated = base, true
	}
	return op
}

// holds decides one condition test.
func (w *world) holds(c policy.Condition, variables bool) bool {
	op := takeApart(c.Operator)
	values := w.values(c.Key)
	if op.base == "null" {
		if op.ifExists || op.all || op.any {
			return false // C6
		}
		return slices.ContainsFunc(c.Values, func(v string) bool {
			return strings.EqualFold(v, "true") && len(values) == 0 || strings.EqualFold(v, "false") && len(values) > 0
		})
	}
	if known := compare[op.base]; known == nil {
		return false // C1
	}
	one := func(value string) bool {
		found := slices.ContainsFunc(c.Values, func(v string) bool { return w.matches(op.base, v, value, variables) })
		return found != op.negated
	}
	switch {
	case op.ifExists && len(values) == 0:
		return true // C6
	case op.all:
		return !slices.ContainsFunc(values, func(v string) bool { return !one(v) }) // C21
	case op.any:
		return slices.ContainsFunc(values, one)
	case len(values) > 1, multivalued(c.Key):
		return false // C21: never true
	case len(values) == 0:
		return op.negated // C3
	}
	return one(values[0])
}

// matches compares one policy value with one value of the request.
func (w *world) matches(base, text, value string, variables bool) bool {
	variables = variables && (strings.HasPrefix(base, "string") || strings.HasPrefix(base, "arn"))
	pattern, ok := w.expand(text, variables)
	return ok && compare[base](pattern, value)
}

// compare has the positive operators (C4, C5, C8-C11, C15).
var compare = map[string]func(pattern []symbol, value string) bool{
	"stringequals": func(p []symbol, v string) bool { return literal(p) == v },
	"stringequalsignorecase": func(p []symbol, v string) bool {
		return strings.EqualFold(literal(p), v)
	},
	"stringlike": like,
	"arnlike":    likeARN,
	"arnequals":  likeARN,
	"bool": func(p []symbol, v string) bool {
		return strings.EqualFold(literal(p), v) && (strings.EqualFold(v, "true") || strings.EqualFold(v, "false"))
	},
	"binaryequals": func(p []symbol, v string) bool {
		a, errA := base64.StdEncoding.DecodeString(literal(p))
		b, errB := base64.StdEncoding.DecodeString(v)
		return errA == nil && errB == nil && bytes.Equal(a, b)
	},
	"ipaddress":                inNetwork,
	"numericequals":            numeric(func(order int) bool { return order == 0 }),
	"numericlessthan":          numeric(func(order int) bool { return order < 0 }),
	"numericlessthanequals":    numeric(func(order int) bool { return order <= 0 }),
	"numericgreaterthan":       numeric(func(order int) bool { return order > 0 }),
	"numericgreaterthanequals": numeric(func(order int) bool { return order >= 0 }),
	"dateequals":               date(func(order int) bool { return order == 0 }),
	"datelessthan":             date(func(order int) bool { return order < 0 }),
	"datelessthanequals":       date(func(order int) bool { return order <= 0 }),
	"dategreaterthan":          date(func(order int) bool { return order > 0 }),
	"dategreaterthanequals":    date(func(order int) bool { return order >= 0 }),
}

// likeARN is C5. A bare * is taken for every ARN, as M6 has it for resources.
func likeARN(p []symbol, v string) bool {
	pattern := splitSymbols(p)
	if len(p) == 1 && p[0] == (symbol{'*', true}) {
		pattern = splitSymbols(symbols("*:*:*:*:*:*"))
	}
	return matchARN(pattern, v)
}

func inNetwork(p []symbol, v string) bool {
	text := literal(p)
	addr, err := netip.ParseAddr(v)
	if err != nil {
		return false
	}
	if single, err := netip.ParseAddr(text); err == nil {
		return single == addr || single == addr.Unmap()
	}
	network, err := netip.ParsePrefix(text)
	return err == nil && (network.Contains(addr) || network.Contains(addr.Unmap()))
}

// number reads digits with an optional sign and fraction.
func number(text string) (*big.Rat, bool) {
	if text == "" || strings.Trim(text, "+-.0123456789eE") != "" {
		return nil, false
	}
	return new(big.Rat).SetString(text)
}

// numeric compares the request's value, on the left, with the policy's.
func numeric(want func(order int) bool) func([]symbol, string) bool {
	return func(p []symbol, v string) bool {
		b, okB := number(literal(p))
		a, okA := number(v)
		return okA && okB && want(a.Cmp(b))
	}
}

// moment reads ISO 8601 or seconds since 1970 (C11).
func moment(text string) (time.Time, bool) {
	if n, ok := number(text); ok && strings.Trim(text, ".0123456789") == "" {
		nano := new(big.Rat).Mul(n, big.NewRat(1e9, 1))
		return time.Unix(0, new(big.Int).Quo(nano.Num(), nano.Denom()).Int64()), true
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

func date(want func(order int) bool) func([]symbol, string) bool {
	return func(p []symbol, v string) bool {
		b, okB := moment(literal(p))
		a, okA := moment(v)
		return okA && okB && want(a.Compare(b))
	}
}
