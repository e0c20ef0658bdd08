package why

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// TestSchema holds answers of every kind to the schema that is published.
func TestSchema(t *testing.T) {
	text, err := os.ReadFile("answer.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("answer.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("answer.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	denies := bucketPolicy(`{"Sid":"No","Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"` + theBucket + `/*"}`)
	header := bucketPolicy(`{"Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"` + theBucket + `/*","Condition":{"StringNotEquals":{"` + algorithmHeader + `":"aws:kms"}}}`)
	via := keyPolicy(strings.TrimSuffix(delegate, "}") + `,"Condition":{"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com"}}}`)
	unread := func(s *snapshot.Snapshot) {
		s.Organization = snapshot.Reading[snapshot.Organization]{State: snapshot.Denied}
	}
	foreign := download()
	foreign.Principal = stranger
	for name, a := range map[string]*Answer{
		"allowed": ask(t, upload(), reference(t)),
		"denied":  ask(t, upload(), reference(t, policies(useS3), keyState("Disabled"))),
		"deny":    ask(t, upload(), reference(t, denies)),
		"header":  ask(t, upload(), reference(t, header)),
		"depends": ask(t, Question{Operation: "kms:Decrypt", Resource: theKey, Context: map[string][]string{"aws:SourceIp": {"10.0.0.1"}}}, reference(t, via)),
		"unknown": ask(t, foreign, reference(t, keyPolicy(`{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}`))),
		"unread":  ask(t, download(), reference(t, unread)),
		"grants": ask(t, download(), reference(t, func(s *snapshot.Snapshot) {
			s.Keys[0].Grants = snapshot.Of([]snapshot.Grant{{ID: "g", Grantee: theRole, Operations: []string{"Encrypt"}}, {ID: "h", Grantee: theRole, Operations: []string{"Decrypt"}}})
		}, policies(useS3))),
	} {
		text, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	// The kinds of causes are those of the schema, in its order.
	var parts struct {
		Defs map[string]struct {
			Properties map[string]struct {
				Enum []string `json:"enum"`
			} `json:"properties"`
		} `json:"$defs"`
	}
	if err := json.Unmarshal(text, &parts); err != nil {
		t.Fatal(err)
	}
	if got := parts.Defs["cause"].Properties["kind"].Enum; !slices.Equal(got, Kinds()) {
		t.Errorf("the schema has the kinds %q, the code %q", got, Kinds())
	}
}
