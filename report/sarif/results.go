package sarif

import (
	"bytes"
	"cmp"
	"encoding/json"

	"github.com/kmsaudit/kmsaudit/report"
)

func (b *runner) result(f *report.Finding) result {
	fingerprint := f.Fingerprint
	if fingerprint == "" {
		fingerprint = report.Fingerprint(f.Rule, f.Account, f.Region, f.Resource, f.Statement, f.About)
	}
	fingerprint = report.Inert(fingerprint)
	index := b.index[f.Rule]
	text := cmp.Or(f.Msg, b.rules[index].Title, f.Rule, "finding")
	out := result{
		RuleID:    ruleID(f.Rule),
		RuleIndex: index,
		Level:     level(f.Severity),
		Message:   message{Text: messageText(text)},
		Locations: []location{b.location(f.Place, f.Resource)},
		PartialFingerprints: map[string]string{
			"primaryLocationLineHash": fingerprint,
			"kmsauditFingerprint/v1":  fingerprint,
		},
		Properties: resultProperties{
			Severity: f.Severity.String(), Account: report.Inert(f.Account), Region: report.Inert(f.Region),
			Statement: report.Inert(f.Statement), Pointer: report.Inert(f.Place.Pointer), About: about(f.About), Mend: mend(f.Mend),
		},
	}
	if out.BaselineState = f.Baseline; f.Baseline == report.BaselineWorse {
		out.BaselineState = report.BaselineUpdated
	}
	if w := f.Waived; w != nil {
		out.Suppressions = []suppression{{
			Kind: "external", Status: "accepted", Justification: report.Inert(w.Reason),
			Properties: suppressionProperties{report.Inert(w.Owner), report.Inert(w.Expires), report.Inert(w.Ticket)},
		}}
	}
	return out
}

// location is the place in the snapshot, a point one column wide, and the
// resource as a logical location. GitHub refuses a file in which one result has
// no physical location, so that there always is one.
func (b *runner) location(at report.Place, resource string) location {
	file := at.File
	if file == "" && len(b.snapshots) > 0 {
		file = b.snapshots[0].Path
	}
	line, column := max(at.Line, 1), max(at.Column, 1)
	out := location{PhysicalLocation: physicalLocation{
		ArtifactLocation: artifactLocation{uri(file)},
		Region:           region{StartLine: line, StartColumn: column, EndLine: line, EndColumn: column + 1},
	}}
	if resource != "" {
		out.LogicalLocations = []logicalLocation{{report.Inert(resource), "resource"}}
	}
	return out
}

func about(all map[string]string) map[string]string {
	var out map[string]string
	for key, value := range all {
		if key == "" || value == "" {
			continue
		}
		if out == nil {
			out = make(map[string]string, len(all))
		}
		out[report.Inert(key)] = report.Inert(value)
	}
	return out
}

// mend is left out if it is null or no JSON.
func mend(raw json.RawMessage) json.RawMessage {
	if !json.Valid(raw) || bytes.Equal(bytes.TrimSpace(raw), []byte("null")) {
		return nil
	}
	return raw
}

// level is how bad a result or notification is in SARIF's terms.
func level(s report.Severity) string {
	switch s {
	case report.Critical, report.High:
		return "error"
	case report.Medium:
		return "warning"
	case report.Low, report.Info:
		return "note"
	}
	return "warning"
}
