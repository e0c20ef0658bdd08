package main

import (
	"fmt"
	"strings"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/report/markdown"
	"github.com/kmsaudit/kmsaudit/rules/access"
	"github.com/kmsaudit/kmsaudit/rules/drift"
)

// item is one thing that differs, and lines about it.
type item struct {
	head  string
	lines []string
}

// chapter are the items of one kind.
type chapter struct {
	title, look string
	items       []item
}

// chapters tell a comparison, for people.
func chapters(d *drift.Diff) []chapter {
	var list []chapter
	add := func(title, look string, items []item) {
		if len(items) > 0 {
			list = append(list, chapter{fmt.Sprintf("%s: %d", title, len(items)), look, items})
		}
	}
	for _, way := range []struct {
		way         access.Way
		title, look string
	}{
		{access.Gained, "Access gained", "1;31"},
		{access.Altered, "Access under other conditions", "1;31"},
		{access.Unclear, "Access not known on one side", "33"},
		{access.Lost, "Access lost", "32"},
	} {
		var items []item
		for i := range d.Access {
			if d.Access[i].Way == way.way {
				items = append(items, accessItem(&d.Access[i]))
			}
		}
		add(way.title, way.look, items)
	}
	add("Findings, new", "1;31", findingItems(d.Findings.New))
	add("Findings, more severe", "1;31", findingItems(d.Findings.Worse))
	add("Findings, not known before", "33", findingItems(d.Findings.Unsure))
	add("Findings that nobody can judge now", "33", findingItems(d.Findings.Unjudged))
	add("Findings, changed", "", findingItems(d.Findings.Changed))
	add("Findings, resolved", "32", findingItems(d.Findings.Resolved))
	var blind, settings []item
	for _, u := range d.Findings.Blind {
		blind = append(blind, item{fmt.Sprintf("%s %s %s", u.Severity, u.Rule, u.Resource), []string{u.Msg}})
	}
	add("Cannot be judged now, and could before", "33", blind)
	for _, s := range d.Settings {
		settings = append(settings, settingItem(s))
	}
	add("Settings and policies", "", settings)
	add("Answered before, and not now", "33", sightItems(d.Unread))
	add("Answered now, and not before", "", sightItems(d.Read))
	add("Not read, so that it cannot be compared", "33", hiddenItems(d.Hidden))
	return list
}

func accessItem(one *drift.Access) item {
	can := map[access.Verdict]string{access.Allowed: "can", access.Depends: "can, under conditions,", access.Unknown: "may, or may not,"}
	verb, before := can[one.Now], ""
	switch {
	case one.Now.Denied():
		verb = "can no longer"
	case one.Way == access.Gained && one.Was.Denied():
		verb = strings.Replace(verb, "can", "can now", 1)
	}
	switch {
	case one.Was == access.Unknown:
		before = " (before: not known)"
	case one.Was == access.Depends && one.Now == access.Allowed:
		before = " (before: under conditions)"
	case one.Was == access.Allowed && one.Now == access.Depends:
		before = " (before: without)"
	}
	it := item{head: fmt.Sprintf("%s %s %s with %s%s", someOf(one.Principals), verb, strings.Join(one.Actions, ", "), someOf(one.Keys), before)}
	if len(one.If) > 0 {
		it.lines = append(it.lines, "if "+strings.Join(one.If, " and "))
	}
	for _, b := range one.Because {
		text := "because: " + b.What
		if b.Place.Line > 0 {
			text += "  " + where(b.Place.File, b.Place.Line)
		}
		it.lines = append(it.lines, text)
	}
	return it
}

// someOf names the first few of a list.
func someOf(names []string) string {
	if n := len(names); n > someNamed+1 {
		return strings.Join(names[:someNamed], ", ") + fmt.Sprintf(" and %d more", n-someNamed)
	}
	return strings.Join(names, ", ")
}

func findingItems(list []report.Finding) []item {
	var items []item
	for i := range list {
		f := &list[i]
		items = append(items, item{fmt.Sprintf("%s %s %s", f.Severity, f.Rule, f.Resource), []string{f.Msg, where(f.Place.File, f.Place.Line)}})
	}
	return items
}

func settingItem(s drift.Setting) item {
	switch {
	case s.Name == "" && s.Was == "":
		return item{s.Resource + " is new", nil}
	case s.Name == "":
		return item{s.Resource + " is gone", nil}
	}
	value := func(text string) string {
		if text == "" {
			return "nothing"
		}
		return text
	}
	return item{s.Resource, []string{s.Name + ": " + value(s.Was) + " -> " + value(s.Now)}}
}

func sightItems(list []drift.Sight) []item {
	var items []item
	for _, s := range list {
		items = append(items, item{strings.TrimSpace(s.Resource+" "+s.Name) + ": " + s.Was + " -> " + s.Now, nil})
	}
	return items
}

// hiddenItems tell what was not read, and once what was not read twice.
func hiddenItems(list []drift.Hidden) []item {
	var items []item
	at := map[string]int{}
	for _, h := range list {
		if i, told := at[h.What]; told {
			items[i].head += " and " + h.File
			continue
		}
		at[h.What] = len(items)
		items = append(items, item{head: h.What + ", in " + h.File})
	}
	return items
}

// someItems is how many of a chapter are listed without --all.
const someItems = 20

func (d *drawing) diff(diff *drift.Diff, all bool) {
	d.line("", d.paint("1", "account "+report.Inert(diff.Account)))
	d.text("  old  ", "       ", "", sourceWords(diff.Old))
	d.text("  new  ", "       ", "", sourceWords(diff.New))
	list := chapters(diff)
	if len(list) == 0 {
		d.heading("Nothing changed")
	}
	d.chapters(list, all)
}

func (d *drawing) chapters(list []chapter, all bool) {
	for _, c := range list {
		d.heading(c.title)
		for i, it := range c.items {
			if !all && i == someItems {
				d.text("  ", "  ", "", fmt.Sprintf("and %d more (--all lists them)", len(c.items)-someItems))
				break
			}
			d.text("  - ", "    ", c.look, it.head)
			for _, line := range it.lines {
				d.text("    ", "      ", "", line)
			}
		}
	}
}

func diffMarkdown(diff *drift.Diff, all bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "## Drift of account %s\n\nFrom %s to %s\n", markdown.Escape(diff.Account),
		markdown.Escape(sourceWords(diff.Old)), markdown.Escape(sourceWords(diff.New)))
	list := chapters(diff)
	if len(list) == 0 {
		b.WriteString("\nNothing changed\n")
	}
	chaptersMarkdown(&b, "###", list, all)
	return b.String()
}

func chaptersMarkdown(b *strings.Builder, level string, list []chapter, all bool) {
	for _, c := range list {
		fmt.Fprintf(b, "\n%s %s\n\n", level, markdown.Escape(c.title))
		for i, it := range c.items {
			if !all && i == someItems {
				fmt.Fprintf(b, "- and %d more\n", len(c.items)-someItems)
				break
			}
			fmt.Fprintf(b, "- %s\n", markdown.Escape(it.head))
			for _, line := range it.lines {
				fmt.Fprintf(b, "  - %s\n", markdown.Escape(line))
			}
		}
	}
}
