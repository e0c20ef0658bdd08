package moto

import (
	"context"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/kmsaudit/kmsaudit/collector/awsfake"
)

// seedIdentities makes managed policies first, since the others refer to them.
func seedIdentities(ctx context.Context, t *testing.T, client *iam.Client, w *awsfake.World, given func(string) string) {
	t.Helper()
	tags := func(of map[string]string) []types.Tag {
		var list []types.Tag
		for name, value := range of {
			list = append(list, types.Tag{Key: &name, Value: &value})
		}
		return list
	}
	for _, p := range w.Policies {
		if policyName(p) == "AdministratorAccess" {
			continue // moto has those of AWS
		}
		name := policyName(p)
		_, err := client.CreatePolicy(ctx, &iam.CreatePolicyInput{PolicyName: &name, PolicyDocument: &p.Versions[0]})
		must(t, err)
		for _, version := range p.Versions[1:] {
			_, err := client.CreatePolicyVersion(ctx, &iam.CreatePolicyVersionInput{PolicyArn: &p.ARN, PolicyDocument: &version, SetAsDefault: true})
			must(t, err)
		}
	}
	for _, g := range w.Groups {
		_, err := client.CreateGroup(ctx, &iam.CreateGroupInput{GroupName: &g.Name, Path: optional(g.Path)})
		must(t, err)
		for name, document := range g.Inline {
			_, err := client.PutGroupPolicy(ctx, &iam.PutGroupPolicyInput{GroupName: &g.Name, PolicyName: &name, PolicyDocument: &document})
			must(t, err)
		}
		for _, arn := range g.Attached {
			_, err := client.AttachGroupPolicy(ctx, &iam.AttachGroupPolicyInput{GroupName: &g.Name, PolicyArn: &arn})
			must(t, err)
		}
	}
	for _, u := range w.Users {
		_, err := client.CreateUser(ctx, &iam.CreateUserInput{UserName: &u.Name, Path: optional(u.Path), Tags: tags(u.Tags), PermissionsBoundary: optional(u.Boundary)})
		must(t, err)
		for _, group := range u.Groups {
			_, err := client.AddUserToGroup(ctx, &iam.AddUserToGroupInput{UserName: &u.Name, GroupName: &group})
			must(t, err)
		}
		for name, document := range u.Inline {
			_, err := client.PutUserPolicy(ctx, &iam.PutUserPolicyInput{UserName: &u.Name, PolicyName: &name, PolicyDocument: &document})
			must(t, err)
		}
	}
	for _, r := range w.Roles {
		_, err := client.CreateRole(ctx, &iam.CreateRoleInput{
			RoleName: &r.Name, Path: optional(r.Path), AssumeRolePolicyDocument: &r.Trust, Tags: tags(r.Tags), PermissionsBoundary: optional(r.Boundary),
		})
		must(t, err)
		for name, document := range r.Inline {
			text := given(document)
			_, err := client.PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: &r.Name, PolicyName: &name, PolicyDocument: &text})
			must(t, err)
		}
		for _, arn := range r.Attached {
			_, err := client.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: &r.Name, PolicyArn: &arn})
			must(t, err)
		}
	}
}

func policyName(p awsfake.ManagedPolicy) string { return p.ARN[strings.LastIndex(p.ARN, "/")+1:] }
