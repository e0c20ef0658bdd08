package chain

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/policy"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/facts"
)

const someNames = 5 // how many of a list are named

func (t *teller) key(i int) {
	k := &t.s.Keys[i]
	for _, u := range []string{"metadata", "policy"} {
		if unread, open := t.document.Keys[i].Unread[u]; open {
			t.incomplete(unread.Words())
		}
	}
	t.link(t.keyLink(i))
	t.link(t.keyPolicy(i))
	t.link(t.grants(i))
	t.link(t.holders(k.ARN))
	t.link(t.defaultOf(k))
	t.link(t.objectsUnder(k))
	for _, row := range t.document.Access {
		if row.Key == k.ARN {
			t.link(t.required(row))
		}
	}
	t.link(t.requirementsOf(func(r *facts.Requirement) bool { return r.Key == k.ARN }))
}

// keyLink is what KMS says of the key itself.
func (t *teller) keyLink(i int) Link {
	k, fact := &t.s.Keys[i], &t.document.Keys[i]
	l := Link{Kind: "key", Title: "Key " + k.ARN}
	metadata := at("keys", i, "metadata")
	if m, ok := k.Metadata.Get(); ok {
		keyState(&l, fact, m, metadata+"/value")
		manager := map[string]string{"aws": "managed by AWS", "customer": "managed by the customer"}[fact.Metadata.Manager]
		l.ok(metadata+"/value", fmt.Sprintf("%s, for %s, material from %s, %s", m.Spec, m.Usage, m.Origin, manager))
		if m.MultiRegion {
			l.ok(metadata+"/value", "multi-Region key: "+fact.Metadata.MultiRegion)
		}
		if m.Description != "" {
			l.ok(metadata+"/value", "described as: "+m.Description)
		}
	} else {
		l.unknown("state, kind and origin", why(k.Metadata, "kms:DescribeKey"), metadata)
	}
	rotation(&l, k, fact, at("keys", i, "rotation"))
	t.aliasesOf(&l, k)
	return l
}

func keyState(l *Link, fact *facts.Key, m snapshot.KeyMetadata, pointer string) {
	switch {
	case m.State == "Enabled" || m.State == "Updating":
		l.ok(pointer, m.State)
	case fact.Metadata.PendingDays >= 0:
		l.put(Denied, pointer, fmt.Sprintf("%s: KMS refuses to use it, and deletes it in %s", m.State, count(fact.Metadata.PendingDays, "day")))
	default:
		l.put(Denied, pointer, m.State+": KMS refuses to use it")
	}
}

func rotation(l *Link, k *snapshot.Key, fact *facts.Key, pointer string) {
	switch {
	case fact.Rotation == nil:
		l.unknown("rotation", fact.Unread["rotation"].Words(), pointer)
		return
	case fact.Rotation.Status == "unsupported":
		l.put(Absent, pointer, "rotation: KMS cannot rotate this key")
	case fact.Rotation.Status == "off":
		l.ok(fact.Rotation.Place, "rotation: off")
	case fact.Rotation.PeriodDays > 0:
		l.ok(fact.Rotation.Place, "rotation: on, every "+count(fact.Rotation.PeriodDays, "day"))
	default:
		l.ok(fact.Rotation.Place, "rotation: on")
	}
	if fact.Rotated == nil || fact.Metadata == nil || k.Metadata.Value.CreatedAt.IsZero() {
		return
	}
	since := map[string]string{"rotation": "rotated last", "creation": "never rotated; made"}[fact.Rotated.By]
	l.ok(fact.Rotated.Place, since+" "+count(fact.Rotated.Days, "day")+" before the snapshot")
}

func (t *teller) aliasesOf(l *Link, k *snapshot.Key) {
	found := false
	for i, alias := range t.s.Aliases {
		if alias.Region == k.Region && alias.TargetKey == k.ID {
			l.ok(at("aliases", i), alias.Name)
			found = true
		}
	}
	switch reason := t.unlisted(k.Region, "kms:ListAliases"); {
	case reason != "":
		l.unknown("aliases", reason, "")
	case !found:
		l.put(Absent, "", "no alias")
	}
}

// keyPolicy is the key policy, statement by statement.
func (t *teller) keyPolicy(i int) Link {
	l := Link{Kind: "key_policy", Title: "Key policy"}
	k, fact := &t.s.Keys[i], &t.document.Keys[i]
	switch {
	case fact.Policy == nil:
		l.unknown("who may use the key by its policy", fact.Unread["policy"].Words(), at("keys", i, "policy"))
		return l
	case fact.Policy.Manager == "aws":
		l.ok(fact.Policy.Place, "AWS manages the key and gives it its policy: the principals of the account, through the service")
		return l
	}
	document, _ := snapshot.PolicyOf(k.Policy)
	if document == nil {
		return l
	}
	for j := range document.Statements {
		s := &document.Statements[j]
		text := "statement " + strconv.Itoa(j+1)
		if s.Sid != "" {
			text += " (" + s.Sid + ")"
		}
		text += ": " + t.told(s, false) + exposed(&fact.Policy.Statements[j])
		if t.delegates(s) {
			text += "; the account's IAM policies decide who"
		}
		l.ok(fact.Policy.Statements[j].Place, text)
	}
	return l
}

// delegates tells whether a statement leaves the use of the key to the account's
// IAM policies (rule K1).
func (w *World) delegates(s *policy.Statement) bool {
	return s.Effect == policy.Allow && s.Principal != nil && slices.ContainsFunc(s.Principal.List, func(p policy.Principal) bool {
		return p.Value == w.s.Account.ID || p.Value == w.s.Account.ARN()
	})
}

// exposed says how open a statement is to strangers.
func exposed(s *facts.KeyStatement) string {
	var words []string
	switch {
	case s.Anyone && s.Restriction == "fixed":
		words = append(words, "open to everybody, confined by "+testedAll(s.Tests))
	case s.Anyone && s.Restriction == "weak":
		words = append(words, "open to strangers, who can meet "+testedAll(s.Tests)+": "+few(s.Open, someNames))
	case s.Anyone:
		words = append(words, "open to strangers: "+few(s.Open, someNames))
	}
	if len(s.External) > 0 {
		words = append(words, "names accounts that are not trusted: "+few(s.External, someNames))
	}
	if len(words) == 0 {
		return ""
	}
	return "; " + strings.Join(words, "; ")
}

func (t *teller) grants(i int) Link {
	l := Link{Kind: "grants", Title: "Grants"}
	here := at("keys", i, "grants")
	grants, ok := t.s.Keys[i].Grants.Get()
	switch {
	case !ok && !t.s.Keys[i].Grants.State.Answer():
		l.unknown("who may use the key by a grant", why(t.s.Keys[i].Grants, "kms:ListGrants"), here)
	case len(grants) == 0:
		l.put(Absent, here, "no grants")
	}
	for j, g := range grants {
		if j == 2*someNames {
			l.ok("", count(len(grants)-j, "grant")+" more")
			break
		}
		text := fmt.Sprintf("%s: %s", t.called(grantee(g)), few(g.Operations, someNames))
		if n := len(g.EncryptionContextEquals) + len(g.EncryptionContextSubset); n > 0 {
			text += ", if " + count(n, "pair") + " of the encryption context is right"
		}
		if g.SourceARN != "" {
			text += ", for " + g.SourceARN
		}
		l.ok(here+at("value", j), text+" (grant "+g.ID+")")
	}
	return l
}

func grantee(g snapshot.Grant) string {
	if g.Grantee != "" {
		return g.Grantee
	}
	return g.GranteeService
}
