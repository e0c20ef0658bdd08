package report

import (
	"bytes"
	"encoding/json"
)

// strict decodes JSON text that has no fields but those of v.
func strict(text []byte, v any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	return decoder.Decode(v)
}

// filled is the results with no nil left to write, but in findings, unknowns
// and gaps, which are many: a copy, as far as it differs.
func (r *Results) filled() *Results {
	out := *r
	if out.Schema == "" {
		out.Schema = Schema
	}
	out.Snapshots = list(out.Snapshots)
	out.Summary.BySeverity = object(out.Summary.BySeverity)
	out.Summary.NeedsIntent = each(out.Summary.NeedsIntent, func(n *NeedsIntent) { n.Needs = list(n.Needs) })
	out.Rules = each(out.Rules, func(rule *Rule) {
		rule.Reads = list(rule.Reads)
		rule.NeedsIntent = list(rule.NeedsIntent)
		rule.Compliance = mapping(rule.Compliance)
		rule.Suggested = mapping(rule.Suggested)
		rule.Params = raw(rule.Params)
		rule.Related = list(rule.Related)
	})
	out.UnusedWaivers = list(out.UnusedWaivers)
	out.ExpiredWaivers = list(out.ExpiredWaivers)
	if r.Baseline != nil {
		b := *r.Baseline
		b.Resolved = each(b.Resolved, func(f *Finding) { *f = f.filled() })
		b.Unjudged = each(b.Unjudged, func(f *Finding) { *f = f.filled() })
		b.Blind = each(b.Blind, func(u *Unknown) { *u = u.filled() })
		out.Baseline = &b
	}
	return &out
}

func (f Finding) filled() Finding {
	f.About = object(f.About)
	f.Evidence = raw(f.Evidence)
	f.Mend = raw(f.Mend)
	return f
}

func (u Unknown) filled() Unknown {
	u.About = object(u.About)
	u.Why = raw(u.Why)
	return u
}

func (g Gap) filled() Gap {
	g.Rules = list(g.Rules)
	return g
}

func list[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

func object[V any](m map[string]V) map[string]V {
	if m == nil {
		return map[string]V{}
	}
	return m
}

// each copies the list and lets change alter the copies.
func each[T any](s []T, change func(*T)) []T {
	out := append([]T{}, s...)
	for i := range out {
		change(&out[i])
	}
	return out
}

func mapping(m map[string][]string) map[string][]string {
	out := make(map[string][]string, len(m))
	for key, values := range m {
		out[key] = list(values)
	}
	return out
}

func raw(message json.RawMessage) json.RawMessage {
	if len(message) == 0 {
		return json.RawMessage("null")
	}
	return message
}
