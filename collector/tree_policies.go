package collector

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// controls are the policies of one kind, by what they hang on.
type controls struct {
	kind types.PolicyType
	// listed is what came of finding them. If it is not ok, there may be one more on
	// every level.
	listed outcome
	mu     sync.Mutex
	on     map[string][]snapshot.NamedPolicy
}

// read asks each policy where it hangs, and what it says.
func (p *controls) read(ctx context.Context, r *treeReader) {
	p.on = map[string][]snapshot.NamedPolicy{}
	home := r.c.partition.home
	var summaries []types.PolicySummary
	p.listed = list(listPolicies, func(marker *string) (page, outcome) {
		out, o := ask(ctx, r.c, listPolicies, home, func(ctx context.Context) (*organizations.ListPoliciesOutput, error) {
			return r.client.ListPolicies(ctx, &organizations.ListPoliciesInput{Filter: p.kind, MaxResults: aws.Int32(20), NextToken: marker})
		})
		if !o.ok() {
			return page{}, o
		}
		summaries = append(summaries, out.Policies...)
		return token(out.NextToken), o
	})
	summaries = unique(summaries, func(s types.PolicySummary) string { return aws.ToString(s.Id) })
	each(treeConcurrency, summaries, func(s *types.PolicySummary) {
		targets, o := r.targets(ctx, aws.ToString(s.Id))
		policy := snapshot.NamedPolicy{Name: aws.ToString(s.Name), ARN: aws.ToString(s.Arn)}
		if len(targets) > 0 {
			policy.Document = r.document(ctx, aws.ToString(s.Id))
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, target := range targets {
			p.on[target] = append(p.on[target], policy)
		}
		if !o.ok() {
			p.listed = o
		}
	})
	for _, policies := range p.on {
		slices.SortFunc(policies, func(a, b snapshot.NamedPolicy) int { return cmp.Compare(a.ARN, b.ARN) })
	}
}

// targets lists what a policy hangs on.
func (r *treeReader) targets(ctx context.Context, policy string) ([]string, outcome) {
	var targets []string
	o := list(listTargets, func(marker *string) (page, outcome) {
		out, o := ask(ctx, r.c, listTargets, r.c.partition.home, func(ctx context.Context) (*organizations.ListTargetsForPolicyOutput, error) {
			return r.client.ListTargetsForPolicy(ctx, &organizations.ListTargetsForPolicyInput{PolicyId: &policy, MaxResults: aws.Int32(20), NextToken: marker})
		})
		if !o.ok() {
			return page{}, o
		}
		for _, target := range out.Targets {
			targets = append(targets, aws.ToString(target.TargetId))
		}
		return token(out.NextToken), o
	})
	slices.Sort(targets)
	return slices.Compact(targets), o
}

func (r *treeReader) document(ctx context.Context, policy string) snapshot.Reading[snapshot.Document] {
	out, o := ask(ctx, r.c, describePolicy, r.c.partition.home, func(ctx context.Context) (*organizations.DescribePolicyOutput, error) {
		return r.client.DescribePolicy(ctx, &organizations.DescribePolicyInput{PolicyId: &policy})
	})
	return policyDocument(out, o)
}

// hanging are the policies of a kind on the root, a unit or an account. While the
// kind is enabled, at least one hangs on each of them.
func (t *Tree) hanging(kind types.PolicyType, on string) snapshot.Reading[[]snapshot.NamedPolicy] {
	if t.features == types.OrganizationFeatureSetConsolidatedBilling {
		return snapshot.None[[]snapshot.NamedPolicy](describeOrganization, string(t.features))
	}
	p := t.policies[kind]
	switch {
	case !p.listed.ok():
		return reading[[]snapshot.NamedPolicy](p.listed)
	case len(p.on[on]) == 0:
		return reading[[]snapshot.NamedPolicy](unreadable(listTargets, "no policy hangs there, and one has to"))
	}
	return snapshot.Of(p.on[on])
}

// Tags asks for the tags of accounts. It needs organizations:ListTagsForResource.
// Accounts whose tags are not known are not in the map, and are gaps.
func (t *Tree) Tags(ctx context.Context, accounts []string) (map[string]map[string]string, []Gap) {
	r := t.reader
	tags := map[string]map[string]string{}
	var gaps []Gap
	each(treeConcurrency, accounts, func(account *string) {
		own := map[string]string{}
		o := list(listOrganizationTags, func(marker *string) (page, outcome) {
			out, o := ask(ctx, r.c, listOrganizationTags, r.c.partition.home, func(ctx context.Context) (*organizations.ListTagsForResourceOutput, error) {
				return r.client.ListTagsForResource(ctx, &organizations.ListTagsForResourceInput{ResourceId: account, NextToken: marker})
			})
			if !o.ok() {
				return page{}, o
			}
			for _, tag := range out.Tags {
				own[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
			}
			return token(out.NextToken), o
		})
		r.mu.Lock()
		defer r.mu.Unlock()
		if o.ok() {
			tags[*account] = own
			return
		}
		gaps = append(gaps, Gap{Operation: o.action, Resource: *account, State: o.state, Code: o.code, Message: o.message})
	})
	slices.SortFunc(gaps, func(a, b Gap) int { return cmp.Compare(a.Resource, b.Resource) })
	return tags, gaps
}
