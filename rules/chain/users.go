package chain

import (
	"maps"
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/access"
)

// uses are the requests that tell who may use a key, by what the key is for.
func (w *World) uses(keyARN string) []string {
	usage := "ENCRYPT_DECRYPT"
	if i, ok := w.keys[keyARN]; ok {
		if m, ok := w.s.Keys[i].Metadata.Get(); ok {
			usage = m.Usage
		}
	}
	switch usage {
	case "SIGN_VERIFY":
		return []string{"kms:Sign", "kms:Verify"}
	case "GENERATE_VERIFY_MAC":
		return []string{"kms:GenerateMac", "kms:VerifyMac"}
	case "KEY_AGREEMENT":
		return []string{"kms:DeriveSharedSecret"}
	}
	return []string{"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"}
}

// holders lists who may use a key, grouped by how and by which statement.
func (t *teller) holders(keyARN string) Link {
	l := Link{Kind: "users", Title: "Who may use the key"}
	holders, unread := t.account.WhoCan(keyARN, t.uses(keyARN), access.MustNotBeAble)
	var all ways
	for _, holder := range holders {
		for _, action := range slices.Sorted(maps.Keys(holder.By)) {
			d := holder.By[action]
			t.assume(d)
			line := verdict("", d)
			line.Places = givers(d, line.Places)
			all.add(holder.Principal.ARN, " ("+strings.Join(holder.Paths, ", ")+")", action, line)
		}
	}
	for _, g := range all.groups() {
		what := ""
		if len(g.members) > 1 {
			what = count(len(g.members), "principal") + ": "
		}
		l.add(g.lineOf(strings.Join(g.actions, ", ") + " by " + what + few(t.calledAll(g.members), someNames) + g.how))
	}
	all.rest(&l, "principal")
	for _, ref := range unread {
		line := verdict(keyARN, access.Decision{Unread: []access.UnreadRef{ref}})
		line.Text = "who may use the key"
		if len(holders) > 0 {
			line.Text = "who else may use the key"
		}
		l.add(line)
	}
	if len(holders)+len(unread) == 0 {
		l.put(Absent, "", "nobody may use it")
	}
	return l
}

// givers leaves the statements that a reviewer would change: those of identity
// policies and grants, where there are any, and of the key policy otherwise.
func givers(d access.Decision, all []Place) []Place {
	var refs []access.StatementRef
	for _, ref := range d.DecidedBy {
		if (ref.Layer == access.LayerIdentity || ref.Layer == access.LayerGrant) && ref.Effect != "Deny" {
			refs = append(refs, ref)
		}
	}
	if len(refs) == 0 {
		return all
	}
	return placesOf(refs)
}

// defaultOf lists the buckets that encrypt with the key by default.
func (t *teller) defaultOf(k *snapshot.Key) Link {
	l := Link{Kind: "default_of", Title: "Buckets that encrypt with the key by default"}
	named, open := 0, map[string]int{}
	for i := range t.s.Buckets {
		b := &t.document.Buckets[i]
		switch {
		case b.KeyRef == nil:
			open[b.Unread["key_ref"].Words()]++
		case b.KeyRef.ARN == k.ARN:
			if named++; named <= 2*someNames {
				l.ok(b.KeyRef.Place, "bucket "+b.Name+": "+defaultWords(b))
			}
		}
	}
	if named > 2*someNames {
		l.ok("", count(named-2*someNames, "bucket")+" more")
	}
	for _, reason := range slices.Sorted(maps.Keys(open)) {
		l.unknown("the default of "+count(open[reason], "bucket"), reason, "")
	}
	if reason := t.bucketsUnread(); reason != "" {
		l.unknown("all buckets", reason, "")
	}
	if len(l.Lines) == 0 {
		l.put(Absent, "", "no bucket")
	}
	return l
}

// objectsUnder lists the objects whose encryption names the key.
func (t *teller) objectsUnder(k *snapshot.Key) Link {
	l := Link{Kind: "objects", Title: "Objects under the key, of those that were read"}
	under, open := 0, map[string]int{}
	for i := range t.document.Objects {
		o := &t.document.Objects[i]
		switch {
		case o.Encryption == nil:
			open[o.Unread["encryption"].Words()]++
		case t.under(o, k.ARN):
			if under++; under <= 2*someNames {
				l.ok(o.Encryption.Place, s3URL(o.ARN))
			}
		}
	}
	if under > 2*someNames {
		l.ok("", count(under-2*someNames, "object")+" more")
	}
	for _, reason := range slices.Sorted(maps.Keys(open)) {
		l.unknown("the key of "+count(open[reason], "object"), reason, "")
	}
	if len(l.Lines) == 0 {
		l.put(Absent, "", "none")
	}
	return l
}

func s3URL(arn string) string { return "s3://" + part(arn, 5) }
