package facts

import (
	"cmp"
	"time"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// KeyDeletion bounds the waiting period of a key that is scheduled for deletion.
// DescribeKey gives it for primary keys that wait for their replicas; of others it
// gives the day of the deletion, and not when it was asked for.
type KeyDeletion struct {
	Place   string `json:"place"`
	Pending bool   `json:"pending"`
	// LeastDays and MostDays are what the waiting period is at least and at most;
	// 0 and 0 when the key is not pending deletion.
	LeastDays int `json:"least_days"`
	MostDays  int `json:"most_days"`
}

// KeyMaterial says how long imported key material lasts.
type KeyMaterial struct {
	Place string `json:"place"`
	// Expires is no for material that KMS made and for keys without material.
	Expires string `json:"expires" enum:"no,never,at"`
	// Days are left until the first material expires; 0 where none does.
	Days int    `json:"days"`
	At   string `json:"at"` // the day, "" where none expires
}

// KeyUsage is the last use of a key that KMS has on record.
type KeyUsage struct {
	Place     string `json:"place"`
	Used      bool   `json:"used"`
	Operation string `json:"operation"` // "" when no use is on record
	// QuietDays have passed since the last use, or since records began where there
	// is none.
	QuietDays int    `json:"quiet_days"`
	Since     string `json:"since"` // the day on which records began
	// Whole says that records go back to the day on which the key was made.
	Whole bool `json:"whole"`
}

// keyLife adds what is known of the life and the names of key i.
func (b *builder) keyLife(fact *Key, k snapshot.Key, i int) {
	var reason *Unread
	if fact.Deletion, reason = b.deletion(k, i); reason != nil {
		fact.Unread["deletion"] = *reason
	}
	if fact.Material, reason = b.material(k, i); reason != nil {
		fact.Unread["material"] = *reason
	}
	if fact.Usage, reason = b.usage(k, i); reason != nil {
		fact.Unread["usage"] = *reason
	}
	if fact.Tags, reason = b.tags(k, i); reason != nil {
		fact.Unread["tags"] = *reason
	}
	if fact.Store, reason = b.store(k, i); reason != nil {
		fact.Unread["store"] = *reason
	}
	if fact.Aliases, reason = b.aliases(k, i); reason != nil {
		fact.Unread["aliases"] = *reason
	}
}

// The shortest and the longest waiting period that KMS takes, in days.
const (
	shortestWait = 7
	longestWait  = 30
)

// deletion bounds the waiting period of key i: it is not shorter than what is left
// of it, and it did not begin before the key was made, used or rotated for the
// last time.
func (b *builder) deletion(k snapshot.Key, i int) (*KeyDeletion, *Unread) {
	m, ok := k.Metadata.Get()
	if !ok {
		return nil, unanswered(k.Metadata, "kms:DescribeKey")
	}
	fact := &KeyDeletion{Place: place("keys", i, "metadata", "value")}
	switch m.State {
	case "PendingReplicaDeletion":
		fact.Pending, fact.LeastDays, fact.MostDays = true, shortestWait, longestWait
		if m.PendingWindowDays > 0 {
			fact.LeastDays, fact.MostDays = m.PendingWindowDays, m.PendingWindowDays
		}
	case "PendingDeletion":
		fact.Pending, fact.LeastDays, fact.MostDays = true, shortestWait, longestWait
		if m.DeletionDate.IsZero() {
			break
		}
		// AWS waits up to a day longer than it was asked to.
		fact.LeastDays = min(max(days(b.s.CollectedAt, m.DeletionDate), shortestWait), longestWait)
		if busy := lastSign(k, m); !busy.IsZero() {
			fact.MostDays = max(fact.LeastDays, min(days(busy, m.DeletionDate), longestWait))
		}
	}
	return fact, nil
}

// lastSign is the last time at which a key is known not to have been pending
// deletion.
func lastSign(k snapshot.Key, m snapshot.KeyMetadata) time.Time {
	last := m.CreatedAt
	if use, ok := k.LastUsage.Get(); ok && use.At.After(last) {
		last = use.At
	}
	rotations, _ := k.Rotations.Get()
	for _, rotation := range rotations {
		if rotation.At.After(last) {
			last = rotation.At
		}
	}
	return last
}

// material reads when the material of key i expires. Imported material that may
// or may not expire leaves that open.
func (b *builder) material(k snapshot.Key, i int) (*KeyMaterial, *Unread) {
	m, ok := k.Metadata.Get()
	if !ok {
		return nil, unanswered(k.Metadata, "kms:DescribeKey")
	}
	fact := &KeyMaterial{Place: place("keys", i, "metadata", "value"), Expires: "no"}
	if m.Origin != "EXTERNAL" || m.State == "PendingImport" {
		return fact, nil
	}
	switch {
	case m.ExpirationModel == "KEY_MATERIAL_DOES_NOT_EXPIRE":
		fact.Expires = "never"
	case m.ValidTo.IsZero():
		return nil, &Unread{State: snapshot.Failed.String(), Operation: "kms:DescribeKey", Code: "ExpirationNotGiven"}
	default:
		fact.Expires, fact.At = "at", m.ValidTo.UTC().Format(time.DateOnly)
		fact.Days = days(b.s.CollectedAt, m.ValidTo)
	}
	return fact, nil
}

// usage reads the last use of key i.
func (b *builder) usage(k snapshot.Key, i int) (*KeyUsage, *Unread) {
	use, ok := k.LastUsage.Get()
	if !ok {
		return nil, unanswered(k.LastUsage, "kms:GetKeyLastUsage")
	}
	if use.TrackedSince.IsZero() {
		return nil, &Unread{State: snapshot.Failed.String(), Operation: "kms:GetKeyLastUsage", Code: "TrackingStartNotGiven"}
	}
	fact := &KeyUsage{
		Place: place("keys", i, "last_usage", "value"), Used: !use.At.IsZero(), Operation: use.Operation,
		Since: use.TrackedSince.UTC().Format(time.DateOnly),
	}
	fact.QuietDays = b.daysSince(cmp.Or(use.At, use.TrackedSince))
	if m, ok := k.Metadata.Get(); ok {
		fact.Whole = !m.CreatedAt.IsZero() && !m.CreatedAt.Before(use.TrackedSince)
	}
	return fact, nil
}

// days are the whole days from one time to another.
func days(from, to time.Time) int { return int(to.Sub(from).Hours() / 24) }
