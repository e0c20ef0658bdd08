package access

import (
	"slices"
	"strings"
	"testing"
)

// requests are the decision cases that are requests, ready to be decided.
func requests(b testing.TB) []*Case {
	b.Helper()
	all := decisionCases(b)
	names := make([]string, 0, len(all))
	for name := range all {
		names = append(names, name)
	}
	slices.Sort(names)
	var list []*Case
	for _, name := range names {
		for _, c := range all[name] {
			if c.Request == nil {
				continue
			}
			one, err := DecodeCase(c.Request)
			if err != nil {
				b.Fatal(err)
			}
			list = append(list, one)
		}
	}
	return list
}

// A verdict on compiled policies allocates nothing, but where policy variables are
// put in, tests are tied, the constraints of grants are compared, bytes are decoded
// or a value is none of its kind.
func TestEvaluateAllocatesNothing(t *testing.T) {
	tried := 0
	for file, cases := range decisionCases(t) {
		for _, c := range cases {
			text := string(c.Request)
			if c.Request == nil || strings.Contains(text, "${") || strings.HasPrefix(file, "unknown/") || strings.Contains(text, "Constraints") ||
				strings.Contains(text, "BinaryEquals") || strings.Contains(c.Name, "what is no ") {
				continue
			}
			one, err := DecodeCase(c.Request)
			if err != nil {
				t.Fatal(err)
			}
			one.Request.Action = strings.ToLower(one.Request.Action) // else that would be
			tried++
			if got := testing.AllocsPerRun(3, func() { Evaluate(&one.Request, &one.Policies) }); got > 0 {
				t.Errorf("%s: %s: %v allocations", file, c.Name, got)
			}
		}
	}
	if tried < 400 {
		t.Errorf("only %d cases", tried)
	}
}

// BenchmarkDecide decides requests of all kinds on compiled policies: the verdict
// alone, and with its evidence; and one that is put together from an account.
func BenchmarkDecide(b *testing.B) {
	list := requests(b)
	b.Run("verdict", func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			c := list[i%len(list)]
			Evaluate(&c.Request, &c.Policies)
		}
	})
	b.Run("evidence", func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			c := list[i%len(list)]
			Decide(&c.Request, &c.Policies)
		}
	})
	a := New(account(statements(delegation)))
	b.Run("account", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if a.Decide(Question{Principal: "arn:aws:iam::111122223333:role/app", Action: "kms:Decrypt", Resource: aKey}).Verdict != Allowed {
				b.Fatal("not allowed")
			}
		}
	})
}

func BenchmarkDecodeCase(b *testing.B) {
	var texts [][]byte
	for _, cases := range decisionCases(b) {
		for _, c := range cases {
			if c.Request != nil {
				texts = append(texts, c.Request)
			}
		}
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := DecodeCase(texts[i%len(texts)]); err != nil {
			b.Fatal(err)
		}
	}
}
