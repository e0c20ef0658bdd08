package facts

import "github.com/kmsaudit/kmsaudit/collector/snapshot"

// bucketReach adds who reaches bucket i, who may change it, and where its objects
// go.
func (b *builder) bucketReach(fact *Bucket, bucket *snapshot.Bucket, p *probe, i int, at string, unprobed *Unread) {
	var reason *Unread
	if fact.TLS, reason = p.tlsFloor(at, unprobed); reason != nil {
		fact.Unread["tls"] = *reason
	}
	if fact.Writers, reason = b.configWriters(bucket, p, at, unprobed); reason != nil {
		fact.Unread["writers"] = *reason
	}
	if fact.Lockout, reason = b.lockout(p, at, unprobed); reason != nil {
		fact.Unread["lockout"] = *reason
	}
	if fact.Public, reason = b.public(bucket, p, i, unprobed); reason != nil {
		fact.Unread["public"] = *reason
	}
	if fact.Replication, reason = b.replication(bucket, fact.Encryption, i); reason != nil {
		fact.Unread["replication"] = *reason
	}
	if fact.Inventories, reason = b.inventories(bucket, i); reason != nil {
		fact.Unread["inventories"] = *reason
	}
}
