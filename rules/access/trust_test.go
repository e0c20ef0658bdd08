package access

import (
	"slices"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/policy"
)

func TestTrust(t *testing.T) {
	web := func(provider, condition string) string {
		return `{"Effect":"Allow","Principal":{"Federated":"` + provider + `"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{` + condition + `}}`
	}
	const (
		github = "arn:aws:iam::522814710681:oidc-provider/token.actions.githubusercontent.com"
		pool   = `"StringEquals":{"cognito-identity.amazonaws.com:aud":"us-east-1:1234"}`
		amr    = `"ForAnyValue:StringLike":{"cognito-identity.amazonaws.com:amr":`
	)
	for _, c := range []struct {
		name, statement string
		anyone          bool
		restriction     string
		accounts        []string
	}{
		{"a service", `{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}`, false, RestrictionNone, nil},
		{"everybody", `{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}`, true, RestrictionNone, nil},
		{"other accounts", `{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::111122223333:root","522814710681","arn:aws:iam::444455556666:role/x"]},"Action":"sts:*"}`, false, RestrictionNone, []string{"111122223333", "444455556666"}},
		{"tags only", `{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:TagSession"}`, false, RestrictionNone, nil},
		{"audience alone", web(github, `"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"}`), true, RestrictionWeak, nil},
		{"a repository", web(github, `"StringLike":{"token.actions.githubusercontent.com:sub":"repo:org/app:*"}`), true, RestrictionFixed, nil},
		{"any repository", web(github, `"StringLike":{"token.actions.githubusercontent.com:sub":"repo:*"}`), true, RestrictionWeak, nil},
		{"signed in to a pool", web(cognito, pool+`,`+amr+`"authenticated"}`), true, RestrictionFixed, nil},
		{"guests of a pool", web(cognito, pool+`,`+amr+`"unauthenticated"}`), true, RestrictionWeak, nil},
		{"all of a pool", web(cognito, pool), true, RestrictionWeak, nil},
		{"any pool", web(cognito, amr+`"authenticated"}`), true, RestrictionWeak, nil},
		{"any way of signing in", web(cognito, pool+`,`+amr+`"*"}`), true, RestrictionWeak, nil},
		{"one identity", web(cognito, `"StringEquals":{"cognito-identity.amazonaws.com:sub":"us-east-1:1"}`), true, RestrictionFixed, nil},
	} {
		doc, err := policy.Decode([]byte(`{"Version":"2012-10-17","Statement":[` + c.statement + `]}`))
		if err != nil {
			t.Fatal(err)
		}
		got := TrustOf(doc, 0, "522814710681")
		if got.Anyone != c.anyone || got.Restriction != c.restriction || !slices.Equal(got.Accounts, c.accounts) {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}
