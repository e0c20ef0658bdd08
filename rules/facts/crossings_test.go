package facts

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/access"
)

// apart gives the key of the reference to prod and its roles to environments: the
// role to dev, the administrator to ops.
func apart(changes ...func(*snapshot.Snapshot)) func(*snapshot.Snapshot) {
	return func(s *snapshot.Snapshot) {
		tag := func(value string) snapshot.Reading[map[string]string] {
			return snapshot.Of(map[string]string{"Environment": value})
		}
		s.Keys[0].Tags, s.Roles[0].Tags, s.Roles[1].Tags = tag("prod"), tag("ops"), tag("dev")
		for _, change := range changes {
			change(s)
		}
	}
}

// crossed says the rows in short.
func crossed(d *Document) string {
	var rows []string
	for i := range d.Crossings {
		row := &d.Crossings[i]
		words := []string{row.Scope + " " + strings.Join(row.Environments, "+")}
		for name, list := range map[string][]Crossers{"allowed": row.Allowed, "depends": row.Depends} {
			for _, c := range list {
				words = append(words, fmt.Sprintf("%s %s %d on %d of %s", name, c.What, c.Count, c.KeyCount, strings.Join(c.Others, "+")))
			}
		}
		for _, u := range row.Undecided {
			words = append(words, "undecided "+u.What)
		}
		slices.Sort(words[1:])
		rows = append(rows, strings.Join(words, "; "))
	}
	return strings.Join(rows, "\n")
}

func TestCrossings(t *testing.T) {
	byTag, byName := Environments{Tag: "Environment"}, Environments{Names: map[string][]string{"prod": {"*confidential*"}, "dev": {"cmtr-*"}}}
	refusedTags := snapshot.Reading[map[string]string]{State: snapshot.Denied, Operation: "kms:ListResourceTags", Code: "AccessDeniedException"}
	same := func(s *snapshot.Snapshot) {
		s.Roles[0].Tags, s.Roles[1].Tags = s.Keys[0].Tags, s.Keys[0].Tags
	}
	for _, c := range []struct {
		name   string
		with   Intent
		change func(*snapshot.Snapshot)
		want   string
	}{
		{"nothing said", Intent{}, apart(), ""},
		{
			"one by name, one by a policy for all keys",
			Intent{Environments: byTag},
			apart(),
			"key prod; allowed dev 1 on 1 of prod\naccount dev\naccount ops; allowed ops 1 on 1 of prod",
		},
		{"one environment", Intent{Environments: byTag}, apart(same), "key prod\naccount prod"},
		{
			"declared",
			Intent{Environments: byTag, KeyAdministrators: []string{admin}, Requirements: []Requirement{{Principals: []string{theRole}, Key: theKey}}},
			apart(), "key prod\naccount dev",
		},
		{"by names", Intent{Environments: byName}, nil, "key prod; allowed dev 1 on 1 of prod\naccount dev"},
		{"by the buckets", Intent{Environments: Environments{Tag: "Environment", Names: map[string][]string{"store": {"bucket-695267-2"}}}}, apart(func(s *snapshot.Snapshot) {
			s.Keys[0].Tags = snapshot.Of(map[string]string{})
		}), "key store; allowed dev 1 on 1 of store\naccount dev\naccount ops; allowed ops 1 on 1 of store"},
		{"no environment", Intent{Environments: Environments{Tag: "Tenant"}}, apart(), ""},
		{"under a condition", Intent{Environments: byTag}, apart(same, keyPolicy(t, `{"Effect":"Allow","Principal":{"AWS":["`+theRole+`","`+admin+`"]},"Action":"kms:Decrypt","Resource":"*","Condition":{"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com"}}}`), func(s *snapshot.Snapshot) {
			s.Roles[1].Tags = snapshot.Of(map[string]string{"Environment": "dev"})
		}), "key prod; depends dev 1 on 1 of prod\naccount dev\naccount prod"},
		{
			"by its tag alone",
			Intent{Environments: byTag},
			apart(keyPolicy(t, `{"Effect":"Allow","Principal":"*","Action":"kms:Decrypt","Resource":"*","Condition":{"StringEquals":{"kms:CallerAccount":"522814710681","aws:PrincipalTag/Environment":"${aws:ResourceTag/Environment}"}}}`)),
			"key prod\naccount dev\naccount ops",
		},
		{
			"denied by name",
			Intent{Environments: byTag},
			apart(keyPolicy(t, delegates+`,{"Effect":"Deny","Principal":{"AWS":["`+admin+`","`+theRole+`"]},"Action":"kms:*","Resource":"*"}`)),
			"key prod\naccount dev\naccount ops",
		},
		{
			"tags of the key refused",
			Intent{Environments: byTag},
			apart(func(s *snapshot.Snapshot) { s.Keys[0].Tags = refusedTags }),
			"key ; undecided the environment of the key\naccount dev\naccount ops; undecided the environment of " + theKey,
		},
		{
			"tags of a role refused",
			Intent{Environments: byTag},
			apart(func(s *snapshot.Snapshot) { s.Roles[0].Tags, s.Roles[1].Tags = refusedTags, refusedTags }),
			"key prod; undecided " + theRole + "\naccount ; undecided " + admin,
		},
		{
			"key policy refused",
			Intent{Environments: byTag},
			apart(func(s *snapshot.Snapshot) {
				s.Keys[0].Policy = snapshot.Reading[snapshot.Document]{State: snapshot.Denied}
			}),
			"key prod; undecided who can decrypt with the key\naccount dev\naccount ops",
		},
		{"grants refused", Intent{Environments: byTag}, apart(same, func(s *snapshot.Snapshot) {
			s.Keys[0].Grants = snapshot.Reading[[]snapshot.Grant]{State: snapshot.Denied}
		}), "key prod; undecided grants of the key\naccount prod"},
		{"policies refused", Intent{Environments: byTag}, apart(func(s *snapshot.Snapshot) {
			s.Roles[1].InlinePolicies = snapshot.Reading[[]snapshot.NamedPolicy]{State: snapshot.Denied}
		}), "key prod\naccount dev; undecided " + theRole + "\naccount ops; allowed ops 1 on 1 of prod"},
		{"a key of AWS", Intent{Environments: byTag}, apart(func(s *snapshot.Snapshot) {
			m, _ := s.Keys[0].Metadata.Get()
			m.Manager = "AWS"
			s.Keys[0].Metadata = snapshot.Of(m)
		}), "account dev\naccount ops"},
	} {
		d, _ := build(t, c.change, c.with)
		if got := crossed(d); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}

// TestCrossingsAgree holds the rows to the decisions, principal by key: whoever can
// decrypt with a key of another environment is in one of them, and nobody else.
func TestCrossingsAgree(t *testing.T) {
	environments := []string{"dev", "prod", "test"}
	resources := []string{`"*"`, `"arn:aws:kms:*:*:key/*"`, `"KEY"`, `["KEY","OTHER"]`, `"arn:aws:kms:us-east-1:*:key/a*"`, `"arn:aws:s3:::b"`}
	keyPolicies := []string{
		delegates, delegates + `,{"Effect":"Deny","Principal":{"AWS":"ROLE"},"Action":"kms:*","Resource":"*"}`,
		`{"Effect":"Allow","Principal":{"AWS":"ROLE"},"Action":"kms:Decrypt","Resource":"*"}`,
	}
	const roles, keys = 24, 9
	keyOf := func(i int) string {
		return fmt.Sprintf("arn:aws:kms:us-east-1:522814710681:key/%c%07d-0000-0000-0000-000000000000", "abc"[i%3], i)
	}
	roleOf := func(i int) string { return fmt.Sprintf("arn:aws:iam::522814710681:role/r%02d", i) }
	var s *snapshot.Snapshot
	d, _ := build(t, func(into *snapshot.Snapshot) {
		s = into
		roleFrom, keyFrom := s.Roles[1], s.Keys[0]
		s.Roles, s.Keys = nil, nil
		for i := range roles {
			r := roleFrom
			r.ARN, r.Name = roleOf(i), fmt.Sprintf("r%02d", i)
			r.Tags = snapshot.Of(map[string]string{"Environment": environments[i%3]})
			resource := strings.NewReplacer("KEY", keyOf(i%keys), "OTHER", keyOf((i+1)%keys)).Replace(resources[i%len(resources)])
			r.InlinePolicies = snapshot.Of([]snapshot.NamedPolicy{{Name: "p", Document: doc(t, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:*","Resource":`+resource+`}}`)}})
			s.Roles = append(s.Roles, r)
		}
		for i := range keys {
			k := keyFrom
			k.ARN = keyOf(i)
			k.ID = k.ARN[strings.LastIndexByte(k.ARN, '/')+1:]
			k.Tags = snapshot.Of(map[string]string{"Environment": environments[i/3]})
			k.Policy = doc(t, `{"Version":"2012-10-17","Statement":[`+strings.ReplaceAll(keyPolicies[i%len(keyPolicies)], "ROLE", roleOf(i))+`]}`)
			s.Keys = append(s.Keys, k)
		}
	}, Intent{Environments: Environments{Tag: "Environment"}})

	named, wide := map[string]int{}, map[string]map[string]bool{}
	account := access.New(s)
	both := 0
	for i := range roles {
		for j := range keys {
			from, to := environments[i%3], environments[j/3]
			can := account.Decide(access.Question{Principal: roleOf(i), Action: decrypt, Resource: keyOf(j), Stance: access.MustNotBeAble, Context: access.NewContext()}).Verdict == access.Allowed
			if !can || from == to {
				continue
			}
			both++
			singled := i%len(resources) == 2 || i%len(resources) == 3 // its policy names keys
			if singled || j%len(keyPolicies) == 2 && i == j {
				named[keyOf(j)]++
				continue
			}
			if wide[from] == nil {
				wide[from] = map[string]bool{}
			}
			wide[from][roleOf(i)] = true
		}
	}
	if both == 0 || len(wide) == 0 || len(named) == 0 {
		t.Fatalf("the account shows nothing: %d, %v, %v", both, wide, named)
	}
	for i := range d.Crossings {
		row := &d.Crossings[i]
		count := 0
		for _, c := range row.Allowed {
			count += c.Count
		}
		want := named[row.Resource]
		if row.Scope == "account" {
			want = len(wide[row.Environments[0]])
		}
		if count != want || len(row.Depends)+len(row.Undecided) > 0 {
			t.Errorf("%s: %d, want %d: %+v", row.ID, count, want, row)
		}
	}
}
