package facts

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/policy"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/access"
)

// The powers that are looked at: to make a key useless or send its aliases
// elsewhere, to take a key over, and to change what S3 encrypts with.
func destroying() []string {
	return []string{"kms:ScheduleKeyDeletion", "kms:DisableKey", "kms:DeleteImportedKeyMaterial", "kms:DeleteAlias", "kms:UpdateAlias"}
}

func takingOver() []string {
	return []string{"kms:PutKeyPolicy", "kms:CreateGrant", "kms:ReplicateKey", "kms:UpdatePrimaryRegion"}
}

func encrypting() []string {
	return []string{"s3:UpdateObjectEncryption", "s3:PutEncryptionConfiguration"}
}

// somePowers is how many principals, and keys or buckets, of a power are named.
const somePowers = 5

// addPowers adds who has powers over keys and buckets.
func (b *builder) addPowers() {
	admins := b.meant("\x00") // key administrators only
	over := b.account.KeyPowers([][]string{destroying(), takingOver()}, admins.has)
	b.addPower("destroy", over[0], admins)
	b.addPower("takeover", over[1], admins)
	b.addPower("encryption", b.account.BucketPowers(encrypting(), admins.has), admins)
	b.addUnbounded(over)
}

func (b *builder) powerRow(kind string) Power {
	return Power{ID: "power|" + kind, Kind: kind, ARN: b.document.Account.ARN, Place: "/account"}
}

func (b *builder) addPower(kind string, powers access.Powers, admins meant) {
	row := b.powerRow(kind)
	allowed, depends := powerGroups{}, powerGroups{}
	for i := range powers.List {
		p := &powers.List[i]
		b.filePower(allowed, p, access.Allowed)
		if !admins.confine(p.Tests) {
			b.filePower(depends, p, access.Depends)
		}
	}
	row.Allowed, row.Depends = allowed.rows(), depends.rows()
	row.Undecided = b.powersUndecided("who "+map[string]string{
		"destroy": "can destroy keys", "takeover": "can take keys over", "encryption": "can change the encryption of buckets",
	}[kind], powers)
	b.addPowerRow(row)
}

// addPowerRow adds a row. What is not known is a row of its own where there is
// something to find: a finding would hide it.
func (b *builder) addPowerRow(row Power) {
	if len(row.Undecided) > 0 && len(row.Allowed)+len(row.Depends) > 0 {
		rest := row
		rest.ID, rest.Allowed, rest.Depends = row.ID+"|unread", nil, nil
		row.Undecided = nil
		b.document.Powers = append(b.document.Powers, rest)
	}
	b.document.Powers = append(b.document.Powers, row)
}

// powersUndecided is of whom it is not known whether they have a power.
func (b *builder) powersUndecided(who string, powers access.Powers) []Undecided {
	open := opens{}
	for _, one := range powers.Unsure {
		open.add(one.Principal, one.Unread)
	}
	rows := open.rows()
	unread := unreadPolicies(powers.Unread)
	if reason := b.peopleUnread; reason != nil {
		unread = append(unread, UnreadPolicy{Policy: reason.Operation, Place: b.peopleAt, State: reason.State, Operation: reason.Operation, Code: reason.Code})
	}
	if len(unread) > 0 {
		rows = append(rows, Undecided{What: who, Unread: unread})
	}
	return rows
}

// powerGroups are powers by what gives them: a policy, the inline policies of one
// name, or what resources' own policies and grants give one principal.
type powerGroups map[string]*powerGroup

type powerGroup struct {
	users    PowerUsers
	policies map[string]bool
	who      map[string]bool
	over     access.Things
	several  string // what it is called when there are several policies
	account  string
}

// filePower files those who have the power with the verdict.
func (b *builder) filePower(groups powerGroups, p *access.Power, verdict access.Verdict) {
	var who []string
	for _, h := range p.Holders {
		if h.Verdict == verdict && !h.Aside {
			who = append(who, h.Principal.ARN)
		}
	}
	b.fileUsers(groups, p, who)
}

func (b *builder) fileUsers(groups powerGroups, p *access.Power, who []string) {
	if len(who) == 0 {
		return
	}
	pointer, _, _ := strings.Cut(p.By.Pointer, "/Statement")
	id, arn := pointer, b.policyARN(p.By.Pointer)
	g := &powerGroup{policies: map[string]bool{}, who: map[string]bool{}, account: b.document.Account.ARN}
	g.users = PowerUsers{What: "policy " + p.By.Policy, Place: cmp.Or(p.By.Pointer, "/account"), Identity: p.By.Identity}
	switch owner := b.ownerOf(p.By.Pointer); {
	case p.Direct:
		id, pointer, arn = "direct "+who[0], who[0], who[0]
		g.users.What, g.users.Identity = "policies and grants of what it is over", ""
	case owner != "":
		id, arn = "inline "+p.By.Policy, strings.TrimPrefix(owner, " of ")
		g.users.What, g.several = "inline policy "+p.By.Policy+owner, "inline policies "+p.By.Policy
	}
	g.users.ARN = arn
	if known := groups[id]; known != nil {
		g = known
	}
	groups[id] = g
	g.policies[pointer] = true
	for _, one := range who {
		g.who[one] = true
	}
	g.over.Add(p.On)
	for _, action := range p.Actions {
		if !slices.Contains(g.users.Actions, action) {
			g.users.Actions = append(g.users.Actions, action)
		}
	}
	for _, t := range testsOf(p.Tests) {
		if !slices.ContainsFunc(g.users.Tests, func(o Test) bool {
			return o.Key == t.Key && o.Operator == t.Operator && slices.Equal(o.Values, t.Values)
		}) {
			g.users.Tests = append(g.users.Tests, t)
		}
	}
}

func (groups powerGroups) rows() []PowerUsers {
	var rows []PowerUsers
	for _, id := range slices.Sorted(maps.Keys(groups)) {
		g := groups[id]
		g.users.Count, g.users.Reach, g.users.Policies = len(g.who), g.over.Count(), len(g.policies)
		g.users.Principals, g.users.Over = someOf(g.who), g.over.First(somePowers)
		slices.Sort(g.users.Actions)
		if g.users.Policies > 1 {
			g.users.What, g.users.ARN, g.users.Identity = fmt.Sprintf("%d %s", g.users.Policies, g.several), g.account, ""
		}
		rows = append(rows, g.users)
	}
	return rows
}

func someOf(all map[string]bool) []string {
	list := slices.Sorted(maps.Keys(all))
	return list[:min(somePowers, len(list))]
}

// policyARN is the ARN of a managed policy, by the pointer of its statement; that
// of the account for others.
func (b *builder) policyARN(pointer string) string {
	steps := strings.SplitN(pointer, "/", 4)
	if len(steps) < 4 || steps[1] != "managed_policies" {
		return b.document.Account.ARN
	}
	i, err := strconv.Atoi(steps[2])
	if err != nil || i < 0 || i >= len(b.s.ManagedPolicies) {
		return b.document.Account.ARN
	}
	return b.s.ManagedPolicies[i].ARN
}

// addUnbounded adds who has a power over keys and no permissions boundary.
func (b *builder) addUnbounded(over []access.Powers) {
	row := b.powerRow("unbounded")
	groups := powerGroups{}
	whole := access.Powers{}
	for _, powers := range over {
		whole.Unsure, whole.Unread = append(whole.Unsure, powers.Unsure...), append(whole.Unread, powers.Unread...)
		for i := range powers.List {
			var who []string
			for _, h := range powers.List[i].Holders {
				if b.people[h.Principal.ARN] && !h.Bounded && !h.Principal.ServiceLinked {
					who = append(who, h.Principal.ARN)
				}
			}
			p := powers.List[i]
			p.Tests, p.On = nil, p.Whole
			b.fileUsers(groups, &p, who)
		}
	}
	row.Allowed = groups.rows()
	row.Guards = b.guards(slices.Concat(destroying(), takingOver()))
	row.Undecided = b.powersUndecided("who administers keys", whole)
	b.addPowerRow(row)
}

// guards are the service control policies over the account that deny one of the
// actions.
func (b *builder) guards(actions []string) []string {
	organization, _ := b.s.Organization.Get()
	chain, _ := organization.Chain.Get()
	var names []string
	for _, level := range chain {
		controls, _ := level.ServiceControlPolicies.Get()
		for _, control := range controls {
			document, _ := snapshot.PolicyOf(control.Document)
			if document == nil || slices.Contains(names, control.Name) {
				continue
			}
			for i := range document.Statements {
				if document.Statements[i].Effect != policy.Deny {
					continue
				}
				reach := access.ReachOf(document, i, b.s.Account.Partition, b.s.Account.ID, b.s.Regions)
				if slices.ContainsFunc(reach.Actions, func(action string) bool { return slices.Contains(actions, action) }) {
					names = append(names, control.Name)
					break
				}
			}
		}
	}
	return names
}
