package csv_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kmsaudit/kmsaudit/report"
	writer "github.com/kmsaudit/kmsaudit/report/csv"
	"github.com/kmsaudit/kmsaudit/report/internal/example"
	"github.com/kmsaudit/kmsaudit/report/internal/hostile"
)

func records(t *testing.T, r *report.Results) [][]string {
	t.Helper()
	var b bytes.Buffer
	if err := writer.Write(&b, r); err != nil {
		t.Fatal(err)
	}
	all, err := csv.NewReader(&b).ReadAll() // refuses rows of another length
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestWrite(t *testing.T) {
	r := example.Load(t, "faults")
	all := records(t, r)
	if want := 1 + len(r.Findings) + len(r.Unknown) + len(r.Gaps); len(all) != want {
		t.Errorf("%d rows, want %d", len(all), want)
	}
	if diff := cmp.Diff(writer.Header(), all[0]); diff != "" {
		t.Errorf("header: %s", diff)
	}
	row := map[string]string{}
	for i, cell := range all[1] {
		row[all[0][i]] = cell
	}
	want := map[string]string{
		"kind": "finding", "rule": "POL-001", "title": "Anyone can use the key", "severity": "critical",
		"account": "522814710681", "region": "us-east-1",
		"resource":  "arn:aws:kms:us-east-1:522814710681:key/cac96933-72ff-0000-0000-000000000000",
		"statement": "sha256:9f86d081884c7d65", "about": "action kms:Decrypt, principal *",
		"message": "statement Open lets anyone use the key for kms:Decrypt",
		"file":    "testdata/reference/snapshot.json", "line": "131", "column": "9", "pointer": "/keys/0/policy/value/Statement/2",
		"mend": "", "fingerprint": "99cdd3544292d5eafae8e1484bc69749571ad4023051ae0c782a36c50764316c",
		"waived_until": "", "waived_by": "", "waived_reason": "", "waived_ticket": "", "baseline": "",
	}
	if diff := cmp.Diff(want, row); diff != "" {
		t.Error(diff)
	}
}

func TestFormulas(t *testing.T) {
	for in, want := range map[string]string{
		"=cmd()": "'=cmd()", "+1": "'+1", "-1": "'-1", "@SUM(1)": "'@SUM(1)", "  =1": "'  =1", "|x": "'|x", "＝1": "'＝1",
		"a;=1": "a;'=1", "a,\t=1": `a,\t=1`, `"=1`: `"'=1`, "a=1": "a=1", "us-east-1": "us-east-1", "": "", "\t=1": `\t=1`,
	} {
		all := records(t, &report.Results{Findings: []report.Finding{{Resource: in, Msg: in}}})
		if got := all[1][6]; got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestHostile(t *testing.T) {
	for _, row := range records(t, hostile.Results(3))[1:] {
		for i, cell := range row {
			if cell != report.Inert(cell) {
				t.Errorf("column %d is not inert: %.100q", i, cell)
			}
			if strings.HasPrefix(cell, "=") {
				t.Errorf("column %d is a formula: %.100q", i, cell)
			}
		}
	}
}

func TestWriteErrors(t *testing.T) {
	if err := writer.Write(example.Broken(), example.Load(t, "clean")); !errors.Is(err, example.ErrBroken) {
		t.Errorf("error %v", err)
	}
}
