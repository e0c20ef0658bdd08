package facts

import (
	"maps"
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/rules/access"
)

// addWide adds a row for every policy that lets others use more than manyKeys of
// the keys. What it adds is left out of the rows of the keys.
func (x *exclusive) addWide(keys []string) {
	common := x.meant(keys[0])
	for _, key := range keys {
		arns := x.meant(key).arns
		maps.DeleteFunc(common.arns, func(arn string, _ bool) bool { return !arns[arn] })
	}
	uses := x.account.Uses(keys, usesOf(), access.MustNotBeAble, manyKeys, x.expected(keys))
	x.wide, x.others = map[string]bool{}, uses.Others
	account := x.document.Account.ARN
	for i := range uses.Wide {
		p := &uses.Wide[i]
		pointer, _, _ := strings.Cut(p.By.Pointer, "/Statement")
		x.wide[pointer] = true
		row := Exclusive{ID: "exclusive|" + pointer, Key: account, Place: p.By.Pointer, Reach: len(p.On), Keys: slices.Clone(p.On[:min(someUsers, len(p.On))])}
		for _, verdict := range []access.Verdict{access.Allowed, access.Depends} {
			users, some := x.wideUsers(p, verdict)
			switch {
			case !some, verdict == access.Depends && common.confine(p.Tests):
			case verdict == access.Allowed:
				row.Allowed = []Users{users}
			default:
				row.Depends = []Users{users}
			}
		}
		if len(row.Allowed)+len(row.Depends) > 0 {
			x.document.Exclusive = append(x.document.Exclusive, row)
		}
	}
	open := opens{}
	for _, one := range uses.Unsure {
		open.add(one.Principal, one.Unread)
	}
	if rows := open.rows(); len(rows) > 0 {
		x.document.Exclusive = append(x.document.Exclusive, Exclusive{ID: "exclusive|unsure", Key: account, Place: "/account", Undecided: rows})
	}
}

// wideUsers are those who have the power with the verdict.
func (x *exclusive) wideUsers(p *access.Power, verdict access.Verdict) (Users, bool) {
	users := Users{What: string(p.By.Layer) + " " + p.By.Policy + x.ownerOf(p.By.Pointer), Place: p.By.Pointer, Identity: p.By.Identity, By: statementsOf([]access.StatementRef{p.By})}
	for _, h := range p.Holders {
		if h.Verdict == verdict {
			users.Principals = append(users.Principals, h.Principal.ARN)
		}
	}
	if len(users.Principals) == 0 {
		return users, false
	}
	users.Actions = p.Actions
	one, _ := x.account.WhoCanAmong(users.Principals[:1], p.On[0], p.Actions, access.MustNotBeAble)
	for _, holder := range one {
		users.Paths = append(users.Paths, holder.Paths...)
	}
	if verdict == access.Depends {
		users.Tests = testsOf(p.Tests)
	}
	users.finish()
	return users, true
}

// expected finds which of the keys a principal is meant to use: meant.has, from
// the principal's side.
func (x *exclusive) expected(keys []string) func(access.Principal) (bool, []string) {
	all := x.meant("\x00") // key administrators only
	by := map[string][]string{}
	for _, key := range keys {
		for arn := range x.meant(key).arns {
			if !all.arns[arn] {
				by[arn] = append(by[arn], key)
			}
		}
	}
	sessions := map[string][]string{} // by name of their role
	for arn, on := range by {
		if strings.HasPrefix(part(arn, 5), "role/") {
			sessions[lastStep(arn)] = append(sessions[lastStep(arn)], on...)
		}
	}
	return func(p access.Principal) (bool, []string) {
		on := by[p.ARN]
		if p.Kind == "session" && p.Account == all.account {
			on = slices.Concat(on, sessions[middleStep(part(p.ARN, 5))])
		}
		return all.has(p), on
	}
}
