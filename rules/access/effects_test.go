package access

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/kmsaudit/kmsaudit/collector/policy"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// verdicts are those of all principals on all keys.
func verdicts(a *Account, people []Principal) []string {
	var list []string
	for _, one := range people {
		for i := range a.s.Keys {
			for _, action := range []string{"kms:Decrypt", "kms:Encrypt", "kms:CreateGrant", "kms:PutKeyPolicy", "kms:DescribeKey"} {
				for _, stance := range []Stance{MustBeAble, MustNotBeAble} {
					v := a.Decide(Question{Principal: one.ARN, Action: action, Resource: a.s.Keys[i].ARN, Stance: stance, Context: NewContext()}).Verdict.String()
					list = append(list, fmt.Sprint(one.ARN, " ", action, " ", a.s.Keys[i].ARN, " ", stance, " ", strings.TrimPrefix(strings.TrimPrefix(v, "Explicitly"), "Implicitly")))
				}
			}
		}
	}
	return list
}

// TestNoEffectIsNone takes every statement that has no effect out of its policy: no
// decision may change.
func TestNoEffectIsNone(t *testing.T) {
	taken := map[EffectFault]int{}
	rapid.Check(t, func(t *rapid.T) {
		s := drawAccount(t)
		a := New(s)
		people, before := a.Principals(), []string(nil)
		effects := a.NewEffects()
		without := func(doc *policy.Document, found []StatementEffect) {
			for _, one := range found {
				if one.Outcome != NoEffect || one.Why == IdleTest {
					continue
				}
				if before == nil {
					before = verdicts(a, people)
				}
				taken[one.Why]++
				all := doc.Statements
				doc.Statements = slices.Delete(slices.Clone(all), one.Index, one.Index+1)
				after := verdicts(New(s), people)
				if doc.Statements = all; !slices.Equal(before, after) {
					for i := range before {
						if before[i] != after[i] {
							t.Fatalf("without statement %d (%s): %s was %s", one.Index, one.Why, after[i], before[i])
						}
					}
				}
			}
		}
		for i := range s.Roles {
			list, _ := s.Roles[i].InlinePolicies.Get()
			for j := range list {
				if doc, _ := snapshot.PolicyOf(list[j].Document); doc != nil {
					without(doc, effects.Of(fmt.Sprintf("/roles/%d/inline_policies/value/%d/document/value", i, j)))
				}
			}
		}
		for i := range s.Keys {
			if doc, _ := snapshot.PolicyOf(s.Keys[i].Policy); doc != nil {
				without(doc, effects.OfKey(s.Keys[i].ARN))
			}
		}
	})
	if taken[Overruled] == 0 || taken[OtherKey] == 0 {
		t.Errorf("too little was without effect: %v", taken)
	}
}
