package drift

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/rules/access"
	"github.com/kmsaudit/kmsaudit/rules/chain"
	"github.com/kmsaudit/kmsaudit/rules/facts"
)

// pair are two snapshots that access is compared in.
type pair struct {
	files    [2]*snapshot.File
	accounts [2]*access.Account
	policies [2]index
}

func pairOf(old, now *snapshot.File) *pair {
	p := &pair{files: [2]*snapshot.File{old, now}}
	var reading sync.WaitGroup
	for i, f := range p.files {
		reading.Go(func() { p.accounts[i], p.policies[i] = access.New(f.Snapshot), indexOf(f.Snapshot) })
	}
	reading.Wait()
	return p
}

// access compares who can use which key.
func (d *Diff) access(p *pair) {
	hidden := map[Hidden]bool{}
	all := map[string]*Access{}
	for _, action := range d.Actions {
		var censuses [2]*access.Census
		var counting sync.WaitGroup
		for i, a := range p.accounts {
			counting.Go(func() { censuses[i] = a.Census(action, access.MustNotBeAble) })
		}
		counting.Wait()
		for i, c := range censuses {
			for _, u := range facts.UnreadBy(c.Unlisted()) {
				hidden[Hidden{What: u.Words(), File: p.files[i].Path}] = true
			}
		}
		for _, moved := range censuses[1].Compare(censuses[0]) {
			p.gather(all, &moved, action)
		}
	}
	for h := range hidden {
		d.Hidden = append(d.Hidden, h)
	}
	d.Access = append(d.Access, joined(all)...)
	p.locate(d.Access)
}

// gather puts actions together by which the same fare alike, for one reason.
func (p *pair) gather(all map[string]*Access, m *access.Moved, action string) {
	one := &Access{Way: m.Way(), Principals: m.Principals, Keys: m.Keys, Was: m.Was, Now: m.Now}
	p.explain(one, action)
	id := fmt.Sprintf("%s %s %s %q %q %q %q", one.Way, one.Was, one.Now, one.If, reasons(one), one.Principals, one.Keys)
	if known := all[id]; known != nil {
		known.Actions = append(known.Actions, action)
		return
	}
	one.Actions = []string{action}
	all[id] = one
}

// joined puts principals together who gain the same for one reason, then keys.
func joined(all map[string]*Access) []Access {
	list := make([]Access, 0, len(all))
	for _, one := range all {
		list = append(list, *one)
	}
	slices.SortFunc(list, compareAccess)
	list = merge(list, func(a *Access) *[]string { return &a.Principals }, func(a *Access) []string { return a.Keys })
	list = merge(list, func(a *Access) *[]string { return &a.Keys }, func(a *Access) []string { return a.Principals })
	slices.SortFunc(list, compareAccess)
	return list
}

func merge(list []Access, into func(*Access) *[]string, same func(*Access) []string) []Access {
	at := map[string]int{}
	var out []Access
	for i := range list {
		one := list[i]
		id := fmt.Sprintf("%s %s %s %q %q %q %q", one.Way, one.Was, one.Now, one.If, reasons(&one), one.Actions, same(&one))
		j, met := at[id]
		if !met {
			at[id] = len(out)
			out = append(out, one)
			continue
		}
		to := into(&out[j])
		*to = append(slices.Clone(*to), *into(&one)...)
	}
	for i := range out {
		to := into(&out[i])
		slices.Sort(*to)
		*to = slices.Compact(*to)
	}
	return out
}

// reasons are what is different, with the places.
func reasons(one *Access) []string {
	var list []string
	for _, b := range one.Because {
		list = append(list, b.What+" "+b.Place.File+" "+b.Place.Pointer)
	}
	return list
}

// order is that of the report: what matters first.
var order = map[access.Way]int{access.Gained: 0, access.Altered: 1, access.Unclear: 2, access.Lost: 3}

func compareAccess(x, y Access) int {
	return cmp.Or(cmp.Compare(order[x.Way], order[y.Way]), slices.Compare(x.Keys, y.Keys), slices.Compare(x.Principals, y.Principals),
		slices.Compare(x.Actions, y.Actions), cmp.Compare(fmt.Sprint(x.Was, x.Now, x.If, x.Because), fmt.Sprint(y.Was, y.Now, y.If, y.Because)))
}

// explain says why the first of the principals fares otherwise with the first key.
func (p *pair) explain(one *Access, action string) {
	q := access.Question{Principal: one.Principals[0], Action: action, Resource: one.Keys[0], Stance: access.MustNotBeAble}
	before, after := p.accounts[0].Decide(q), p.accounts[1].Decide(q)
	one.If, one.Because = []string{}, []Because{}
	for _, t := range after.DependsOn {
		if text := chain.Tested(t.Key, t.Operator, t.Values); !slices.Contains(one.If, text) {
			one.If = append(one.If, text)
		}
	}
	slices.Sort(one.If)
	for i, what := range []string{"went", "came"} {
		if had := p.has(i, one.Keys[0]); !had || p.has(1-i, one.Keys[0]) {
			continue
		}
		one.Because = append(one.Because, Because{What: "the key " + what})
	}
	if who := one.Principals[0]; p.known(0, who) != p.known(1, who) {
		what := map[bool]string{true: "came", false: "went"}[p.known(1, who)]
		one.Because = append(one.Because, Because{What: "the principal " + what})
	}
	for side, decision := range [2]*access.Decision{&before, &after} {
		refs := slices.Clone(decision.DecidedBy)
		for _, t := range decision.DependsOn {
			refs = append(refs, t.Statement)
		}
		for _, ref := range refs {
			p.differs(one, side, ref)
		}
		for _, u := range facts.UnreadBy(decision.Unread) {
			p.because(one, side, u.Words(), u.Place)
		}
	}
	if len(one.Because) == 0 {
		for _, ref := range after.DecidedBy {
			p.because(one, 1, chain.Cited(ref)+" decides now, and has not changed: an attachment, a group, a tag, the organization or another layer has", ref.Pointer)
		}
	}
	if len(one.Because) == 0 {
		for _, ref := range before.DecidedBy {
			p.because(one, 0, chain.Cited(ref)+" decided, and has not changed: an attachment, a group, a tag, the organization or another layer has", ref.Pointer)
		}
	}
}

func (p *pair) because(one *Access, side int, what, pointer string) {
	b := Because{What: what, Place: report.Place{File: p.files[side].Path, Pointer: pointer}}
	if !slices.Contains(one.Because, b) {
		one.Because = append(one.Because, b)
	}
}

// differs adds a statement that the other side does not have.
func (p *pair) differs(one *Access, side int, ref access.StatementRef) {
	here, there := p.policies[side], p.policies[1-side]
	came := map[int]string{0: "went", 1: "came"}[side]
	if ref.Effect == "Deny" {
		came += ", which denies"
	}
	owner := ownerOf(ref.Pointer, here.owners)
	switch {
	case ref.Pointer == "":
		return
	case ref.Layer == access.LayerGrant:
		if there.grants[ref.Policy] != here.grants[ref.Policy] {
			p.because(one, side, chain.Cited(ref)+" "+came, ref.Pointer)
		}
		return
	case owner == "":
		return
	case there.documents[owner] == nil:
		p.because(one, side, chain.Cited(ref)+" "+came+", with its policy", ref.Pointer)
		return
	}
	doc := here.documents[owner]
	if ref.Index < 0 || ref.Index >= len(doc.Statements) {
		return
	}
	if atoms := doc.Statements[ref.Index].Atoms(); there.says(owner, atoms) {
		return
	}
	if other := there.documents[owner]; ref.Sid != "" && side == 1 {
		for _, s := range other.Statements {
			if s.Sid == ref.Sid {
				came = "changed"
			}
		}
	}
	p.because(one, side, chain.Cited(ref)+" "+came, ref.Pointer)
}

func (p *pair) has(side int, key string) bool { return p.policies[side].keys[key] }

func (p *pair) known(side int, who string) bool {
	if !strings.Contains(who, ":role/") && !strings.Contains(who, ":user/") {
		return true // named by policies, which says nothing
	}
	one, found := p.accounts[side].Principal(who)
	return found && one.Known == access.KnownFull || !strings.Contains(who, "::"+p.files[side].Snapshot.Account.ID+":")
}

// locate finds the lines of places.
func (p *pair) locate(list []Access) {
	for _, f := range p.files {
		var places []*report.Place
		var pointers []string
		for i := range list {
			for j := range list[i].Because {
				if at := &list[i].Because[j].Place; at.Pointer != "" && at.File == f.Path && at.Line == 0 {
					places, pointers = append(places, at), append(pointers, at.Pointer)
				}
			}
		}
		found := f.Positions(pointers)
		for _, at := range places {
			at.Line, at.Column = found[at.Pointer].Line, found[at.Pointer].Column
		}
	}
}
