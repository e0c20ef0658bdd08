package who

import (
	"os"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// compile reads a schema that is published.
func compile(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource(name, doc); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile(name)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func validate(t *testing.T, schema *jsonschema.Schema, name string, answer any) {
	t.Helper()
	text, err := json.Marshal(answer)
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

// TestSchemas holds answers of every kind to the schemas that are published.
func TestSchemas(t *testing.T) {
	canSchema, whatSchema := compile(t, "can.schema.json"), compile(t, "what.schema.json")
	unread := func(s *snapshot.Snapshot) { s.Coverage = nil }
	takers := func(s *snapshot.Snapshot) {
		grantTo(s, theRole, `{"Effect":"Allow","Action":["iam:PassRole","lambda:*","kms:TagResource"],"Resource":"*"}`)
		grantTo(s, admin, `{"Effect":"Allow","Action":["kms:*","s3:*"],"Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}`)
		trusts(s, admin, `{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}`)
	}
	for name, changes := range map[string][]func(*snapshot.Snapshot){
		"as it is": nil, "takeovers and conditions": {takers}, "listings not read": {unread}, "the key is disabled": {disabled},
		"key policy not read": {func(s *snapshot.Snapshot) {
			s.Keys[0].Policy = snapshot.Reading[snapshot.Document]{State: snapshot.Denied}
		}},
	} {
		w := New(reference(t, changes...))
		for _, question := range [][2]string{
			{"kms:Decrypt", theKey},
			{"kms:*", "alias/confidential"},
			{"s3:GetObject", "bucket-695267-2"},
			{"s3:PutBucketPolicy", "bucket-695267-1"},
			{"CopyObject", "s3://bucket-695267-1/x"},
			{"CloudTrailDelivery", "bucket-695267-2"},
		} {
			answer, err := w.Can(question[0], question[1])
			if err != nil {
				t.Fatal(err)
			}
			validate(t, canSchema, name+": "+question[0], answer)
		}
		answer, err := w.What(theRole)
		if err != nil {
			t.Fatal(err)
		}
		validate(t, whatSchema, name, answer)
	}
}
