package main

import (
	"bytes"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/rules/access"
)

// verdictLine is the answer to a case.
type verdictLine struct {
	ID        jsontext.Value  `json:"id,omitzero"`
	Verdict   access.Verdict  `json:"verdict"`
	DecidedBy []statementName `json:"decidedBy,omitempty"`
	Missing   []access.Layer  `json:"missing,omitempty"`
	DependsOn []openTest      `json:"dependsOn,omitempty"`
	Notes     []string        `json:"notes,omitempty"`
}

// statementName names a statement of the case, or a grant by its id.
type statementName struct {
	Layer  access.Layer `json:"layer"`
	Policy string       `json:"policy"`
	Sid    string       `json:"sid"`
	Index  int          `json:"index"`
	Effect string       `json:"effect"`
}

type openTest struct {
	Key       string        `json:"key"`
	Operator  string        `json:"operator"`
	Values    []string      `json:"values"`
	Statement statementName `json:"statement"`
}

// errorLine is the answer to a line that is not a case.
type errorLine struct {
	Line  int    `json:"line"`
	Error string `json:"error"`
}

// decideLine answers one line, unless it is not a case.
func (b *caseBatch) decideLine(line caseLine) error {
	if line.tooLong {
		return fmt.Errorf("the line is longer than %d bytes", longest)
	}
	c, err := access.DecodeCase(b.text[line.from:line.to])
	if err != nil {
		return err
	}
	d := c.Decide()
	v := verdictLine{ID: c.ID, Verdict: d.Verdict, Missing: d.Missing, Notes: d.Notes}
	for i := range d.DecidedBy {
		v.DecidedBy = append(v.DecidedBy, nameOf(&d.DecidedBy[i]))
	}
	for i := range d.DependsOn {
		test := &d.DependsOn[i]
		v.DependsOn = append(v.DependsOn, openTest{test.Key, test.Operator, test.Values, nameOf(&test.Statement)})
	}
	return encodeLine(&b.answer, &v)
}

func nameOf(ref *access.StatementRef) statementName {
	return statementName{ref.Layer, ref.Policy, ref.Sid, ref.Index, ref.Effect}
}

// encodeLine writes a value as JSON on a line of its own.
func encodeLine(to *bytes.Buffer, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	to.Write(report.EscapeJSON(text))
	to.WriteByte('\n')
	return nil
}
