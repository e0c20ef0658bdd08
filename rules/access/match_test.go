package access

import (
	"strings"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/policy"
)

func TestWildcards(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{"", "", true},
		{"", "a", false},
		{"*", "", true},
		{"a*", "a", true},
		{"*a", "ba", true},
		{"*a", "ab", false},
		{"a*b*c", "aXbYbZc", true},
		{"a*b*c", "aXbYbZ", false},
		{"a?c", "abc", true},
		{"a?c", "ac", false},
		{"?", "é", true},
		{"*??", "a", false},
		{"*ab", "aab", true},
		{"a**b", "ab", true},
		{"*-?-*", "x-y-z", true},
		{strings.Repeat("*a", 30) + "b", strings.Repeat("a", 60), false},
	} {
		p := compilePattern(c.pattern, true, false)
		if got := p.matches(c.text, nil, false) == yes; got != c.want {
			t.Errorf("%q against %q: got %t", c.pattern, c.text, got)
		}
	}
}

func TestARNs(t *testing.T) {
	const key = "arn:aws:kms:us-east-1:111122223333:key/a/b:c"
	ctx := NewContext()
	for _, c := range []struct {
		pattern string
		fill    bool
		want    tri
	}{
		{key, false, yes},
		{"*", false, yes},
		{"arn:aws:kms:*:*:key/*", false, yes},
		{"arn:*:*:*:*:*", false, yes},
		{"arn:aws:kms:*:key/*", false, no},
		{"arn:aws:kms:*", false, no},
		{"arn:aws:kms:*", true, yes},
		{"arn:aws:k*", true, yes},
		{"arn:aws:kms", true, no},
		{"arn:aws:KMS:*:*:*", false, no},
		{"arn:aws:kms:us-east-1:111122223333:key/?/b:c", false, yes},
	} {
		p := compileARN(c.pattern, c.fill, true, arnResource)
		a, _ := splitARN(key)
		if got := p.matches(&a, &ctx); got != c.want {
			t.Errorf("%q: got %d, want %d", c.pattern, got, c.want)
		}
	}
}

func TestKnownBeginning(t *testing.T) {
	ctx := NewContext()
	for _, c := range []struct {
		pattern, head string
		want          tri
	}{
		{"*", "AROA:", yes},
		{"AROA:*", "AROA:", yes},
		{"AR*", "AROA:", yes},
		{"AROA:x*", "AROA:", maybe},
		{"AROA:x", "AROA:", maybe},
		{"AROB:*", "AROA:", no},
		{"AROA", "AROA:", no},
		{"*:x", "AROA:", maybe},
	} {
		p := compilePattern(c.pattern, true, true)
		if got := p.matchesHead(c.head, &ctx, false); got != c.want {
			t.Errorf("%q against %q…: got %d, want %d", c.pattern, c.head, got, c.want)
		}
	}
}

func TestOperators(t *testing.T) {
	for _, c := range []struct {
		operator, value, got string
		want                 tri
	}{
		{"StringEquals", "a", "a", yes},
		{"StringNotEquals", "a", "a", no},
		{"StringNotEqualsIgnoreCase", "A", "a", no},
		{"StringNotLike", "a*", "abc", no},
		{"ArnNotLike", "arn:aws:s3:::b*", "arn:aws:s3:::c", yes},
		{"ArnNotEquals", "arn:aws:s3:::b", "b", yes},
		{"NumericEquals", "10", "10.0", yes},
		{"NumericEquals", "1e1", "10", yes},
		{"NumericEquals", "0x10", "16", no},
		{"NumericEquals", "NaN", "NaN", no},
		{"NumericNotEquals", "1", "2", yes},
		{"NumericLessThanEquals", "2", "2", yes},
		{"NumericLessThan", "2", "2", no},
		{"NumericGreaterThan", "2", "3", yes},
		{"NumericGreaterThanEquals", "2", "1", no},
		{"DateEquals", "2026-01-01", "2026-01-01T00:00:00Z", yes},
		{"DateGreaterThan", "2026-01-01T00:00:00+01:00", "2026-01-01T00:00:00Z", yes},
		{"DateLessThan", "1767225600", "2025-12-31T23:59:59.999Z", yes},
		{"DateNotEquals", "2026", "2026-01-01T00:00:00Z", no},
		{"DateEquals", "soon", "soon", no},
		{"Bool", "TRUE", "true", yes},
		{"Bool", "yes", "yes", no},
		{"IpAddress", "10.0.0.0/8", "10.255.0.1", yes},
		{"IpAddress", "10.0.0.0/8", "::ffff:10.0.0.1", yes},
		{"IpAddress", "0.0.0.0/0", "2001:db8::1", no},
		{"NotIpAddress", "10.0.0.0/8", "11.0.0.1", yes},
		{"BinaryEquals", "YQ==", "Yg==", no},
		{"stringequals", "a", "a", yes},
		{"ForAnyValue:stringLIKEifexists", "a*", "ab", yes},
		{"NullIfExists", "true", "a", no},
		{"ForAnyValue:Null", "false", "a", no},
		{"StringEqualsIfExist", "a", "a", no},
		{"ForSomeValue:StringEquals", "a", "a", no},
	} {
		ctx := NewContext().With("A:Key", c.got)
		test := compileTest(&policy.Condition{Operator: c.operator, Key: "a:key", Values: []string{c.value}}, true)
		if got := test.eval(&ctx); got != c.want {
			t.Errorf("%s %q against %q: got %d, want %d", c.operator, c.value, c.got, got, c.want)
		}
	}
}

// TestUnknownKey holds eval on an unknown key to what it says of every way the key
// can be.
func TestUnknownKey(t *testing.T) {
	values := []string{"a", "b", "ab", "1", "true", "arn:aws:s3:::b", "10.0.0.1", "2026-01-01T00:00:00Z"}
	for _, o := range operators {
		for _, form := range []string{o.name, o.name + "IfExists", "ForAllValues:" + o.name, "ForAnyValue:" + o.name} {
			for _, wanted := range [][]string{{}, {"a"}, {"*"}, {"a*", "true"}, {"false", "true"}, {"10.0.0.0/8"}, {"${a:b}"}} {
				test := compileTest(&policy.Condition{Operator: form, Key: "a:key", Values: wanted}, true)
				open := NewContext().WithUnknown("a:key")
				told := test.eval(&open)
				absent := NewContext()
				seen := []tri{test.eval(&absent)}
				for _, value := range values {
					ctx := NewContext().With("a:key", value)
					seen = append(seen, test.eval(&ctx))
				}
				for _, one := range seen {
					if told != maybe && told != one {
						t.Errorf("%s %q: unknown says %d, but it can be %d", form, wanted, told, one)
					}
				}
			}
		}
	}
}

func TestActions(t *testing.T) {
	if n := len(KMSActions()); n != 58 {
		t.Errorf("KMS has 58 actions, not %d", n)
	}
	for _, a := range KMSActions() {
		name := strings.ToLower(a.Name)
		if crossAccount(name) != a.CrossAccount || withoutKey(name) != (a.Resource == onNothing) || onAliases(name) != (a.Resource == onAlias) {
			t.Errorf("%s is not the same everywhere", a.Name)
		}
	}
	for pattern, want := range map[string]string{
		"kms:GenerateDataKey*": "kms:GenerateDataKey kms:GenerateDataKeyPair kms:GenerateDataKeyPairWithoutPlaintext kms:GenerateDataKeyWithoutPlaintext",
		"KMS:reencrypt*":       "kms:ReEncryptFrom kms:ReEncryptTo",
		"kms:Encrypt*":         "kms:Encrypt",
		"kms:decrypt":          "kms:Decrypt",
		"s3:*":                 "",
	} {
		if got := strings.Join(ExpandKMS(pattern), " "); got != want {
			t.Errorf("%s: got %s, want %s", pattern, got, want)
		}
	}
	if len(ExpandKMS("*")) != 58 {
		t.Error("a star is not everything")
	}
}
