package facts

import (
	"slices"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// keyStates are those that this version knows what to make of.
var keyStates = []string{
	"Creating", "Enabled", "Disabled", "PendingDeletion", "PendingImport", "PendingReplicaDeletion", "Unavailable", "Updating",
}

// settled is the snapshot with the metadata of keys taken as not read where it
// lacks what rules go by, or says it in a word that this version does not know:
// a missing word must not be mistaken for one.
func settled(s *snapshot.Snapshot) *snapshot.Snapshot {
	copied := *s
	copied.Keys = slices.Clone(s.Keys)
	for i := range copied.Keys {
		m, ok := copied.Keys[i].Metadata.Get()
		if !ok {
			continue
		}
		code := ""
		switch {
		case m.Manager == "" || m.State == "" || m.Spec == "" || m.Usage == "" || m.Origin == "":
			code = "IncompleteMetadata"
		case !slices.Contains(keyStates, m.State):
			code = "UnknownKeyState"
		}
		if code != "" {
			copied.Keys[i].Metadata = snapshot.Reading[snapshot.KeyMetadata]{
				State: snapshot.Failed, Operation: "kms:DescribeKey", Code: code,
			}
		}
	}
	return &copied
}
