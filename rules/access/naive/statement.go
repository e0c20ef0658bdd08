package naive

import (
	"slices"
	"strconv"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/policy"
)

// statement makes a statement without a principal.
func (g *generator) statement() policy.Statement {
	s := policy.Statement{Effect: policy.Allow}
	if g.chance(22) {
		s.Effect = policy.Deny
	}
	actions := g.several(func() string {
		if g.chance(50) {
			return g.c.Action
		}
		if g.chance(30) {
			return "*"
		}
		return g.pick(patterns)
	})
	if g.chance(8) {
		s.NotAction = actions
	} else {
		s.Action = actions
	}
	list := g.several(func() string {
		if g.chance(45) {
			return "*"
		}
		if g.chance(40) {
			return g.c.Resource
		}
		return g.pick(resources)
	})
	switch {
	case g.chance(8):
		s.NotResource = list
	case !g.chance(2):
		s.Resource = list
	}
	if g.chance(35) {
		s.Conditions = append(s.Conditions, g.condition())
		if g.chance(30) {
			second := g.condition()
			if second.Operator != s.Conditions[0].Operator || second.Key != s.Conditions[0].Key {
				s.Conditions = append(s.Conditions, second)
			}
		}
	}
	return s
}

// several makes one value or a few.
func (g *generator) several(one func() string) []string {
	list := []string{one()}
	for g.chance(25) {
		list = append(list, one())
	}
	return list
}

func everyone() *policy.Principals {
	return &policy.Principals{List: []policy.Principal{{Kind: policy.KindAWS, Value: "*"}}}
}

// everybody makes a statement of a resource control policy (O4).
func (g *generator) everybody() policy.Statement {
	s := g.statement()
	s.Principal = everyone()
	return s
}

// named makes a statement of a key or bucket policy.
func (g *generator) named() policy.Statement {
	s := g.statement()
	if g.c.Resource == key && g.chance(60) {
		s.Resource, s.NotResource = []string{"*"}, nil
	}
	list := &policy.Principals{}
	for range 1 + g.IntN(2) {
		list.List = append(list.List, g.principal())
	}
	switch {
	case g.chance(2):
	case g.chance(7):
		list.List = slices.DeleteFunc(list.List, func(p policy.Principal) bool { return p.Value == "*" })
		list.List = append(list.List, policy.Principal{Kind: policy.KindAWS, Value: g.pick([]string{
			account(g.c.Principal), g.c.Principal, g.role(),
		})})
		if g.c.kind() == aService {
			list.List[len(list.List)-1] = g.principal()
		}
		s.NotPrincipal = list
	default:
		s.Principal = list
	}
	return s
}

// role is the role of a session, else the caller.
func (g *generator) role() string {
	if g.c.kind() == aSession {
		return "arn:aws:iam::" + account(g.c.Principal) + ":role/" + g.pick([]string{"app", "team/app"})
	}
	return g.c.Principal
}

func (g *generator) principal() policy.Principal {
	p := policy.Principal{Kind: policy.KindAWS}
	service := g.c.kind() == aService
	switch n := g.IntN(20); {
	case n < 3:
		p.Value = "*"
	case n < 9 && service:
		p.Kind, p.Value = policy.KindService, g.c.Principal
	case n < 9:
		p.Value = g.c.Principal
	case n < 12 && !service:
		p.Value = rootOf(g.c.Principal)
	case n < 14 && !service:
		p.Value = g.role()
	case n == 15:
		p.Kind, p.Value = policy.KindService, "logs.us-east-1.amazonaws.com"
	case n == 16:
		p.Kind, p.Value = policy.KindFederated, g.pick([]string{"cognito-identity.amazonaws.com", "*"})
	default:
		p.Value = g.pick(strangers)
	}
	return p
}

// condition makes a test on one of the topics of the case.
func (g *generator) condition() policy.Condition {
	t := g.about[g.IntN(len(g.about))]
	c := policy.Condition{Key: g.spelled(t.key), Operator: g.pick(t.operators)}
	c.Values = g.several(func() string {
		if g.chance(40) {
			return g.pick(t.values)
		}
		return g.pick(t.asked)
	})
	if g.chance(1) {
		c.Values = []string{}
	}
	switch {
	case g.chance(15):
		c.Operator, c.Values = "Null", []string{g.pick([]string{"true", "false"})}
		return c
	case g.chance(2):
		c.Operator = "StringMatches"
		return c
	case multivalued(t.key) && g.chance(85), g.chance(6):
		c.Operator = g.pick([]string{"ForAllValues:", "ForAnyValue:"}) + c.Operator
	}
	if g.chance(20) {
		c.Operator += "IfExists"
	}
	if g.chance(3) {
		c.Operator = strings.ToUpper(c.Operator)
	}
	return c
}

func (g *generator) grant(n int) *Grant {
	made := &Grant{GrantID: "g" + strconv.Itoa(n), IssuingAccount: "arn:aws:iam::" + g.pick([]string{home, home, away}) + ":root"}
	switch {
	case g.c.kind() == aService && g.chance(50):
		made.GranteeService = g.c.Principal
	case g.chance(8):
		made.GranteePrincipal = "ebs.amazonaws.com"
	case g.chance(55):
		made.GranteePrincipal = g.role()
	default:
		made.GranteePrincipal = g.pick(append(slices.Clone(callers), strangers...))
	}
	if g.chance(15) {
		made.KeyID = g.pick([]string{key, other, resourcePart(key)[len("key/"):]})
	}
	if g.chance(10) {
		made.RetiringService = g.pick([]string{"logs.us-east-1.amazonaws.com", "rds.amazonaws.com"})
	}
	if g.chance(30) {
		made.Retiring = g.pick([]string{g.role(), g.c.Principal, callers[0], "arn:aws:iam::" + home + ":root"})
	}
	for range 1 + g.IntN(3) {
		op := g.pick([]string{"Decrypt", "Encrypt", "GenerateDataKey", "DescribeKey", "CreateGrant", "RetireGrant", "Sign", "GetPublicKey"})
		if !slices.Contains(made.Operations, op) {
			made.Operations = append(made.Operations, op)
		}
	}
	pairs := map[string]string{g.pick([]string{"dept", "Dept", "aws:s3:arn"}): g.pick([]string{"it", "IT", "hr", object})}
	switch {
	case g.chance(15):
		made.Constraints.EncryptionContextSubset = pairs
	case g.chance(20):
		made.Constraints.EncryptionContextEquals = pairs
		if g.chance(30) {
			pairs["aws:s3:arn"] = bucket
		}
	case g.chance(8):
		made.Constraints.SourceArn = g.pick([]string{bucket, "arn:aws:s3:::app*"})
	}
	return made
}
