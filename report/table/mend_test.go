package table

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/kmsaudit/kmsaudit/report"
)

func TestMendIsReadyToCopy(t *testing.T) {
	r := &report.Results{
		Rules: []report.Rule{{ID: "KEY-001", Title: "T"}},
		Findings: []report.Finding{{
			Rule: "KEY-001", Severity: report.Low, Resource: "arn:aws:kms:r:1:key/k", Msg: "m",
			Mend: json.RawMessage(`[{"text":"run","command":"aws kms x"},{"text":"add","to":"policy \u001b[31mP","statement":{"Effect":"Allow"}},{"text":"or wait","statement":{}}]`),
		}},
	}
	var b bytes.Buffer
	if err := Write(&b, r, Options{}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"    run:\n      aws kms x\n", `    add (policy \x1b[31mP):` + "\n      {\n        \"Effect\": \"Allow\"\n      }\n", "    or wait\n"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing in:\n%s", want, b.String())
		}
	}
}
