package chain

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/rules/access"
	"github.com/kmsaudit/kmsaudit/rules/facts"
)

// requirementsOf tells what the configuration says of the resource.
func (t *teller) requirementsOf(names func(*facts.Requirement) bool) Link {
	l := Link{Kind: "requirements", Title: "What the configuration says"}
	for i := range t.intent.Requirements {
		r := &t.intent.Requirements[i]
		if !names(r) {
			continue
		}
		var wants []string
		if len(r.Principals) > 0 {
			wants = append(wants, few(t.calledAll(r.Principals), someNames)+" has to be able")
		}
		if len(r.Actions) > 0 {
			wants = append(wants, "to do "+strings.Join(r.Actions, ", "))
		}
		if r.Key != "" {
			wants = append(wants, "on "+t.called(r.Key))
		}
		text := "requirement " + r.Name + ": " + strings.Join(wants, " ")
		if r.Exclusive {
			text += "; nobody else may use the key"
		}
		if len(r.Buckets) > 0 {
			var buckets []string
			for _, b := range r.Buckets {
				buckets = append(buckets, b.Name)
			}
			text += "; for " + few(buckets, someNames)
		}
		l.ok("", text)
	}
	if slices.Contains(t.intent.KeyAdministrators, t.resource.ARN) {
		l.ok("", "it is a declared administrator of keys")
	}
	return l
}

// requiredKey is the key that a requirement names.
func (t *teller) requiredKey(name string) string {
	for _, r := range t.intent.Requirements {
		if r.Name == name {
			return r.Key
		}
	}
	return ""
}

// known tells whether the principal of a row can be asked about.
func (t *teller) known(principal string) bool {
	if part(principal, 4) != t.s.Account.ID {
		return true
	}
	_, isRole := t.roles[principal]
	_, isUser := t.users[principal]
	return isRole || isUser
}

// accessOf decides the requests of a row anew, with their evidence; nil where the
// row could not be decided.
func (t *teller) accessOf(row *facts.Access) []decided {
	_, listed := t.keys[row.Key]
	if !t.known(row.Principal) || !listed && part(row.Key, 4) == t.s.Account.ID {
		return nil
	}
	var actions []string
	for _, a := range row.Allowed {
		actions = append(actions, a.What)
	}
	for _, d := range row.Denied {
		actions = append(actions, d.What)
	}
	for _, d := range row.Depends {
		actions = append(actions, d.What)
	}
	for _, u := range row.Undecided {
		actions = append(actions, u.What)
	}
	slices.Sort(actions)
	var list []decided
	for _, action := range actions {
		list = append(list, decided{action, row.Key, t.evidence.Action(row.Principal, action, row.Key)})
	}
	return list
}

// required is a requirement's actions on its key, verdict by verdict.
func (t *teller) required(row facts.Access) Link {
	l := Link{Kind: "required_actions", Title: "Required of " + t.called(row.Principal) + " on " + t.called(row.Key)}
	list := t.accessOf(&row)
	t.verdicts(&l, list)
	if list == nil {
		ofRow(&l, row.Denied, row.Undecided)
	}
	l.mend(row.Mends)
	return l
}

// mend puts the mends at the first line that is denied.
func (l *Link) mend(mends []facts.Mend) {
	i := slices.IndexFunc(l.Lines, func(line Line) bool { return line.State == Denied })
	if i < 0 {
		return
	}
	for _, m := range mends {
		text := m.Text
		if m.To != "" && m.To != "kmsaudit.yaml" {
			text += ": the " + strings.TrimPrefix(m.To, "the ")
		}
		l.Lines[i].Mends = append(l.Lines[i].Mends, text)
	}
}

// operationOf decides the requests of an operation anew, with their evidence; nil
// where the row could not be decided.
func (t *teller) operationOf(row *facts.Operation) []decided {
	if _, listed := t.buckets[row.Bucket]; !listed || !t.known(row.Principal) {
		return nil
	}
	answer := t.evidence.Operation(row, t.requiredKey(row.Requirement))
	var list []decided
	for _, p := range answer.Parts {
		list = append(list, decided{t.half(row, p), p.Resource, p.Decision})
	}
	return list
}

// half names one of the requests that an operation consists of.
func (t *teller) half(row *facts.Operation, p access.Part) string {
	if p.Half == "kms" {
		key := cmp.Or(p.Resource, "the key")
		if strings.HasSuffix(key, ":key/*") {
			key = "aws/s3"
		}
		return row.Operation + ", its KMS half: " + p.Action + " on " + t.called(key)
	}
	return row.Operation + ", its S3 half: " + p.Action + " on " + part(p.Resource, 5)
}

// operations are the operations of a requirement's principals on its buckets,
// one link for each of the pairs.
func (t *teller) operations(wanted func(*facts.Operation) bool) {
	links := map[string]int{}
	for i := range t.document.Operations {
		row := &t.document.Operations[i]
		if !wanted(row) {
			continue
		}
		id := row.Requirement + "\x00" + row.Principal + "\x00" + row.Bucket
		if _, begun := links[id]; !begun {
			links[id] = len(t.chain.Links)
			t.chain.Links = append(t.chain.Links, Link{
				Kind:  "operations",
				Title: "Required of " + t.called(row.Principal) + " on bucket " + part(row.Bucket, 5),
			})
		}
		one := Link{}
		list := t.operationOf(row)
		t.verdicts(&one, list)
		if list == nil {
			ofRow(&one, row.Denied, row.Undecided)
		}
		one.mend(row.Mends)
		t.chain.Links[links[id]].add(one.Lines...)
	}
}
