package facts

import (
	"maps"
	"testing"

	"pgregory.net/rapid"
)

// TestReasonsStay: what is shared says what each said, and equal ones are one.
func TestReasonsStay(t *testing.T) {
	names := append([]string{"no reading"}, Readings()["buckets"][:3]...)
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.SampledFrom([]string{"", "denied", "a\nb", "a"})
		r := newReasons("buckets")
		var met []map[string]Unread
		for range 8 {
			unread := map[string]Unread{}
			for _, name := range names {
				if rapid.IntRange(0, 3).Draw(t, "unread") == 0 {
					unread[name] = Unread{State: word.Draw(t, "state"), Operation: word.Draw(t, "operation"), Code: word.Draw(t, "code")}
				}
			}
			shared := maps.Clone(unread)
			r.share(&shared)
			if !maps.Equal(shared, unread) {
				t.Fatalf("%v became %v", unread, shared)
			}
			met = append(met, shared)
		}
		if len(r.met) > len(met) {
			t.Fatalf("%d of %d are kept", len(r.met), len(met))
		}
	})
}
