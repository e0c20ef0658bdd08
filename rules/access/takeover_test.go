package access

import (
	"slices"
	"strings"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// cast is a small account: a key, and people who are told by their statements.
type cast struct {
	key     []string            // statements of the key policy
	roles   map[string][]string // statements of the identity policy
	trust   map[string]string   // statement of the trust policy
	users   map[string][]string
	groups  map[string][]string // statements
	in      map[string]string   // user → group
	managed map[string][]string // statements
	has     map[string]string   // user or role → managed policy
	bound   map[string]string   // user or role → managed policy as its boundary
	grants  []snapshot.Grant
	tags    map[string]string // of the key
	scp     string
}

func (c *cast) snapshot() *snapshot.Snapshot {
	s := account(statements(c.key...), c.grants...)
	s.Regions = []string{"us-east-1"}
	if c.tags != nil {
		s.Keys[0].Tags = snapshot.Of(c.tags)
	}
	if c.scp != "" {
		s.Organization = snapshot.Of(snapshot.Organization{ID: "o-1", ManagementAccount: otherAccount, Chain: snapshot.Of([]snapshot.OrganizationLevel{{
			ID: "r-1", Type: "root", ResourceControlPolicies: snapshot.Of([]snapshot.NamedPolicy{}),
			ServiceControlPolicies: snapshot.Of([]snapshot.NamedPolicy{{Name: "scp", Document: document(statements(allow("*", "*"), c.scp))}}),
		}})})
	}
	const policyARN = "arn:aws:iam::" + thisAccount + ":policy/"
	attached := func(name string) snapshot.Reading[[]snapshot.PolicyRef] {
		if c.has[name] == "" {
			return snapshot.Of([]snapshot.PolicyRef{})
		}
		return snapshot.Of([]snapshot.PolicyRef{{ARN: policyARN + c.has[name], Name: c.has[name]}})
	}
	boundary := func(name string) snapshot.Reading[snapshot.PolicyRef] {
		if c.bound[name] == "" {
			return snapshot.None[snapshot.PolicyRef]("x", "x")
		}
		return snapshot.Of(snapshot.PolicyRef{ARN: policyARN + c.bound[name], Name: c.bound[name]})
	}
	inline := func(list []string) snapshot.Reading[[]snapshot.NamedPolicy] {
		if len(list) == 0 {
			return snapshot.Of([]snapshot.NamedPolicy{})
		}
		return snapshot.Of([]snapshot.NamedPolicy{{Name: "p", Document: document(statements(list...))}})
	}
	for name, list := range c.managed {
		s.ManagedPolicies = append(s.ManagedPolicies, snapshot.ManagedPolicy{ARN: policyARN + name, Name: name, Document: document(statements(list...))})
	}
	s.Roles = nil
	for name, list := range c.roles {
		r := role(name, "")
		r.InlinePolicies, r.AttachedPolicies, r.Boundary = inline(list), attached(name), boundary(name)
		if trust := c.trust[name]; trust != "" {
			r.TrustPolicy = document(statements(trust))
		}
		s.Roles = append(s.Roles, r)
	}
	for name, list := range c.groups {
		s.Groups = append(s.Groups, snapshot.Group{
			ARN: "arn:aws:iam::" + thisAccount + ":group/" + name, Name: name, InlinePolicies: inline(list), AttachedPolicies: snapshot.Of([]snapshot.PolicyRef{}),
		})
	}
	for name, list := range c.users {
		groups := []string{}
		if c.in[name] != "" {
			groups = append(groups, c.in[name])
		}
		s.Users = append(s.Users, snapshot.User{
			ARN: "arn:aws:iam::" + thisAccount + ":user/" + name, Name: name, Groups: snapshot.Of(groups),
			InlinePolicies: inline(list), AttachedPolicies: attached(name), Boundary: boundary(name), Tags: snapshot.Of(map[string]string{}),
		})
	}
	return s
}

func allow(action, resource string, conditions ...string) string {
	return written("Allow", action, resource, conditions...)
}

func deny(action string) string { return written("Deny", action, "*") }

func written(effect, action, resource string, conditions ...string) string {
	text := `{"Effect":"` + effect + `","Action":["` + strings.ReplaceAll(action, " ", `","`) + `"],"Resource":"` + resource + `"`
	if len(conditions) > 0 {
		text += `,"Condition":{` + strings.Join(conditions, ",") + `}`
	}
	return text + "}"
}

// trusting is a trust policy's statement; who is JSON.
func trusting(who string, conditions ...string) string {
	text := `{"Effect":"Allow","Principal":` + who + `,"Action":["sts:AssumeRole","sts:AssumeRoleWithSAML"]`
	if len(conditions) > 0 {
		text += `,"Condition":{` + strings.Join(conditions, ",") + `}`
	}
	return text + "}"
}

const (
	theAccount = `{"AWS":"arn:aws:iam::111122223333:root"}`
	roleARN    = "arn:aws:iam::111122223333:role/"
	userARN    = "arn:aws:iam::111122223333:user/"
)

// keyUser names the role app in the key policy.
const keyUser = `{"Sid":"User","Effect":"Allow","Principal":{"AWS":"` + roleARN + `app"},"Action":"kms:Decrypt","Resource":"*"}`

// tellTakeovers writes takeovers on a line each.
func tellTakeovers(list []Takeover) []string {
	short := func(arn string) string {
		arn = strings.TrimPrefix(arn, "arn:aws:iam::"+thisAccount+":")
		return strings.TrimPrefix(arn, "arn:aws:iam::")
	}
	var lines []string
	for _, t := range list {
		line := short(t.Principal.ARN) + " " + t.Verdict.String()
		for _, s := range t.Steps {
			line += ", " + string(s.Kind)
			if s.On != aKey {
				line += " " + short(s.On)
			}
		}
		lines = append(lines, line)
	}
	return lines
}

func TestTakeovers(t *testing.T) {
	use := allow("kms:Decrypt", "*")
	for _, c := range []struct {
		name string
		cast cast
		want []string
	}{
		{
			"nothing",
			cast{key: []string{delegation}, roles: map[string][]string{"app": {use}, "none": nil}},
			nil,
		},
		{
			"the key policy",
			cast{key: []string{delegation}, roles: map[string][]string{"a": {allow("kms:PutKeyPolicy", "*")}, "b": {allow("kms:PutKeyPolicy", "*"), deny("kms:Decrypt")}}},
			[]string{"role/a Allowed, key_policy"},
		},
		{
			"a grant",
			cast{key: []string{delegation}, roles: map[string][]string{
				"a": {allow("kms:CreateGrant", "*")},
				"b": {allow("kms:CreateGrant", "*", `"Bool":{"kms:GrantIsForAWSResource":"true"}`)},
				"c": {allow("kms:CreateGrant", "*", `"ForAllValues:StringEquals":{"kms:GrantOperations":["Encrypt","DescribeKey"]}`)},
				"d": {allow("kms:CreateGrant", "*", `"ForAllValues:StringEquals":{"kms:GrantOperations":["Decrypt"]}`)},
				"e": {allow("kms:CreateGrant", "*", `"StringEquals":{"kms:GranteePrincipal":"`+roleARN+`other"}`)},
				"f": {allow("kms:CreateGrant", "*", `"StringEquals":{"kms:ViaService":"ec2.us-east-1.amazonaws.com"}`)},
				"g": {allow("kms:CreateGrant", "*", `"Bool":{"aws:MultiFactorAuthPresent":"true"}`)},
			}},
			[]string{"role/a Allowed, grant", "role/d Allowed, grant", "role/g Depends, grant"},
		},
		{
			"a grant whose operations the condition leaves open",
			cast{key: []string{delegation}, roles: map[string][]string{"a": {allow("kms:CreateGrant", "*", `"Null":{"kms:GrantOperations":"false"}`)}}},
			[]string{"role/a Allowed, grant"},
		},
		{
			"roles in a chain",
			cast{
				key:   []string{keyUser},
				roles: map[string][]string{"app": nil, "b": {allow("sts:AssumeRole", "*")}, "c": {allow("sts:AssumeRole", roleARN+"b")}, "d": {allow("sts:AssumeRole", roleARN+"d")}},
				trust: map[string]string{"app": trusting(theAccount), "b": trusting(theAccount), "c": trusting(theAccount)},
				users: map[string][]string{"ann": {allow("sts:AssumeRole", roleARN+"c")}, "bob": {allow("sts:*", "*"), deny("sts:AssumeRole")}},
			},
			[]string{
				"role/b Allowed, assume_role role/app", "role/c Allowed, assume_role role/b, assume_role role/app",
				"user/ann Allowed, assume_role role/c, assume_role role/b, assume_role role/app",
			},
		},
		{
			"roles in a circle",
			cast{
				key:   []string{keyUser},
				roles: map[string][]string{"app": nil, "b": {allow("sts:AssumeRole", "*")}, "c": {allow("sts:AssumeRole", "*")}},
				trust: map[string]string{"b": trusting(theAccount), "c": trusting(theAccount)},
			},
			nil,
		},
		{
			"named by the trust policy",
			cast{
				key:   []string{keyUser},
				roles: map[string][]string{"app": nil, "b": nil, "c": nil},
				trust: map[string]string{"app": trusting(`{"AWS":["` + roleARN + `b","arn:aws:iam::444455556666:root"],"Federated":"arn:aws:iam::111122223333:saml-provider/sso"}`)},
			},
			[]string{"role/b Allowed, assume_role role/app", "saml-provider/sso Allowed, assume_role role/app", "444455556666:root Allowed, assume_role role/app"},
		},
		{
			"conditions of the trust policy",
			cast{
				key:   []string{keyUser},
				roles: map[string][]string{"app": nil, "b": nil},
				trust: map[string]string{"app": trusting(`{"AWS":"`+roleARN+`b"}`, `"StringEquals":{"sts:ExternalId":"x"}`)},
			},
			[]string{"role/b Depends, assume_role role/app"},
		},
		{
			"the root user assumes no role",
			cast{key: []string{keyUser}, roles: map[string][]string{"app": nil}, trust: map[string]string{"app": trusting(theAccount)}},
			nil,
		},
		{
			"the trust policy",
			cast{
				key:   []string{keyUser},
				roles: map[string][]string{"app": nil, "b": {allow("iam:UpdateAssumeRolePolicy", "*")}, "c": {allow("iam:UpdateAssumeRolePolicy", roleARN+"other")}, "d": {allow("iam:UpdateAssumeRolePolicy", "*"), deny("sts:AssumeRole")}},
			},
			[]string{"role/b Allowed, trust_policy role/app"},
		},
		{
			"its own policies",
			cast{
				key: []string{delegation},
				roles: map[string][]string{
					"a": {allow("iam:PutRolePolicy", roleARN+"a")}, "b": {allow("iam:AttachRolePolicy", "*", `"ArnEquals":{"iam:PolicyARN":"arn:aws:iam::aws:policy/ReadOnlyAccess"}`)},
					"c": {allow("iam:PutRolePolicy", "*"), deny("kms:*")}, "bounded": {allow("iam:PutRolePolicy", roleARN+"bounded")},
				},
				users:   map[string][]string{"ann": {allow("iam:PutUserPolicy", userARN+"${aws:username}")}, "bob": {allow("iam:AttachUserPolicy", userARN+"carl")}, "carl": nil},
				managed: map[string][]string{"limit": {allow("iam:* s3:*", "*")}}, bound: map[string]string{"bounded": "limit"},
			},
			[]string{
				"role/a Allowed, identity_policy role/a", "role/b Depends, identity_policy role/b",
				// These may change others by then, who are not held back.
				"role/bounded Allowed, identity_policy role/bounded, identity_policy role/a, trust_policy role/a",
				"role/c Allowed, identity_policy role/c, identity_policy role/a, trust_policy role/a",
				"user/ann Allowed, identity_policy user/ann",
			},
		},
		{
			"its own policies within a boundary",
			cast{
				key: []string{delegation}, roles: map[string][]string{"a": {allow("iam:PutRolePolicy", "*")}, "b": {use}},
				managed: map[string][]string{"limit": {allow("iam:PutRolePolicy s3:*", "*")}}, bound: map[string]string{"a": "limit"},
			},
			nil,
		},
		{
			"the policies of a role that it can assume",
			cast{
				key:   []string{delegation},
				roles: map[string][]string{"app": nil},
				trust: map[string]string{"app": trusting(theAccount)},
				users: map[string][]string{"ann": {allow("iam:PutRolePolicy sts:AssumeRole", "*")}, "bob": {allow("iam:PutRolePolicy", "*")}},
			},
			[]string{"user/ann Allowed, identity_policy role/app, assume_role role/app"},
		},
		{
			"a managed policy",
			cast{
				key: []string{delegation}, roles: map[string][]string{"a": nil, "b": nil},
				managed: map[string][]string{"mine": {allow("iam:CreatePolicyVersion", "arn:aws:iam::111122223333:policy/mine")}}, has: map[string]string{"a": "mine"},
			},
			[]string{"role/a Allowed, policy_version policy/mine"},
		},
		{
			"groups",
			cast{
				key:    []string{delegation},
				users:  map[string][]string{"ann": {allow("iam:AddUserToGroup", "*")}, "bob": {allow("iam:PutGroupPolicy", "arn:aws:iam::111122223333:group/staff")}, "carl": {allow("iam:PutGroupPolicy", "*")}},
				groups: map[string][]string{"admins": {use}, "staff": nil}, in: map[string]string{"bob": "staff"},
			},
			[]string{"user/ann Allowed, join_group group/admins", "user/bob Allowed, group_policy group/staff"},
		},
		{
			"credentials of a user",
			cast{
				key:   []string{delegation},
				roles: map[string][]string{"a": {allow("iam:CreateAccessKey", userARN+"ann")}, "b": {allow("iam:UpdateLoginProfile", "*")}, "c": {allow("iam:CreateAccessKey", userARN+"bob")}},
				users: map[string][]string{"ann": {use}, "bob": nil},
			},
			[]string{"role/a Allowed, credentials user/ann", "role/b Allowed, credentials user/ann"},
		},
		{
			"a role passed to a service",
			cast{
				key: []string{keyUser},
				roles: map[string][]string{
					"app": nil,
					"a":   {allow("iam:PassRole lambda:*", "*")},
					"b":   {allow("iam:PassRole", roleARN+"app", `"StringEquals":{"iam:PassedToService":"lambda.amazonaws.com"}`), allow("lambda:CreateFunction lambda:InvokeFunction", "arn:aws:lambda:us-east-1:111122223333:function:dev-*")},
					"c":   {allow("iam:PassRole", "*"), allow("lambda:CreateFunction", "*")},
					"d":   {allow("iam:PassRole", "*", `"StringEquals":{"iam:PassedToService":"ec2.amazonaws.com"}`), allow("lambda:* ec2:*", "*")},
					"e":   {allow("iam:PassRole ec2:*", "*")},
				},
				trust: map[string]string{"app": trusting(`{"Service":"lambda.amazonaws.com"}`)},
			},
			[]string{"role/a Allowed, pass_role role/app", "role/b Allowed, pass_role role/app"},
		},
		{
			"the policies of another that lead on",
			cast{
				key:   []string{keyUser},
				roles: map[string][]string{"app": nil, "a": {allow("iam:PutRolePolicy", roleARN+"a")}},
			},
			[]string{"role/a Allowed, identity_policy role/a, trust_policy role/app"},
		},
		{
			"tags",
			cast{
				key: []string{delegation}, tags: map[string]string{"Team": "red"},
				roles: map[string][]string{
					"a": {allow("kms:TagResource", "*"), allow("kms:Decrypt", "*", `"StringEquals":{"aws:ResourceTag/Team":"blue"}`)},
					"b": {allow("kms:TagResource", "*")},
					"c": {allow("kms:Decrypt", "*", `"StringEquals":{"aws:ResourceTag/Team":"blue"}`)},
					"d": {allow("iam:TagRole", roleARN+"d"), allow("kms:Decrypt", "*", `"StringEquals":{"aws:PrincipalTag/Team":"red"}`)},
					"e": {allow("kms:CreateAlias", "*"), allow("kms:Decrypt", "*", `"ForAnyValue:StringEquals":{"kms:ResourceAliases":"alias/blue"}`)},
				},
			},
			[]string{"role/a Allowed, tag_key", "role/d Allowed, tag_itself role/d", "role/e Allowed, alias"},
		},
		{
			"what it can under a condition",
			cast{
				key: []string{delegation},
				roles: map[string][]string{
					"a": {allow("kms:Decrypt", "*", `"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com"}`), allow("kms:PutKeyPolicy", "*")},
					"b": {allow("kms:Decrypt", "*", `"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com"}`), allow("kms:PutKeyPolicy", "*", `"Bool":{"aws:MultiFactorAuthPresent":"true"}`)},
					"c": {allow("sts:AssumeRole", "*")},
				},
				trust: map[string]string{"b": trusting(theAccount)},
			},
			[]string{"role/a Allowed, key_policy", "role/c Depends, assume_role role/b"},
		},
		{
			"an SCP",
			cast{
				key: []string{delegation}, scp: `{"Effect":"Deny","Action":"iam:*","Resource":"*"}`,
				roles: map[string][]string{"a": {allow("iam:*", "*")}, "b": {allow("kms:PutKeyPolicy", "*")}},
			},
			[]string{"role/b Allowed, key_policy"},
		},
		{
			"the shortest way",
			cast{
				key:   []string{keyUser},
				roles: map[string][]string{"app": nil, "a": {allow("sts:AssumeRole iam:PutRolePolicy", "*")}, "b": nil},
				trust: map[string]string{"app": trusting(theAccount), "b": trusting(theAccount)},
			},
			[]string{"role/a Allowed, assume_role role/app"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			actions := []string{"kms:Decrypt"}
			a := New(c.cast.snapshot())
			holders, _ := a.WhoCan(aKey, actions, MustNotBeAble)
			list, unread := a.Takeovers(aKey, actions, holders)
			if got := tellTakeovers(list); !slices.Equal(got, c.want) || len(unread) > 0 {
				t.Errorf("got\n  %s\nwant\n  %s\nunread %v", strings.Join(got, "\n  "), strings.Join(c.want, "\n  "), unread)
			}
		})
	}
}
