package snapshot

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

func compiledSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(SchemaFile))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("snapshot.json", parsed); err != nil {
		t.Fatal(err)
	}
	return compiler.MustCompile("snapshot.json")
}

func validate(t *testing.T, schema *jsonschema.Schema, text []byte) error {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return schema.Validate(value)
}

func TestSchemaFileIsFresh(t *testing.T) {
	var want bytes.Buffer
	encoder := json.NewEncoder(&want)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(JSONSchema()); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want.Bytes(), SchemaFile) {
		t.Error("schema.json is stale: run go generate ./collector/snapshot")
	}
}

// fill sets every field of every type to something, so that nothing is left out
// of the file.
func fill(v reflect.Value) {
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)))
		return
	case State:
		v.Set(reflect.ValueOf(OK))
		return
	case Document:
		d, err := NewDocument([]byte(keyPolicy))
		if err != nil {
			panic(err)
		}
		v.Set(reflect.ValueOf(d))
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.String:
		v.SetString("s")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(1)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.Map:
		v.Set(reflect.ValueOf(map[string]string{"k": "v"}))
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	}
}

func TestSchemaHoldsEveryField(t *testing.T) {
	s := &Snapshot{}
	fill(reflect.ValueOf(s).Elem())
	s.Schema, s.Account.ID = Schema, "111122223333"
	s.Buckets[0].ARN = "arn:aws:s3:::" + s.Buckets[0].Name
	text, err := Encode(s)
	if err != nil {
		t.Fatal(err)
	}
	if err := validate(t, compiledSchema(t), text); err != nil {
		t.Error(err)
	}
	if _, err := Decode("full.json", text); err != nil {
		t.Error(err)
	}
}

func TestSchemaAndDecodeRefuseTheSame(t *testing.T) {
	schema := compiledSchema(t)
	good, err := Encode(example())
	if err != nil {
		t.Fatal(err)
	}
	if err := validate(t, schema, good); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string][2]string{
		"unknown field":    {`"rotation":`, `"rotation2":`},
		"other schema":     {"snapshot/v1", "snapshot/v2"},
		"wrong state":      {`"state": "denied"`, `"state": "refused"`},
		"ok without value": {`"state": "denied"`, `"state": "ok"`},
		"no arn":           {`"arn": "arn:aws:kms:us-east-1:111122223333:key/1",`, ""},
		"wrong type":       {`"id": "1"`, `"id": 1`},
	} {
		bad := []byte(strings.Replace(string(good), change[0], change[1], 1))
		if validate(t, schema, bad) == nil {
			t.Errorf("%s: the schema lets it pass", name)
		}
		if _, err := Decode("bad.json", bad); err == nil {
			t.Errorf("%s: Decode lets it pass", name)
		}
	}
}

func TestReferenceFitsTheSchema(t *testing.T) {
	text, err := os.ReadFile("../../testdata/reference/snapshot.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := validate(t, compiledSchema(t), text); err != nil {
		t.Error(err)
	}
}
