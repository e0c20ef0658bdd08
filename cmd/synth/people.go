package main

import (
	"fmt"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// people makes one user for fifty roles and one group for five hundred.
func (w *world) people(d *draw) ([]snapshot.Group, []snapshot.User) {
	var groups []snapshot.Group
	for i := range 1 + w.plan.roles/500 {
		name := fmt.Sprintf("group-%03d", i)
		groups = append(groups, snapshot.Group{
			ARN: "arn:aws:iam::" + accountID + ":group/" + name, Name: name, ID: d.id("AGPA"), Path: "/",
			InlinePolicies:   asked(d, authorization, []snapshot.NamedPolicy{{Name: "group", Document: snapshot.Of(document(w.inline(d)))}}),
			AttachedPolicies: asked(d, authorization, w.attached(d)),
		})
	}
	var users []snapshot.User
	for i := range 1 + w.plan.roles/50 {
		name := fmt.Sprintf("user-%04d", i)
		policies := []snapshot.NamedPolicy{}
		if d.chance(0.2) {
			policies = append(policies, snapshot.NamedPolicy{Name: "own", Document: snapshot.Of(document(w.inline(d)))})
		}
		users = append(users, snapshot.User{
			ARN: "arn:aws:iam::" + accountID + ":user/" + name, Name: name, ID: d.id("AIDA"), Path: "/", CreatedAt: past(d, 2000),
			Groups:           asked(d, authorization, []string{pick(d, groups).Name}),
			InlinePolicies:   asked(d, authorization, policies),
			AttachedPolicies: asked(d, authorization, []snapshot.PolicyRef{}),
			Boundary:         boundary(d),
			Tags:             asked(d, authorization, tags(d)),
		})
	}
	return groups, users
}
