package access

import (
	"strings"
	"testing"
)

const caseHead = `{"principal":"arn:aws:iam::111122223333:role/app","action":"kms:Decrypt","resource":"arn:aws:kms:us-east-1:111122223333:key/k"`

// Errors begin with the place in the case.
func TestDecodeCaseRefuses(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"nothing", ``, "unexpected EOF"},
		{"a list", `[]`, "has to be a JSON object"},
		{"null", `null`, "/principal: is missing"},
		{"cut", caseHead, "unexpected EOF"},
		{"more", caseHead + `}{}`, "invalid character '{' after top-level value"},
		{"principal", `{"principal":1}`, "/principal: a number cannot stand here"},
		{"group", `{"principal":"arn:aws:iam::111122223333:group/g","action":"kms:Decrypt","resource":"*"}`, "/principal: "},
		{"account", `{"principal":"arn:aws:iam::11112222333:role/r","action":"kms:Decrypt","resource":"*"}`, "/principal: the account"},
		{"action", `{"principal":"*","action":"kms:","resource":"*"}`, "/action: "},
		{"resource", `{"principal":"*","action":"kms:Decrypt"}`, "/resource: is missing"},
		{"no list", caseHead + `,"permissionBoundaryPolicies":{}}`, "/permissionBoundaryPolicies: an object cannot stand here"},
		{"null in a list", caseHead + `,"identityPolicies":[{"Statement":[]},null]}`, "/identityPolicies/1: a policy has to be a JSON object"},
		{"a null policy", caseHead + `,"identityPolicies":[{"name":"n","policy":null}]}`, "/identityPolicies/0/policy: a policy has to be a JSON object"},
		{"a name that is none", caseHead + `,"identityPolicies":[{"name":1,"policy":{}}]}`, "/identityPolicies/0/name: a number cannot stand here"},
		{"level", caseHead + `,"serviceControlPolicies":[[],{"Statement":[]}]}`, "/serviceControlPolicies/1: a level has to be"},
		{"level of no kind", caseHead + `,"resourceControlPolicies":[1]}`, "/resourceControlPolicies/0: has to be a JSON object"},
		{"policy of a level", caseHead + `,"resourceControlPolicies":[[{"Statement":[{}]}]]}`, "/resourceControlPolicies/0/0/Statement/0: the statement has no Effect"},
		{"session", caseHead + `,"sessionPolicy":"{}"}`, "/sessionPolicy: a policy has to be a JSON object"},
		{"repeated", caseHead + `,"resourcePolicy":{"Statement":[],"Statement":[]}}`, "/resourcePolicy/Statement: duplicate object member"},
		{"context", caseHead + `,"contextVariables":{"a:b":{}}}`, "/contextVariables/a:b: has to be a string"},
		{"grants", caseHead + `,"grants":[{"Constraints":{"EncryptionContextEquals":{"a":1}}}]}`, "/grants/0/Constraints/EncryptionContextEquals/a: a number cannot stand here"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := DecodeCase([]byte(test.text))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

// FuzzDecodeCase: whatever is a case gets a verdict, the same with and without
// evidence, and the evidence says why.
func FuzzDecodeCase(f *testing.F) {
	f.Add([]byte(caseHead + `}`))
	for _, cases := range decisionCases(f) {
		for _, c := range cases {
			if c.Request != nil {
				f.Add([]byte(c.Request))
			}
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := DecodeCase(text)
		if err != nil {
			if c != nil || err.Error() == "" {
				t.Errorf("got %v and %v", c, err)
			}
			return
		}
		d := c.Decide()
		if got := Evaluate(&c.Request, &c.Policies); got != d.Verdict {
			t.Errorf("Evaluate says %s, Decide %s", got, d.Verdict)
		}
		switch {
		case d.Verdict == Unknown:
			t.Error("everything was read")
		case d.Verdict == Depends && len(d.DependsOn) == 0:
			t.Error("depends on nothing")
		case d.Verdict == ImplicitlyDenied && len(d.Missing) == 0:
			t.Error("nothing is missing")
		case d.Verdict == ExplicitlyDenied && len(d.DecidedBy) == 0:
			t.Error("denied by nothing")
		}
	})
}
