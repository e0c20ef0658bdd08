package access

import (
	"slices"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/policy"
)

func TestExposure(t *testing.T) {
	const org = `"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}`
	with := func(condition string) string {
		return `{"Effect":"Allow","Principal":"*","Action":"kms:Decrypt","Resource":"*","Condition":{` + condition + `}}`
	}
	open := `{"Effect":"Allow","Principal":{"AWS":"*"},"Action":["kms:Decrypt","kms:Encrypt"],"Resource":"*"}`
	denyBut := func(actions, condition string) string {
		return `,{"Effect":"Deny","Principal":"*","Action":` + actions + `,"Resource":"*","Condition":{` + condition + `}}`
	}
	for _, c := range []struct {
		name, statements string
		anyone           bool
		restriction      string
		actions          int
	}{
		{"open", open, true, RestrictionNone, 2},
		{"the account", `{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"kms:*","Resource":"*"}`, false, RestrictionNone, 0},
		{"a list with a star", `{"Effect":"Allow","Principal":{"AWS":["111122223333","*"]},"Action":"kms:Decrypt","Resource":"*"}`, true, RestrictionNone, 1},
		{"NotPrincipal", `{"Effect":"Allow","NotPrincipal":{"AWS":"111122223333"},"Action":"kms:Decrypt","Resource":"*"}`, true, RestrictionNone, 1},
		{"organization", `{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*",` + org + `}`, true, RestrictionFixed, 0},
		{"key name in another case", with(`"StringEquals":{"AWS:principalorgid":"o-1"}`), true, RestrictionFixed, 0},
		{"ViaService alone", with(`"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com"}`), true, RestrictionWeak, 1},
		{"ViaService and CallerAccount", with(`"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com","kms:CallerAccount":"111122223333"}`), true, RestrictionFixed, 0},
		{"IfExists", with(`"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-1"}`), true, RestrictionWeak, 1},
		{"ForAllValues", with(`"ForAllValues:StringEquals":{"aws:PrincipalOrgID":"o-1"}`), true, RestrictionWeak, 1},
		{"negated", with(`"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}`), true, RestrictionWeak, 1},
		{"a wildcard", with(`"StringLike":{"aws:PrincipalOrgID":"*"}`), true, RestrictionWeak, 1},
		{"one wildcard among values", with(`"StringLike":{"aws:PrincipalAccount":["111122223333","4*"]}`), true, RestrictionWeak, 1},
		{"a variable", with(`"StringEquals":{"aws:PrincipalAccount":"${aws:ResourceAccount}"}`), true, RestrictionWeak, 1},
		{"an ARN pattern with its account", with(`"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/*"}`), true, RestrictionFixed, 0},
		{"an ARN pattern of any account", with(`"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/app"}`), true, RestrictionWeak, 1},
		{"an organization path", with(`"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-1/r-1/*"}`), true, RestrictionFixed, 0},
		{"networks", with(`"IpAddress":{"aws:SourceIp":["10.0.0.0/8","203.0.113.0/24"]}`), true, RestrictionFixed, 0},
		{"the whole internet", with(`"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}`), true, RestrictionWeak, 1},
		{"the halves of the internet", with(`"IpAddress":{"aws:SourceIp":["0.0.0.0/1","128.0.0.0/1"]}`), true, RestrictionWeak, 1},
		{"userid", with(`"StringLike":{"aws:userid":"AROAEXAMPLE:*"}`), true, RestrictionWeak, 1},
		{"resource account", with(`"StringEquals":{"aws:ResourceAccount":"111122223333"}`), true, RestrictionWeak, 1},
		{"TLS only", with(`"Bool":{"aws:SecureTransport":"true"}`), true, RestrictionNone, 1},
		{"a deny of everybody else", open + denyBut(`"kms:*"`, `"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}`), true, RestrictionFixed, 0},
		{"a deny of everybody else, for one action", open + denyBut(`"kms:Decrypt"`, `"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}`), true, RestrictionNone, 1},
		{"a deny that spares services", open + denyBut(`"kms:*"`, `"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"o-1"},"BoolIfExists":{"aws:PrincipalIsAWSService":"false"}`), true, RestrictionFixed, 0},
		{"a deny that spares whoever comes by a service", open + denyBut(`"kms:*"`, `"StringNotEquals":{"aws:PrincipalOrgID":"o-1"},"Bool":{"aws:ViaAWSService":"false"}`), true, RestrictionNone, 2},
		{"a deny that spares nobody", open + `,{"Effect":"Deny","Principal":"*","Action":"kms:Encrypt","Resource":"*"}`, true, RestrictionNone, 1},
		{"a deny by NotPrincipal", open + `,{"Effect":"Deny","NotPrincipal":{"AWS":["111122223333","arn:aws:iam::111122223333:role/a"]},"Action":"kms:*","Resource":"*"}`, true, RestrictionFixed, 0},
		{"a deny on another resource", open + `,{"Effect":"Deny","Principal":"*","Action":"kms:*","Resource":"arn:aws:kms:us-east-1:111122223333:alias/a"}`, true, RestrictionNone, 2},
	} {
		doc, err := policy.Decode([]byte(`{"Version":"2012-10-17","Statement":[` + c.statements + `]}`))
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		e := ExposureOf(doc, 0)
		if e.Anyone != c.anyone || e.Restriction != c.restriction || len(e.Actions) != c.actions {
			t.Errorf("%s: got %+v", c.name, e)
		}
		if (e.Restriction == RestrictionNone) != (len(e.By) == 0) {
			t.Errorf("%s: restricted by %+v", c.name, e.By)
		}
	}
}

func TestRestrictionsSortKeysOnce(t *testing.T) {
	for _, key := range []string{"aws:principalorgid", "aws:sourcevpce", "kms:calleraccount"} {
		if identifying(key) != confining {
			t.Errorf("%s does not confine", key)
		}
	}
	if slices.Contains(keyActions(), "kms:ListKeys") {
		t.Error("kms:ListKeys is not on a key")
	}
}
