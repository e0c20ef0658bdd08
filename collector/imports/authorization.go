package imports

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/go-json-experiment/json/jsontext"
)

// authorization reads a page of the authorization details. The documents are
// text, encoded as IAM's API sends it, or JSON, as the AWS CLI prints it.
func (i *importer) authorization(name string, text []byte, names map[string]jsontext.Kind) error {
	out := new(iam.GetAccountAuthorizationDetailsOutput)
	if err := decode(text, out); err != nil {
		return wrong(name, text, err)
	}
	claim := func(list string, n int, arn *string) error {
		parts := strings.SplitN(aws.ToString(arn), ":", 6)
		pointer := fmt.Sprintf("/%s/%d", list, n)
		if len(parts) != 6 || parts[2] != "iam" {
			return misplaced(name, text, pointer, "there is no ARN of IAM in it")
		}
		if list == "Policies" && parts[4] == "aws" {
			return nil // of every account
		}
		if err := i.of(parts[1], parts[4]); err != nil {
			return misplaced(name, text, pointer, "%v", err)
		}
		return nil
	}
	for n, u := range out.UserDetailList {
		if err := claim("UserDetailList", n, u.Arn); err != nil {
			return err
		}
	}
	for n, g := range out.GroupDetailList {
		if err := claim("GroupDetailList", n, g.Arn); err != nil {
			return err
		}
	}
	for n, r := range out.RoleDetailList {
		if err := claim("RoleDetailList", n, r.Arn); err != nil {
			return err
		}
	}
	for n, p := range out.Policies {
		if err := claim("Policies", n, p.Arn); err != nil {
			return err
		}
	}
	_, cut := member(names, "NextToken")
	for _, list := range [...]string{"UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"} {
		if _, ok := member(names, list); !ok {
			cut = true // --query took a part of it
		}
	}
	if cut {
		continued(out, 1)
	}
	return i.keep(name, place{operation: sdk("IAM", "GetAccountAuthorizationDetails")}, out, nil)
}

// filtered looks whether the authorization details refer to what they do not
// hold: with --filter they are those of a part of the account.
func (i *importer) filtered(w *world) {
	at := place{operation: sdk("IAM", "GetAccountAuthorizationDetails")}
	if w.pages[at] == nil || w.missing[at] != "" {
		return
	}
	groups, policies := map[string]bool{}, map[string]bool{}
	for _, page := range w.pages[at] {
		out := page.(*iam.GetAccountAuthorizationDetailsOutput)
		for _, g := range out.GroupDetailList {
			groups[aws.ToString(g.GroupName)] = true
		}
		for _, p := range out.Policies {
			policies[aws.ToString(p.Arn)] = true
		}
	}
	lacking := ""
	attached := func(list []types.AttachedPolicy) {
		for _, p := range list {
			if arn := aws.ToString(p.PolicyArn); !policies[arn] {
				lacking = arn
			}
		}
	}
	for _, page := range w.pages[at] {
		out := page.(*iam.GetAccountAuthorizationDetailsOutput)
		for _, u := range out.UserDetailList {
			attached(u.AttachedManagedPolicies)
			for _, group := range u.GroupList {
				if !groups[group] {
					lacking = "group " + group
				}
			}
		}
		for _, g := range out.GroupDetailList {
			attached(g.AttachedManagedPolicies)
		}
		for _, r := range out.RoleDetailList {
			attached(r.AttachedManagedPolicies)
		}
	}
	if lacking != "" {
		w.missing[at] = "the authorization details are not those of the whole account: " + lacking + " is in use and not among them"
		pages := w.pages[at]
		continued(pages[len(pages)-1], len(pages))
	}
}
