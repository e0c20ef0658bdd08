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
	x.wide, x.others, x.alike = map[access.Verdict]map[string]bool{access.Allowed: {}, access.Depends: {}}, uses.Others, uses.Alike
	account := x.document.Account.ARN
	for i := range uses.Wide {
		p := &uses.Wide[i]
		pointer, _, _ := strings.Cut(p.By.Pointer, "/Statement")
		verdict := p.Holders[0].Verdict // of all
		x.wide[verdict][pointer] = true
		row := Exclusive{Key: account, Place: p.By.Pointer, Reach: p.On.Count(), Keys: p.On.First(someUsers)}
		switch users := x.wideUsers(p); {
		case verdict == access.Allowed:
			row.ID, row.Allowed = "exclusive|"+pointer, []Users{users}
		case common.confine(p.Tests):
			continue
		default:
			row.ID, row.Depends = "exclusive|depends|"+pointer, []Users{users}
		}
		x.document.Exclusive = append(x.document.Exclusive, row)
	}
	open := opens{}
	for _, one := range uses.Unsure {
		open.add(one.Principal, one.Unread)
	}
	if rows := open.rows(); len(rows) > 0 {
		x.document.Exclusive = append(x.document.Exclusive, Exclusive{ID: "exclusive|unsure", Key: account, Place: "/account", Undecided: rows})
	}
}

func (x *exclusive) wideUsers(p *access.Power) Users {
	users := Users{What: string(p.By.Layer) + " " + p.By.Policy + x.ownerOf(p.By.Pointer), Place: p.By.Pointer, Identity: p.By.Identity, By: statementsOf([]access.StatementRef{p.By})}
	for _, h := range p.Holders {
		users.Principals = append(users.Principals, h.Principal.ARN)
	}
	users.Count, users.Actions = len(users.Principals), p.Actions
	users.Paths = x.widePaths(users.Principals, p)
	users.Tests = testsOf(p.Tests)
	users.finish()
	return users
}

// widePaths is how one of the holders has one of the keys. Each of the policy's keys is
// open to some holder, not to each.
func (x *exclusive) widePaths(holders []string, p *access.Power) []string {
	for _, key := range p.On.First(someUsers) {
		for i := range holders[:min(someUsers, len(holders))] {
			for _, holder := range x.among(holders[i:i+1], key, p.Actions) {
				if len(holder.Paths) > 0 {
					return holder.Paths
				}
			}
		}
	}
	return nil
}

func (x *exclusive) among(people []string, key string, actions []string) []access.Holder {
	holders, _ := x.account.WhoCanAmong(people, key, actions, access.MustNotBeAble)
	return holders
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
