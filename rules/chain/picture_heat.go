package chain

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/report/picture"
	"github.com/kmsaudit/kmsaudit/rules/access"
)

// How large a heat map may grow.
const (
	heatKeys  = 24
	heatRows  = 40
	heatNames = 12 // of a group
	heatAlone = 12 // principals, or keys, that each have a line of their own
)

// Heat is the map of who can decrypt with which key, by the census of the account.
// Of many, principals who fare alike with every key of the map are one row, and
// keys that everybody fares alike with are one column. Of many keys it takes the
// required ones, those with the gravest findings, and those that most can decrypt with.
func (w *World) Heat(results *report.Results) *picture.Heat {
	const action = "kms:Decrypt"
	census := w.account.Census(action, access.MustNotBeAble)
	d := &painter{teller: &teller{World: w, chain: &Chain{}}, on: map[string][]reason{}}
	d.reasons(results)
	h := &picture.Heat{Action: action}
	keys, all := d.heated(census)
	if len(keys) < all {
		h.Notes = append(h.Notes, strconv.Itoa(len(keys))+" of "+count(all, "key")+
			" are shown: the required ones, then those with the gravest findings, then those that most can decrypt with")
	}
	fares := map[string][]picture.State{}
	for i, key := range keys {
		for p, v := range census.Holders(key) {
			if fares[p.ARN] == nil {
				fares[p.ARN] = make([]picture.State, len(keys))
			}
			fares[p.ARN][i] = cell(v)
		}
		if d.policyUnread(key, census) {
			for _, row := range fares {
				row[i] = picture.Unknown
			}
		}
	}
	h.Rows = d.heatRows(fares, h)
	d.heatColumns(h, keys)
	for _, ref := range census.Unread() {
		if !strings.HasPrefix(ref.Pointer, "/keys/") {
			h.Notes = append(h.Notes, "not everybody is known: "+verdict("", access.Decision{Unread: []access.UnreadRef{ref}}).Reason)
		}
	}
	h.Notes = slices.Compact(h.Notes)
	return h
}

func cell(v access.Verdict) picture.State {
	switch v {
	case access.Allowed:
		return picture.Fine
	case access.Depends:
		return picture.Depends
	case access.Unknown:
		return picture.Unknown
	case access.ExplicitlyDenied, access.ImplicitlyDenied:
	}
	return ""
}

// policyUnread tells whether who may use a key is not known.
func (w *World) policyUnread(key string, census *access.Census) bool {
	here := at("keys", w.keys[key]) + "/"
	return slices.ContainsFunc(census.Unread(), func(ref access.UnreadRef) bool { return strings.HasPrefix(ref.Pointer, here) })
}

// heated are the keys of the map, and how many there are: keys that can decrypt,
// of the customer's.
func (d *painter) heated(census *access.Census) (keys []string, all int) {
	rank := map[string]int{}
	for _, key := range census.Keys() {
		m, known := d.s.Keys[d.keys[key]].Metadata.Get()
		if known && (m.Manager == "AWS" || m.Usage != "ENCRYPT_DECRYPT") {
			continue
		}
		tally := census.Count(key)
		rank[key] = min(tally.Allowed+tally.Depends+tally.Unknown, 999_999) + 1_000_000*(picture.Fine.Gravity()-d.worst(key).Gravity())
	}
	for _, r := range d.intent.Requirements {
		if _, there := rank[r.Key]; there {
			rank[r.Key] += 10_000_000
		}
	}
	keys = slices.SortedFunc(maps.Keys(rank), func(a, b string) int { return cmp.Or(cmp.Compare(rank[b], rank[a]), cmp.Compare(a, b)) })
	return keys[:min(len(keys), heatKeys)], len(keys)
}

// heatRows puts principals together who fare alike, those with the most first.
func (d *painter) heatRows(fares map[string][]picture.State, h *picture.Heat) []picture.HeatRow {
	groups := map[string][]string{}
	for _, principal := range slices.Sorted(maps.Keys(fares)) {
		id := ""
		for _, state := range fares[principal] {
			id += string(state) + ","
		}
		if len(fares) <= heatAlone {
			id += principal
		}
		groups[id] = append(groups[id], principal)
	}
	var rows []picture.HeatRow
	for _, id := range slices.Sorted(maps.Keys(groups)) {
		members := groups[id]
		rows = append(rows, picture.HeatRow{Axis: d.axis(members, d.calledAll(members)), Cells: fares[members[0]]})
	}
	reach := func(r *picture.HeatRow) (n int) {
		for _, state := range r.Cells {
			if state != "" {
				n++
			}
		}
		return n
	}
	slices.SortStableFunc(rows, func(a, b picture.HeatRow) int {
		return cmp.Or(cmp.Compare(reach(&b), reach(&a)), cmp.Compare(b.Count, a.Count), cmp.Compare(a.Name, b.Name))
	})
	if len(rows) > heatRows {
		left := 0
		for _, row := range rows[heatRows:] {
			left += row.Count
		}
		h.Notes = append(h.Notes, count(left, "principal")+" with fewer keys are left out")
		rows = rows[:heatRows]
	}
	return rows
}

// heatColumns puts keys together that everybody fares alike with.
func (d *painter) heatColumns(h *picture.Heat, keys []string) {
	members := map[string][]string{}
	var order []string
	first := map[string]int{}
	for i, key := range keys {
		id := ""
		for _, row := range h.Rows {
			id += string(row.Cells[i]) + ","
		}
		if len(keys) <= heatAlone {
			id += key
		}
		if members[id] == nil {
			order, first[id] = append(order, id), i
		}
		members[id] = append(members[id], key)
	}
	rows := make([][]picture.State, len(h.Rows))
	for _, id := range order {
		var names []string
		for _, key := range members[id] {
			names = append(names, cmp.Or(d.alias(key), shortID(strings.TrimPrefix(part(key, 5), "key/"))))
		}
		h.Columns = append(h.Columns, d.axis(members[id], names))
		for i := range h.Rows {
			rows[i] = append(rows[i], h.Rows[i].Cells[first[id]])
		}
	}
	for i := range h.Rows {
		h.Rows[i].Cells = rows[i]
	}
}

// axis names a group by its first two.
func (d *painter) axis(members, names []string) picture.Axis {
	a := picture.Axis{Count: len(members), Full: members[:min(len(members), heatNames)]}
	a.Name = few(names, 2)
	return a
}
