package facts

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// told says the rows about the reference's role and key in short.
func toldEffects(d *Document) string {
	var lines []string
	for i := range d.Effects {
		row := &d.Effects[i]
		for _, s := range row.Denied {
			line := fmt.Sprintf("%s %s %s %s: %s", row.Kind, s.Effect, s.Identity, s.Fault, s.Why)
			if s.Count > 0 {
				line += fmt.Sprintf(" (%d, %s)", s.Count, s.Action)
			}
			lines = append(lines, line)
		}
		for _, u := range row.Undecided {
			lines = append(lines, row.Kind+" undecided "+u.What)
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// has gives the reference's role one inline policy of these statements.
func has(t *testing.T, statements string) func(*snapshot.Snapshot) {
	return func(s *snapshot.Snapshot) {
		s.Roles[1].InlinePolicies = snapshot.Of([]snapshot.NamedPolicy{{Name: "p", Document: doc(t, `{"Version":"2012-10-17","Statement":[`+statements+`]}`)}})
	}
}

// bounded gives the role a boundary.
func bounded(t *testing.T, statement string) func(*snapshot.Snapshot) {
	return func(s *snapshot.Snapshot) {
		const arn = "arn:aws:iam::522814710681:policy/edge"
		s.ManagedPolicies = append(s.ManagedPolicies, snapshot.ManagedPolicy{ARN: arn, Name: "edge", Document: doc(t, `{"Version":"2012-10-17","Statement":`+statement+`}`)})
		s.Roles[1].Boundary = snapshot.Of(snapshot.PolicyRef{ARN: arn, Name: "edge"})
	}
}

func controlled(t *testing.T, statement string) func(*snapshot.Snapshot) {
	return func(s *snapshot.Snapshot) {
		s.Organization = snapshot.Of(snapshot.Organization{ID: "o-1", ManagementAccount: "999999999999", Chain: snapshot.Of([]snapshot.OrganizationLevel{{
			ID: "r-1", Type: "root", ServiceControlPolicies: snapshot.Of([]snapshot.NamedPolicy{{Name: "scp", Document: doc(t, `{"Version":"2012-10-17","Statement":`+statement+`}`)}}),
			ResourceControlPolicies: snapshot.Of([]snapshot.NamedPolicy{}),
		}})})
	}
}

func TestEffects(t *testing.T) {
	const (
		use    = `{"Sid":"Use","Effect":"Allow","Action":["kms:Decrypt","kms:Encrypt"],"Resource":"` + theKey + `"}`
		all    = `{"Sid":"All","Effect":"Allow","Action":"kms:*","Resource":"*"}`
		s3Only = `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`
		noKMS  = `[{"Effect":"Allow","Action":"*","Resource":"*"},{"Sid":"NoKMS","Effect":"Deny","Action":"kms:*","Resource":"*"}]`
		via    = `"kms:ViaService":`
	)
	// A key policy that names the role alone, or nobody of the account.
	direct := func(sid, principal, rest string) string {
		return delegates + `,{"Sid":"` + sid + `","Effect":"Allow","Principal":{"AWS":"` + principal + `"},` + rest + `}`
	}
	other := keyPolicy(t, `{"Effect":"Allow","Principal":{"AWS":"`+admin+`"},"Action":"kms:*","Resource":"*"}`)
	denies := func(rest string) func(*snapshot.Snapshot) {
		return keyPolicy(t, delegates+`,{"Sid":"D","Effect":"Deny","Principal":"*",`+rest+`}`)
	}
	for _, c := range []struct {
		name    string
		changes []func(*snapshot.Snapshot)
		want    string
	}{
		{"it counts", []func(*snapshot.Snapshot){has(t, use+","+all)}, ""},
		{"no delegation", []func(*snapshot.Snapshot){has(t, use), other}, "identity Allow Use overruled: no Allow in the key policy (1, kms:Decrypt)"},
		{"no delegation, and named", []func(*snapshot.Snapshot){has(t, use), keyPolicy(t, `{"Effect":"Allow","Principal":{"AWS":"`+theRole+`"},"Action":"kms:Encrypt","Resource":"*"}`)}, ""},
		{"every key is not looked at", []func(*snapshot.Snapshot){has(t, all), other}, ""},
		{
			"denied in the key policy",
			[]func(*snapshot.Snapshot){has(t, use), keyPolicy(t, delegates+`,{"Sid":"No","Effect":"Deny","Principal":{"AWS":"`+theRole+`"},"Action":"kms:*","Resource":"*"}`)},
			"identity Allow Use overruled: denied by statement No of the policy of " + theKey + " (1, kms:Decrypt)",
		},
		{"denied in part", []func(*snapshot.Snapshot){has(t, use), keyPolicy(t, delegates+`,{"Effect":"Deny","Principal":{"AWS":"`+theRole+`"},"Action":"kms:Decrypt","Resource":"*"}`)}, ""},
		{"denied on a condition", []func(*snapshot.Snapshot){has(t, use+`,{"Effect":"Deny","Action":"kms:*","Resource":"*","Condition":{"Null":{`+via+`"true"}}}`)}, ""},
		{
			"denied beside it",
			[]func(*snapshot.Snapshot){has(t, all+`,{"Sid":"No","Effect":"Deny","Action":"kms:*","Resource":"*"}`)},
			"identity Allow All overruled: denied by statement No of the identity policy p (1, )",
		},
		{"boundary, one key", []func(*snapshot.Snapshot){has(t, use), bounded(t, s3Only)}, "identity Allow Use overruled: no Allow in the permissions boundary (1, kms:Decrypt)"},
		{"boundary, every key", []func(*snapshot.Snapshot){has(t, all), bounded(t, s3Only)}, "identity Allow All overruled: no Allow in the permissions boundary (1, )"},
		{"boundary with it", []func(*snapshot.Snapshot){has(t, all), bounded(t, `{"Effect":"Allow","Action":"kms:Decrypt","Resource":"*"}`)}, ""},
		{"boundary not read", []func(*snapshot.Snapshot){has(t, use+","+all), bounded(t, s3Only), func(s *snapshot.Snapshot) {
			s.Roles[1].Boundary = snapshot.Reading[snapshot.PolicyRef]{State: snapshot.Denied}
		}}, "identity undecided statement All and 1 more"},
		{
			"service control policy",
			[]func(*snapshot.Snapshot){has(t, use+","+all), controlled(t, s3Only)},
			"identity Allow All overruled: no Allow in the service control policies (1, )\nidentity Allow Use overruled: no Allow in the service control policies (1, kms:Decrypt)",
		},
		{
			"denied by a service control policy",
			[]func(*snapshot.Snapshot){has(t, all), controlled(t, noKMS)},
			"identity Allow All overruled: denied by statement NoKMS of the scp policy scp (1, )",
		},
		{
			"organization not read",
			[]func(*snapshot.Snapshot){has(t, use), func(s *snapshot.Snapshot) {
				s.Organization = snapshot.Reading[snapshot.Organization]{State: snapshot.Denied}
			}},
			"identity undecided statement Use",
		},
		{
			"no such key",
			[]func(*snapshot.Snapshot){has(t, strings.ReplaceAll(use, "cac96933", "00000000"))},
			"identity Allow Use overruled: there is no key " + strings.Replace(theKey, "cac96933", "00000000", 1) + " (1, kms:Decrypt)",
		},
		{
			"keys not listed",
			[]func(*snapshot.Snapshot){has(t, strings.ReplaceAll(use, "cac96933", "00000000")), func(s *snapshot.Snapshot) { deny(s, "kms:ListKeys") }},
			"identity undecided statement Use\nkey undecided the keys that are not listed",
		},
		{"another account's key", []func(*snapshot.Snapshot){has(t, strings.ReplaceAll(use, ":522814710681:", ":999999999999:"))}, ""},
		{"idle already", []func(*snapshot.Snapshot){has(t, strings.Replace(use, `"kms:Decrypt"`, `"kms:Decypt"`, 1)), other}, "identity Allow Use overruled: no Allow in the key policy (1, kms:Encrypt)"},
		{"idle as a whole", []func(*snapshot.Snapshot){has(t, strings.Replace(use, `}`, `,"Condition":{"StringEquals":{`+via+`"s3.eu-west-1.amazonaws.com"}}}`, 1)), other}, ""},
		{"other services too", []func(*snapshot.Snapshot){has(t, strings.Replace(use, `"kms:Decrypt"`, `"s3:GetObject"`, 1)), other}, ""},
		{
			"key policy not read",
			[]func(*snapshot.Snapshot){has(t, use), func(s *snapshot.Snapshot) {
				s.Keys[0].Policy = snapshot.Reading[snapshot.Document]{State: snapshot.Denied}
			}},
			"identity undecided statement Use\nkey undecided the key policy",
		},
		{"policy not read", []func(*snapshot.Snapshot){func(s *snapshot.Snapshot) {
			s.Roles[1].InlinePolicies = snapshot.Reading[[]snapshot.NamedPolicy]{State: snapshot.Denied}
		}}, "identity undecided the policy"},

		{"key: nobody", []func(*snapshot.Snapshot){keyPolicy(t, direct("K", "arn:aws:iam::522814710681:role/*", `"Action":"kms:Decrypt","Resource":"*"`))}, "key Allow K nobody: its Principal is nobody"},
		{"key: another key", []func(*snapshot.Snapshot){keyPolicy(t, direct("K", theRole, `"Action":"kms:Decrypt","Resource":"`+theKey+`1"`))}, "key Allow K resource: its Resource is not the key"},
		{"key: its own ARN", []func(*snapshot.Snapshot){keyPolicy(t, direct("K", theRole, `"Action":"kms:Decrypt","Resource":"`+theKey+`"`))}, ""},
		{"key: no key", []func(*snapshot.Snapshot){keyPolicy(t, direct("K", theRole, `"Action":["kms:CreateKey","kms:RetireGrant"],"Resource":"*"`))}, "key Allow K action: it has no action that a key policy decides"},
		{"key: what AWS may have", []func(*snapshot.Snapshot){keyPolicy(t, direct("K", theRole, `"Action":"kms:Teleport","Resource":"*"`))}, ""},
		{
			"key: another Region",
			[]func(*snapshot.Snapshot){keyPolicy(t, direct("K", theRole, `"Action":"kms:*","Resource":"*","Condition":{"StringEquals":{`+via+`"s3.eu-west-1.amazonaws.com"}}`))},
			"key Allow K condition: its condition never holds: no request for its actions meets kms:ViaService StringEquals s3.eu-west-1.amazonaws.com",
		},
		{
			"key: across accounts",
			[]func(*snapshot.Snapshot){keyPolicy(t, direct("K", "999999999999", `"Action":["kms:PutKeyPolicy","kms:TagResource"],"Resource":"*"`))},
			"key Allow K cross_account: it names other accounts, and none of its actions works from there",
		},
		{"key: across accounts in part", []func(*snapshot.Snapshot){keyPolicy(t, direct("K", "999999999999", `"Action":["kms:PutKeyPolicy","kms:Decrypt"],"Resource":"*"`))}, ""},
		{
			"key: out of bounds",
			[]func(*snapshot.Snapshot){has(t, s3Only), bounded(t, s3Only), keyPolicy(t, direct("K", theRole, `"Action":"kms:Decrypt","Resource":"*"`))},
			"key Allow K overruled: no Allow in the permissions boundary (1, kms:Decrypt)",
		},
		{
			"key: denied",
			[]func(*snapshot.Snapshot){has(t, s3Only), keyPolicy(t, direct("K", theRole, `"Action":"kms:Decrypt","Resource":"*"`)+`,{"Sid":"D","Effect":"Deny","Principal":"*","Action":"kms:Decrypt","Resource":"*"}`)},
			"key Allow K overruled: denied by statement D of the policy of " + theKey + " (1, kms:Decrypt)",
		},
		{"key: who does not exist", []func(*snapshot.Snapshot){keyPolicy(t, direct("K", "arn:aws:iam::522814710681:role/gone", `"Action":"kms:Decrypt","Resource":"*"`))}, ""},
		{
			"key: half a Deny",
			[]func(*snapshot.Snapshot){denies(`"Action":"kms:Decrypt","Resource":"*","Condition":{"Null":{` + via + `"true"},"StringNotEquals":{` + via + `"s3.us-east-1.amazonaws.com"}}`)},
			"key Deny D test: it denies only what lacks kms:ViaService: beside Null with true, the test kms:ViaService StringNotEquals s3.us-east-1.amazonaws.com decides nothing, and a wrong value is never denied",
		},
		{
			"key: an idle Deny",
			[]func(*snapshot.Snapshot){denies(`"Action":"kms:DescribeKey","Resource":"*","Condition":{"StringEquals":{"kms:EncryptionContext:a":"b"}}`)},
			"key Deny D condition: its condition never holds: no request for its actions meets kms:EncryptionContext:a StringEquals b",
		},
		{"key: a Deny", []func(*snapshot.Snapshot){denies(`"Action":"kms:Decrypt","Resource":"*","Condition":{"Null":{` + via + `"false"},"StringNotEquals":{` + via + `"s3.us-east-1.amazonaws.com"}}`)}, ""},
	} {
		d, _ := build(t, func(s *snapshot.Snapshot) {
			for _, change := range c.changes {
				change(s)
			}
		}, Intent{})
		if got := toldEffects(d); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}

// TestEffectsOfSharedPolicies: one who can use it is enough.
func TestEffectsOfSharedPolicies(t *testing.T) {
	shared := func(s *snapshot.Snapshot) {
		s.ManagedPolicies = append(s.ManagedPolicies, snapshot.ManagedPolicy{ARN: ours, Name: "ours", Document: doc(t, `{"Version":"2012-10-17","Statement":{"Sid":"S","Effect":"Allow","Action":"kms:Decrypt","Resource":"`+theKey+`"}}`)})
		for i := range s.Roles {
			s.Roles[i].InlinePolicies = snapshot.Of([]snapshot.NamedPolicy{})
			s.Roles[i].AttachedPolicies = snapshot.Of([]snapshot.PolicyRef{{ARN: ours, Name: "ours"}})
		}
	}
	for name, want := range map[string]struct{ policy, told string }{
		"both":   {`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::999999999999:root"},"Action":"kms:Decrypt","Resource":"*"}`, "identity Allow S overruled: no Allow in the key policy (2, kms:Decrypt)"},
		"one":    {delegates + `,{"Effect":"Deny","Principal":{"AWS":"` + admin + `"},"Action":"kms:*","Resource":"*"}`, ""},
		"nobody": {delegates, ""},
	} {
		d, _ := build(t, func(s *snapshot.Snapshot) {
			shared(s)
			keyPolicy(t, want.policy)(s)
			if name == "nobody" {
				for i := range s.Roles {
					s.Roles[i].AttachedPolicies = snapshot.Of([]snapshot.PolicyRef{})
				}
			}
		}, Intent{})
		if got := toldEffects(d); got != want.told {
			t.Errorf("%s: %s", name, got)
		}
	}
}
