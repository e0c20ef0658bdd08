package imports

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// useIdentity adds a user, group, role or policy to the listing of IAM.
func (i *importer) useIdentity(n *item, list *iam.GetAccountAuthorizationDetailsOutput) error {
	if !strings.Contains(n.ARN, ":iam::") {
		return n.wrong("", "%s is not an ARN of IAM", n.ARN)
	}
	arn := aws.String(n.ARN)
	var tags []types.Tag
	more, err := n.tags()
	for key, value := range more {
		tags = append(tags, types.Tag{Key: aws.String(key), Value: aws.String(value)})
	}
	if err != nil {
		return err
	}
	switch n.Type {
	case "AWS::IAM::User":
		u := types.UserDetail{}
		if n.said, err = n.configuration(&u); err == nil {
			u.Arn, u.Tags = arn, append(u.Tags, tags...)
			n.said["tags"] = len(u.Tags) > 0
			list.UserDetailList = append(list.UserDetailList, u)
		}
	case "AWS::IAM::Group":
		g := types.GroupDetail{}
		if n.said, err = n.configuration(&g); err == nil {
			g.Arn = arn
			list.GroupDetailList = append(list.GroupDetailList, g)
		}
	case "AWS::IAM::Role":
		r := types.RoleDetail{}
		if n.said, err = n.configuration(&r); err == nil {
			r.Arn, r.Tags = arn, append(r.Tags, tags...)
			n.said["tags"] = len(r.Tags) > 0
			list.RoleDetailList = append(list.RoleDetailList, r)
		}
	default:
		p := types.ManagedPolicyDetail{}
		if n.said, err = n.configuration(&p); err == nil {
			p.Arn = arn
			list.Policies = append(list.Policies, p)
		}
	}
	return err
}

const authorizationDetails = "iam:GetAccountAuthorizationDetails"

// unsaid makes a reading one that nobody has, where the item says nothing.
func unsaid[T any](n *item, member string, r *snapshot.Reading[T]) {
	if !n.said[member] {
		*r = snapshot.Reading[T]{
			State: snapshot.NotCollected, Operation: authorizationDetails, Code: "NotKept", Message: "the item of AWS Config does not say",
		}
	}
}

// blank takes back what IAM's answer would mean and AWS Config's silence does not:
// that there is no boundary, no inline policy, no use.
func (list items) blank(s *snapshot.Snapshot) {
	for i := range s.Users {
		u := &s.Users[i]
		if n := list["AWS::IAM::User "+u.ARN]; n != nil && n.said != nil {
			unsaid(n, "grouplist", &u.Groups)
			unsaid(n, "userpolicylist", &u.InlinePolicies)
			unsaid(n, "attachedmanagedpolicies", &u.AttachedPolicies)
			unsaid(n, "permissionsboundary", &u.Boundary)
			unsaid(n, "tags", &u.Tags)
		}
	}
	for i := range s.Groups {
		g := &s.Groups[i]
		if n := list["AWS::IAM::Group "+g.ARN]; n != nil && n.said != nil {
			unsaid(n, "grouppolicylist", &g.InlinePolicies)
			unsaid(n, "attachedmanagedpolicies", &g.AttachedPolicies)
		}
	}
	for i := range s.Roles {
		r := &s.Roles[i]
		if n := list["AWS::IAM::Role "+r.ARN]; n != nil && n.said != nil {
			unsaid(n, "assumerolepolicydocument", &r.TrustPolicy)
			unsaid(n, "rolepolicylist", &r.InlinePolicies)
			unsaid(n, "attachedmanagedpolicies", &r.AttachedPolicies)
			unsaid(n, "permissionsboundary", &r.Boundary)
			unsaid(n, "tags", &r.Tags)
			unsaid(n, "rolelastused", &r.LastUsed)
		}
	}
}
