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
	groups := map[string]*usersGroup{}
	for _, holder := range holders {
		for _, g := range t.ways(holder) {
			if groups[g.id] == nil {
				groups[g.id] = g
				continue
			}
			groups[g.id].principals = append(groups[g.id].principals, g.principals...)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(groups)) {
		g := groups[id]
		what := ""
		if len(g.principals) > 1 {
			what = count(len(g.principals), "principal") + ": "
		}
		text := strings.Join(g.actions, ", ") + " by " + what + few(t.calledAll(g.principals), someNames) + " (" + strings.Join(g.paths, ", ") + ")"
		if g.line.Text != "" {
			text += ": " + g.line.Text
		}
		g.line.Text = text
		l.add(g.line)
	}
	for _, ref := range unread {
		l.add(verdict(keyARN, access.Decision{Unread: []access.UnreadRef{ref}}))
		l.Lines[len(l.Lines)-1].Text = "who may use the key"
		if len(holders) > 0 {
			l.Lines[len(l.Lines)-1].Text = "who else may use the key"
		}
	}
	if len(holders)+len(unread) == 0 {
		l.put(Absent, "", "nobody may use it")
	}
	return l
}

// usersGroup are principals who may do the same by the same statement.
type usersGroup struct {
	id         string
	principals []string
	actions    []string
	paths      []string
	line       Line
}

// ways sorts what a holder may do by the statement that gives it.
func (t *teller) ways(h access.Holder) []*usersGroup {
	var ways []*usersGroup
	for _, action := range slices.Sorted(maps.Keys(h.By)) {
		d := h.By[action]
		t.assume(d)
		line := verdict("", d)
		line.Places = givers(d, line.Places)
		i := slices.IndexFunc(ways, func(g *usersGroup) bool { return g.line.same(&line) })
		if i < 0 {
			ways = append(ways, &usersGroup{principals: []string{h.Principal.ARN}, paths: h.Paths, line: line})
			i = len(ways) - 1
		}
		ways[i].actions = append(ways[i].actions, action)
	}
	for _, g := range ways {
		parts := []string{string(g.line.State), strings.Join(g.actions, " "), strings.Join(g.paths, " "), g.line.Text, g.line.Reason}
		for _, p := range g.line.Places {
			parts = append(parts, p.Pointer, p.What)
		}
		g.id = strings.Join(parts, "\x00")
	}
	return ways
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
