package collector

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// iam reads users, groups, roles and managed policies. It needs
// iam:GetAccountAuthorizationDetails and nothing else: the answer holds every
// document, boundary and tag, so that there is no call per identity.
func (c *collection) iam(ctx context.Context) {
	before := c.before
	if entry, _ := before.Listed(getAccountAuthorizationDetails, ""); entry.State.Answer() && len(gapsOf(identities(before))) == 0 {
		c.cover(entry)
		c.s.Users, c.s.Groups, c.s.Roles, c.s.ManagedPolicies = before.Users, before.Groups, before.Roles, before.ManagedPolicies
		return
	}
	client := c.aws.iam(c.partition.home)
	var users []snapshot.User
	var groups []snapshot.Group
	var roles []snapshot.Role
	policies := map[string]snapshot.ManagedPolicy{}
	o := list(getAccountAuthorizationDetails, func(marker *string) (page, outcome) {
		out, o := ask(ctx, c, getAccountAuthorizationDetails, c.partition.home, func(ctx context.Context) (*iam.GetAccountAuthorizationDetailsOutput, error) {
			return client.GetAccountAuthorizationDetails(ctx, &iam.GetAccountAuthorizationDetailsInput{
				MaxItems: aws.Int32(1000),
				Marker:   marker,
			})
		})
		if !o.ok() {
			return page{}, o
		}
		for _, u := range out.UserDetailList {
			users = append(users, user(u))
		}
		for _, g := range out.GroupDetailList {
			groups = append(groups, group(g))
		}
		for _, r := range out.RoleDetailList {
			roles = append(roles, role(r))
		}
		for _, p := range out.Policies {
			policies[aws.ToString(p.Arn)] = managedPolicy(p)
		}
		n := len(out.UserDetailList) + len(out.GroupDetailList) + len(out.RoleDetailList)
		c.tally.found(n)
		for range n {
			c.tally.read()
		}
		return page{out.IsTruncated, out.Marker}, o
	})
	c.listed("", o)
	if !o.ok() { // what the earlier collection knew stands behind what this one does
		users, groups, roles = append(users, before.Users...), append(groups, before.Groups...), append(roles, before.Roles...)
		for _, p := range before.ManagedPolicies {
			if _, ok := policies[p.ARN]; !ok {
				policies[p.ARN] = p
			}
		}
	}
	c.s.Users = unique(users, func(u snapshot.User) string { return u.ARN })
	c.s.Groups = unique(groups, func(g snapshot.Group) string { return g.ARN })
	c.s.Roles = unique(roles, func(r snapshot.Role) string { return r.ARN })
	c.s.ManagedPolicies = c.inUse(policies, o)
}

// identities are the part of a snapshot that iam reads.
func identities(s *snapshot.Snapshot) *snapshot.Snapshot {
	return &snapshot.Snapshot{Users: s.Users, Groups: s.Groups, Roles: s.Roles, ManagedPolicies: s.ManagedPolicies}
}

// inUse keeps the account's own policies, and those of AWS that something
// refers to. A policy that something refers to and that was not listed is not
// known, which is another thing than not being there.
func (c *collection) inUse(policies map[string]snapshot.ManagedPolicy, o outcome) []snapshot.ManagedPolicy {
	used := map[string]bool{}
	refer := func(attached snapshot.Reading[[]snapshot.PolicyRef], boundary snapshot.Reading[snapshot.PolicyRef]) {
		refs, _ := attached.Get()
		for _, ref := range refs {
			used[ref.ARN] = true
		}
		if ref, ok := boundary.Get(); ok {
			used[ref.ARN] = true
		}
	}
	for _, u := range c.s.Users {
		refer(u.AttachedPolicies, u.Boundary)
	}
	for _, g := range c.s.Groups {
		refer(g.AttachedPolicies, snapshot.Reading[snapshot.PolicyRef]{})
	}
	for _, r := range c.s.Roles {
		refer(r.AttachedPolicies, r.Boundary)
	}
	for arn := range used {
		if _, ok := policies[arn]; ok || arn == "" {
			continue
		}
		missing := outcome{getAccountAuthorizationDetails, snapshot.Failed, codeNotListed, "the policy is in use and was not in the listing"}
		if !o.ok() {
			missing = o
		}
		policies[arn] = snapshot.ManagedPolicy{
			ARN: arn, Name: lastPart(arn), Document: reading[snapshot.Document](missing),
		}
	}
	var kept []snapshot.ManagedPolicy
	for _, arn := range slices.Sorted(maps.Keys(policies)) {
		if arn != "" && (used[arn] || !strings.Contains(arn, ":iam::aws:")) {
			kept = append(kept, policies[arn])
		}
	}
	return kept
}

func user(u types.UserDetail) snapshot.User {
	return snapshot.User{
		ARN:              aws.ToString(u.Arn),
		Name:             aws.ToString(u.UserName),
		ID:               aws.ToString(u.UserId),
		Path:             aws.ToString(u.Path),
		CreatedAt:        at(u.CreateDate),
		Groups:           snapshot.Of(slices.Sorted(slices.Values(u.GroupList))),
		InlinePolicies:   inline(u.UserPolicyList),
		AttachedPolicies: attached(u.AttachedManagedPolicies),
		Boundary:         boundary(u.PermissionsBoundary),
		Tags:             iamTags(u.Tags),
	}
}

func group(g types.GroupDetail) snapshot.Group {
	return snapshot.Group{
		ARN:              aws.ToString(g.Arn),
		Name:             aws.ToString(g.GroupName),
		ID:               aws.ToString(g.GroupId),
		Path:             aws.ToString(g.Path),
		InlinePolicies:   inline(g.GroupPolicyList),
		AttachedPolicies: attached(g.AttachedManagedPolicies),
	}
}

func role(r types.RoleDetail) snapshot.Role {
	return snapshot.Role{
		ARN:              aws.ToString(r.Arn),
		Name:             aws.ToString(r.RoleName),
		ID:               aws.ToString(r.RoleId),
		Path:             aws.ToString(r.Path),
		CreatedAt:        at(r.CreateDate),
		TrustPolicy:      document(r.AssumeRolePolicyDocument),
		InlinePolicies:   inline(r.RolePolicyList),
		AttachedPolicies: attached(r.AttachedManagedPolicies),
		Boundary:         boundary(r.PermissionsBoundary),
		Tags:             iamTags(r.Tags),
		LastUsed:         lastUsed(r.RoleLastUsed),
	}
}
