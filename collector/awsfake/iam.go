package awsfake

import (
	"net/http"
	"strconv"
	"strings"
)

// queryReply wraps a result as the query protocol does.
func (r *request) queryReply(result ...string) reply {
	return xmlReply(el(r.Operation+`Response xmlns="https://`+r.Service+`.amazonaws.com/doc/"`,
		el(r.Operation+"Result", result...), el("ResponseMetadata", leaf("RequestId", "0000"))))
}

func (r *request) getCallerIdentity() reply {
	return r.queryReply(leaf("Arn", r.w.Caller), leaf("UserId", "AROAEXAMPLE:session"), leaf("Account", r.w.Account))
}

// getAccountAuthorizationDetails pages over all kinds together.
func (r *request) getAccountAuthorizationDetails() reply {
	var kinds, members []string
	add := func(kind, member string) {
		kinds, members = append(kinds, kind), append(members, member)
	}
	for _, u := range r.w.Users {
		add("UserDetailList", r.user(u))
	}
	for _, g := range r.w.Groups {
		add("GroupDetailList", r.group(g))
	}
	for _, role := range r.w.Roles {
		add("RoleDetailList", r.role(role))
	}
	for _, p := range r.w.Policies {
		add("Policies", policyDetail(p))
	}
	most := min(1000, max(1, r.number("MaxItems", 100)))
	from, to, next, more, ok := r.page(len(members), most, r.query.Get("Marker"))
	if !ok {
		return r.fail(http.StatusBadRequest, "InvalidInput", "the marker is not valid")
	}
	lists := map[string][]string{"UserDetailList": nil, "GroupDetailList": nil, "RoleDetailList": nil, "Policies": nil}
	for i := from; i < to; i++ {
		lists[kinds[i]] = append(lists[kinds[i]], el("member", members[i]))
	}
	result := []string{leaf("IsTruncated", strconv.FormatBool(more)), leaf("Marker", next)}
	for _, kind := range sorted(lists) {
		result = append(result, el(kind, lists[kind]...))
	}
	return r.queryReply(result...)
}

func path(p string) string {
	if p == "" {
		return "/"
	}
	return p
}

func (r *request) user(u User) string {
	var groups []string
	for _, g := range u.Groups {
		groups = append(groups, leaf("member", g))
	}
	return leaf("Arn", r.w.iamARN("user", u.Path, u.Name)) + leaf("UserName", u.Name) + leaf("UserId", u.ID) +
		leaf("Path", path(u.Path)) + leaf("CreateDate", stamp(u.Created)) + el("GroupList", groups...) +
		inline("UserPolicyList", u.Inline) + attached(u.Attached) + boundary(u.Boundary) + tags(u.Tags, "member")
}

func (r *request) group(g Group) string {
	return leaf("Arn", r.w.iamARN("group", g.Path, g.Name)) + leaf("GroupName", g.Name) + leaf("GroupId", g.ID) +
		leaf("Path", path(g.Path)) + leaf("CreateDate", stamp(g.Created)) + inline("GroupPolicyList", g.Inline) + attached(g.Attached)
}

func (r *request) role(role Role) string {
	used := ""
	if !role.LastUsed.IsZero() {
		used = leaf("LastUsedDate", stamp(role.LastUsed)) + leaf("Region", role.LastUsedRegion)
	}
	return leaf("Arn", r.w.iamARN("role", role.Path, role.Name)) + leaf("RoleName", role.Name) + leaf("RoleId", role.ID) +
		leaf("Path", path(role.Path)) + leaf("CreateDate", stamp(role.Created)) +
		leaf("AssumeRolePolicyDocument", escape(role.Trust)) + el("InstanceProfileList") +
		inline("RolePolicyList", role.Inline) + attached(role.Attached) + boundary(role.Boundary) + tags(role.Tags, "member") +
		el("RoleLastUsed", used)
}

func inline(list string, policies map[string]Document) string {
	var members []string
	for _, name := range sorted(policies) {
		members = append(members, el("member", leaf("PolicyName", name), leaf("PolicyDocument", escape(policies[name]))))
	}
	return el(list, members...)
}

func attached(arns []string) string {
	var members []string
	for _, arn := range arns {
		members = append(members, el("member", leaf("PolicyArn", arn), leaf("PolicyName", arn[strings.LastIndex(arn, "/")+1:])))
	}
	return el("AttachedManagedPolicies", members...)
}

func boundary(arn string) string {
	if arn == "" {
		return ""
	}
	return el("PermissionsBoundary", leaf("PermissionsBoundaryType", "Policy"), leaf("PermissionsBoundaryArn", arn))
}

// tags is a list of tags; S3 calls its members Tag, IAM member.
func tags(values map[string]string, member string) string {
	list := "Tags"
	if member == "Tag" {
		list = "TagSet"
	}
	var members []string
	for _, name := range sorted(values) {
		members = append(members, el(member, leaf("Key", name), leaf("Value", values[name])))
	}
	return el(list, members...)
}

func policyDetail(p ManagedPolicy) string {
	var versions []string
	for i, document := range p.Versions {
		versions = append(versions, el("member", leaf("VersionId", "v"+strconv.Itoa(i+1)), leaf("Document", escape(document)),
			leaf("IsDefaultVersion", strconv.FormatBool(i == len(p.Versions)-1)), leaf("CreateDate", stamp(p.Created))))
	}
	return leaf("Arn", p.ARN) + leaf("PolicyName", p.ARN[strings.LastIndex(p.ARN, "/")+1:]) + leaf("PolicyId", p.ID) +
		leaf("DefaultVersionId", "v"+strconv.Itoa(len(p.Versions))) + leaf("Path", "/") + leaf("IsAttachable", "true") +
		leaf("AttachmentCount", "1") + leaf("CreateDate", stamp(p.Created)) + el("PolicyVersionList", versions...)
}
