package chain

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/report/picture"
	"github.com/kmsaudit/kmsaudit/rules/access"
)

// key draws a key with who may use it on its left and what is under it on its
// right.
func (d *painter) key(arn string) {
	if len(d.p.Nodes) > 0 && d.drawnKeys() == pictureKeys && d.onlyKeys == nil {
		return
	}
	n := picture.Node{Column: keyColumn, Kind: "key", Name: arn, Full: []string{arn}}
	if arn == awsKey {
		n.Name, n.Note, n.Full = awsKey, "managed by AWS", nil
	} else {
		_, own := d.keys[arn]
		s := d.keyStep(arn)
		n.Name, n.Note = cmp.Or(s.Name, arn), s.Note
		if s.Note == "does not exist" {
			n.State, n.Why = picture.Broken, []string{"the key does not exist"}
		}
		if alias := d.alias(arn); own && alias != "" {
			n.Name, n.Note = alias, shortID(s.Name)+", "+s.Note
		}
	}
	key := d.node(arn, n)
	d.required(arn, key)
	d.others(arn, key)
	d.stores(arn, key)
}

func (d *painter) drawnKeys() int {
	n := 0
	for i := range d.p.Nodes {
		if d.p.Nodes[i].Kind == "key" {
			n++
		}
	}
	return n
}

// alias is the first of a key's aliases, "" where it has none.
func (w *World) alias(key string) string {
	first := ""
	for _, a := range w.s.Aliases {
		if a.TargetKey != "" && a.Region == part(key, 3) && part(key, 5) == "key/"+a.TargetKey && (first == "" || a.Name < first) {
			first = a.Name
		}
	}
	return first
}

// shortID is the beginning of a key's id.
func shortID(id string) string {
	if rest, several := strings.CutPrefix(id, "mrk-"); several && len(rest) > 12 {
		return "mrk-" + rest[:8] + "…"
	}
	if len(id) > 12 {
		return id[:8] + "…"
	}
	return id
}

// required draws those who have to be able to use a key, and how each fares.
func (d *painter) required(arn string, key int) {
	fares := map[string]map[string]Line{} // principal → action
	note := func(principal, action string, line Line) {
		if fares[principal] == nil {
			fares[principal] = map[string]Line{}
		}
		if old, met := fares[principal][action]; !met || slices.Index(gravity[:], line.State) < slices.Index(gravity[:], old.State) {
			fares[principal][action] = line
		}
	}
	for i := range d.document.Access {
		row := &d.document.Access[i]
		if row.Key != arn {
			continue
		}
		for _, one := range d.accessOf(row) {
			note(row.Principal, one.what, verdict(one.resource, one.decision))
		}
		for _, one := range row.Denied {
			note(row.Principal, one.What, Line{State: Denied, Text: one.Why})
		}
		for _, one := range row.Undecided {
			note(row.Principal, one.What, Line{State: Unknown})
		}
	}
	for i := range d.document.Operations {
		row := &d.document.Operations[i]
		if cmp.Or(row.Key, d.requiredKey(row.Requirement)) != arn {
			continue
		}
		for _, one := range d.operationOf(row) {
			if action := actionOf(one); strings.HasPrefix(action, "kms:") {
				note(row.Principal, action, verdict(one.resource, one.decision))
			}
		}
	}
	groups := map[string][]string{}
	for _, principal := range slices.Sorted(maps.Keys(fares)) {
		if d.onlyWho != nil && !slices.Contains(d.onlyWho, principal) {
			continue
		}
		d.have[[2]string{principal, arn}] = true
		id := ""
		for _, action := range slices.Sorted(maps.Keys(fares[principal])) {
			id += action + " " + string(fares[principal][action].State) + ","
		}
		groups[id] = append(groups[id], principal)
	}
	for _, id := range slices.Sorted(maps.Keys(groups)) {
		d.fares(groups[id], arn, key, "required actions", fares[groups[id][0]])
	}
}

// actionOf is the action that one of the requests of an operation is for.
func actionOf(one decided) string {
	_, action, _ := strings.Cut(one.what, "half: ")
	action, _, _ = strings.Cut(action, " on ")
	return action
}

// fares draws principals who fare alike with a key, and their actions.
func (d *painter) fares(principals []string, arn string, key int, kind string, how map[string]Line) {
	byState := map[State][]string{}
	n := picture.Node{Column: actionColumn, Kind: kind, State: picture.Fine}
	for _, action := range slices.Sorted(maps.Keys(how)) {
		line := how[action]
		byState[line.State] = append(byState[line.State], strings.TrimPrefix(action, "kms:"))
		n.State = picture.Worse(n.State, stateOf(line.State))
		if said := cmp.Or(line.Text, line.Reason); said != "" && line.State != Allowed {
			n.Why = append(n.Why, action+" "+string(line.State)+": "+said)
		}
	}
	n.Why = someReasons(n.Why)
	for state := range byState {
		byState[state] = brief(byState[state])
	}
	n.Name = strings.Join(byState[Allowed], ", ")
	var notes []string
	for _, state := range []State{Denied, Unknown, Depends} {
		if actions := byState[state]; len(actions) > 0 {
			word := map[State]string{Denied: "denied", Unknown: "not known", Depends: "under conditions"}[state]
			notes = append(notes, word+": "+strings.Join(actions, ", "))
		}
	}
	if n.Name == "" && len(notes) > 0 {
		n.Name, notes[0], _ = strings.Cut(notes[0], ": ")
	}
	n.Note = strings.Join(notes, "; ")
	actions := d.node("actions "+arn+" "+kind+" "+n.Name+n.Note+strings.Join(n.Why, "\n"), n)
	d.arrow(actions, key, d.p.Nodes[actions].State)
	for _, who := range d.whos(principals) {
		state, why := n.State, []string(nil)
		for _, principal := range d.p.Nodes[who].Full {
			for _, r := range d.on[arn] {
				if slices.Contains(r.mention, principal) {
					state, why = picture.Worse(state, r.state), append(why, r.text)
				}
			}
		}
		d.arrow(who, actions, state, why...)
	}
}

// brief writes the variants of one action as one, as policies do.
func brief(actions []string) []string {
	var out []string
	for _, stem := range []string{"GenerateDataKey", "ReEncrypt"} {
		n := 0
		for _, action := range actions {
			if strings.HasPrefix(action, stem) {
				n++
			}
		}
		if n < 2 {
			continue
		}
		actions = slices.DeleteFunc(slices.Clone(actions), func(action string) bool { return strings.HasPrefix(action, stem) })
		out = append(out, stem+"*")
	}
	out = append(out, actions...)
	slices.Sort(out)
	return out
}

// whos draws principals: each on its own while they are few, else as one box.
func (d *painter) whos(principals []string) []int {
	if len(principals) <= pictureAlone {
		var boxes []int
		for _, arn := range principals {
			boxes = append(boxes, d.node(arn, d.who(arn)))
		}
		return boxes
	}
	n := picture.Node{
		Column: whoColumn, Kind: "principals", Name: count(len(principals), "principal"),
		Note: few(d.calledAll(principals[:min(len(principals), 3)]), 3) + " and others", Full: principals,
	}
	return []int{d.node(strings.Join(principals, " "), n)}
}

func (d *painter) who(arn string) picture.Node {
	n := picture.Node{Column: whoColumn, Kind: "principal", Name: arn, Full: []string{arn}}
	called := d.called(arn)
	kind, name, found := strings.Cut(called, " ")
	switch {
	case called == "the account's root user":
		n.Kind, n.Name = "root user", "root of the account"
	case called == "everybody":
		n.Kind, n.Name = "anyone", "everybody"
	case found && (kind == "role" || kind == "user"):
		n.Kind, n.Name = kind, name
		if slices.Contains(d.intent.KeyAdministrators, arn) {
			n.Note = "declared administrator"
		}
	case part(arn, 2) == "iam" && part(arn, 4) != d.s.Account.ID:
		n.Kind, n.Name, n.Note = "other account", part(arn, 5), "of account "+part(arn, 4)
	case strings.HasPrefix(called, "the service "):
		n.Kind = "service"
	}
	return n
}

// others draws who else may use a key of the account, those together who fare
// alike.
func (d *painter) others(arn string, key int) {
	i, own := d.keys[arn]
	if !own {
		return
	}
	fares := map[string]map[string]access.Verdict{}
	unread := map[string]bool{}
	for _, action := range d.uses(arn) {
		census := d.of(action)
		for p, v := range census.Holders(arn) {
			if fares[p.ARN] == nil {
				fares[p.ARN] = map[string]access.Verdict{}
			}
			fares[p.ARN][action] = v
		}
		for _, ref := range census.Unread() {
			switch here := at("keys", i); {
			case ref.Pointer == here || strings.HasPrefix(ref.Pointer, here+"/"):
				unread[verdict(arn, access.Decision{Unread: []access.UnreadRef{ref}}).Reason] = true
			case !strings.HasPrefix(ref.Pointer, "/keys/"):
				d.unread = true
			}
		}
	}
	groups := map[string][]string{}
	for _, principal := range slices.Sorted(maps.Keys(fares)) {
		if d.onlyWho != nil && !slices.Contains(d.onlyWho, principal) || d.have[[2]string{principal, arn}] {
			continue
		}
		var id strings.Builder
		for _, action := range d.uses(arn) {
			id.WriteString(fares[principal][action].String() + " ")
		}
		groups[id.String()] = append(groups[id.String()], principal)
	}
	ids := slices.SortedFunc(maps.Keys(groups), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(groups[b]), len(groups[a])), cmp.Compare(a, b))
	})
	for g, id := range ids {
		if g == pictureGroups {
			d.fewer = true
			break
		}
		how := map[string]Line{}
		for action, v := range fares[groups[id][0]] {
			how[action] = Line{State: map[access.Verdict]State{access.Allowed: Allowed, access.Depends: Depends}[v]}
			if how[action].State == "" {
				how[action] = Line{State: Unknown}
			}
		}
		d.fares(groups[id], arn, key, "actions", how)
	}
	if len(unread) > 0 {
		who := d.node("unread "+arn, picture.Node{
			Column: whoColumn, Kind: "not read", Name: "nobody knows who", State: picture.Unknown, Why: slices.Sorted(maps.Keys(unread)),
		})
		d.arrow(who, key, picture.Unknown)
	}
}
