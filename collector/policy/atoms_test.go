package policy

import (
	"slices"
	"testing"
)

// Statements that allow the same are cut into the same atoms.
func TestAtoms(t *testing.T) {
	cut := func(text string) []string {
		t.Helper()
		doc, err := Decode([]byte(`{"Version":"2012-10-17","Statement":[` + text + `]}`))
		if err != nil {
			t.Fatal(err)
		}
		var atoms []string
		for _, s := range doc.Statements {
			atoms = append(atoms, s.Atoms()...)
		}
		slices.Sort(atoms)
		return slices.Compact(atoms)
	}
	const base = `{"Sid":"a","Effect":"Allow","Principal":{"AWS":["111122223333","*"]},"Action":["kms:Decrypt","kms:Encrypt"],"Resource":"*"}`
	for name, text := range map[string]string{
		"order, case, ARN": `{"Effect":"Allow","Principal":{"AWS":["*","arn:aws:iam::111122223333:root"]},"Action":["kms:encrypt","KMS:Decrypt"],"Resource":["*"]}`,
		"in two": `{"Effect":"Allow","Principal":{"AWS":["111122223333","*"]},"Action":"kms:Decrypt","Resource":"*"},
			{"Effect":"Allow","Principal":{"AWS":["111122223333","*"]},"Action":"kms:Encrypt","Resource":"*"}`,
	} {
		if !slices.Equal(cut(text), cut(base)) {
			t.Errorf("%s: other atoms", name)
		}
	}
	for name, text := range map[string]string{
		"a Deny":       `{"Effect":"Deny","Principal":{"AWS":["111122223333","*"]},"Action":["kms:Decrypt","kms:Encrypt"],"Resource":"*"}`,
		"not action":   `{"Effect":"Allow","Principal":{"AWS":["111122223333","*"]},"NotAction":["kms:Decrypt","kms:Encrypt"],"Resource":"*"}`,
		"fewer":        `{"Effect":"Allow","Principal":{"AWS":["111122223333","*"]},"Action":["kms:Decrypt"],"Resource":"*"}`,
		"a condition":  `{"Effect":"Allow","Principal":{"AWS":["111122223333","*"]},"Action":["kms:Decrypt","kms:Encrypt"],"Resource":"*","Condition":{"Bool":{"a":"true"}}}`,
		"no principal": `{"Effect":"Allow","Action":["kms:Decrypt","kms:Encrypt"],"Resource":"*"}`,
	} {
		if slices.Equal(cut(text), cut(base)) {
			t.Errorf("%s: the same atoms", name)
		}
	}
}
