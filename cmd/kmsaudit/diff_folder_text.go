package main

import (
	"fmt"
	"strings"

	"github.com/kmsaudit/kmsaudit/report/markdown"
	"github.com/kmsaudit/kmsaudit/rules/drift"
)

// census counts the accounts of a comparison, in words.
func census(all *drift.Accounts) string {
	asBefore, partly, changed := 0, 0, 0
	for i := range all.Accounts {
		switch one := &all.Accounts[i]; {
		case one.Way != drift.Compared:
		case !one.Differs():
			asBefore++
		case same(one):
			partly++
		default:
			changed++
		}
	}
	var parts []string
	for _, p := range []struct {
		n    int
		what string
	}{
		{asBefore, "as before"},
		{partly, "as before as far as read"},
		{changed, "changed"},
		{all.Number(drift.Came), "came"},
		{all.Number(drift.Went), "went"},
		{all.Number(drift.Unread), "not read any more"},
		{all.Number(drift.Read), "not read before"},
		{all.Number(drift.Hid), "never read"},
	} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.what))
		}
	}
	text := plural(len(all.Accounts), "account")
	if len(parts) > 0 {
		text += ": " + strings.Join(parts, ", ")
	}
	return text
}

// headingOf says which account it is, and what became of it.
func headingOf(one *drift.Account) (title, why, look string) {
	title = "account " + one.ID
	if one.Name != "" {
		title += " (" + one.Name + ")"
	}
	switch one.Way {
	case drift.Came:
		return title + " came", one.Why + ", then; access in it is not compared", "1;31"
	case drift.Went:
		return title + " went", one.Why + "; nothing in it counts as resolved", "1"
	case drift.Unread:
		return title + " was read before, and is not now", one.Why, "1;33"
	case drift.Read:
		return title + " is read now, and was not before", "before: " + one.Why, "1;33"
	case drift.Hid:
		return title + " was not read", one.Why, "1;33"
	case drift.Compared:
	}
	return title, sourceWords(one.Diff.Old) + " -> " + one.Diff.New.CollectedAt, "1"
}

// same says that an account is in both, and that nothing differs as far as it was read.
func same(one *drift.Account) bool { return one.Way == drift.Compared && one.Diff.Empty() }

// beside are chapters that are of no account that is told of by itself: with
// everything, all those of which there is anything to tell are.
func beside(all *drift.Accounts, everything bool) []chapter {
	var list []chapter
	add := func(title string, items []item) {
		if len(items) > 0 {
			list = append(list, chapter{fmt.Sprintf("%s: %d", title, len(items)), "33", items})
		}
	}
	add("Not read, so that it cannot be compared", hiddenItems(all.Hidden))
	var partly []item
	for i := range all.Accounts {
		if one := &all.Accounts[i]; !everything && same(one) && one.Differs() {
			things := hiddenItems(one.Diff.Hidden)
			partly = append(partly, item{"account " + one.ID + ": " + plural(len(things), "thing") + " not read", []string{things[0].head}})
		}
	}
	add("Accounts that are as before as far as they were read", partly)
	return list
}

// apart are the accounts that are told of by themselves.
func apart(all *drift.Accounts, everything bool) []*drift.Account {
	var list []*drift.Account
	for i := range all.Accounts {
		if one := &all.Accounts[i]; one.Differs() && (everything || !same(one)) {
			list = append(list, one)
		}
	}
	return list
}

func (d *drawing) accounts(all *drift.Accounts, everything bool) {
	d.text("old  ", "     ", "", all.Old)
	d.text("new  ", "     ", "", all.New)
	d.text("     ", "     ", "", census(all))
	list, told := beside(all, everything), apart(all, everything)
	for _, one := range told {
		title, why, look := headingOf(one)
		d.line("", "")
		d.text("", "  ", look, title)
		d.text("  ", "  ", "", why)
		d.chapters(chapters(one.Diff), everything)
	}
	d.chapters(list, everything)
	if len(list)+len(told) == 0 {
		d.heading("Nothing changed")
	}
}

func accountsMarkdown(all *drift.Accounts, everything bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "## Drift of %s\n\nFrom %s to %s\n", markdown.Escape(census(all)), markdown.Escape(all.Old), markdown.Escape(all.New))
	list, told := beside(all, everything), apart(all, everything)
	for _, one := range told {
		title, why, _ := headingOf(one)
		fmt.Fprintf(&b, "\n### %s\n\n%s\n", markdown.Escape(title), markdown.Escape(why))
		chaptersMarkdown(&b, "####", chapters(one.Diff), everything)
	}
	chaptersMarkdown(&b, "###", list, everything)
	if len(list)+len(told) == 0 {
		b.WriteString("\nNothing changed\n")
	}
	return b.String()
}
