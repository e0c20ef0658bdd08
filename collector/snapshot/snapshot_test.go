package snapshot

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/kmsaudit/kmsaudit/collector/policy"
)

const keyPolicy = `{"Version":"2012-10-17","Statement":[{"Sid":"Root","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"},{"Effect":"Deny","Principal":"*","Action":"kms:Decrypt","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":false}}}]}`

func example() *Snapshot {
	return &Snapshot{
		Schema:      Schema,
		Tool:        Tool{Name: "kmsaudit", Version: "test"},
		Account:     Account{ID: "111122223333", Partition: "aws"},
		CollectedAt: time.Date(2026, 11, 20, 6, 0, 0, 0, time.UTC),
		CollectedBy: "arn:aws:iam::111122223333:role/Auditor",
		Regions:     []string{"us-east-1"},
		Coverage:    []Coverage{{Service: "kms", Region: "us-east-1", Operation: "kms:ListKeys", State: OK}},
		Keys: []Key{{
			ARN: "arn:aws:kms:us-east-1:111122223333:key/1", ID: "1", Region: "us-east-1",
			Policy:   ReadDocument("kms:GetKeyPolicy", keyPolicy),
			Grants:   Of([]Grant{}),
			Rotation: Reading[Rotation]{State: Denied, Operation: "kms:GetKeyRotationStatus", Code: "AccessDeniedException"},
		}},
	}
}

func TestRoundTrip(t *testing.T) {
	text, err := Encode(example())
	if err != nil {
		t.Fatal(err)
	}
	read, err := Decode("a.json", text)
	if err != nil {
		t.Fatalf("decode: %v\n%s", err, text)
	}
	again, err := Encode(read)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(text), string(again)); diff != "" {
		t.Errorf("a second encoding differs (-first +second):\n%s", diff)
	}
	if diff := cmp.Diff(example(), read, cmp.AllowUnexported(Document{}), cmpopts.EquateEmpty(),
		cmp.Transformer("json", func(d Document) string { return string(d.json[:0]) + d.policy.Identity(0) })); diff != "" {
		t.Errorf("the snapshot changed (-want +got):\n%s", diff)
	}
	if got := read.Keys[0].Tags.State; got != NotCollected {
		t.Errorf("tags that nobody read are %s", got)
	}
}

func TestEveryStatementHasItsOwnLine(t *testing.T) {
	text, err := Encode(example())
	if err != nil {
		t.Fatal(err)
	}
	pointers := []string{"/keys/0/policy/value/Statement/0", "/keys/0/policy/value/Statement/1", "/keys/0", "/nowhere"}
	at := Positions(text, pointers)
	lines := bytes.Split(text, []byte("\n"))
	for _, pointer := range pointers[:3] {
		p, ok := at[pointer]
		if !ok || !strings.HasPrefix(string(lines[p.Line-1][p.Column-1:]), "{") {
			t.Errorf("%s is not at %v", pointer, p)
		}
	}
	if at[pointers[0]].Line >= at[pointers[1]].Line {
		t.Errorf("statements share a line: %v", at)
	}
	if _, ok := at["/nowhere"]; ok {
		t.Error("a place was made up")
	}
}

func TestDecodeRefuses(t *testing.T) {
	good, err := Encode(example())
	if err != nil {
		t.Fatal(err)
	}
	change := func(old, new string) string {
		changed := strings.Replace(string(good), old, new, 1)
		if changed == string(good) {
			t.Fatalf("%q is not in the example", old)
		}
		return changed
	}
	tests := []struct{ name, text, pointer, problem string }{
		{"empty", "", "", "ends early"},
		{"cut", string(good[:len(good)/2]), "", "ends early"},
		{"more", string(good) + "{}", "", "after top-level value"},
		{"not json", "hello", "", "invalid"},
		{"list", "[]", "", "JSON"},
		{"other schema", change("snapshot/v1", "snapshot/v9"), "/schema", `"kmsaudit.snapshot/v9" is not known`},
		{"no schema", change(`"schema": "kmsaudit.snapshot/v1",`, ""), "/schema", "not a kmsaudit snapshot"},
		{"unknown field", change(`"rotation":`, `"rotations2": 1, "rotation":`), "/keys/0/rotations2", "written by kmsaudit test"},
		{"other case", change(`"rotation":`, `"Rotation":`), "/keys/0/Rotation", "does not know the field"},
		{"twice", change(`"id": "1",`, `"id": "1", "id": "2",`), "/keys/0/id", "duplicate"},
		{"wrong type", change(`"id": "1"`, `"id": 1`), "/keys/0/id", "number"},
		{"wrong state", change(`"state": "denied"`, `"state": "refused"`), "/keys/0/rotation/state", "not one of ok"},
		{"ok without value", change(`"state": "denied"`, `"state": "ok"`), "/keys/0/rotation", "there is no value"},
		{"value without ok", change(`"state": "ok",
        "value": []`, `"state": "denied",
        "value": []`), "/keys/0/grants", `state is "denied" and there is a value`},
		{"no policy", change(`"Effect": "Deny"`, `"Effect": "deny"`), "/keys/0/policy/value/Statement/1/Effect", "Allow or Deny"},
		{"account", change(`"id": "111122223333"`, `"id": "1"`), "/account/id", "12 digits"},
		{"no time", change(`"2026-11-20T06:00:00Z"`, `"yesterday"`), "/collected_at", "parsing time"},
		{"no arn", change(`"arn": "arn:aws:kms:us-east-1:111122223333:key/1"`, `"arn": ""`), "/keys/0", "arn is missing"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Decode("a.json", []byte(test.text))
			var wrong *Error
			if !errors.As(err, &wrong) {
				t.Fatalf("got %v, want an *Error", err)
			}
			if test.pointer != "" && wrong.Pointer != test.pointer || !strings.Contains(wrong.Problem, test.problem) {
				t.Errorf("got %v, want %s: …%s…", err, test.pointer, test.problem)
			}
			if wrong.Line == 0 {
				t.Errorf("%v has no line", err)
			}
		})
	}
}

func TestReadDocument(t *testing.T) {
	tests := []struct {
		name, text string
		state      State
		keepsText  bool
		repeated   int
	}{
		{"plain", keyPolicy, OK, false, 0},
		{"white space", " {\n \"Statement\" : [ ] }\n", OK, false, 0},
		{"repeated", `{"Statement":[{"Effect":"Allow","Action":"kms:Decrypt","Action":"kms:Encrypt"}]}`, OK, true, 1},
		{"odd encoding", `{"Statement":[{"Effect":"Allow","Action":"kms\u003aDecrypt"}]}`, OK, true, 0},
		{"no policy", `{"Statement":1}`, Failed, true, 0},
		{"no JSON", `<html>`, Failed, true, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := ReadDocument("kms:GetKeyPolicy", test.text)
			if r.State != test.state || (r.Text != "") != test.keepsText {
				t.Fatalf("got %s with text %q: %s", r.State, r.Text, r.Message)
			}
			p, unread := PolicyOf(r)
			if r.State == OK && (unread != nil || len(p.Repeated) != test.repeated) {
				t.Errorf("policy %v, unread %v", p, unread)
			}
			if r.State == OK && len(p.Statements) > 0 && p.Statements[0].Effect != policy.Allow {
				t.Errorf("statement %v", p.Statements[0])
			}
		})
	}
}

func TestFile(t *testing.T) {
	for _, name := range []string{"a.json", "a.json.gz"} {
		path := filepath.Join(t.TempDir(), name)
		if err := WriteFile(path, example()); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v, %v", name, info.Mode(), err)
		}
		f, err := ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if len(f.SHA256) != 64 || f.Snapshot.Account.ID != "111122223333" || f.Positions([]string{"/keys/0"})["/keys/0"].Line < 2 {
			t.Errorf("%s was read as %+v", name, f)
		}
	}
}

// A snapshot for an audit has its policies, and cannot be written; places are
// found as long as the file is the one that was read, and in a pipe.
func TestReadForAudit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "snapshot.json")
	if err := WriteFile(path, example()); err != nil {
		t.Fatal(err)
	}
	f, err := ReadForAudit(path)
	if err != nil {
		t.Fatal(err)
	}
	if document, ok := f.Snapshot.Keys[0].Policy.Get(); !ok || document.Policy() == nil || document.JSON() != nil {
		t.Errorf("the policy was read as %+v", document)
	}
	if _, err := Encode(f.Snapshot); err == nil {
		t.Error("a snapshot without texts was written")
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(text, '\n'), 0o600); err != nil {
		t.Fatal(err)
	}
	if at := f.Positions([]string{"/keys/0"}); len(at) != 0 {
		t.Errorf("places in another file: %v", at)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		_, _ = w.Write(text)
		_ = w.Close()
	}()
	f, err = ReadForAudit(fmt.Sprintf("/dev/fd/%d", r.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	if at := f.Positions([]string{"/keys/0"}); at["/keys/0"].Line < 2 {
		t.Errorf("places in a pipe: %v", at)
	}
}

func FuzzDecode(f *testing.F) {
	good, err := Encode(example())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(`{"schema":"kmsaudit.snapshot/v1","keys":[{"policy":{"state":"ok","value":{}}}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		quickAndPlain(t, text)
		s, err := Decode("f", text)
		if err != nil {
			var wrong *Error
			if !errors.As(err, &wrong) {
				t.Fatalf("%v is no *Error", err)
			}
			return
		}
		again, err := Encode(s)
		if err != nil {
			t.Fatalf("encode what was decoded: %v", err)
		}
		if _, err := Decode("g", again); err != nil {
			t.Fatalf("decode what was encoded: %v", err)
		}
	})
}

// quickAndPlain holds what is read quickly to what is read plainly.
func quickAndPlain(t *testing.T, text []byte) (quick *Snapshot) {
	t.Helper()
	from := newSource(text, true)
	quick, err := from.snapshot(from.quickly())
	if err != nil {
		return nil // it is read plainly
	}
	plain, err := from.snapshot(from.document())
	if err != nil || !reflect.DeepEqual(quick, plain) {
		t.Fatalf("read quickly: %+v; plainly: %+v, %v", quick, plain, err)
	}
	return quick
}

func TestQuickDecoding(t *testing.T) {
	for _, n := range []int{0, 1, 7, 8, 9, 23, 24, 25, 600} {
		s := example()
		bucket := Bucket{Objects: []Object{}}
		s.Buckets = []Bucket{}
		for i := range n {
			bucket.Name = fmt.Sprint("b", i)
			bucket.ARN = "arn:aws:s3:::" + bucket.Name
			bucket.Tags = Of(map[string]string{"even": strconv.FormatBool(i%2 == 0)})
			s.Buckets = append(s.Buckets, bucket)
		}
		text, err := Encode(s)
		if err != nil {
			t.Fatal(err)
		}
		if got := quickAndPlain(t, text); got == nil || len(got.Buckets) != n {
			t.Errorf("%d buckets: %+v", n, got)
		}
	}
}
