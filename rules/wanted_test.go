package rules

import (
	"reflect"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/facts"
)

// A rule finds the same where only the facts that it reads were looked for as
// where all were.
func TestFactsThatARuleReadsSuffice(t *testing.T) {
	unread := func(s *snapshot.Snapshot) {
		s.Keys[0].Policy = snapshot.Reading[snapshot.Document]{State: snapshot.Denied, Operation: "kms:GetKeyPolicy", Code: "AccessDeniedException"}
		s.Buckets[0].Policy = snapshot.Reading[snapshot.Document]{State: snapshot.Denied, Operation: "s3:GetBucketPolicy", Code: "AccessDenied"}
	}
	c := catalogue(t)
	e := compiled(t, c)
	for name, change := range map[string]func(*snapshot.Snapshot){"read": same, "unread": unread} {
		t.Run(name, func(t *testing.T) {
			file := changed(t, change)
			judge := func(wanted facts.Wanted) map[string]Outcome {
				document, _ := facts.BuildFor(file.Snapshot, facts.Intent{}, c.Params(Settings{}), wanted)
				outcomes, _, err := e.Evaluate(t.Context(), document, Settings{})
				if err != nil {
					t.Fatal(err)
				}
				by := map[string]Outcome{}
				for _, o := range outcomes {
					by[o.Rule.ID] = o
				}
				return by
			}
			all := judge(nil)
			for id, use := range e.uses {
				alone := &program{uses: map[string]usage{id: use}}
				if got := judge(alone.wanted())[id]; !reflect.DeepEqual(all[id], got) {
					t.Errorf("%s: with all facts\n%+v\nwith those that it reads\n%+v", id, all[id], got)
				}
			}
		})
	}
}
