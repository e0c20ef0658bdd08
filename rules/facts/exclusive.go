package facts

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/kmsaudit/kmsaudit/rules/access"
)

// someUsers is how many principals of a group are named.
const someUsers = 10

// manyKeys is from where on a policy that opens keys which are wanted exclusively
// is told once for all of them, and not for each.
const manyKeys = 10

// addExclusive finds, for every key that a requirement wants for itself, who else
// may use it, grouped by the policy that gives the use.
func (b *builder) addExclusive() {
	var keys []string
	for _, requirement := range b.intent.Requirements {
		if _, ok := b.keys[requirement.Key]; ok && requirement.Exclusive && !slices.Contains(keys, requirement.Key) {
			keys = append(keys, requirement.Key)
		}
	}
	slices.Sort(keys)
	x := exclusive{builder: b}
	if len(keys) > manyKeys {
		x.addWide(keys)
	}
	for _, requirement := range b.intent.Requirements {
		if requirement.Exclusive {
			x.add(requirement)
		}
	}
}

// exclusive finds who may use keys that are wanted exclusively.
type exclusive struct {
	*builder
	wide   map[access.Verdict]map[string]bool // policies that are told once, by pointer
	others map[string][]string                // by key, whom to ask about; nil to ask about all
	alike  map[string][]access.Alike
}

func (x *exclusive) add(requirement Requirement) {
	row := Exclusive{
		ID: requirement.Name + "|" + requirement.Key, Requirement: requirement.Name, Key: requirement.Key, Place: "/account",
	}
	i, ok := x.keys[requirement.Key]
	if !ok {
		missing, unread := x.whoAndKey("", requirement.Key)
		if missing != nil {
			return // addMissing tells that there is no such key
		}
		if unread == nil {
			unread = []UnreadPolicy{{Policy: requirement.Key, Place: "/account", State: "not_collected", Operation: "kms:GetKeyPolicy", Code: "KeyOfAnotherAccount"}}
		}
		row.Undecided = []Undecided{{What: "who may use the key", Unread: unread}}
		x.document.Exclusive = append(x.document.Exclusive, row)
		return
	}
	row.Place = place("keys", i)
	holders, unread := x.holders(requirement.Key)
	meant := x.meant(requirement.Key)
	groups, open := map[string]*userGroup{}, opens{}
	for _, holder := range holders {
		if !meant.has(holder.Principal) {
			x.group(groups, holder, access.Alike{holder.Principal.ARN}, meant, &row, open)
		}
	}
	for _, people := range x.alike[requirement.Key] { // none of whom is meant
		first, _ := x.account.WhoCanAmong(people[:1], requirement.Key, usesOf(), access.MustNotBeAble)
		for _, holder := range first {
			x.group(groups, holder, people, meant, &row, open)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(groups)) {
		users := groups[id].finish()
		if strings.HasPrefix(id, "allowed ") {
			row.Allowed = append(row.Allowed, users)
		} else {
			row.Depends = append(row.Depends, users)
		}
	}
	row.Undecided = append(row.Undecided, open.rows()...)
	if len(unread) > 0 {
		row.Undecided = append(row.Undecided, Undecided{What: "who may use the key", Unread: unreadPolicies(unread)})
	}
	x.document.Exclusive = append(x.document.Exclusive, row)
}

func (x *exclusive) holders(key string) ([]access.Holder, []access.UnreadRef) {
	if x.others == nil {
		return x.account.WhoCan(key, usesOf(), access.MustNotBeAble)
	}
	return x.account.WhoCanAmong(x.others[key], key, usesOf(), access.MustNotBeAble)
}

// usesOf are the actions that use a key for encryption.
func usesOf() []string {
	var uses []string
	for _, action := range access.KMSActions() {
		switch strings.TrimPrefix(action.Name, "kms:") {
		case "Encrypt", "Decrypt", "ReEncryptFrom", "ReEncryptTo", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext",
			"GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext":
			uses = append(uses, action.Name)
		}
	}
	return uses
}

// meant are those who may use a key: the principals of its requirements and the
// key administrators.
type meant struct {
	account string
	arns    map[string]bool
	trusted []string
}

func (b *builder) meant(key string) meant {
	m := meant{account: b.s.Account.ID, arns: map[string]bool{}, trusted: b.intent.TrustedAccounts}
	for _, requirement := range b.intent.Requirements {
		if requirement.Key == key {
			for _, principal := range requirement.Principals {
				m.arns[principal] = true
			}
		}
	}
	for _, administrator := range b.intent.KeyAdministrators {
		m.arns[administrator] = true
	}
	return m
}

// has tells whether the principal is meant: by name, as a session of a role that
// is, as the account's root user or as a service-linked role.
func (m meant) has(p access.Principal) bool {
	if m.arns[p.ARN] || p.ServiceLinked || p.Kind == "root" && p.Account == m.account {
		return true
	}
	if p.Kind != "session" {
		return false
	}
	for arn := range m.arns {
		if m.account == p.Account && strings.HasPrefix(part(arn, 5), "role/") && lastStep(arn) == middleStep(part(p.ARN, 5)) {
			return true
		}
	}
	return false
}

// confine tells whether one of the tests lets nobody in but those who are meant.
func (m meant) confine(tests []access.Test) bool {
	return slices.ContainsFunc(tests, func(t access.Test) bool {
		if len(t.Values) == 0 || !slices.Contains([]string{"stringequals", "stringlike", "arnequals", "arnlike"}, strings.ToLower(t.Operator)) {
			return false
		}
		return strings.EqualFold(t.Key, "aws:PrincipalArn") &&
			!slices.ContainsFunc(t.Values, func(v string) bool { return !m.arns[v] })
	})
}

func lastStep(arn string) string { return arn[strings.LastIndexByte(arn, '/')+1:] }

// middleStep is the role's name in assumed-role/name/session.
func middleStep(resource string) string {
	steps := strings.Split(resource, "/")
	return steps[min(1, len(steps)-1)]
}

// userGroup are users of a key by one policy.
type userGroup struct {
	Users
	people map[*string]access.Alike // lists that have nobody in common, by where they begin
}

// group files people, of whom the holder is one and who are all like it, under the
// policies that give them the use.
func (x *exclusive) group(groups map[string]*userGroup, holder access.Holder, people access.Alike, m meant, row *Exclusive, open opens) {
	for _, action := range slices.Sorted(maps.Keys(holder.By)) {
		decision := holder.By[action]
		id := ""
		switch decision.Verdict {
		case access.Allowed:
			id = "allowed "
		case access.Depends:
			if m.confine(decision.DependsOn) {
				continue
			}
			id = "depends "
		case access.Unknown:
			open.add(holder.Principal.ARN, decision.Unread)
			continue
		default:
			continue
		}
		by := giver(decision)
		pointer, _, _ := strings.Cut(by.Pointer, "/Statement")
		if x.wide[decision.Verdict][pointer] {
			continue
		}
		id += pointer + " " + by.Policy
		users := groups[id]
		if users == nil {
			users = &userGroup{people: map[*string]access.Alike{}, Users: Users{What: string(by.Layer) + " " + by.Policy + x.ownerOf(by.Pointer), Place: cmp.Or(by.Pointer, row.Place), Identity: by.Identity}}
			groups[id] = users
		}
		users.people[&people[0]] = people
		users.Actions = append(users.Actions, action)
		users.Paths = append(users.Paths, holder.Paths...)
		for _, s := range statementsOf([]access.StatementRef{by}) {
			if !slices.Contains(users.By, s) {
				users.By = append(users.By, s)
			}
		}
		for _, t := range testsOf(decision.DependsOn) {
			if !slices.ContainsFunc(users.Tests, func(o Test) bool {
				return o.Key == t.Key && o.Operator == t.Operator && slices.Equal(o.Values, t.Values)
			}) {
				users.Tests = append(users.Tests, t)
			}
		}
	}
}

// giver picks the statement that a reviewer would change: that of an identity
// policy or a grant before that of the key policy which lets it count.
func giver(d access.Decision) access.StatementRef {
	for _, layer := range []access.Layer{access.LayerIdentity, access.LayerGrant, access.LayerResource} {
		for _, ref := range d.DecidedBy {
			if ref.Layer == layer && ref.Effect != "Deny" {
				return ref
			}
		}
	}
	for _, t := range d.DependsOn {
		if t.Statement.Effect != "Deny" {
			return t.Statement
		}
	}
	return access.StatementRef{Layer: access.LayerResource, Policy: "of the key"}
}

func (g *userGroup) finish() Users {
	for _, people := range g.people {
		g.Count += len(people)
		g.Principals = append(g.Principals, people[:min(someUsers, len(people))]...)
	}
	g.Users.finish()
	return g.Users
}

func (u *Users) finish() {
	for _, list := range []*[]string{&u.Principals, &u.Actions, &u.Paths} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	u.Principals = slices.Clone(u.Principals[:min(someUsers, len(u.Principals))]) // the rest is let go of
}

// ownerOf names the identity whose inline policy the pointer leads into, "" where
// it leads elsewhere: inline policies of many roles have one name.
func (b *builder) ownerOf(pointer string) string {
	steps := strings.SplitN(pointer, "/", 5)
	if len(steps) < 5 || steps[3] != "inline_policies" {
		return ""
	}
	i, err := strconv.Atoi(steps[2])
	switch {
	case err != nil || i < 0:
		return ""
	case steps[1] == "roles" && i < len(b.s.Roles):
		return " of " + b.s.Roles[i].ARN
	case steps[1] == "users" && i < len(b.s.Users):
		return " of " + b.s.Users[i].ARN
	case steps[1] == "groups" && i < len(b.s.Groups):
		return " of " + b.s.Groups[i].ARN
	}
	return ""
}
