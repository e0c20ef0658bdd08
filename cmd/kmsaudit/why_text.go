package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/rules/access"
	"github.com/kmsaudit/kmsaudit/rules/why"
)

// verdicts are the words and colours of verdicts.
var verdicts = map[access.Verdict][2]string{
	access.Allowed: {"allowed", "32"}, access.ExplicitlyDenied: {"denied explicitly", "1;31"},
	access.ImplicitlyDenied: {"denied implicitly", "1;31"}, access.Depends: {"depends", "33"}, access.Unknown: {"not known", "33"},
}

// saying are the colours of what layers say.
var saying = map[access.Says]string{
	access.SaysDeny: "1;31", access.SaysNothing: "1;31", access.SaysAllow: "32", access.SaysDelegate: "32", access.SaysOpen: "33",
	access.SaysUnread: "33", access.SaysNone: "2", access.SaysExempt: "2",
}

func (d *drawing) why(a *why.Answer) {
	word := verdicts[a.Verdict]
	d.line("", d.paint(word[1], strings.ToUpper(word[0])))
	d.text("  ", "  ", "", a.Summary)
	for _, s := range a.Snapshots {
		d.text("  ", "  ", "", sourceWords(s))
	}
	d.requests(a.Requests)
	d.keys(a)
	d.causes(a.Causes)
	d.mend(a.Mend)
	d.open(a)
	d.list("Readings taken, and what is odd", notesOf(a))
	var assumed []string
	for _, text := range a.Assumptions {
		assumed = append(assumed, plain(text))
	}
	d.list("Taken for granted", assumed)
}

// requests draws request by request what the layers say. Requests that differ in
// their encryption context alone are drawn once.
func (d *drawing) requests(requests []why.Request) {
	for i := 0; i < len(requests); {
		r := &requests[i]
		layers := d.layers(r)
		contexts := []string{r.Context}
		for i++; i < len(requests); i++ {
			next := &requests[i]
			if next.Action != r.Action || next.Resource != r.Resource || next.Verdict != r.Verdict || d.layers(next) != layers {
				break
			}
			contexts = append(contexts, next.Context)
		}
		title := strings.ToUpper(r.Half) + " half: " + r.Action
		if r.Resource != "*" {
			title += " on " + r.Resource
		}
		word := verdicts[r.Verdict]
		d.line("", "")
		d.text("", "  ", "1", title)
		if contexts[0] != "" {
			d.text("  ", "  ", "", "with the encryption context aws:s3:arn "+strings.Join(contexts, " or "))
		}
		d.text("  ", "  ", word[1], word[0])
		d.out.WriteString(layers)
	}
}

const (
	layerWidth = 24 // of the names of layers
	saysWidth  = 11 // of what they say
)

// layers draws what the layers say to a request.
func (d *drawing) layers(r *why.Request) string {
	inner := &drawing{width: d.width, ascii: d.ascii, colour: d.colour}
	for i := range r.Layers {
		inner.layer(&r.Layers[i])
	}
	return inner.out.String()
}

func (d *drawing) layer(l *why.Layer) {
	name := map[string]string{
		"identity": "identity policies", "group": "group", "boundary": "permissions boundary", "session": "session policy", "scp": "SCPs",
		"rcp": "RCPs", "key_policy": "key policy", "bucket_policy": "bucket policy", "resource_policy": "resource policy", "grant": "grants",
	}[l.Layer]
	if l.Name != "" {
		name += " " + report.Inert(l.Name)
	}
	head := fmt.Sprintf("    %-*s ", layerWidth-1, name) + d.paint(saying[l.Says], string(l.Says)) + strings.Repeat(" ", saysWidth-len(l.Says))
	indent := strings.Repeat(" ", 4+layerWidth+saysWidth)
	if d.width > 0 && d.width < 72 { // no room for columns
		d.line("    ", name+": "+d.paint(saying[l.Says], string(l.Says)))
		head, indent = "      ", "      "
	}
	var lines []string
	if l.Why != "" {
		lines = append(lines, plain(l.Why))
	}
	for _, s := range l.Statements {
		if l.Says != access.SaysDeny || s.Effect == "Deny" && s.Holds == "yes" {
			lines = append(lines, told(&s))
		}
	}
	for _, u := range l.Unread {
		lines = append(lines, strings.TrimSpace(u.Text+"  "+where(u.Place.File, u.Place.Line)))
	}
	if len(lines) == 0 {
		d.line("", strings.TrimRight(head, " "))
	}
	for _, line := range lines {
		d.text(head, indent, "", line)
		head = indent
	}
}

// told is a statement in one line: what it is, what it says where that matters,
// and where it stands.
func told(s *why.Statement) string {
	text := s.Cited
	switch {
	case s.Holds == "no":
		text = "not " + text + ": " + strings.Join(compared(s.Tests), "; ")
	case s.Holds == "open":
		text += ", if " + strings.Join(compared(s.Tests), " and ")
	case s.Effect == "Deny":
		text += ": " + s.Text
	}
	return strings.TrimRight(text+"  "+where(s.Place.File, s.Place.Line), " ")
}

// compared says what tests want and what the request has.
func compared(tests []why.Test) []string {
	var words []string
	for _, t := range tests {
		text := tested(&t)
		switch {
		case t.Key == t.Operator: // what the request is about is told already
		case len(t.Has) > 0:
			text += " (it is " + strings.Join(t.Has, ", ") + ")"
		case t.Known:
			text += " (it is not there)"
		}
		words = append(words, text)
	}
	return words
}

// tested says what a test wants. One without an operator of its own is no condition
// but a Resource, a Principal or the operations of a grant.
func tested(t *why.Test) string {
	if t.Key == t.Operator {
		return t.Key + " " + strings.Join(t.Values, ", ")
	}
	return t.Key + " " + t.Operator + " " + strings.Join(t.Values, ", ")
}

// plain is a text without the number of its rule.
func plain(text string) string {
	if rule, rest, found := strings.Cut(text, ": "); found && len(rule) <= 5 && !strings.Contains(rule, " ") {
		return rest
	}
	return text
}

// keys draws the states of keys and whatever else stands beside the verdict.
func (d *drawing) keys(a *why.Answer) {
	if len(a.Keys)+len(a.Obstacles) > 0 {
		d.heading("Beside the verdict")
	}
	for _, k := range a.Keys {
		if k.Works != "no" {
			d.text("  ", "    ", "", strings.TrimRight("key "+k.ARN[strings.LastIndex(k.ARN, "/")+1:]+": "+k.Text+"  "+where(k.Place.File, k.Place.Line), " "))
		}
	}
	for _, o := range a.Obstacles {
		d.text(d.paint("1;31", "  it fails all the same: "), "    ", "", strings.TrimRight(o.Text+"  "+where(o.Place.File, o.Place.Line), " "))
		if o.Mend != "" {
			d.text("    ", "      ", "", "to mend: "+o.Mend)
		}
		if o.Command != "" {
			d.line("      ", report.Inert(o.Command)) // whole, to be copied
		}
	}
}

func (d *drawing) causes(causes []why.Cause) {
	if len(causes) == 0 {
		return
	}
	d.heading("Why it is refused, in the order in which to look")
	for i, c := range causes {
		text := c.Text
		for _, p := range c.Places {
			text += "  " + where(p.File, p.Line)
		}
		d.text(fmt.Sprintf("  %d. ", i+1), "     ", "", text)
	}
}

func (d *drawing) mend(m *why.Mend) {
	if m == nil {
		return
	}
	switch {
	case m.Proved:
		d.heading("To mend (proved: with this it is allowed)")
	case len(m.Steps) > 0:
		d.heading("This alone does not mend it: with it, the verdict is " + verdicts[m.LeadsTo][0])
	default:
		d.heading("No mend is proposed")
	}
	d.steps(m.Steps)
	if len(m.Elsewhere) > 0 {
		d.text("  ", "  ", "", "And in account "+m.Elsewhere[0].Account+", which was not read, so that nobody can prove it:")
		d.steps(m.Elsewhere)
	}
	for _, text := range m.Also {
		d.text("  - ", "    ", "", text)
	}
}

func (d *drawing) steps(steps []why.Step) {
	for i, s := range steps {
		number := "  "
		if len(steps) > 1 {
			number = fmt.Sprintf("  %d. ", i+1)
		}
		text := s.Text
		if s.Replaces != nil {
			text += "  " + where(s.Replaces.Place.File, s.Replaces.Place.Line)
		}
		d.text(number, "     ", "", text)
		for _, key := range sortedKeys(s.Request) {
			d.line("       ", report.Inert(key+"="+s.Request[key]))
		}
		for _, statement := range s.Statements {
			d.statement(statement)
		}
	}
}

// statement draws a policy statement, to be copied.
func (d *drawing) statement(text jsontext.Value) {
	indented := text.Clone()
	if err := indented.Indent(jsontext.WithIndent("  ")); err != nil {
		indented = text
	}
	for line := range strings.SplitSeq(string(indented), "\n") {
		d.line("       ", report.Inert(line))
	}
}

// open draws what an open verdict depends on, and how it falls.
func (d *drawing) open(a *why.Answer) {
	if a.Verdict != access.Depends {
		return
	}
	var drawn []string // requests that differ in their encryption context alone are told once
	for _, r := range a.Requests {
		if r.When == nil {
			continue
		}
		inner := &drawing{width: d.width, ascii: d.ascii, colour: d.colour}
		inner.heading(r.Action + " is allowed when")
		inner.formula("  ", r.When)
		if text := inner.out.String(); !slices.Contains(drawn, text) {
			drawn = append(drawn, text)
			d.out.WriteString(text)
		}
	}
	for i, s := range a.Scenarios {
		if i == 0 {
			d.heading("In the usual situations")
		}
		word := verdicts[s.Verdict]
		pad := strings.Repeat(" ", max(1, 18-len(word[0])))
		d.text("  "+d.paint(word[1], word[0])+pad, strings.Repeat(" ", 20), "", s.Name)
		for j := range s.When {
			d.formula(strings.Repeat(" ", 20), &s.When[j])
		}
	}
}

// formula draws an and/or of tests as a list in lists.
func (d *drawing) formula(indent string, f *why.Formula) {
	switch {
	case f.Test != nil:
		text := tested(f.Test)
		if f.Fails {
			text = "not " + text
		}
		d.text(indent+"- ", indent+"  ", "", text+", in "+f.Test.Cited)
	case len(f.All) > 0:
		d.line(indent, "- all of")
		for i := range f.All {
			d.formula(indent+"  ", &f.All[i])
		}
	default:
		d.line(indent, "- any of")
		for i := range f.Any {
			d.formula(indent+"  ", &f.Any[i])
		}
	}
}

func (d *drawing) list(title string, texts []string) {
	if len(texts) == 0 {
		return
	}
	d.heading(title)
	for _, text := range texts {
		d.text("  - ", "    ", "", text)
	}
}

// notesOf are the notes of all requests, once each.
func notesOf(a *why.Answer) []string {
	var notes []string
	for _, r := range a.Requests {
		for _, note := range r.Notes {
			if note = plain(note); !slices.Contains(notes, note) {
				notes = append(notes, note)
			}
		}
	}
	return notes
}

func sortedKeys(m map[string]string) []string {
	var keys []string
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
