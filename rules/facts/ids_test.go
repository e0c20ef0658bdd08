package facts

import "testing"

// TestIDs: nothing that rules judge has the id of something else, or places of one
// would be told of the other.
func TestIDs(t *testing.T) {
	with := intent()
	with.Environments = Environments{Tag: "Environment"}
	d, _ := build(t, apart(), with)
	met := map[string]string{}
	d.Resources(func(r Resource) {
		if at, twice := met[r.ID]; twice && at != r.Place {
			t.Errorf("%s is at %s and at %s", r.ID, at, r.Place)
		}
		met[r.ID] = r.Place
	})
	if len(d.Crossings) == 0 || len(d.Effects) == 0 || len(d.Needless) == 0 {
		t.Error("a collection is empty")
	}
}
