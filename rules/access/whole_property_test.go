package access

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// The people and keys of drawn accounts.
var (
	drawnRoles = []string{"r0", "r1", "r2", "r3", "r4", "r5"}
	drawnKeys  = []string{"aa01", "aa02", "ab03", "b004"}
)

func drawnKey(id string) string { return "arn:aws:kms:us-east-1:" + thisAccount + ":key/" + id }

func drawCondition(t *rapid.T) string {
	return pick(t, "condition", "", "", "", "",
		`"StringEquals":{"aws:PrincipalTag/Team":"red"}`, `"StringNotEquals":{"aws:PrincipalTag/Team":"red"}`,
		`"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/r1"}`, `"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/r*"}`,
		`"StringEquals":{"aws:ResourceTag/Team":"red"}`, `"StringEquals":{"aws:ResourceTag/Team":"${aws:PrincipalTag/Team}"}`,
		`"ForAnyValue:StringLike":{"kms:ResourceAliases":"alias/a*"}`, `"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com"}`,
		`"StringEquals":{"kms:CallerAccount":"111122223333"}`, `"StringEquals":{"aws:PrincipalAccount":"444455556666"}`)
}

func drawIdentity(t *rapid.T) string {
	element, value := "Resource", pick(t, "resource", "*", "*", "arn:aws:kms:*:111122223333:key/*", "arn:aws:kms:us-east-1:111122223333:key/a*",
		"arn:aws:kms:*:*:key/aa0?", drawnKey("aa01"), drawnKey("b004"), drawnKey("zzzz"), "arn:aws:kms:*:*:alias/*", "arn:aws:kms:*:*:key/${aws:PrincipalTag/Key}", "arn:aws:s3:::*")
	if rapid.IntRange(0, 5).Draw(t, "not resource") == 0 {
		element = "NotResource"
	}
	action := pick(t, "action", "kms:Decrypt", "kms:*", "*", "kms:D*", "kms:Encrypt", "s3:*")
	return drawnStatement(t, `"Action":"`+action+`","`+element+`":["`+value+`"`+rapid.SampledFrom([]string{"", `,"` + drawnKey("aa02") + `"`}).Draw(t, "more")+`]`)
}

func drawnStatement(t *rapid.T, body string) string {
	effect := pick(t, "effect", "Allow", "Allow", "Allow", "Deny")
	text := `{"Effect":"` + effect + `",` + body
	if condition := drawCondition(t); condition != "" {
		text += `,"Condition":{` + condition + `}`
	}
	return text + "}"
}

func drawKeyStatement(t *rapid.T) string {
	element, who := "Principal", pick(t, "principal", `"*"`, `{"AWS":"arn:aws:iam::111122223333:root"}`, `{"AWS":"arn:aws:iam::111122223333:root"}`,
		`{"AWS":["arn:aws:iam::111122223333:role/r1","arn:aws:iam::111122223333:user/u0"]}`, `{"AWS":"arn:aws:iam::444455556666:root"}`,
		`{"AWS":"444455556666"}`, `{"AWS":"arn:aws:iam::444455556666:role/o0"}`, `{"Service":"logs.amazonaws.com"}`,
		`{"AWS":"arn:aws:sts::111122223333:assumed-role/r2/s"}`, `{"AWS":"AROA00000000000000R3"}`)
	text := drawnStatement(t, `"PRINCIPAL":`+who+`,"Action":"`+pick(t, "key action", "kms:Decrypt", "kms:*", "kms:Encrypt")+
		`","Resource":"`+pick(t, "key resource", "*", "*", "*", drawnKey("aa01"))+`"`)
	if strings.Contains(text, `"Deny"`) && rapid.Bool().Draw(t, "not principal") {
		element = "NotPrincipal"
	}
	return strings.Replace(text, "PRINCIPAL", element, 1)
}

func drawList(t *rapid.T, label string, least, most int, draw func(*rapid.T) string) []string {
	return rapid.SliceOfN(rapid.Custom(draw), least, most).Draw(t, label)
}

var denied = snapshot.Reading[snapshot.Document]{State: snapshot.Denied, Operation: "x", Code: "AccessDenied"}

func drawInline(t *rapid.T) snapshot.Reading[[]snapshot.NamedPolicy] {
	var list []snapshot.NamedPolicy
	for i := range rapid.IntRange(0, 2).Draw(t, "policies") {
		p := snapshot.NamedPolicy{Name: fmt.Sprint("p", i), Document: document(statements(drawList(t, "statements", 1, 3, drawIdentity)...))}
		if rapid.IntRange(0, 15).Draw(t, "unread") == 0 {
			p.Document = denied
		}
		list = append(list, p)
	}
	return snapshot.Of(list)
}

func drawTags(t *rapid.T) snapshot.Reading[map[string]string] {
	switch rapid.IntRange(0, 4).Draw(t, "tags") {
	case 0:
		return snapshot.Of(map[string]string{"Team": "red", "Key": "aa01"})
	case 1:
		return snapshot.Of(map[string]string{"Team": "blue"})
	case 2:
		return snapshot.Reading[map[string]string]{State: snapshot.Denied, Operation: "x"}
	}
	return snapshot.Of(map[string]string{})
}

// drawAccount draws an account of a few people and keys.
func drawAccount(t *rapid.T) *snapshot.Snapshot {
	s := account(statements(delegation))
	s.Regions = []string{"us-east-1"}
	limit := "arn:aws:iam::" + thisAccount + ":policy/limit"
	s.ManagedPolicies = []snapshot.ManagedPolicy{{ARN: limit, Name: "limit", Document: document(statements(drawList(t, "limit", 1, 2, drawIdentity)...))}}
	boundary := func() snapshot.Reading[snapshot.PolicyRef] {
		switch rapid.IntRange(0, 9).Draw(t, "boundary") {
		case 0, 1:
			return snapshot.Of(snapshot.PolicyRef{ARN: limit, Name: "limit"})
		case 2:
			return snapshot.Reading[snapshot.PolicyRef]{State: snapshot.Denied, Operation: "x"}
		}
		return snapshot.None[snapshot.PolicyRef]("x", "x")
	}
	s.Roles = nil
	for _, name := range drawnRoles {
		r := role(name, "")
		r.ID = "AROA00000000000000" + strings.ToUpper(name)
		r.InlinePolicies, r.Tags, r.Boundary = drawInline(t), drawTags(t), boundary()
		if rapid.IntRange(0, 3).Draw(t, "attached") == 0 {
			r.AttachedPolicies = snapshot.Of([]snapshot.PolicyRef{{ARN: limit, Name: "limit"}})
		}
		s.Roles = append(s.Roles, r)
	}
	for _, name := range []string{"u0", "u1"} {
		s.Users = append(s.Users, snapshot.User{
			ARN: "arn:aws:iam::" + thisAccount + ":user/" + name, Name: name, ID: "AIDA00000000000000" + strings.ToUpper(name), Groups: snapshot.Of([]string{}),
			InlinePolicies: drawInline(t), AttachedPolicies: snapshot.Of([]snapshot.PolicyRef{}), Boundary: boundary(), Tags: drawTags(t),
		})
	}
	s.Aliases = []snapshot.Alias{{ARN: "arn:aws:kms:us-east-1:111122223333:alias/a1", Name: "alias/a1", Region: "us-east-1", TargetKey: "aa01"}}
	template := s.Keys[0]
	s.Keys = nil
	for _, id := range drawnKeys {
		k := template
		k.ARN, k.ID, k.Tags = drawnKey(id), id, drawTags(t)
		k.Policy = document(statements(drawList(t, "key policy", 1, 3, drawKeyStatement)...))
		if rapid.IntRange(0, 9).Draw(t, "unread key") == 0 {
			k.Policy = denied
		}
		var grants []snapshot.Grant
		for i := range rapid.IntRange(0, 2).Draw(t, "grants") {
			g := snapshot.Grant{ID: fmt.Sprint("g", i), Operations: []string{pick(t, "operation", "Decrypt", "Encrypt", "CreateGrant")}, IssuingAccount: thisAccount}
			g.Grantee = pick(t, "grantee", roleARN+"r4", roleARN+"r5", userARN+"u1", "arn:aws:iam::111122223333:root", "rds.amazonaws.com",
				"arn:aws:iam::444455556666:role/o1", "arn:aws:sts::111122223333:assumed-role/r2/s")
			if rapid.IntRange(0, 2).Draw(t, "constraint") == 0 {
				g.EncryptionContextSubset = map[string]string{"a": "b"}
			}
			grants = append(grants, g)
		}
		if k.Grants = snapshot.Of(grants); rapid.IntRange(0, 9).Draw(t, "unread grants") == 0 {
			k.Grants = snapshot.Reading[[]snapshot.Grant]{State: snapshot.Denied, Operation: "kms:ListGrants"}
		}
		s.Keys = append(s.Keys, k)
	}
	if rapid.Bool().Draw(t, "organization") {
		scp := drawList(t, "scp", 0, 1, drawIdentity)
		named := func(text ...string) snapshot.Reading[[]snapshot.NamedPolicy] {
			return snapshot.Of([]snapshot.NamedPolicy{{Name: "n", Document: document(statements(text...))}})
		}
		level := snapshot.OrganizationLevel{ID: "r-1", Type: "root", ServiceControlPolicies: named(append(scp, allow("*", "*"))...), ResourceControlPolicies: snapshot.Of([]snapshot.NamedPolicy{})}
		if rapid.Bool().Draw(t, "rcp") {
			level.ResourceControlPolicies = named(strings.Replace(drawnStatement(t, `"Principal":"*","Action":"kms:*","Resource":"*"`), "Allow", "Deny", 1))
		}
		s.Organization = snapshot.Of(snapshot.Organization{ID: "o-1", ManagementAccount: "999900001111", Chain: snapshot.Of([]snapshot.OrganizationLevel{level})})
	}
	return s
}

// drawOther is the account 444455556666.
func drawOther(t *rapid.T) *snapshot.Snapshot {
	s := &snapshot.Snapshot{
		Schema: snapshot.Schema, Account: snapshot.Account{ID: otherAccount, Partition: "aws"}, Organization: snapshot.None[snapshot.Organization]("x", "x"),
		Coverage: []snapshot.Coverage{{Service: "iam", Operation: authorizationDetails, State: snapshot.OK}},
	}
	for _, name := range []string{"o0", "o1"} {
		r := role(name, "")
		r.ARN, r.InlinePolicies, r.Tags = "arn:aws:iam::"+otherAccount+":role/"+name, drawInline(t), drawTags(t)
		s.Roles = append(s.Roles, r)
	}
	return s
}

// The questions over a whole account agree with one another and with Decide.
func TestWholeAccountAgrees(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := New(drawAccount(t))
		if rapid.Bool().Draw(t, "two accounts") {
			a = a.Beside(New(drawOther(t)))
		}
		stance := rapid.SampledFrom([]Stance{MustNotBeAble, MustBeAble}).Draw(t, "stance")
		actions := []string{"kms:Decrypt", "kms:CreateGrant", "kms:RetireGrant"}
		held := map[string]Held{}
		for _, one := range a.everybody() {
			keys, _ := a.WhatCan(one.ARN, actions, stance)
			for _, h := range keys {
				held[one.ARN+" "+h.Key] = h
			}
		}
		census := map[string]*Census{}
		for _, action := range actions {
			census[action] = a.Census(action, stance)
		}
		if rapid.Bool().Draw(t, "one sorting for all actions") {
			for i, c := range a.censuses(actions, stance, nil, classesOnly(t, a)) {
				census[actions[i]] = c
			}
		}
		for i := range a.s.Keys {
			k := &a.s.Keys[i]
			holders, _ := a.WhoCan(k.ARN, actions, stance)
			by := map[string]Holder{}
			for _, h := range holders {
				by[h.Principal.ARN] = h
				if other, ok := held[h.Principal.ARN+" "+k.ARN]; !ok || fmt.Sprint(other.By, other.Paths) != fmt.Sprint(h.By, h.Paths) {
					t.Fatalf("%s on %s: who-can says %v, what-can %v", h.Principal.ARN, k.ARN, h.By, other.By)
				}
				delete(held, h.Principal.ARN+" "+k.ARN)
			}
			for _, one := range a.everybody() {
				for _, action := range actions {
					want := ImplicitlyDenied
					if d, ok := by[one.ARN].By[action]; ok {
						want = d.Verdict
					}
					if got := census[action].Of(one.ARN, k.ARN); got != want {
						t.Fatalf("%s, %s on %s: the census has %v, who-can says %v", one.ARN, action, k.ARN, got, want)
					}
					doors := a.keys[k.ARN].doors(a.id)
					if (doors.everybody || doors.accounts[one.Account]) && want == ImplicitlyDenied && slices.Contains([]string{"foreign", "service", "federated"}, one.Kind) {
						continue // told as everybody, or as its account
					}
					decided(t, a, one, action, k, stance, want)
				}
			}
			for _, action := range actions {
				tally := Tally{}
				for _, v := range census[action].Holders(k.ARN) {
					switch v {
					case Allowed:
						tally.Allowed++
					case Depends:
						tally.Depends++
					default:
						tally.Unknown++
					}
				}
				if got := census[action].Count(k.ARN); got != tally {
					t.Fatalf("%s on %s: counted %v, told %v", action, k.ARN, got, tally)
				}
			}
		}
		for pair, h := range held {
			t.Fatalf("%s: what-can says %v, who-can nothing", pair, h.By)
		}
	})
}

// What is decided for all classes of keys that look the same to a class of people is
// what is decided for each of them, and so it is with actions that nothing tells apart.
func TestViewsAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		drawn := drawAccount(t)
		for i := range drawn.Keys {
			if i > 0 && rapid.IntRange(0, 2).Draw(t, "like the key before") > 0 {
				drawn.Keys[i].Policy, drawn.Keys[i].Grants = drawn.Keys[i-1].Policy, drawn.Keys[i-1].Grants
			}
		}
		a := New(drawn)
		stance := rapid.SampledFrom([]Stance{MustNotBeAble, MustBeAble}).Draw(t, "stance")
		actions := []string{"kms:Decrypt", "kms:CreateGrant", "kms:GenerateDataKey", "kms:Encrypt", "kms:DisableKey", "kms:ReEncryptTo"}
		for _, c := range a.censuses(actions, stance, nil, classesOnly(t, a)) {
			alone := a.Census(c.action, stance)
			for _, k := range c.keys {
				for _, one := range c.people {
					if got, want := c.Of(one.ARN, k.at.ARN), alone.Of(one.ARN, k.at.ARN); got != want {
						t.Fatalf("%s: %s on %s: among other actions %v, by itself %v", c.action, one.ARN, k.at.ARN, got, want)
					}
				}
			}
			for i, k := range c.patterns {
				for j, one := range c.models {
					if want := c.grade(one, k); c.dense[i][j] != want {
						t.Fatalf("%s: %s on %s: the view has %v, decided %v", c.action, c.people[c.members[j][0]].ARN, k.at.ARN, c.dense[i][j].verdict(), want.verdict())
					}
				}
			}
		}
	})
}

// classesOnly makes patterns sort keys that would make pairs in so small an account, or
// leaves them (nil).
func classesOnly(t *rapid.T, a *Account) *Census {
	if rapid.Bool().Draw(t, "patterns make pairs") {
		return nil
	}
	c := &Census{account: a, spread: -1}
	c.list(slices.Sorted(maps.Keys(a.keys)))
	return c
}

// decided holds who-can to Decide, but for what it tells otherwise: keys and
// grants that were not read.
func decided(t *rapid.T, a *Account, one *actor, action string, k *snapshot.Key, stance Stance, want Verdict) {
	if k.Policy.State != snapshot.OK || k.Grants.State != snapshot.OK || one.missing != nil {
		return
	}
	grants, _ := k.Grants.Get()
	for _, g := range grants {
		if isService(g.Grantee) {
			return // G5
		}
	}
	got := a.Decide(Question{Principal: one.ARN, Action: action, Resource: k.ARN, Stance: stance}).Verdict
	if got.Denied() {
		got = ImplicitlyDenied
	}
	if got != want {
		t.Fatalf("%s, %s on %s: decided %v, who-can says %v", one.ARN, action, k.ARN, got, want)
	}
}
