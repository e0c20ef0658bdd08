package report_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/kmsaudit/kmsaudit/report"
)

// full has a value in every field.
func full() *report.Results {
	place := report.Place{File: "snapshot.json", Pointer: "/keys/0/rotation", Line: 33, Column: 9}
	r := &report.Results{
		Schema: report.Schema,
		Tool:   report.Tool{Name: "kmsaudit", Version: "1.2.0"},
		Snapshots: []report.Snapshot{{
			Path: "snapshot.json", SHA256: strings.Repeat("ab", 32), Account: "522814710681", Partition: "aws",
			CollectedAt: "2026-11-01T09:12:44Z", CollectedBy: "arn:aws:iam::522814710681:role/Auditor",
			CollectedVia: "kmsaudit 1.2.0", Interrupted: true,
		}},
		Summary: report.Summary{Rules: 1, Passed: 2, NeedsIntent: []report.NeedsIntent{{Rule: "ACC-001", Needs: []string{"requirements"}}}},
		Rules: []report.Rule{{
			ID: "KEY-001", Name: "kms-key-rotation-disabled", Title: "Rotation is off", Family: "key", Severity: report.Medium,
			Description: "A key could rotate & does not.", Remediation: "Call EnableKeyRotation.", Question: "must_be_able",
			Reads: []string{"kms:DescribeKey"}, NeedsIntent: []string{"environments"},
			Compliance: map[string][]string{"pci_dss_4.0.1": {"3.7.4"}}, Suggested: map[string][]string{"nist": {"SC-12"}},
			Params: json.RawMessage(`{"max_days":365}`), Related: []string{"https://docs.aws.amazon.com/kms/"}, Passed: 2,
		}},
		Findings: []report.Finding{{
			Rule: "KEY-001", Severity: report.Medium, Resource: "arn:aws:kms:us-east-1:522814710681:key/a", Account: "522814710681",
			Region: "us-east-1", Statement: "Open", About: map[string]string{"principal": "<*>"}, Msg: "rotation is off",
			Evidence: json.RawMessage(`{"rotation":"off"}`), Mend: json.RawMessage(`{"enabled":true}`), Place: place,
			Fingerprint: strings.Repeat("1", 64),
		}},
		Unknown: []report.Unknown{{
			Rule: "KEY-001", Severity: report.Medium, Resource: "arn:aws:kms:us-east-1:522814710681:key/b", Account: "522814710681",
			Region: "us-east-1", About: map[string]string{"operation": "x"}, Msg: "was not read", Why: json.RawMessage(`["denied"]`),
			Place: place, Fingerprint: strings.Repeat("2", 64),
		}},
		Gaps: []report.Gap{{
			Account: "522814710681", Service: "kms", Region: "us-east-1", Operation: "kms:ListKeys", Resource: "*", State: "denied",
			Code: "AccessDeniedException", Message: "no", Rules: []string{"KEY-001"}, Severity: report.Medium, Listing: true, Place: place,
		}},
	}
	all := waiver("KEY-001", "*", "2027-01-01")
	all.Account, all.Region, all.Ticket, all.Place = "522814710681", "us-east-1", "SEC-1", report.Place{File: "kmsaudit.yaml", Line: 7}
	old := all
	old.Expires = "2026-01-01"
	idle := all
	idle.Fingerprint = strings.Repeat("9", 64)
	r.Apply([]report.Waiver{all, old, idle}, time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC))
	return r
}

func encode(t *testing.T, r *report.Results) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := report.WriteJSON(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestJSONRoundTrip(t *testing.T) {
	for name, r := range map[string]*report.Results{"full": full(), "empty": {}} {
		t.Run(name, func(t *testing.T) {
			text := encode(t, r)
			got, err := report.ReadJSON(bytes.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			want := *r
			want.Schema = report.Schema
			compact := cmp.Transformer("compact", func(m json.RawMessage) string {
				var b bytes.Buffer
				_ = json.Compact(&b, m)
				return strings.TrimPrefix(b.String(), "null")
			})
			if diff := cmp.Diff(&want, got, compact, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("(-written +read):\n%s", diff)
			}
			if again := encode(t, got); !bytes.Equal(again, text) {
				t.Error("a second writing differs")
			}
		})
	}
}

func TestWriteJSONForm(t *testing.T) {
	text := string(encode(t, full()))
	for _, want := range []string{"{\n  \"schema\": \"kmsaudit.results/v1\",\n  \"tool\": {", `"<*>"`, "rotate & does", `"high": 0`} {
		if !strings.Contains(text, want) {
			t.Errorf("does not hold %s", want)
		}
	}
	if !strings.HasSuffix(text, "\n}\n") {
		t.Error("no newline at the end")
	}
}

// Only a place for a mend, evidence, a reason, parameters or a waiver may be null.
func TestWriteJSONHasNoNilLists(t *testing.T) {
	r := &report.Results{
		Summary: report.Summary{NeedsIntent: make([]report.NeedsIntent, 1)}, Snapshots: make([]report.Snapshot, 1),
		Rules: make([]report.Rule, 1), Findings: make([]report.Finding, 1), Unknown: make([]report.Unknown, 1), Gaps: make([]report.Gap, 1),
	}
	r.Rules[0].Compliance = map[string][]string{"x": nil}
	may := map[string]bool{"mend": true, "evidence": true, "why": true, "params": true, "waived": true}
	var walk func(path, key string, v any)
	walk = func(path, key string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for k, one := range v {
				walk(path+"/"+k, k, one)
			}
		case []any:
			for _, one := range v {
				walk(path+"/0", key, one)
			}
		case nil:
			if !may[key] {
				t.Errorf("%s is null", path)
			}
		}
	}
	for _, one := range []*report.Results{r, {}} {
		var v any
		if err := json.Unmarshal(encode(t, one), &v); err != nil {
			t.Fatal(err)
		}
		walk("", "", v)
	}
	if r.Rules[0].Reads != nil || r.Rules[0].Compliance["x"] != nil {
		t.Error("writing changed the results")
	}
}

func TestWriteJSONIsInert(t *testing.T) {
	hostile := "##[error] \x1b[31m \u202e \u009b \u2028 \u200b \U000e0041 \x7f <script>|\n" + strings.Repeat("x", 4096)
	evidence, err := json.Marshal(map[string]string{hostile: hostile})
	if err != nil {
		t.Fatal(err)
	}
	evidence = bytes.ReplaceAll(evidence, []byte(`\u2028`), []byte("\u2028")) // as other encoders write it
	r := full()
	r.Findings[0].Msg, r.Findings[0].Evidence = hostile, evidence
	text := encode(t, r)
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSuffix(line, "\n"); line != report.Inert(line) {
			t.Errorf("not inert: %.120q", line)
		}
	}
	back, err := report.ReadJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if back.Findings[0].Msg != hostile {
		t.Errorf("message came back as %.120q", back.Findings[0].Msg)
	}
	var got map[string]string
	if err := json.Unmarshal(back.Findings[0].Evidence, &got); err != nil || got[hostile] != hostile {
		t.Errorf("evidence came back as %.200s (%v)", back.Findings[0].Evidence, err)
	}
}

func TestWriteJSONErrors(t *testing.T) {
	r := full()
	r.Findings[0].Evidence = json.RawMessage(`{`)
	var b bytes.Buffer
	if err := report.WriteJSON(&b, r); err == nil || json.Valid(b.Bytes()) {
		t.Errorf("broken evidence: error %v, %d bytes written", err, b.Len())
	}
	if err := report.WriteJSON(broken{}, full()); !errors.Is(err, errBroken) {
		t.Errorf("broken writer: error %v", err)
	}
}

var errBroken = errors.New("disk full")

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errBroken }

func TestReadJSONRefuses(t *testing.T) {
	good := string(encode(t, full()))
	tests := map[string]struct{ text, want string }{
		"nothing":         {"", "unexpected end"},
		"truncated":       {good[:len(good)/2], "line "},
		"not an object":   {"[]", "line 1"},
		"another schema":  {strings.Replace(good, "results/v1", "results/v9", 1), `schema "kmsaudit.results/v9" is not kmsaudit.results/v1`},
		"a snapshot":      {`{"keys": []}`, "no schema named"},
		"unknown field":   {strings.Replace(good, `"tool"`, `"tools"`, 1), `unknown field "tools"`},
		"nested":          {strings.Replace(good, `"pointer"`, `"pointers"`, 1), `unknown field "pointers"`},
		"wrong type":      {strings.Replace(good, `"line": 33`, `"line": "33"`, 1), "line "},
		"wrong severity":  {strings.Replace(good, `"severity": "medium"`, `"severity": "dire"`, 1), `severity "dire"`},
		"more behind":     {good + "{}", "after top-level value"},
		"newer and other": {`{"schema": "kmsaudit.results/v2", "new": 1}`, "is not kmsaudit.results/v1"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := report.ReadJSON(strings.NewReader(tt.text))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want it to say %q", err, tt.want)
			}
		})
	}
}
