package facts

import (
	"slices"
	"strings"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

func TestInverted(t *testing.T) {
	tests := []struct {
		name, statement string
		found           bool
		want            InvertedStatement
	}{
		{
			"everybody but one", `{"Sid":"N","Effect":"Allow","NotPrincipal":{"AWS":"` + theRole + `"},"Action":"kms:Decrypt","Resource":"*"}`, true,
			InvertedStatement{NotPrincipal: true, But: []string{theRole}, Actions: []string{"kms:Decrypt"}},
		},
		{
			"everything but one", `{"Sid":"N","Effect":"Allow","Principal":{"AWS":"` + theRole + `"},"NotAction":["kms:Decrypt"],"Resource":"*"}`, true,
			InvertedStatement{NotAction: true, But: []string{"kms:Decrypt"}},
		},
		{
			"for the account", `{"Sid":"N","Effect":"Allow","Principal":{"AWS":["522814710681","arn:aws:iam::522814710681:root"]},"NotAction":["kms:Decrypt"],"Resource":"*"}`, true,
			InvertedStatement{NotAction: true, Account: true, But: []string{"kms:Decrypt"}},
		},
		{"all of KMS is left out", `{"Effect":"Allow","Principal":{"AWS":"` + theRole + `"},"NotAction":["kms:*"],"Resource":"*"}`, false, InvertedStatement{}},
		{"another key", `{"Effect":"Allow","NotPrincipal":{"AWS":"` + theRole + `"},"Action":"kms:*","Resource":"arn:aws:kms:us-east-1:522814710681:key/other"}`, false, InvertedStatement{}},
		{"a denial", `{"Effect":"Deny","NotPrincipal":{"AWS":"` + theRole + `"},"Action":"kms:*","Resource":"*"}`, false, InvertedStatement{}},
		{"plain", delegates, false, InvertedStatement{}},
	}
	for _, test := range tests {
		d, _ := build(t, keyPolicy(t, delegates+","+test.statement), Intent{})
		k := d.Keys[0].Inverted
		if (len(k.Statements) == 1) != test.found {
			t.Errorf("%s: %+v", test.name, k)
			continue
		}
		if !test.found {
			continue
		}
		got := k.Statements[0]
		if test.want.NotAction && (len(got.Actions) < 40 || slices.Contains(got.Actions, "kms:Decrypt")) {
			t.Errorf("%s: actions %v", test.name, got.Actions)
		}
		if got.NotPrincipal != test.want.NotPrincipal || got.NotAction != test.want.NotAction || got.Account != test.want.Account ||
			!slices.Equal(got.But, test.want.But) || got.Place != "/keys/0/policy/value/Statement/1" || got.Identity != "N" {
			t.Errorf("%s: %+v", test.name, got)
		}
	}
}

func TestNamed(t *testing.T) {
	const gone, goneUser = "AROAEXAMPLEDELETED001", "arn:aws:iam::522814710681:user/left"
	policy := keyPolicy(t, delegates+`,{"Sid":"Use","Effect":"Allow","Principal":{"AWS":["`+theRole+`","`+gone+`","`+neighbour+`"],"Service":"sns.amazonaws.com"},"Action":"kms:Decrypt","Resource":"*"},
		{"Sid":"Stop","Effect":"Deny","NotPrincipal":{"AWS":"`+goneUser+`"},"Action":"kms:Encrypt","Resource":"*"}`)
	d, _ := build(t, policy, Intent{})
	want := []GoneNamed{
		{"/keys/0/policy/value/Statement/1", "Use", "Allow", gone, true},
		{"/keys/0/policy/value/Statement/2", "Stop", "Deny", goneUser, false},
	}
	if k := d.Keys[0].Named; !slices.Equal(k.Gone, want) || len(k.Undecided) != 0 {
		t.Errorf("%+v", k)
	}
	d, _ = build(t, func(s *snapshot.Snapshot) { policy(s); deny(s, "iam:GetAccountAuthorizationDetails") }, Intent{})
	if k := d.Keys[0].Named; len(k.Gone) != 0 || len(k.Undecided) != 2 || k.Undecided[0].Unread[0].State != "denied" {
		t.Errorf("roles that nobody could list: %+v", k)
	}
}

// when is a condition of one test.
func when(operator, key, values string) string {
	return `,"Condition":{"` + operator + `":{"` + key + `":` + values + `}}`
}

func TestUnboundServices(t *testing.T) {
	use := func(principal, condition string) string {
		return `{"Sid":"S","Effect":"Allow","Principal":` + principal + `,"Action":["kms:Decrypt","kms:DescribeKey"],"Resource":"*"` + condition + `}`
	}
	const sns, logs = `{"Service":"sns.amazonaws.com"}`, `{"Service":"logs.us-east-1.amazonaws.com"}`
	stop := func(condition string) string {
		return `,{"Effect":"Deny","Principal":"*","Action":"kms:*","Resource":"*","Condition":{` + condition + `}}`
	}
	const service = `"Bool":{"aws:PrincipalIsAWSService":"true"}`
	tests := []struct {
		name, statements string
		unbound          bool
	}{
		{"nothing", use(sns, ""), true},
		{"account", use(sns, when("StringEquals", "aws:SourceAccount", `"522814710681"`)), false},
		{"topic", use(sns, when("ArnLike", "aws:SourceArn", `"arn:aws:sns:us-east-1:522814710681:*"`)), false},
		{"any topic", use(sns, when("ArnLike", "aws:SourceArn", `"arn:aws:sns:us-east-1:*:*"`)), true},
		{"organization", use(sns, when("StringEquals", "aws:SourceOrgID", `"o-example"`)), false},
		{"only if it is said", use(sns, when("StringEqualsIfExists", "aws:SourceAccount", `"522814710681"`)), true},
		{"all but one", use(sns, when("StringNotEquals", "aws:SourceAccount", `"999999999999"`)), true},
		{"log group", use(logs, when("ArnLike", "kms:EncryptionContext:aws:logs:arn", `"arn:aws:logs:us-east-1:522814710681:*"`)), false},
		{"any log group", use(logs, when("ArnLike", "kms:EncryptionContext:aws:logs:arn", `"arn:aws:logs:us-east-1:*:*"`)), true},
		{"bucket by its context", use(sns, when("StringEquals", "kms:EncryptionContext:aws:s3:arn", `"arn:aws:s3:::bucket"`)), false},
		{"no context of another", use(sns, when("StringNotEquals", "kms:EncryptionContext:aws:s3:arn", `"arn:aws:s3:::bucket"`)), true},
		{"some context", use(sns, when("Null", "kms:EncryptionContext:aws:s3:arn", `"false"`)), true},
		{"date", use(sns, when("DateLessThan", "aws:CurrentTime", `"2030-01-01T00:00:00Z"`)), true},
		{"denied to others", use(sns, "") + stop(service+`,"StringNotEquals":{"aws:SourceAccount":"522814710681"}`), false},
		{"denied to others where it is said", use(sns, "") + stop(service+`,"StringNotEqualsIfExists":{"aws:SourceOrgID":"o-example"},"Null":{"aws:SourceAccount":"false"}`), false},
		{"denied to people", use(sns, "") + stop(`"Bool":{"aws:PrincipalIsAWSService":"false"},"StringNotEquals":{"aws:SourceAccount":"522814710681"}`), true},
		{"only looks", `{"Effect":"Allow","Principal":` + sns + `,"Action":["kms:Describe*","kms:Get*","kms:List*"],"Resource":"*"}`, false},
		{"a role", use(`{"AWS":"`+theRole+`"}`, ""), false},
		{"a service and a role", use(`{"AWS":"`+theRole+`","Service":"sns.amazonaws.com"}`, ""), true},
		{"denied", strings.Replace(use(sns, ""), "Allow", "Deny", 1), false},
	}
	for _, test := range tests {
		d, _ := build(t, keyPolicy(t, delegates+","+test.statements), Intent{})
		got := d.Keys[0].Services.Unbound
		if (len(got) == 1) != test.unbound {
			t.Errorf("%s: %+v", test.name, got)
		}
		if len(got) == 1 && (!slices.Equal(got[0].Actions, []string{"kms:Decrypt"}) || len(got[0].Services) != 1 || got[0].Identity != "S") {
			t.Errorf("%s: %+v", test.name, got)
		}
	}
	d, _ := build(t, func(s *snapshot.Snapshot) {
		keyPolicy(t, use(sns, ""))(s)
		level := snapshot.OrganizationLevel{
			ServiceControlPolicies:  snapshot.Of([]snapshot.NamedPolicy{}),
			ResourceControlPolicies: snapshot.Of([]snapshot.NamedPolicy{{Document: doc(t, `{"Version":"2012-10-17","Statement":[`+strings.TrimPrefix(stop(service+`,"StringNotEqualsIfExists":{"aws:SourceOrgID":"o-x"}`), ",")+`]}`)}}),
		}
		s.Organization = snapshot.Of(snapshot.Organization{ID: "o-x", Chain: snapshot.Of([]snapshot.OrganizationLevel{level})})
	}, Intent{})
	if got := d.Keys[0].Services.Unbound; len(got) != 0 {
		t.Errorf("denied by the organization: %+v", got)
	}
}

func TestGranting(t *testing.T) {
	grant := func(principal, condition string) string {
		return `{"Sid":"G","Effect":"Allow","Principal":` + principal + `,"Action":["kms:Decrypt","kms:CreateGrant"],"Resource":"*"` + condition + `}`
	}
	role, partner := `{"AWS":"`+theRole+`"}`, `{"AWS":"arn:aws:iam::999999999999:root"}`
	onlyAWS := when("Bool", "kms:GrantIsForAWSResource", `"true"`)
	tests := []struct {
		name, statements string
		want             []string
		administrators   []string
	}{
		{"a role", grant(role, ""), []string{theRole}, nil},
		{"another account", grant(partner, ""), []string{"arn:aws:iam::999999999999:root"}, nil},
		{"for AWS", grant(role, onlyAWS), nil, nil},
		{"for AWS, as a boolean", grant(role, when("Bool", "kms:GrantIsForAWSResource", `true`)), nil, nil},
		{"not for AWS", grant(role, when("Bool", "kms:GrantIsForAWSResource", `"false"`)), []string{theRole}, nil},
		{"some operations", grant(role, when("ForAllValues:StringEquals", "kms:GrantOperations", `["Encrypt","GenerateDataKey"]`)), nil, nil},
		{"some operation among others", grant(role, when("ForAnyValue:StringEquals", "kms:GrantOperations", `["Encrypt"]`)), []string{theRole}, nil},
		{"to one", grant(role, when("StringEquals", "kms:GranteePrincipal", `"`+theRole+`"`)), nil, nil},
		{"to all but one", grant(role, when("StringNotEquals", "kms:GranteePrincipal", `"`+theRole+`"`)), []string{theRole}, nil},
		{"to a service", grant(role, when("StringEquals", "kms:GranteeServicePrincipal", `"rds.us-east-1.amazonaws.com"`)), nil, nil},
		{"through EC2", grant(role, when("StringEquals", "kms:ViaService", `"ec2.us-east-1.amazonaws.com"`)), nil, nil},
		{"with some context", grant(role, when("StringEquals", "kms:GrantConstraintType", `"EncryptionContextSubset"`)), []string{theRole}, nil},
		{"from the network", grant(role, when("IpAddress", "aws:SourceIp", `"192.0.2.0/24"`)), []string{theRole}, nil},
		{"denied but for AWS", grant(role, "") + `,{"Effect":"Deny","Principal":"*","Action":"kms:CreateGrant","Resource":"*"` + when("Bool", "kms:GrantIsForAWSResource", `"false"`) + `}`, nil, nil},
		{"the account", grant(rootPrincipal, ""), nil, nil},
		{"a service", grant(`{"Service":"rds.amazonaws.com"}`, ""), nil, nil},
		{"a service-linked role", grant(`{"AWS":"`+linked+`"}`, ""), nil, nil},
		{"a role that is gone", grant(`{"AWS":"AROAEXAMPLEDELETED001"}`, ""), nil, nil},
		{"an administrator of the key", grant(`{"AWS":"`+admin+`"}`, ""), nil, nil},
		{"a declared administrator", grant(role, ""), nil, []string{theRole}},
		{"everybody", grant(`"*"`, ""), []string{"*"}, nil},
		{"everybody in the account", grant(`"*"`, when("StringEquals", "kms:CallerAccount", `"522814710681"`)), []string{"*"}, nil},
		{"everybody through RDS", grant(`"*"`, `,"Condition":{"StringEquals":{"kms:CallerAccount":"522814710681","kms:ViaService":"rds.us-east-1.amazonaws.com"}}`), nil, nil},
		{"everybody but one", `{"Sid":"G","Effect":"Allow","NotPrincipal":` + role + `,"Action":"kms:CreateGrant","Resource":"*"}`, []string{"*"}, nil},
		{"a pattern, which is nobody", grant(`{"AWS":"arn:aws:iam::522814710681:role/*"}`, ""), nil, nil},
		{"no grants", `{"Effect":"Allow","Principal":` + role + `,"Action":"kms:Decrypt","Resource":"*"}`, nil, nil},
	}
	for _, test := range tests {
		d, _ := build(t, func(s *snapshot.Snapshot) {
			s.Roles = append(s.Roles, snapshot.Role{ARN: linked, Name: "AWSServiceRoleForAutoScaling"})
			keyPolicy(t, delegates+","+test.statements)(s)
		}, Intent{KeyAdministrators: test.administrators})
		var got []string
		for _, s := range d.Keys[0].Granting.Statements {
			got = append(got, s.Principals...)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

func TestPolicyNotKnown(t *testing.T) {
	d, _ := build(t, func(s *snapshot.Snapshot) {
		s.Keys[0].Policy = snapshot.Reading[snapshot.Document]{State: snapshot.Denied, Operation: "kms:GetKeyPolicy"}
	}, Intent{})
	for _, name := range []string{"inverted", "services", "named", "granting", "bypass", "context", "plain"} {
		if d.Keys[0].Unread[name].State != "denied" {
			t.Errorf("%s of a policy that was refused: %+v", name, d.Keys[0])
		}
	}
	d, _ = build(t, func(s *snapshot.Snapshot) {
		s.Keys[0].Metadata.Value.Manager, s.Keys[0].Policy = "AWS", snapshot.Reading[snapshot.Document]{}
	}, Intent{})
	k := d.Keys[0]
	if k.Inverted.Manager != "aws" || k.Services.Manager != "aws" || k.Named.Manager != "aws" || k.Granting.Manager != "aws" ||
		k.Bypass.Manager != "aws" || len(k.Bypass.Open) != 0 || k.Context.Manager != "aws" || k.Plain.Manager != "aws" || k.Plain.Default {
		t.Errorf("a key of AWS: %+v", k)
	}
}
