package who

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/rules/access"
	"github.com/kmsaudit/kmsaudit/rules/chain"
)

// actions expands an action or a pattern to the actions of KMS on keys.
func actions(pattern string) ([]string, error) {
	names := slices.DeleteFunc(access.ExpandKMS(pattern), func(name string) bool { return !onKeys()[name] })
	if len(names) > 0 {
		return names, nil
	}
	var known []string
	for _, a := range access.KMSActions() {
		known = append(known, a.Name)
	}
	return nil, &chain.Missing{Given: pattern, Why: pattern + " is no action of KMS on keys", Known: known}
}

func onKeys() map[string]bool {
	on := map[string]bool{}
	for _, a := range access.KMSActions() {
		on[a.Name] = a.Resource != ""
	}
	return on
}

// key finds the key that is meant by an ARN, an id, an alias, or a bucket that
// encrypts with it by default, and the snapshot that has it.
func (w *World) key(given string) (arn string, base int, err error) {
	var found, known []string
	unread := ""
	at := map[string]int{}
	add := func(i int, key string) {
		if _, met := at[key]; !met {
			at[key] = i
			found = append(found, key)
		}
	}
	for i, f := range w.files {
		s := f.Snapshot
		for j := range s.Keys {
			k := &s.Keys[j]
			known = append(known, k.ARN, k.ID)
			if k.ARN == given || k.ID == given {
				add(i, k.ARN)
			}
		}
		for _, a := range s.Aliases {
			known = append(known, a.Name, a.ARN)
			if a.TargetKey != "" && (a.Name == given || a.ARN == given) {
				add(i, w.accounts[i].ResolveKey(a.Name, a.Region).ARN)
			}
		}
		for j := range s.Buckets {
			b := &s.Buckets[j]
			known = append(known, b.Name)
			if b.Name != given && b.ARN != given {
				continue
			}
			region, _ := b.Region.Get()
			encryption, ok := b.Encryption.Get()
			if !ok || len(encryption.Rules) == 0 || !strings.HasPrefix(encryption.Rules[0].Algorithm, "aws:kms") {
				m := &chain.Missing{Given: given, Why: "bucket " + given + " does not encrypt with a key of KMS by default"}
				if !b.Encryption.State.Answer() {
					m.Unread = "its encryption was not read"
					m.Why = "whether bucket " + given + " encrypts with a key of KMS is not known: " + m.Unread
				}
				return "", 0, m
			}
			ref := w.accounts[i].ResolveKey(encryption.Rules[0].Key, region)
			if ref.ARN == "" {
				return "", 0, fmt.Errorf("the key %s of bucket %s is not in the snapshot (%s)", ref.Given, given, ref.Status)
			}
			add(w.of(accountOf(ref.ARN), i), ref.ARN)
		}
		for _, region := range s.Regions {
			for _, listing := range []string{"kms:ListKeys", "kms:ListAliases"} {
				if reason := chain.Unlisted(s, region, listing); reason != "" {
					unread = reason
				}
			}
		}
	}
	switch len(found) {
	case 1:
		return found[0], at[found[0]], nil
	case 0:
		m := &chain.Missing{Given: given, Known: known, Unread: unread, Why: "no key, alias or bucket " + given + " is in the snapshots"}
		if unread != "" {
			m.Why += ", and whether there is one is not known: " + unread
		}
		return "", 0, m
	}
	return "", 0, &chain.Ambiguous{Given: given, Candidates: found}
}

// principal finds a principal by ARN, or a role or user by name.
func (w *World) principal(given string) (string, error) {
	var found, known []string
	unread := ""
	for i, f := range w.files {
		if _, ok := w.accounts[i].Principal(given); ok && !slices.Contains(found, given) {
			found = append(found, given)
			continue
		}
		for _, p := range w.accounts[i].Principals() {
			if p.Known != access.KnownFull || p.Kind != "role" && p.Kind != "user" {
				continue
			}
			known = append(known, p.Name, p.ARN)
			if p.Name == given || p.Kind+"/"+p.Name == given {
				found = append(found, p.ARN)
			}
		}
		if reason := chain.Unlisted(f.Snapshot, "", "iam:GetAccountAuthorizationDetails"); reason != "" {
			unread = reason
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		m := &chain.Missing{Given: given, Known: known, Unread: unread, Why: "no principal " + given + " is in the snapshots"}
		if unread != "" {
			m.Why += ", and whether there is one is not known: " + unread
		}
		return "", m
	}
	return "", &chain.Ambiguous{Given: given, Candidates: found}
}

// accountOf is the account of an ARN.
func accountOf(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		return ""
	}
	return parts[4]
}
