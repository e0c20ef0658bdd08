package access

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestHoldingsAgree: what Holdings yields is what Of says key by key, for those who
// were asked for and for nobody else.
func TestHoldingsAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := New(drawAccount(t))
		c := a.Census(pick(t, "action", "kms:Decrypt", "kms:CreateGrant", "s3:GetObject"), MustNotBeAble)
		var asked []string
		for _, one := range a.everybody() {
			if rapid.Bool().Draw(t, "asked") {
				asked = append(asked, one.ARN)
			}
		}
		h := c.Holdings(append(asked, "arn:aws:iam::"+thisAccount+":role/nobody"))
		for _, principal := range asked {
			var keys []string
			for key, v := range h.Of(principal) {
				if v != c.Of(principal, key) {
					t.Fatalf("%s on %s: %v, by Of %v", principal, key, v, c.Of(principal, key))
				}
				keys = append(keys, key)
			}
			want := slices.DeleteFunc(c.Keys(), func(key string) bool { return c.Of(principal, key).Denied() })
			if !slices.Equal(keys, want) {
				t.Fatalf("%s has %v, by Of %v", principal, keys, want)
			}
			for key := range h.Of(principal) {
				if key != want[0] {
					t.Fatalf("%s: the first is %s, not %s", principal, key, want[0])
				}
				break
			}
		}
	})
}
