package main

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// awsManaged are policies of AWS that many roles have.
var awsManaged = [...]snapshot.PolicyRef{
	{ARN: "arn:aws:iam::aws:policy/AdministratorAccess", Name: "AdministratorAccess"},
	{ARN: "arn:aws:iam::aws:policy/PowerUserAccess", Name: "PowerUserAccess"},
	{ARN: "arn:aws:iam::aws:policy/ReadOnlyAccess", Name: "ReadOnlyAccess"},
}

// pool is how many policies roles share.
func (w *world) pool() int { return max(2, w.plan.roles/10) }

func shared(i int) snapshot.PolicyRef {
	name := fmt.Sprintf("shared-%04d", i)
	return snapshot.PolicyRef{ARN: "arn:aws:iam::" + accountID + ":policy/" + name, Name: name}
}

func boundaryPolicy() snapshot.PolicyRef {
	return snapshot.PolicyRef{ARN: "arn:aws:iam::" + accountID + ":policy/boundary", Name: "boundary"}
}

func (w *world) managedPolicies(d *draw) []snapshot.ManagedPolicy {
	var list []snapshot.ManagedPolicy
	add := func(ref snapshot.PolicyRef, statements ...statement) {
		list = append(list, snapshot.ManagedPolicy{
			ARN: ref.ARN, Name: ref.Name, ID: d.id("ANPA"), Version: fmt.Sprintf("v%d", 1+d.IntN(5)),
			Document: asked(d, "iam:GetPolicyVersion", document(statements...)),
		})
	}
	add(awsManaged[0], statement{Effect: "Allow", Action: "*", Resource: "*"})
	add(awsManaged[1], statement{Effect: "Allow", NotAction: []string{"iam:*", "organizations:*", "account:*"}, Resource: "*"},
		statement{Effect: "Allow", Action: []string{"iam:ListRoles", "organizations:DescribeOrganization"}, Resource: "*"})
	add(awsManaged[2], statement{Effect: "Allow", Resource: "*", Action: []string{
		"dynamodb:Describe*", "ec2:Describe*", "iam:Get*", "iam:List*", "kms:Describe*", "kms:Get*", "kms:List*", "logs:Get*", "s3:Get*", "s3:List*",
	}})
	add(boundaryPolicy(), statement{Effect: "Allow", Action: []string{"s3:*", "kms:Decrypt", "kms:GenerateDataKey*", "kms:DescribeKey", "logs:*", "sqs:*", "dynamodb:*"}, Resource: "*"})
	for i := range w.pool() {
		var statements []statement
		for range 1 + d.IntN(3) {
			statements = append(statements, w.inline(d))
		}
		add(shared(i), statements...)
	}
	return list
}

// attached draws the managed policies of a role or user.
func (w *world) attached(d *draw) []snapshot.PolicyRef {
	refs := []snapshot.PolicyRef{}
	if d.chance(0.8) {
		refs = append(refs, shared(d.IntN(w.pool())))
	}
	for i, share := range []float64{0.01, 0.02, 0.07} {
		if d.chance(share) {
			refs = append(refs, awsManaged[i])
		}
	}
	slices.SortFunc(refs, func(a, b snapshot.PolicyRef) int { return strings.Compare(a.ARN, b.ARN) })
	return refs
}

func boundary(d *draw) snapshot.Reading[snapshot.PolicyRef] {
	if d.chance(0.03) {
		return asked(d, authorization, boundaryPolicy())
	}
	return none[snapshot.PolicyRef](d, authorization, "")
}

func tags(d *draw) map[string]string {
	tags := map[string]string{}
	if d.chance(0.7) {
		tags["Environment"] = pick(d, []string{"prod", "prod", "test", "dev"})
	}
	if d.chance(0.4) {
		tags["Team"] = pick(d, teams[:])
	}
	return tags
}

// past is a time before the collection.
func past(d *draw, days int) time.Time {
	return collected.Add(-time.Duration(1+d.IntN(days*24*60)) * time.Minute)
}

func (w *world) roles(d *draw) []snapshot.Role {
	list := make([]snapshot.Role, 0, len(w.roleARNs))
	for _, arn := range w.roleARNs {
		name := path.Base(arn)
		_, resource, _ := strings.Cut(arn, ":role")
		r := snapshot.Role{
			ARN: arn, Name: name, ID: d.id("AROA"), Path: strings.TrimSuffix(resource, name), CreatedAt: past(d, 2000),
			TrustPolicy: asked(d, authorization, document(w.trust(d))),
			Boundary:    boundary(d),
			Tags:        asked(d, authorization, tags(d)),
		}
		var statements []statement
		for range 1 + d.IntN(5) {
			statements = append(statements, w.inline(d))
		}
		policies := []snapshot.NamedPolicy{{Name: "app", Document: asked(d, authorization, document(statements...))}}
		for _, i := range w.needed[arn] {
			if n := w.needs[i]; d.chance(0.8) {
				policies = append(policies, snapshot.NamedPolicy{Name: n.name, Document: asked(d, authorization, document(n.statements()...))})
			}
		}
		r.InlinePolicies = asked(d, authorization, policies)
		r.AttachedPolicies = asked(d, authorization, w.attached(d))
		r.LastUsed = none[snapshot.RoleUse](d, authorization, "")
		if d.chance(0.6) {
			r.LastUsed = asked(d, authorization, snapshot.RoleUse{At: past(d, 400), Region: pick(d, regions[:])})
		}
		list = append(list, r)
	}
	return list
}

// trust draws who may assume a role.
func (w *world) trust(d *draw) statement {
	s := statement{Effect: "Allow", Action: "sts:AssumeRole", Principal: service(pick(d, []string{"ec2.amazonaws.com", "lambda.amazonaws.com", "ecs-tasks.amazonaws.com"}))}
	switch d.weighted(80, 15, 4, 1) {
	case 1:
		s.Principal = aws(root)
	case 2:
		s.Principal = aws("arn:aws:iam::" + pick(d, neighbors[:]) + ":root")
		s.Condition = when("StringEquals", "sts:ExternalId", d.hex(12))
	case 3:
		s.Principal = "*"
	}
	return s
}
