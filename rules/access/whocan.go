package access

import (
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// Holder is a principal who can, or of whom it cannot be said that it cannot.
type Holder struct {
	Principal Principal `json:"principal"`
	// Paths are how: key policy, delegation, grant, cross-account, service.
	Paths []string `json:"paths"`
	// By has the decision of each action that is not denied.
	By map[string]Decision `json:"by"`
}

// WhoCan lists who can perform any of the actions on a key, sorted by ARN, and
// what was not read and could add to the list. Principals of other accounts are
// listed if the key's policy or grants name them, and all that can of accounts
// that were read too (Beside); a key that is open to everybody lists the principal
// *. A grant that names a service in its grantee's place
// counts for the service, not for everybody whom the service may act for (G5).
func (a *Account) WhoCan(keyARN string, actions []string, stance Stance) (holders []Holder, unread []UnreadRef) {
	return a.whoCan(keyARN, actions, stance, a.everybody())
}

// WhoCanAmong is WhoCan of some principals only, whose ARNs are sorted.
func (a *Account) WhoCanAmong(principals []string, keyARN string, actions []string, stance Stance) (holders []Holder, unread []UnreadRef) {
	people, all := make([]*actor, 0, len(principals)), a.everybody()
	for _, arn := range principals {
		if i, found := slices.BinarySearchFunc(all, arn, func(one *actor, arn string) int { return strings.Compare(one.ARN, arn) }); found {
			people = append(people, all[i])
		}
	}
	return a.whoCan(keyARN, actions, stance, people)
}

func (a *Account) whoCan(keyARN string, actions []string, stance Stance, among []*actor) (holders []Holder, unread []UnreadRef) {
	k := a.keys[keyARN]
	if k == nil {
		x := query{one: &actor{}, resource: keyARN}
		a.findOther(&x)
		if x.settled == nil && x.policies.Resource != nil {
			unread = append(unread, *x.policies.Resource.unread)
		}
		return nil, unread
	}
	if k.policy != nil && k.policy.unread != nil {
		return nil, []UnreadRef{*k.policy.unread}
	}
	asked := a.ask(k, actions, stance)
	doors := k.doors(a.id)
	doors.key, _ = splitARN(k.at.ARN)
	doors.actions, doors.unknown = asked.set, len(asked.others) > 0
	unread = a.unlistedPeople(&doors)
	for i := range k.grants {
		if ref := k.grants[i].Unread; ref != nil {
			unread = append(unread, *ref)
		}
	}
	for _, one := range among {
		if one.missing == nil && doors.open(one, a.id) {
			if h, can := a.holder(one, k, &asked); can {
				holders = append(holders, h)
			}
		}
	}
	return holders, unique(unread)
}

// asked are the actions of a question, in classes that the key's policy, its
// grants and the organization treat alike.
type asked struct {
	stance  Stance
	set     actionSet
	names   map[actionSet]string // as the question writes them
	classes []actionSet
	others  []string // no known actions of KMS

	explainer explainer
}

func (a *Account) ask(k *key, actions []string, stance Stance) asked {
	q := asked{stance: stance, names: map[actionSet]string{}}
	for _, action := range actions {
		if one := setOf(strings.ToLower(action)); one == 0 {
			q.others = append(q.others, action)
		} else {
			q.set |= one
			q.names[one] = action
		}
	}
	q.classes = splitBy(q.set.classes(a.kinds), []*Policy{k.policy})
	for _, peer := range a.peers {
		for _, level := range peer.org.scp[stance] {
			q.classes = splitBy(q.classes, level)
		}
	}
	for _, level := range slices.Concat(a.org.scp[stance], a.org.rcp[stance]) {
		q.classes = splitBy(q.classes, level)
	}
	for i := range k.grants {
		for _, operation := range k.grants[i].Operations {
			q.classes = split(q.classes, setOf("kms:"+strings.ToLower(operation)))
		}
	}
	return q
}

// doors is what a key's policy and grants open, as far as it tells quickly who
// cannot come in.
type doors struct {
	everybody bool
	delegated bool            // to the account's identity policies (K1)
	names     map[string]bool // named directly
	accounts  map[string]bool // others that are let in as a whole
	mentioned map[string]bool // accounts of those who are named
	key       arn
	actions   actionSet
	unknown   bool // further actions are asked for, which have no set
}

func (k *key) doors(account string) doors {
	d := doors{names: map[string]bool{}, accounts: map[string]bool{}, mentioned: map[string]bool{}}
	admit := func(n *named) {
		switch {
		case n.bad:
		case n.who.kind == callerAnyone:
			d.everybody = true
		case n.who.kind == callerRoot && n.account == account:
			d.delegated = true
		case n.who.kind == callerRoot:
			d.accounts[n.account] = true
		}
		d.names[n.text], d.mentioned[n.account] = true, true
		if n.who.kind == callerRole {
			d.names[n.account+"/"+n.name] = true
		}
	}
	if k.policy != nil {
		for i := range k.policy.statements {
			s := &k.policy.statements[i]
			switch {
			case s.services&serviceKMS == 0 || s.deny && !s.notPrincipal:
			case s.notPrincipal && !s.deny:
				d.everybody = true
			default: // or spared by a Deny of everybody else
				for j := range s.principals {
					admit(&s.principals[j])
				}
			}
		}
	}
	for i := range k.grants {
		g := &k.grants[i]
		for _, name := range []string{g.Grantee, g.GranteeService, g.Retiring, g.RetiringService, g.IssuingAccount} {
			if name != "" {
				admit(&named{who: whoIs(name)})
			}
		}
	}
	return d
}

func (d *doors) open(one *actor, account string) bool {
	_, digits, _ := strings.Cut(one.ARN, "::")
	digits, _, _ = strings.Cut(digits, ":")
	if d.names[one.ARN] || one.Kind == "foreign" && strings.HasSuffix(one.ARN, ":root") && d.names[digits] {
		return true
	}
	switch one.Kind {
	case "anyone":
		return d.everybody
	case "user", "role", "session":
		if one.Account != account { // of a peer
			return d.everybody || d.accounts[one.Account] || one.Kind == "session" && d.names[one.Account+"/"+one.Name]
		}
		if d.everybody || d.names[one.caller.UniqueID] || one.Kind == "session" && d.names[account+"/"+one.Name] {
			return true
		}
		return d.delegated && one.mayAllow(d)
	case "root":
		return d.everybody || one.Account == account && d.delegated || d.accounts[one.Account]
	}
	return false
}

func (a *Account) holder(one *actor, k *key, q *asked) (Holder, bool) {
	h := Holder{Principal: one.Principal}
	decide := func(action string) (Decision, bool) {
		x := query{one: one, action: action, resource: k.at.ARN, stance: q.stance}
		a.find(&x)
		x.policies.Grants = readGrants(x.policies.Grants, one.Kind)
		r := a.request(&x)
		at := newSituation(&r, &x.policies)
		o := evaluate(&at, &x.policies)
		if o.deny == yes || o.allow == no {
			return Decision{}, false
		}
		d := q.explainer.decide(&at, &x.policies, &o)
		if d.Verdict.Denied() {
			return Decision{}, false
		}
		if h.By == nil {
			h.By = map[string]Decision{}
		}
		h.Paths = o.ways(h.Paths, &at)
		d.Notes = append(d.Notes, x.notes...)
		a.assume(&x, &d)
		return d, true
	}
	classes := splitBy(slices.Clone(q.classes), one.identity)
	for _, class := range splitBy(classes, one.boundary) {
		d, can := decide(q.names[class&-class])
		for ; can && class != 0; class &= class - 1 {
			h.By[q.names[class&-class]] = d
		}
	}
	for _, action := range q.others {
		if d, can := decide(action); can {
			h.By[action] = d
		}
	}
	slices.Sort(h.Paths)
	return h, h.By != nil
}

// readGrants leaves out what WhoCan reports by itself: grants that were not read,
// and grants that stand for a service.
func readGrants(grants []Grant, kind string) []Grant {
	skip := func(g Grant) bool { return g.Unread != nil || kind != "service" && isService(g.Grantee) }
	if !slices.ContainsFunc(grants, skip) {
		return grants
	}
	return slices.DeleteFunc(slices.Clone(grants), skip)
}

// ways adds how the outcome comes to what it allows.
func (o *outcome) ways(known []string, at *situation) []string {
	for i := range o.count {
		p := o.paths[i]
		if o.truthOf(p) == no {
			continue
		}
		name := "key policy"
		switch {
		case p.has(grantAccount), p.has(grantRole), p.has(grantDirect):
			name = "grant"
		case at.who.kind == callerService:
			name = "service"
		case at.crossing:
			name = "cross-account"
		case p.has(resourceAccount):
			name = "delegation"
		case at.service == serviceKMS:
		case p.has(identity):
			name = "identity policy"
		default:
			name = "bucket policy"
		}
		if !slices.Contains(known, name) {
			known = append(known, name)
		}
	}
	return known
}

// Exposure says how open statement number statement of the key's policy is to
// strangers, or why that is not known.
func (a *Account) Exposure(keyARN string, statement int) (Exposure, *UnreadRef) {
	k := a.keys[keyARN]
	switch {
	case k == nil:
		return Exposure{}, &UnreadRef{Layer: LayerResource, Policy: keyARN, State: snapshot.NotCollected.String(), Operation: "kms:GetKeyPolicy"}
	case k.policy == nil:
		return Exposure{}, nil
	case k.policy.unread != nil:
		ref := *k.policy.unread
		return Exposure{}, &ref
	}
	return exposureOf(k.policy.doc, statement, keyARN), nil
}
