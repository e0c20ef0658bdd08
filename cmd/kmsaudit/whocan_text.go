package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/rules/access"
	"github.com/kmsaudit/kmsaudit/rules/who"
)

// someNamed is how many of a group are named without --all.
const someNamed = 5

// group are those who fare alike by the same statements, as they are called.
type group struct {
	verdict access.Verdict
	head    string
	lines   []string
	names   []string
}

// gather puts those together who fare alike. Inline policies of many roles have
// one name: only the first place is shown.
func gather(groups []*group, g *group, name string) []*group {
	i := slices.IndexFunc(groups, func(o *group) bool { return o.verdict == g.verdict && o.head == g.head })
	if i < 0 {
		groups = append(groups, g)
		i = len(groups) - 1
	}
	groups[i].names = append(groups[i].names, name)
	return groups
}

func (d *drawing) groups(title string, groups []*group, all bool) {
	if len(groups) == 0 {
		return
	}
	d.heading(title)
	slices.SortStableFunc(groups, func(x, y *group) int { return len(y.names) - len(x.names) })
	for _, g := range groups {
		look := map[access.Verdict]string{access.Allowed: "32", access.Depends: "33", access.Unknown: "33"}[g.verdict]
		first := d.paint(look, fmt.Sprintf("  %-9s", strings.ToLower(g.verdict.String())))
		indent := strings.Repeat(" ", stateWidth)
		head, _, _ := strings.Cut(g.head, "\n")
		if n := len(g.names); n > 1 {
			head = fmt.Sprintf("%d: %s", n, head)
		}
		d.text(first, indent, "", head)
		named := g.names
		if n := len(named); !all && n > someNamed+1 {
			named = append(slices.Clone(named[:someNamed]), fmt.Sprintf("and %d more (--all names them)", n-someNamed))
		}
		for _, name := range named {
			d.text(indent+"  ", indent+"    ", "", name)
		}
		for _, line := range g.lines {
			d.text(indent, indent+"   ", "2", line)
		}
	}
}

func placed(list []who.Statement) []string {
	lines := []string{}
	for _, s := range list {
		lines = append(lines, strings.TrimRight("by "+s.What+"  "+where(s.Place.File, s.Place.Line), " "))
	}
	return lines
}

// cites names statements without their places.
func cites(list []who.Statement) string {
	var names []string
	for _, s := range list {
		names = append(names, s.What)
	}
	return strings.Join(names, "; ")
}

func useGroup(u *who.Use) *group {
	g := &group{verdict: u.Verdict, head: strings.Join(u.Actions, ", "), lines: placed(u.By)}
	if n := len(u.Actions); n > 6 {
		g.head = fmt.Sprintf("%s and %d more", strings.Join(u.Actions[:5], ", "), n-5)
	}
	if len(u.Paths) > 0 {
		g.head += " (" + strings.Join(u.Paths, ", ") + ")"
	}
	if len(u.If) > 0 {
		g.head += ", if " + strings.Join(u.If, " and ")
	}
	if u.State != "" && u.State != "Enabled" {
		g.head += "; the key is " + u.State
	}
	g.head += "\n" + strings.Join(u.Actions, " ") + cites(u.By)
	return g
}

func (d *drawing) can(c *who.Can, all bool) {
	asked := strings.Join(c.Actions, ", ")
	if c.Operation != "" {
		asked = c.Operation + " (" + strings.Join(c.Actions, " + ") + ")"
	}
	d.line("", d.paint("1", report.Inert("who can "+asked)))
	d.text("  ", "  ", "", c.Resource)
	if c.Operation != "" && c.Key != "" {
		d.text("  ", "  ", "", "under the key "+c.Key)
	}
	if c.State != "" {
		d.text("  ", "  ", "", "the key is "+c.State+", which is not folded into the answer")
	}
	for _, s := range c.Snapshots {
		d.text("  ", "  ", "", sourceWords(s))
	}
	var can, could []*group
	for i := range c.Holders {
		can = gather(can, useGroup(&c.Holders[i]), c.Holders[i].Who)
	}
	if len(can) == 0 {
		d.heading("Nobody can")
	}
	d.groups(fmt.Sprintf("Who can: %d", len(c.Holders)), can, all)
	for i := range c.Takeovers {
		t := &c.Takeovers[i]
		g := &group{verdict: t.Verdict}
		var ways []string
		for _, s := range t.Steps {
			way := strings.Join(s.Actions, " + ")
			if s.On != c.Key {
				way += " on " + onWhat(&s)
			}
			ways = append(ways, way)
			g.lines = append(g.lines, placed(s.Allowed)...)
		}
		g.head = strings.Join(ways, ", then ")
		if len(t.If) > 0 {
			g.head += ", if " + strings.Join(t.If, " and ")
		}
		could = gather(could, g, t.Who)
	}
	d.groups(fmt.Sprintf("Who could give themselves access: %d", len(c.Takeovers)), could, all)
	d.rest(c.Unread, c.Assumptions)
}

// onWhat says what a step is on.
func onWhat(s *who.Step) string {
	if s.On == s.By {
		return "itself"
	}
	return s.On
}

func (d *drawing) what(w *who.What, all bool) {
	d.line("", d.paint("1", report.Inert("what can "+w.Principal)))
	for _, s := range w.Snapshots {
		d.text("  ", "  ", "", sourceWords(s))
	}
	var keys, buckets []*group
	for i := range w.Keys {
		keys = gather(keys, useGroup(&w.Keys[i]), w.Keys[i].Who)
	}
	for i := range w.Buckets {
		buckets = gather(buckets, useGroup(&w.Buckets[i]), w.Buckets[i].Who)
	}
	if len(keys)+len(buckets) == 0 {
		d.heading("Nothing")
	}
	d.groups("Keys", keys, all)
	d.groups("Buckets", buckets, all)
	d.rest(w.Unread, w.Assumptions)
}

func (d *drawing) rest(unread []who.Unread, assumptions []string) {
	if len(unread) > 0 {
		d.heading("Not known")
		for _, u := range unread {
			d.text("  - ", "    ", "", strings.TrimRight(u.What+"  "+where(u.Place.File, u.Place.Line), " "))
		}
	}
	if len(assumptions) > 0 {
		d.heading("Taken for granted")
		for _, text := range assumptions {
			d.text("  - ", "    ", "", text)
		}
	}
}
