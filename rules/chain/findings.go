package chain

import (
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/report"
)

// findings puts what the rules found of the resource into the chain: all of it in
// its list, and each at the link that it is about.
func (t *teller) findings(found []report.Finding) {
	for _, f := range found {
		if !t.mentions(f.Resource, f.About) {
			continue
		}
		t.chain.Findings = append(t.chain.Findings, f)
		for i := range t.chain.Links {
			l := &t.chain.Links[i]
			if !slices.ContainsFunc(l.Lines, func(line Line) bool {
				return slices.ContainsFunc(line.Places, func(p Place) bool { return p.Pointer == f.Place.Pointer })
			}) {
				continue
			}
			text := f.Rule + " (" + f.Severity.String()
			if f.Waived != nil {
				text += ", waived until " + f.Waived.Expires
			}
			l.put(Finding, f.Place.Pointer, text+"): "+f.Msg)
			break
		}
	}
}

// mentions tells whether a finding is about the resource: about it, about what
// belongs to it, or naming it.
func (t *teller) mentions(resource string, about map[string]string) bool {
	arn, kind := t.resource.ARN, t.resource.Kind
	if resource == arn || slices.Contains(t.related, resource) || kind == "bucket" && strings.HasPrefix(resource, arn+"/") {
		return true
	}
	if kind == "object" && about["object"] == t.resource.object && slices.Contains([]string{t.fact().Bucket, part(t.fact().Bucket, 5)}, about["bucket"]) {
		return true
	}
	for _, value := range about {
		if value == arn || kind == "bucket" && value == t.resource.name() {
			return true
		}
	}
	return false
}

// gaps lists what is not known, each reason once, with the rules that could not
// judge for it.
func (t *teller) gaps(unknown []report.Unknown) {
	add := func(msg, rule string, place Place) {
		i := slices.IndexFunc(t.chain.Unknown, func(g Gap) bool { return g.Msg == msg })
		if i < 0 {
			t.chain.Unknown = append(t.chain.Unknown, Gap{Msg: msg, Place: place})
			i = len(t.chain.Unknown) - 1
		}
		g := &t.chain.Unknown[i]
		if rule != "" && !slices.Contains(g.Rules, rule) {
			g.Rules = append(g.Rules, rule)
		}
	}
	for _, l := range t.chain.Links {
		for _, line := range l.Lines {
			if line.State != Unknown {
				continue
			}
			place := Place{}
			if len(line.Places) > 0 {
				place = line.Places[0]
			}
			add(line.Reason, "", place)
		}
	}
	for _, u := range unknown {
		if t.mentions(u.Resource, u.About) {
			add(u.Msg, u.Rule, Place{Pointer: u.Place.Pointer})
		}
	}
	for i := range t.chain.Unknown {
		slices.Sort(t.chain.Unknown[i].Rules)
	}
}

// locate finds the lines of all places in one walk over the file.
func (t *teller) locate() {
	var places []*Place
	for i := range t.chain.Links {
		for j := range t.chain.Links[i].Lines {
			line := &t.chain.Links[i].Lines[j]
			line.Places = slices.Clone(line.Places)
			for k := range line.Places {
				places = append(places, &line.Places[k])
			}
		}
	}
	for i := range t.chain.Unknown {
		places = append(places, &t.chain.Unknown[i].Place)
	}
	var pointers []string
	for _, p := range places {
		pointers = append(pointers, p.Pointer)
	}
	positions := t.file.Positions(pointers)
	for _, p := range places {
		if found, ok := positions[p.Pointer]; ok && p.Pointer != "" {
			p.File, p.Line, p.Column = t.file.Path, found.Line, found.Column
		}
	}
}
