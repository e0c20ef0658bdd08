package facts

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/events"
)

// watch finds of which calls somebody hears in each Region. That nobody hears of one
// stands, whatever is not known of others.
func (w *watcher) watch(source string, calls, regions []string) (*Watch, *Unread) {
	fact := &Watch{Place: "/account"}
	for _, name := range calls {
		var open *Unread
		missing := Unwatched{Event: name}
		for _, region := range regions {
			heard, unknown := w.heard(events.Event{Source: source, Name: name, Region: region, Account: w.b.s.Account.ID}, &fact.Idle)
			switch {
			case heard:
			case unknown != nil:
				open = cmp.Or(open, unknown)
			default:
				missing.Regions = append(missing.Regions, region)
			}
		}
		switch {
		case len(missing.Regions) > 0:
			fact.Missing = append(fact.Missing, missing)
		case open != nil:
			fact.Undecided = append(fact.Undecided, UndecidedWatch{Event: name, Unread: *open})
		default:
			fact.Watched = append(fact.Watched, name)
		}
	}
	if len(fact.Undecided) == len(calls) {
		return nil, &fact.Undecided[0].Unread
	}
	slices.SortFunc(fact.Idle, func(a, b IdleWatch) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Region, b.Region), cmp.Compare(a.Name, b.Name))
	})
	fact.Idle = slices.Compact(fact.Idle)
	return fact, nil
}

// heard tells whether somebody hears of a call, or why that is not known. It notes
// what takes the call to no purpose.
func (w *watcher) heard(e events.Event, idle *[]IdleWatch) (bool, *Unread) {
	open := w.trails
	recorded := false
	for i := range w.recorders {
		r := &w.recorders[i]
		switch {
		case !r.covers(e.Region), e.Source == "iam.amazonaws.com" && !r.global:
			continue
		case r.open != nil:
			open = cmp.Or(open, r.open)
			continue
		case !r.takes(e.Source, e.Name, false):
			continue
		}
		recorded = true
		filters, unknown := w.filtersOf(r)
		open = cmp.Or(open, unknown)
		if told, unknown := tells(filters, e, idle); told {
			return true, nil
		} else if unknown != nil {
			open = cmp.Or(open, unknown)
		}
	}
	if !recorded && open == nil {
		return false, nil // EventBridge has the calls that a trail records
	}
	rules, unknown := w.rules[e.Region], w.b.unlisted("events:ListRules", e.Region)
	open = cmp.Or(open, unknown)
	told, unknown := tells(rules, e, idle)
	return told && recorded, cmp.Or(open, unknown)
}

// filtersOf are the metric filters on the log group of a trail, or why they are not
// known. Those of another account's log group are in that account's snapshot.
func (w *watcher) filtersOf(r *recorder) ([]listen, *Unread) {
	parts := strings.SplitN(r.logGroup, ":", 7)
	switch {
	case r.logGroup == "":
		return nil, nil
	case len(parts) < 7 || parts[4] != w.b.s.Account.ID:
		return nil, &Unread{State: snapshot.NotCollected.String(), Operation: "logs:DescribeMetricFilters", Code: "OtherAccount"}
	}
	unknown := cmp.Or(w.listed("logs:DescribeMetricFilters", parts[3]), w.listed("cloudwatch:DescribeAlarms", parts[3]))
	return w.filters[parts[3]+"\x00"+parts[6]], unknown
}

// tells looks for one that takes every such call and tells somebody.
func tells(list []listen, e events.Event, idle *[]IdleWatch) (bool, *Unread) {
	var open *Unread
	for i := range list {
		l := &list[i]
		if l.match == nil {
			if l.idle.Problem == "" {
				open = cmp.Or(open, l.unknown)
			}
			continue
		}
		m := l.match(e)
		problem := l.idle.Problem
		if m == events.Some && problem == "" {
			problem = "narrow"
		}
		switch {
		case m == events.None:
		case problem != "":
			dead := l.idle
			dead.Problem = problem
			*idle = append(*idle, dead)
		case l.unknown != nil:
			open = cmp.Or(open, l.unknown)
		default:
			return true, nil
		}
	}
	return false, open
}

// unlisted says why a listing is not complete, or nil, without counting that as a
// gap: the Region may be one that nobody asked for.
func (b *builder) unlisted(operation, region string) *Unread {
	c, _ := b.s.Listed(operation, region)
	if c.State.Answer() {
		return nil
	}
	return &Unread{State: word(c.State), Operation: operation, Code: c.Code}
}
