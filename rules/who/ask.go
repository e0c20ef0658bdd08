package who

import (
	"fmt"
	"maps"
	"slices"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/rules/access"
)

// Can answers who can perform an action, or one of a pattern such as
// kms:GenerateDataKey*, on a key, or an operation of S3 on a bucket or object. The
// errors for names are chain's.
func (w *World) Can(action, given string) (*Can, error) {
	if ofS3(action) {
		return w.canS3(action, given)
	}
	names, err := actions(action)
	if err != nil {
		return nil, err
	}
	key, base, err := w.key(given)
	if err != nil {
		return nil, err
	}
	a := w.accounts[base]
	answer := &Can{
		Schema: CanSchema, Snapshots: w.sources(), Actions: names, Resource: key, Key: key, Given: given, State: w.state(base, key),
		Holders: []Use{}, Takeovers: []Takeover{}, Assumptions: []string{},
	}
	holders, unread := a.WhoCan(key, names, access.MustNotBeAble)
	var undecided []access.UnreadRef
	for _, h := range holders {
		file := w.of(h.Principal.Account, base)
		answer.Holders = append(answer.Holders, w.uses(h.Principal.ARN, h.Paths, h.By, file, base, &answer.Assumptions)...)
		for _, d := range h.By {
			for _, ref := range d.Unread {
				if file != base {
					ref.Account = h.Principal.Account
				}
				undecided = append(undecided, ref)
			}
		}
	}
	slices.SortFunc(undecided, func(x, y access.UnreadRef) int { return cmpStrings(x.Pointer, y.Pointer) })
	takeovers, hidden := a.Takeovers(key, names, holders)
	w.finish(answer, takeovers, slices.Concat(unread, undecided, hidden), base)
	return answer, nil
}

// finish adds who could give itself access, what was not read, and the lines.
func (w *World) finish(answer *Can, takeovers []access.Takeover, unread []access.UnreadRef, base int) {
	for i := range takeovers {
		answer.Takeovers = append(answer.Takeovers, w.takeover(&takeovers[i], base))
	}
	answer.Unread = w.unread(unread, base)
	answer.Assumptions = append(answer.Assumptions,
		"the steps of those who could give themselves access change no boundary, SCP or Deny; what runs under a role already is not in a snapshot")
	var places []*report.Place
	for i := range answer.Holders {
		places = append(places, placesOf(answer.Holders[i].By)...)
	}
	for i := range answer.Takeovers {
		for j := range answer.Takeovers[i].Steps {
			places = append(places, placesOf(answer.Takeovers[i].Steps[j].Allowed)...)
		}
	}
	w.locate(append(places, unreadPlaces(answer.Unread)...))
}

func cmpStrings(x, y string) int {
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

func placesOf(list []Statement) []*report.Place {
	var places []*report.Place
	for i := range list {
		places = append(places, &list[i].Place)
	}
	return places
}

func unreadPlaces(list []Unread) []*report.Place {
	var places []*report.Place
	for i := range list {
		places = append(places, &list[i].Place)
	}
	return places
}

// uses puts actions together that are decided alike.
func (w *World) uses(who string, paths []string, by map[string]access.Decision, principal, base int, assumptions *[]string) []Use {
	var list []Use
	for _, action := range slices.Sorted(maps.Keys(by)) {
		d := by[action]
		w.assume(assumptions, d)
		use := Use{Who: who, Actions: []string{action}, Verdict: d.Verdict, Paths: paths, By: w.statements(d.DecidedBy, principal, base), If: tests(d)}
		if paths == nil {
			use.Paths = []string{}
		}
		i := slices.IndexFunc(list, func(o Use) bool {
			return o.Verdict == use.Verdict && slices.Equal(o.By, use.By) && slices.Equal(o.If, use.If)
		})
		if i >= 0 {
			list[i].Actions = append(list[i].Actions, action)
			continue
		}
		list = append(list, use)
	}
	return list
}

func (w *World) takeover(t *access.Takeover, base int) Takeover {
	out := Takeover{Who: t.Principal.ARN, Verdict: t.Verdict, Steps: []Step{}, If: []string{}}
	for _, s := range t.Steps {
		step := Step{By: s.By, On: s.On, As: s.As, Service: s.Service, Allowed: []Statement{}}
		account := accountOf(s.By)
		for _, p := range s.Requests {
			step.Actions = append(step.Actions, p.Action)
			resource := w.of(accountOf(p.Resource), base)
			for _, one := range w.statements(p.Decision.DecidedBy, w.of(account, base), resource) {
				if !slices.Contains(step.Allowed, one) {
					step.Allowed = append(step.Allowed, one)
				}
			}
			out.If = append(out.If, tests(p.Decision)...)
		}
		out.Steps = append(out.Steps, step)
	}
	if t.Verdict == access.Depends {
		for _, p := range t.Then {
			out.If = append(out.If, tests(p.Decision)...)
		}
	}
	slices.Sort(out.If)
	out.If = slices.Compact(out.If)
	return out
}

// state is the state of a key, "" where it was not read.
func (w *World) state(base int, key string) string {
	for i := range w.files[base].Snapshot.Keys {
		if k := &w.files[base].Snapshot.Keys[i]; k.ARN == key {
			m, _ := k.Metadata.Get()
			return m.State
		}
	}
	return ""
}

// bucketOperations are the operations that what-can asks about.
func bucketOperations() []string { return []string{"GetObject", "PutObject"} }

// What answers what a principal can use: keys, and buckets to read and to write,
// with both halves, that of S3 and that of KMS.
func (w *World) What(given string) (*What, error) {
	who, err := w.principal(given)
	if err != nil {
		return nil, err
	}
	answer := &What{
		Schema: WhatSchema, Snapshots: w.sources(), Principal: who,
		Keys: []Use{}, Buckets: []Use{}, Unread: []Unread{}, Assumptions: []string{},
	}
	names := slices.Sorted(maps.Keys(onKeys()))
	names = slices.DeleteFunc(names, func(name string) bool { return !onKeys()[name] })
	for i, a := range w.accounts {
		principal := w.of(accountOf(who), i)
		held, unread := a.WhatCan(who, names, access.MustNotBeAble)
		for _, h := range held {
			uses := w.uses(h.Key, h.Paths, h.By, principal, i, &answer.Assumptions)
			for j := range uses {
				uses[j].State = w.state(i, h.Key)
			}
			answer.Keys = append(answer.Keys, uses...)
			for _, d := range h.By {
				unread = append(unread, d.Unread...)
			}
		}
		for j := range w.files[i].Snapshot.Buckets {
			more := w.bucket(answer, a, w.files[i].Snapshot.Buckets[j].ARN, who, principal, i)
			unread = append(unread, more...)
		}
		slices.SortFunc(unread, func(x, y access.UnreadRef) int { return cmpStrings(fmt.Sprint(x), fmt.Sprint(y)) })
		answer.Unread = append(answer.Unread, w.unread(unread, i)...)
	}
	var places []*report.Place
	for _, list := range [][]Use{answer.Keys, answer.Buckets} {
		for i := range list {
			places = append(places, placesOf(list[i].By)...)
		}
	}
	w.locate(append(places, unreadPlaces(answer.Unread)...))
	return answer, nil
}

// bucket adds what the principal can do in a bucket.
func (w *World) bucket(answer *What, a *access.Account, bucket, who string, principal, base int) []access.UnreadRef {
	var unread []access.UnreadRef
	for _, operation := range bucketOperations() {
		d := a.S3(access.S3Question{Principal: who, Operation: operation, Bucket: bucket, Stance: access.MustNotBeAble, Context: plainly()})
		if d.Verdict.Denied() {
			continue
		}
		use, hidden := w.performs(bucket, operation, &d, principal, base, &answer.Assumptions)
		for _, p := range d.Parts {
			use.Paths = append(use.Paths, p.Half)
		}
		use.Paths = slices.Compact(use.Paths)
		unread = append(unread, hidden...)
		answer.Buckets = append(answer.Buckets, use)
	}
	return unread
}
