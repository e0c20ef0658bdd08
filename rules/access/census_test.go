package access

import (
	"testing"
)

// agrees holds a census to WhoCan, key by key.
func agrees(t *testing.T, a *Account, action string, stance Stance) {
	t.Helper()
	c := a.Census(action, stance)
	for _, key := range c.Keys() {
		holders, _ := a.WhoCan(key, []string{action}, stance)
		want, got := map[string]Verdict{}, map[string]Verdict{}
		var counts Tally
		for _, h := range holders {
			switch want[h.Principal.ARN] = h.By[action].Verdict; h.By[action].Verdict {
			case Allowed:
				counts.Allowed++
			case Depends:
				counts.Depends++
			case Unknown, ExplicitlyDenied, ImplicitlyDenied:
				counts.Unknown++
			}
		}
		for p, v := range c.Holders(key) {
			got[p.ARN] = v
		}
		for arn, v := range want {
			if got[arn] != v {
				t.Errorf("%s on %s by %s: %v, want %v", action, key, arn, got[arn], v)
			}
		}
		for arn, v := range got {
			if _, ok := want[arn]; !ok {
				t.Errorf("%s on %s by %s: %v, want none", action, key, arn, v)
			}
			if c.Of(arn, key) != v {
				t.Errorf("Of says %v, Holders %v", c.Of(arn, key), v)
			}
		}
		if c.Count(key) != counts {
			t.Errorf("%s on %s: counted %+v, want %+v", action, key, c.Count(key), counts)
		}
		if t.Failed() {
			return
		}
	}
}
