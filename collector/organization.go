package collector

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// maxDepth is beyond what AWS Organizations allows: a root, five levels of
// organizational units, an account.
const maxDepth = 10

// organization reads where the account is in its organization and which policies
// hang there. It needs organizations:DescribeOrganization, which a member account
// has, and organizations:ListParents, ListPoliciesForTarget and DescribePolicy,
// which only the management account and delegated administrators have.
func (c *collection) organization(ctx context.Context) {
	if c.opt.Organization != nil {
		c.s.Organization = *c.opt.Organization
		return
	}
	before := c.before.Organization
	organization, member := before.Get()
	if before.State.Answer() && !member {
		c.s.Organization = before
		return
	}
	r := orgReader{
		c: c, client: c.aws.organizations(c.partition.home), region: c.partition.home,
		documents: map[string]snapshot.Reading[snapshot.Document]{},
	}
	if levels, ok := organization.Chain.Get(); ok {
		organization.Chain = snapshot.Of(r.again(ctx, levels))
		c.s.Organization = snapshot.Of(organization)
		return
	}
	out, o := ask(ctx, c, describeOrganization, r.region, func(ctx context.Context) (*organizations.DescribeOrganizationOutput, error) {
		return r.client.DescribeOrganization(ctx, &organizations.DescribeOrganizationInput{})
	})
	if o.ok() && (out.Organization == nil || aws.ToString(out.Organization.Id) == "") {
		o = unreadable(describeOrganization, "the organization has no id")
	}
	if !o.ok() {
		c.s.Organization = reading[snapshot.Organization](o)
		return
	}
	c.s.Organization = snapshot.Of(snapshot.Organization{
		ID:                aws.ToString(out.Organization.Id),
		ARN:               aws.ToString(out.Organization.Arn),
		ManagementAccount: aws.ToString(out.Organization.MasterAccountId),
		Chain:             r.chain(ctx, out.Organization.FeatureSet),
	})
}

// orgReader asks about the levels above the account. Its documents remember the
// policies that hang on several levels.
type orgReader struct {
	c         *collection
	client    *organizations.Client
	region    string
	documents map[string]snapshot.Reading[snapshot.Document]
}

func (r orgReader) chain(ctx context.Context, features types.OrganizationFeatureSet) snapshot.Reading[[]snapshot.OrganizationLevel] {
	levels := []snapshot.OrganizationLevel{{ID: r.c.s.Account.ID, Type: "account"}}
	for levels[0].Type != "root" {
		parent, o := r.parent(ctx, levels[0].ID)
		if o.ok() && len(levels) > maxDepth {
			o = unreadable(listParents, "the chain of parents does not end")
		}
		if !o.ok() {
			return reading[[]snapshot.OrganizationLevel](o)
		}
		levels = slices.Insert(levels, 0, parent)
	}
	for i := range levels {
		level := &levels[i]
		if features == types.OrganizationFeatureSetConsolidatedBilling {
			level.ServiceControlPolicies = snapshot.None[[]snapshot.NamedPolicy](describeOrganization, string(features))
			level.ResourceControlPolicies = level.ServiceControlPolicies
			continue
		}
		level.ServiceControlPolicies = r.policies(ctx, level.ID, types.PolicyTypeServiceControlPolicy)
		level.ResourceControlPolicies = r.policies(ctx, level.ID, types.PolicyTypeResourceControlPolicy)
	}
	return snapshot.Of(levels)
}

// again asks what is not known of a chain that is.
func (r orgReader) again(ctx context.Context, levels []snapshot.OrganizationLevel) []snapshot.OrganizationLevel {
	lists := func(level *snapshot.OrganizationLevel) [2]*snapshot.Reading[[]snapshot.NamedPolicy] {
		return [...]*snapshot.Reading[[]snapshot.NamedPolicy]{&level.ServiceControlPolicies, &level.ResourceControlPolicies}
	}
	for i := range levels {
		for _, list := range lists(&levels[i]) {
			policies, _ := list.Get()
			for _, p := range policies {
				if p.Document.State.Answer() {
					r.documents[lastPart(p.ARN)] = p.Document // whose name is the policy's id
				}
			}
		}
	}
	levels = slices.Clone(levels)
	for i := range levels {
		for kind, list := range lists(&levels[i]) {
			policies, known := list.Get()
			switch {
			case known:
				policies = slices.Clone(policies)
				for j := range policies {
					policies[j].Document = r.document(ctx, lastPart(policies[j].ARN))
				}
				*list = snapshot.Of(policies)
			case !list.State.Answer():
				kinds := [...]types.PolicyType{types.PolicyTypeServiceControlPolicy, types.PolicyTypeResourceControlPolicy}
				*list = r.policies(ctx, levels[i].ID, kinds[kind])
			}
		}
	}
	return levels
}

func (r orgReader) parent(ctx context.Context, child string) (snapshot.OrganizationLevel, outcome) {
	var parents []types.Parent
	o := list(listParents, func(marker *string) (page, outcome) {
		out, o := ask(ctx, r.c, listParents, r.region, func(ctx context.Context) (*organizations.ListParentsOutput, error) {
			return r.client.ListParents(ctx, &organizations.ListParentsInput{ChildId: &child, NextToken: marker})
		})
		if !o.ok() {
			return page{}, o
		}
		parents = append(parents, out.Parents...)
		return token(out.NextToken), o
	})
	if !o.ok() {
		return snapshot.OrganizationLevel{}, o
	}
	if len(parents) != 1 || aws.ToString(parents[0].Id) == "" {
		return snapshot.OrganizationLevel{}, unreadable(listParents, "there is not exactly one parent")
	}
	level := snapshot.OrganizationLevel{ID: aws.ToString(parents[0].Id), Type: "organizational_unit"}
	if parents[0].Type == types.ParentTypeRoot {
		level.Type = "root"
	}
	return level, o
}

// policies reads what hangs on one level. While a type of policy is enabled at
// least one policy hangs on every level; a level without any has the type off.
func (r orgReader) policies(ctx context.Context, target string, kind types.PolicyType) snapshot.Reading[[]snapshot.NamedPolicy] {
	var summaries []types.PolicySummary
	o := list(listPoliciesForTarget, func(marker *string) (page, outcome) {
		out, o := ask(ctx, r.c, listPoliciesForTarget, r.region, func(ctx context.Context) (*organizations.ListPoliciesForTargetOutput, error) {
			return r.client.ListPoliciesForTarget(ctx, &organizations.ListPoliciesForTargetInput{
				TargetId: &target, Filter: kind, MaxResults: aws.Int32(20), NextToken: marker,
			})
		})
		if !o.ok() {
			return page{}, o
		}
		summaries = append(summaries, out.Policies...)
		return token(out.NextToken), o
	})
	if !o.ok() {
		return reading[[]snapshot.NamedPolicy](o)
	}
	if len(summaries) == 0 {
		return snapshot.None[[]snapshot.NamedPolicy](listPoliciesForTarget, "NoPolicyAttached")
	}
	summaries = unique(summaries, func(s types.PolicySummary) string { return aws.ToString(s.Arn) })
	policies := make([]snapshot.NamedPolicy, 0, len(summaries))
	for _, s := range summaries {
		policies = append(policies, snapshot.NamedPolicy{
			Name: aws.ToString(s.Name), ARN: aws.ToString(s.Arn), Document: r.document(ctx, aws.ToString(s.Id)),
		})
	}
	slices.SortFunc(policies, func(a, b snapshot.NamedPolicy) int {
		if a.ARN < b.ARN {
			return -1
		}
		return 1
	})
	return snapshot.Of(policies)
}

func (r orgReader) document(ctx context.Context, id string) snapshot.Reading[snapshot.Document] {
	if known, ok := r.documents[id]; ok {
		return known
	}
	out, o := ask(ctx, r.c, describePolicy, r.region, func(ctx context.Context) (*organizations.DescribePolicyOutput, error) {
		return r.client.DescribePolicy(ctx, &organizations.DescribePolicyInput{PolicyId: &id})
	})
	document := policyDocument(out, o)
	r.documents[id] = document
	return document
}

func policyDocument(out *organizations.DescribePolicyOutput, o outcome) snapshot.Reading[snapshot.Document] {
	switch {
	case !o.ok():
		return reading[snapshot.Document](o)
	case out.Policy == nil:
		return readDocument(describePolicy, "")
	}
	return readDocument(describePolicy, aws.ToString(out.Policy.Content))
}
