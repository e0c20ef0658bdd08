package collector

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// document reads a policy document of IAM, which arrives percent-encoded. It is
// decoded once, and only if it is not JSON as it stands: a plus is a plus.
func document(text *string) snapshot.Reading[snapshot.Document] {
	const action = getAccountAuthorizationDetails
	if aws.ToString(text) == "" {
		return reading[snapshot.Document](unreadable(action, "the document is missing"))
	}
	plain := *text
	if !strings.HasPrefix(strings.TrimSpace(plain), "{") {
		decoded, err := url.PathUnescape(plain)
		if err == nil {
			plain = decoded
		}
	}
	return readDocument(action, plain)
}

func inline(list []types.PolicyDetail) snapshot.Reading[[]snapshot.NamedPolicy] {
	policies := make([]snapshot.NamedPolicy, 0, len(list))
	for _, p := range list {
		policies = append(policies, snapshot.NamedPolicy{Name: aws.ToString(p.PolicyName), Document: document(p.PolicyDocument)})
	}
	slices.SortFunc(policies, func(a, b snapshot.NamedPolicy) int { return cmp.Compare(a.Name, b.Name) })
	return snapshot.Of(policies)
}

func attached(list []types.AttachedPolicy) snapshot.Reading[[]snapshot.PolicyRef] {
	refs := make([]snapshot.PolicyRef, 0, len(list))
	for _, p := range list {
		refs = append(refs, snapshot.PolicyRef{ARN: aws.ToString(p.PolicyArn), Name: aws.ToString(p.PolicyName)})
	}
	slices.SortFunc(refs, func(a, b snapshot.PolicyRef) int { return cmp.Compare(a.ARN, b.ARN) })
	return snapshot.Of(refs)
}

func boundary(b *types.AttachedPermissionsBoundary) snapshot.Reading[snapshot.PolicyRef] {
	if b == nil {
		return snapshot.None[snapshot.PolicyRef](getAccountAuthorizationDetails, "")
	}
	arn := aws.ToString(b.PermissionsBoundaryArn)
	if arn == "" {
		return reading[snapshot.PolicyRef](unreadable(getAccountAuthorizationDetails, "there is a boundary without a name"))
	}
	return snapshot.Of(snapshot.PolicyRef{ARN: arn, Name: lastPart(arn)})
}

func iamTags(list []types.Tag) snapshot.Reading[map[string]string] {
	tags := make(map[string]string, len(list))
	for _, t := range list {
		tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return snapshot.Of(tags)
}

func lastUsed(use *types.RoleLastUsed) snapshot.Reading[snapshot.RoleUse] {
	if use == nil || use.LastUsedDate == nil {
		return snapshot.None[snapshot.RoleUse](getAccountAuthorizationDetails, "")
	}
	return snapshot.Of(snapshot.RoleUse{At: at(use.LastUsedDate), Region: aws.ToString(use.Region)})
}

func managedPolicy(p types.ManagedPolicyDetail) snapshot.ManagedPolicy {
	policy := snapshot.ManagedPolicy{
		ARN:     aws.ToString(p.Arn),
		Name:    cmp.Or(aws.ToString(p.PolicyName), lastPart(aws.ToString(p.Arn))),
		ID:      aws.ToString(p.PolicyId),
		Version: aws.ToString(p.DefaultVersionId),
		Document: reading[snapshot.Document](unreadable(getAccountAuthorizationDetails,
			"the default version is not among the versions listed")),
	}
	for _, v := range p.PolicyVersionList {
		if v.IsDefaultVersion || aws.ToString(v.VersionId) == policy.Version {
			policy.Document = document(v.Document)
		}
	}
	return policy
}

// lastPart is the name at the end of an ARN.
func lastPart(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }
