package policy

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDecode(t *testing.T) {
	tests := []struct {
		name, text string
		want       Document
	}{
		{"one of each", `{"Version":"2012-10-17","Id":"i","Statement":{"Sid":"s","Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}}`, Document{
			Version: "2012-10-17", ID: "i", Statements: []Statement{{
				Sid: "s", Effect: Allow, Pointer: "/Statement", Principal: &Principals{List: []Principal{{KindAWS, "*"}}},
				Action: []string{"kms:*"}, Resource: []string{"*"},
			}},
		}},
		{"many of each", `{"Statement":[{"Effect":"Deny","NotPrincipal":{"AWS":["a","b"],"Service":"s"},"NotAction":["x","y"],"NotResource":[]}]}`, Document{
			Statements: []Statement{{
				Effect: Deny, Pointer: "/Statement/0", NotPrincipal: &Principals{List: []Principal{{KindAWS, "a"}, {KindAWS, "b"}, {KindService, "s"}}},
				NotAction: []string{"x", "y"}, NotResource: []string{},
			}},
		}},
		{"conditions", `{"Statement":[{"Effect":"Allow","Action":"a","Condition":{"Bool":{"k":false},"NumericLessThan":{"n":1.5,"m":["1",2]}}}]}`, Document{
			Statements: []Statement{{
				Effect: Allow, Pointer: "/Statement/0", Action: []string{"a"},
				Conditions: []Condition{{"Bool", "k", []string{"false"}}, {"NumericLessThan", "n", []string{"1.5"}}, {"NumericLessThan", "m", []string{"1", "2"}}},
			}},
		}},
		{"repeated operator", `{"Statement":[{"Effect":"Allow","Action":"a","Condition":{"Bool":{"k":"true"},"Bool":{"l":"true"}}}]}`, Document{
			Statements: []Statement{{
				Effect: Allow, Pointer: "/Statement/0", Action: []string{"a"},
				Conditions: []Condition{{"Bool", "k", []string{"true"}}, {"Bool", "l", []string{"true"}}},
			}},
			Repeated: []string{"/Statement/0/Condition/Bool"},
		}},
		{"empty", `{"Statement":[]}`, Document{Statements: []Statement{}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := Decode([]byte(test.text))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(&test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	tests := []struct{ name, text, pointer, problem string }{
		{"nothing", ``, "", "ends early"},
		{"cut", `{"Statement":[{"Effect":"Allow"`, "/Statement/0", ""},
		{"more", `{"Statement":[]}{}`, "", "more text"},
		{"no object", `[]`, "", "JSON object"},
		{"no statement", `{"Version":"2012-10-17"}`, "", "no Statement"},
		{"unknown element", `{"Statement":[{"Effect":"Allow","Action":"a","Actions":"b"}]}`, "/Statement/0/Actions", "no such element"},
		{"effect", `{"Statement":[{"Effect":"allow","Action":"a"}]}`, "/Statement/0/Effect", "Allow or Deny"},
		{"no effect", `{"Statement":[{"Action":"a"}]}`, "/Statement/0", "no Effect"},
		{"no action", `{"Statement":[{"Effect":"Allow"}]}`, "/Statement/0", "neither Action nor"},
		{"both actions", `{"Statement":[{"Effect":"Allow","Action":"a","NotAction":"a"}]}`, "/Statement/0", "both Action and"},
		{"number", `{"Statement":[{"Effect":"Allow","Action":1}]}`, "/Statement/0/Action", "string"},
		{"null", `{"Statement":[{"Effect":"Allow","Action":["a",null]}]}`, "/Statement/0/Action/1", "string"},
		{"principal", `{"Statement":[{"Effect":"Allow","Action":"a","Principal":"arn:x"}]}`, "/Statement/0/Principal", `"*"`},
		{"principal kind", `{"Statement":[{"Effect":"Allow","Action":"a","Principal":{"Aws":"*"}}]}`, "/Statement/0/Principal/Aws", "kind of principal"},
		{"condition value", `{"Statement":[{"Effect":"Allow","Action":"a","Condition":{"Bool":{"k":{}}}}]}`, "/Statement/0/Condition/Bool/k", "boolean"},
		{"condition", `{"Statement":[{"Effect":"Allow","Action":"a","Condition":[]}]}`, "/Statement/0/Condition", "JSON object"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Decode([]byte(test.text))
			var wrong *Error
			if !errors.As(err, &wrong) {
				t.Fatalf("got %v, want an *Error", err)
			}
			if wrong.Pointer != test.pointer || !strings.Contains(wrong.Problem, test.problem) {
				t.Errorf("got %v, want %s: …%s…", wrong, test.pointer, test.problem)
			}
		})
	}
}

func TestIdentity(t *testing.T) {
	read := func(text string) *Document {
		d, err := Decode([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	a := read(`{"Statement":[{"Sid":"A","Effect":"Allow","Action":"x"},{"Effect":"Allow","Action":["k","l"]},{"Sid":"B","Effect":"Deny","Action":"y"},{"Sid":"B","Effect":"Deny","Action":"z"}]}`)
	b := read(`{"Statement":[{"Effect":"Allow","Action":["l","k","k"]},{"Sid":"A","Effect":"Allow","Action":"other"}]}`)
	if a.Identity(0) != "A" || b.Identity(1) != "A" {
		t.Error("a Sid of its own is the identity")
	}
	if a.Identity(1) != b.Identity(0) {
		t.Error("order and repetition of values changed the identity")
	}
	if a.Identity(2) == a.Identity(3) || a.Identity(2) == "B" {
		t.Error("a Sid that stands twice tells nothing apart")
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"kms:*","Resource":"*","Condition":{"Bool":{"a":true}}}]}`))
	f.Add([]byte(`{"Statement":{"Effect":"Deny","NotAction":[],"NotResource":"x"}}`))
	f.Add([]byte(`{"Statement":{"Effect":"Allow","Action":["a",1],"Resource":["a"],"Condition":{"x":{"y":["a",1],"y":["a"]}}}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := Decode(text)
		remembered, again := NewMemory(), error(nil)
		for range 2 { // the second time it remembers
			var same *Document
			if same, again = remembered.Decode(text); !reflect.DeepEqual(same, d) || fmt.Sprint(again) != fmt.Sprint(err) {
				t.Fatalf("remembered: %+v, %v; decoded: %+v, %v", same, again, d, err)
			}
		}
		if err != nil {
			var wrong *Error
			if !errors.As(err, &wrong) {
				t.Fatalf("%v is no *Error", err)
			}
			return
		}
		for i, s := range d.Statements {
			if d.Identity(i) == "" || s.Pointer == "" || s.Effect == "" {
				t.Fatalf("statement %d is %+v", i, s)
			}
		}
	})
}

// TestIdentitiesStay: names of statements are in baselines and waivers, and must not
// change from one version to the next.
func TestIdentitiesStay(t *testing.T) {
	for text, want := range map[string]string{
		`{"Effect":"Allow","Principal":"*","Action":["s3:PutObject","s3:GetObject","s3:PutObject"],"Resource":[]}`:                                                                                              "sha256:cf5fc871b4062c9c",
		`{"Effect":"Deny","NotPrincipal":{"Service":"b","AWS":["111122223333","*"]},"NotAction":"kms:*","NotResource":"é"}`:                                                                                     "sha256:4528aaed580aca32",
		`{"Effect":"Allow","Action":"kms:Decrypt","Resource":"*","Condition":{"StringEquals":{"KMS:ViaService":["b","a","b"],"aws:x":"\"quoted\" é"},"Bool":{"aws:SecureTransport":true},"Null":{"aws:y":[]}}}`: "sha256:16f3a6bd92dc4228",
	} {
		d, err := Decode([]byte(`{"Statement":` + text + `}`))
		if err != nil {
			t.Fatal(err)
		}
		if got := d.Identity(0); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}
