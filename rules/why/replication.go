package why

import (
	"fmt"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/report"
)

// replicationRule is the rule by which the source's bucket replicates the object
// into the target's, with its place; nil where there is none or it was not read.
func (s *stage) replicationRule() (rule *snapshot.ReplicationRule, role string, place report.Place) {
	if s.source == nil {
		return nil, "", place
	}
	i := s.world.bucketIn(s.source.Bucket)
	if i < 0 {
		return nil, "", place
	}
	for j := range s.parts[i].s.Buckets {
		b := &s.parts[i].s.Buckets[j]
		configuration, ok := b.Replication.Get()
		if b.ARN != s.source.Bucket || !ok {
			continue
		}
		for n := range configuration.Rules {
			rule := &configuration.Rules[n]
			if rule.Bucket == s.bucket && rule.Status == "Enabled" && strings.HasPrefix(s.source.Object, rule.Prefix) {
				pointer := fmt.Sprintf("/buckets/%d/replication/value/rules/%d", j, n)
				return rule, configuration.Role, report.Place{File: s.world.files[i].Path, Pointer: s.parts[i].whole(pointer)}
			}
		}
	}
	return nil, "", place
}

// replicaKey is the key that the replication configuration names for replicas.
func (s *stage) replicaKey() string {
	if rule, _, _ := s.replicationRule(); rule != nil {
		return rule.ReplicaKey
	}
	return ""
}

// replicated tells what of the replication configuration stands in the way.
func (t *teller) replicated() {
	rule, role, place := t.replicationRule()
	if rule == nil {
		return
	}
	if rule.KMSEncryptedObjects != "Enabled" && t.usesKey() {
		t.answer.Obstacles = append(t.answer.Obstacles, Obstacle{
			Text: "the replication rule " + rule.ID + " leaves out objects under SSE-KMS", Mend: "enable SseKmsEncryptedObjects in the rule", Place: place,
		})
	}
	if role != "" && role != t.Principal {
		t.answer.Obstacles = append(t.answer.Obstacles, Obstacle{
			Text: "the bucket replicates as " + role + ", not as " + t.Principal, Mend: "ask about that role", Place: place,
		})
	}
}

// usesKey says that the source is under a key of KMS.
func (t *teller) usesKey() bool {
	for _, p := range t.decided.parts {
		if p.Half == "kms" && p.Action == "kms:Decrypt" && strings.HasPrefix(p.Context, t.source.Bucket) {
			return true
		}
	}
	return false
}
