package access

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Every use that WhoCan finds is one of a wide policy, or of somebody of whom
// much is not known, or is left for WhoCanAmong; and nothing else is told.
func TestUsesAgreeWithWhoCan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		drawn := drawAccount(t)
		for i := range drawn.Roles {
			if i > 0 && rapid.IntRange(0, 2).Draw(t, "like the role before") == 0 {
				last := &drawn.Roles[i-1]
				drawn.Roles[i].InlinePolicies, drawn.Roles[i].AttachedPolicies = last.InlinePolicies, last.AttachedPolicies
				drawn.Roles[i].Tags, drawn.Roles[i].Boundary = last.Tags, last.Boundary
			}
		}
		a := New(drawn)
		if rapid.Bool().Draw(t, "two accounts") {
			a = a.Beside(New(drawOther(t)))
		}
		actions := []string{"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"}
		few := rapid.IntRange(0, 3).Draw(t, "few")
		expected := func(p Principal) (bool, []string) {
			switch p.Name {
			case "r0":
				return true, nil
			case "r1":
				return false, []string{drawnKey("aa01"), "arn:aws:kms:us-east-1:111122223333:key/other"}
			}
			return false, nil
		}
		var keys []string
		for _, id := range drawnKeys {
			if rapid.IntRange(0, 4).Draw(t, "asked") > 0 {
				keys = append(keys, drawnKey(id))
			}
		}
		slices.Sort(keys)
		a.KeyPowers([][]string{actions, {"kms:CreateGrant"}}, func(p Principal) bool { return p.Name == "r0" }) // does not fail, whatever is drawn
		own := &Census{account: a, spread: rapid.SampledFrom([]int{-1, pairsPer}).Draw(t, "spread")}
		own.list(keys)
		uses := a.usesOf(own, keys, actions, MustNotBeAble, few, expected)
		can := map[string]map[string]Verdict{} // key → principal → the best verdict
		for _, key := range keys {
			can[key] = map[string]Verdict{}
			holders, unread := a.WhoCan(key, actions, MustNotBeAble)
			for _, h := range holders {
				if all, on := expected(h.Principal); all || slices.Contains(on, key) {
					continue
				}
				for _, d := range h.By {
					if best, known := can[key][h.Principal.ARN]; !known || grade(d.Verdict) > grade(best) {
						can[key][h.Principal.ARN] = d.Verdict
					}
				}
			}
			some, unreadOfSome := a.WhoCanAmong(uses.Others[key], key, actions, MustNotBeAble)
			if len(unread) != len(unreadOfSome) {
				t.Fatalf("%s: %v was not read, among some %v", key, unread, unreadOfSome)
			}
			for _, h := range some {
				if _, holds := can[key][h.Principal.ARN]; !holds {
					t.Fatalf("%s: others have %s, who-can has not", key, h.Principal.ARN)
				}
			}
		}
		told := map[string]map[string]bool{}
		for key, groups := range uses.Alike {
			told[key] = map[string]bool{}
			for _, people := range groups {
				first := ""
				for i, one := range people {
					told[key][one] = true
					holders, _ := a.WhoCanAmong([]string{one}, key, actions, MustNotBeAble)
					if len(holders) != 1 {
						t.Fatalf("%s, %s: %v", key, one, holders)
					}
					text := fmt.Sprint(holders[0].Paths)
					for _, action := range actions {
						d := holders[0].By[action]
						text += fmt.Sprint(d.Verdict, openTests(d))
						for _, by := range d.DecidedBy {
							if by.Effect == "Allow" {
								text += " " + by.Pointer
							}
						}
					}
					if i == 0 {
						first = text
					} else if text != first {
						t.Fatalf("%s: %s is not like %s:\n%s\n%s", key, one, people[0], text, first)
					}
				}
			}
		}
		for _, p := range uses.Wide {
			if p.On.Count() <= few || p.Direct || len(p.Holders) == 0 {
				t.Fatalf("wide: %+v", p)
			}
			for _, key := range p.On.First(len(keys)) {
				if !slices.ContainsFunc(p.Holders, func(h PowerHolder) bool { _, can := can[key][h.Principal.ARN]; return can }) {
					t.Fatalf("%s is open to none of the holders of %s", key, p.By.Policy)
				}
			}
			for _, h := range p.Holders {
				best := ImplicitlyDenied
				for _, key := range p.On.First(len(keys)) {
					if told[key] == nil {
						told[key] = map[string]bool{}
					}
					told[key][h.Principal.ARN] = true
					if v, known := can[key][h.Principal.ARN]; known && grade(v) > grade(best) {
						best = v
					}
				}
				if grade(best) < grade(h.Verdict) {
					t.Fatalf("%s: %s is %v, who-can says %v", p.By.Policy, h.Principal.ARN, h.Verdict, best)
				}
			}
		}
		for key, people := range can {
			for one, verdict := range people {
				unsure := slices.ContainsFunc(uses.Unsure, func(u Unsure) bool { return u.Principal == one })
				if !told[key][one] && !slices.Contains(uses.Others[key], one) && (verdict != Unknown || !unsure) {
					t.Fatalf("nothing tells that %s can use %s: %v", one, key, verdict)
				}
			}
		}
	})
}
