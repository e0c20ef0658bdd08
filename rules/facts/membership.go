package facts

import (
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/policy"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// membership finds the organizations that the policy of key i lets in by a
// condition. Which of them is the account's own is known only if its organization
// was read; a policy that names none needs no such knowledge.
func (b *builder) membership(k snapshot.Key, i int) (*KeyMembership, *Unread) {
	if m, ok := k.Metadata.Get(); ok && m.Manager == "AWS" {
		return &KeyMembership{Place: place("keys", i, "metadata", "value")}, nil
	}
	document, reason := certainPolicy(k.Policy, "kms:GetKeyPolicy")
	if reason != nil {
		return nil, reason
	}
	fact := &KeyMembership{Place: place("keys", i, "policy", "value")}
	for _, statement := range document.Statements {
		if statement.Effect != policy.Allow {
			continue
		}
		for _, id := range organizationsIn(statement) {
			if organization, ok := b.s.Organization.Get(); ok && id == organization.ID {
				continue
			}
			if reason := why(b.s.Organization, "organizations:DescribeOrganization"); reason != nil {
				return nil, reason
			}
			if !slices.Contains(fact.Foreign, id) {
				fact.Foreign = append(fact.Foreign, id)
				fact.Place = place("keys", i, "policy", "value") + statement.Pointer
			}
		}
	}
	slices.Sort(fact.Foreign)
	return fact, nil
}

// organizationsIn are the ids that tests for an organization name.
func organizationsIn(statement policy.Statement) []string {
	var ids []string
	for _, c := range statement.Conditions {
		switch strings.ToLower(c.Key) {
		case "aws:principalorgid", "aws:principalorgpaths", "aws:sourceorgid", "aws:sourceorgpaths", "aws:vpceorgid", "aws:vpceorgpaths":
			if strings.Contains(strings.ToLower(c.Operator), "not") {
				continue
			}
			for _, value := range c.Values {
				if id, _, _ := strings.Cut(value, "/"); strings.HasPrefix(id, "o-") && !strings.ContainsAny(id, "*?$") {
					ids = append(ids, id)
				}
			}
		}
	}
	return ids
}
