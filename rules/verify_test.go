package rules

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// scaffolds are new rules of every family, as a source.
func scaffolds(t *testing.T, c *Catalogue) *Source {
	t.Helper()
	s := &Source{Name: "mine", Files: map[string][]byte{}}
	for i, family := range Families() {
		files, err := Scaffold{Package: "acme", Family: family, Name: "first_rule", ID: "ACME-00" + string(rune('1'+i))}.Files(c)
		if err != nil {
			t.Fatal(err)
		}
		for name, text := range files {
			s.Files[family+"/first_rule/"+name] = text
		}
	}
	return s
}

// TestScaffoldsPass wants a new rule of every family to stand the contract.
func TestScaffoldsPass(t *testing.T) {
	c := catalogue(t)
	if err := c.Add(scaffolds(t, c)); err != nil {
		t.Fatal(err)
	}
	all, err := c.Verify(t.Context(), Sandbox{Timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != len(Families()) {
		t.Errorf("%d rules are verified", len(all))
	}
	for _, v := range all {
		if v.Tests != 3 || v.Examples != 3 || v.Blinded == 0 || len(v.Problems) > 0 {
			t.Errorf("%s: %+v", v.Name, v)
		}
	}
}

// TestVerifyFinds breaks a good rule in every way that the contract knows.
func TestVerifyFinds(t *testing.T) {
	const dir = "key/first_rule/"
	for name, test := range map[string]struct{ file, old, new, problem string }{
		"a failing test":            {"first_rule_test.rego", `== ["one"]`, `== ["two"]`, "first_rule_test.rego:11: test_finds fails"},
		"a test without end":        {"first_rule_test.rego", "test_passes if", "test_passes if count([1 | some x in numbers.range(1, 20000); some y in numbers.range(1, 20000); some z in numbers.range(1, 20000); x * y * z == 0]) == 0\n\ntest_other if", "was stopped after"},
		"no test":                   {"first_rule_test.rego", "", "", "no test in Rego stands beside it"},
		"no examples":               {"examples.json", "", "", "its examples: "},
		"an example misplaced":      {"examples.json", `"status": "on"`, `"status": "off"`, `example "right" is among passes and came out as findings`},
		"a field misspelt":          {"examples.json", `"status": "on"`, `"statsu": "on"`, `example "right" does not fit the facts`},
		"a word that is none":       {"examples.json", `"status": "on"`, `"status": "onn"`, `example "right" does not fit the facts`},
		"an example no longer":      {"examples.json", `"denied"`, `"refused"`, `example "refused" does not fit the facts`},
		"not formatted":             {"first_rule.rego", "subjects contains x", "subjects  contains x", "is not formatted: run opa fmt -w mine/key/first_rule/first_rule.rego"},
		"passes what is refused":    {"first_rule.rego", "if some x in input.keys\n", "if {\n\tsome x in input.keys\n\tx.unread.rotation.state == \"denied\"\n}\n", "only the engine's floor kept"},
		"a subject of its own":      {"first_rule.rego", "\"subject\": x.arn,\n", "\"subject\": \"other\",\n", `the finding's subject "other" is no subject`},
		"an operation too many":     {"first_rule.rego", "reads: [kms:GetKeyRotationStatus]", "reads: [kms:GetKeyRotationStatus, kms:ListGrants]", "first_rule.rego:1: custom.reads has kms:ListGrants, from which no reading of the rule comes: take it out"},
		"an operation that is none": {"first_rule.rego", "reads: [kms:GetKeyRotationStatus]", "reads: [kms:GetKeyRotationStatus, DescribeKey]", `custom.reads has "DescribeKey", which does not look like kms:DescribeKey`},
		"fails":                     {"first_rule.rego", `"evidence": {"status": x.rotation.status}`, `"evidence": {"n": to_number(x.arn)}`, "to_number"},
	} {
		t.Run(name, func(t *testing.T) {
			c := catalogue(t)
			s := scaffolds(t, c)
			for file := range s.Files {
				if !strings.HasPrefix(file, dir) {
					delete(s.Files, file)
				}
			}
			text := string(s.Files[dir+test.file])
			if test.old == "" {
				delete(s.Files, dir+test.file)
			} else if i := strings.LastIndex(text, test.old); i < 0 {
				t.Fatalf("nothing is changed by %q in\n%s", test.old, text)
			} else {
				s.Files[dir+test.file] = []byte(text[:i] + test.new + text[i+len(test.old):])
			}
			if err := c.Add(s); err != nil {
				t.Fatal(err)
			}
			all, err := c.Verify(t.Context(), Sandbox{Timeout: 2 * time.Second})
			for _, v := range all {
				err = errors.Join(append(v.Problems, err)...)
			}
			if err == nil || !strings.Contains(err.Error(), test.problem) {
				t.Errorf("got %v, want …%s…", err, test.problem)
			}
		})
	}
}

func TestScaffoldRefuses(t *testing.T) {
	good := Scaffold{Package: "acme", Family: "key", Name: "x", ID: "ACME-001"}
	for problem, change := range map[string]func(*Scaffold){
		"is not one of the families": func(s *Scaffold) { s.Family = "keys" },
		"is no name of a rule":       func(s *Scaffold) { s.Name = "../x" },
		"is no id of a rule":         func(s *Scaffold) { s.ID = "x" },
		"is no name of a package":    func(s *Scaffold) { s.Package = "a.b" },
	} {
		s := good
		change(&s)
		if _, err := s.Files(catalogue(t)); err == nil || !strings.Contains(err.Error(), problem) {
			t.Errorf("%+v: %v", s, err)
		}
	}
}
