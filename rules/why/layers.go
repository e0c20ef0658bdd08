package why

import (
	"slices"
	"strconv"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/policy"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/rules/access"
	"github.com/kmsaudit/kmsaudit/rules/chain"
	"github.com/kmsaudit/kmsaudit/rules/facts"
)

// teller writes down an answer.
type teller struct {
	*stage
	answer  *Answer
	decided *decided
}

// requests are the requests with their layers. Those that differ in the encryption
// context alone and fare alike are told once for each context.
func (t *teller) requests() {
	for i := range t.decided.parts {
		p := &t.decided.parts[i]
		r := Request{
			Half: p.Half, Action: p.Action, Resource: p.Resource, Context: p.Context, Verdict: p.Decision.Verdict,
			Missing: p.Decision.Missing, Notes: p.Decision.Notes,
		}
		for _, l := range p.Decision.Layers {
			r.Layers = append(r.Layers, t.layers(p, l)...)
		}
		r.DependsOn, r.When = t.open(&p.Decision)
		r.Unread = t.unread(p, p.Decision.Unread)
		t.answer.Requests = append(t.answer.Requests, r)
	}
}

// open are the tests that a decision leaves open, and what has to be so of them.
func (t *teller) open(d *access.Decision) ([]Test, *Formula) {
	var tests []Test
	for i := range d.DependsOn {
		tests = append(tests, t.test(&d.DependsOn[i]))
	}
	if d.When == nil {
		return tests, nil
	}
	when := t.formula(d.When)
	return tests, &when
}

func (t *teller) test(from *access.Test) Test {
	return Test{Key: from.Key, Operator: from.Operator, Values: from.Values, Cited: t.cited(from.Statement)}
}

func (t *teller) formula(from *access.Formula) Formula {
	f := Formula{Fails: from.Fails}
	if from.Test != nil {
		test := t.test(from.Test)
		f.Test = &test
	}
	for i := range from.All {
		f.All = append(f.All, t.formula(&from.All[i]))
	}
	for i := range from.Any {
		f.Any = append(f.Any, t.formula(&from.Any[i]))
	}
	return f
}

// layers is one layer as it is told: what a user has of groups is told by group,
// and resource policies by their kind.
func (t *teller) layers(p *access.Part, from access.LayerAnswer) []Layer {
	own := Layer{Layer: t.kind(p, from.Layer), Name: from.Level, Says: from.Says, Why: from.Why, Unread: t.unread(p, from.Unread)}
	theirs := from.Layer == access.LayerIdentity || from.Layer == access.LayerBoundary || from.Layer == access.LayerSCP
	switch controls := from.Layer == access.LayerSCP || from.Layer == access.LayerRCP; {
	case t.foreign() && theirs:
		own.Says, own.Why, own.Unread = access.SaysUnread, "E6: account "+field(t.Principal, 4)+" was not read", nil
		return []Layer{own}
	case !controls || from.Says != access.SaysNone:
	case slices.Contains(t.decided.restsOn, from.Layer):
		own.Says, own.Why = access.SaysUnread, "O7: not read, and taken as not restricting"
	case t.parts[t.file(p, from.Layer)].s.Organization.State == snapshot.Absent:
		own.Why = "O7: the account is in no organization"
	}
	groups := map[string]*Layer{}
	var names []string
	for _, heard := range from.Statements {
		statement := t.statement(p, heard)
		group := ""
		if from.Layer == access.LayerIdentity {
			group = t.groupOf(heard.Ref)
		}
		if group == "" {
			own.Statements = append(own.Statements, statement)
			continue
		}
		if groups[group] == nil {
			groups[group] = &Layer{Layer: "group", Name: group}
			names = append(names, group)
		}
		groups[group].Statements = append(groups[group].Statements, statement)
	}
	list := []Layer{own}
	for _, name := range names {
		g := *groups[name]
		g.Says = saysOf(g.Statements)
		list = append(list, g)
	}
	if len(names) > 0 && len(own.Unread) == 0 {
		list[0].Says = saysOf(own.Statements)
	}
	if l := &list[0]; from.Layer == access.LayerIdentity && l.Says == access.SaysNothing && l.Why == "" {
		l.Why = t.asks()
	}
	return list
}

// asks names the policies of the principal, of which none allows.
func (t *teller) asks() string {
	names := t.parts[max(t.home, 0)].policyNames()
	switch len(names) {
	case 0:
		return "E3: it has no identity policies"
	case 1:
		return "E3: its policy " + names[0] + " does not allow it"
	}
	return "E3: none of its " + strconv.Itoa(len(names)) + " policies allows it: " + strings.Join(names, ", ")
}

// saysOf sums up statements.
func saysOf(statements []Statement) access.Says {
	for _, one := range []struct {
		effect, holds string
		says          access.Says
	}{
		{policy.Deny, "yes", access.SaysDeny},
		{policy.Deny, "open", access.SaysOpen},
		{policy.Allow, "yes", access.SaysAllow},
		{policy.Allow, "open", access.SaysOpen},
	} {
		if slices.ContainsFunc(statements, func(s Statement) bool { return s.Effect == one.effect && s.Holds == one.holds }) {
			return one.says
		}
	}
	return access.SaysNothing
}

func (t *teller) kind(p *access.Part, layer access.Layer) string {
	if layer != access.LayerResource {
		return string(layer)
	}
	switch field(p.Resource, 2) {
	case "kms":
		return "key_policy"
	case "s3":
		return "bucket_policy"
	}
	return "resource_policy"
}

func (t *teller) statement(p *access.Part, heard access.StatementAnswer) Statement {
	ref := heard.Ref
	s := Statement{
		Policy: ref.Policy, Sid: ref.Sid, Index: ref.Index, Effect: ref.Effect, Cited: t.cited(ref), Holds: heard.Holds, As: heard.As,
		Place: t.place(p, ref.Layer, ref.Pointer),
	}
	for _, test := range heard.Tests {
		s.Tests = append(s.Tests, Test{
			Key: test.Key, Operator: test.Operator, Values: test.Values, Has: test.Has, Known: test.Known, Cited: s.Cited,
		})
	}
	if st := t.find(p, ref); st != nil {
		s.Text = chain.Told(st, t.account(p, ref.Layer), ref.Layer != access.LayerResource)
	}
	return s
}

// cited names a statement, with the group that a user has it of.
func (t *teller) cited(ref access.StatementRef) string {
	text := chain.Cited(ref)
	if group := t.groupOf(ref); group != "" {
		text += " of group " + group
	}
	return text
}

// file is the index of the snapshot that a layer of a request comes from.
func (t *teller) file(p *access.Part, layer access.Layer) int {
	switch layer {
	case access.LayerResource, access.LayerGrant, access.LayerRCP:
		return t.owner(p.Resource)
	case access.LayerIdentity, access.LayerBoundary, access.LayerSession, access.LayerSCP:
	}
	return max(t.home, 0)
}

// owner is the index of the snapshot that has a resource.
func (s *stage) owner(resource string) int {
	if field(resource, 2) == "s3" {
		bucket, _, _ := strings.Cut(resource, "/")
		if i := s.world.bucketIn(bucket); i >= 0 {
			return i
		}
		return s.base
	}
	if i := s.world.index(field(resource, 4)); i >= 0 {
		return i
	}
	return s.base
}

func (t *teller) account(p *access.Part, layer access.Layer) snapshot.Account {
	return t.parts[t.file(p, layer)].s.Account
}

// place is a place in the whole snapshot; its line is found at the end.
func (t *teller) place(p *access.Part, layer access.Layer, pointer string) report.Place {
	if pointer == "" {
		return report.Place{}
	}
	i := t.file(p, layer)
	return report.Place{File: t.world.files[i].Path, Pointer: t.parts[i].whole(pointer)}
}

// find is the statement that a reference means, nil for grants.
func (t *teller) find(p *access.Part, ref access.StatementRef) *policy.Statement {
	r, ok := t.parts[t.file(p, ref.Layer)].document(ref.Pointer)
	if !ok {
		return nil
	}
	doc, _ := snapshot.PolicyOf(*r)
	if doc == nil || ref.Index >= len(doc.Statements) {
		return nil
	}
	return &doc.Statements[ref.Index]
}

// groupOf is the group by which a user has an identity policy, "" where it has it
// by itself.
func (t *teller) groupOf(ref access.StatementRef) string {
	if t.home < 0 || ref.Layer != access.LayerIdentity {
		return ""
	}
	return t.parts[t.home].groupOf(ref.Pointer)
}

func (t *teller) unread(p *access.Part, refs []access.UnreadRef) []Unread {
	var list []Unread
	for i, u := range facts.UnreadBy(refs) {
		one := Unread{Text: u.Words(), Place: t.place(p, refs[i].Layer, refs[i].Pointer)}
		if refs[i].Layer == access.LayerIdentity && t.foreign() {
			one.Text = "account " + field(t.Principal, 4) + " was not read"
		}
		if !slices.Contains(list, one) {
			list = append(list, one)
		}
	}
	return list
}
