// Package words is how reports word numbers, places and lists, the same in every
// format for people.
//
// It promises inert text.
//
// It refuses to know a format: escaping for one is the writer's.
package words

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/kmsaudit/kmsaudit/report"
)

// Count is a number with its noun.
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// Place is file:line:column, as far as it is known.
func Place(at report.Place) string {
	file := report.Inert(at.File)
	switch {
	case at.Line <= 0:
		return file
	case at.Column <= 0:
		return fmt.Sprintf("%s:%d", file, at.Line)
	}
	return fmt.Sprintf("%s:%d:%d", file, at.Line, at.Column)
}

// Some lists the first n and counts the rest.
func Some(all []string, n int) string {
	inert := make([]string, 0, len(all))
	for _, one := range all {
		inert = append(inert, report.Inert(one))
	}
	if len(inert) > n {
		inert = append(inert[:n], fmt.Sprintf("%d more", len(all)-n))
	}
	return strings.Join(inert, ", ")
}

// Or is the first text that is not empty.
func Or(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return report.Inert(text)
		}
	}
	return ""
}

// Present leaves out what is empty.
func Present(texts ...string) []string {
	return slices.DeleteFunc(texts, func(text string) bool { return text == "" })
}

// About tells findings apart that say the same of the same resource: by their
// statement, principal, action and the like.
func About(f *report.Finding) string {
	var parts []string
	if f.Statement != "" {
		parts = append(parts, "statement "+f.Statement)
	}
	for _, key := range slices.Sorted(maps.Keys(f.About)) {
		parts = append(parts, key+" "+f.About[key])
	}
	return Some(parts, len(parts))
}

// Waived is the terms of a waiver: until when, and by whom.
func Waived(w *report.Waived) string {
	terms := "until " + report.Inert(w.Expires) + ", " + report.Inert(w.Owner)
	if w.Ticket != "" {
		terms += ", " + report.Inert(w.Ticket)
	}
	return terms
}

// Gap is the operation that a gap is about, marked where a whole listing is
// missing.
func Gap(g *report.Gap) string {
	operation := Or(g.Operation, g.Service, "evidence")
	if g.Listing {
		operation += " (whole listing)"
	}
	return operation
}

// State is how a gap came about.
func State(g *report.Gap) string {
	state := strings.ReplaceAll(Or(g.State, "not_collected"), "_", " ")
	if g.State == "gone" {
		state = "gone: deleted while the snapshot was taken, not counted as missing"
	}
	if g.Code != "" {
		state += ": " + report.Inert(g.Code)
	}
	return state
}

// Missing counts the gaps, but for those that are none of AWS's doing.
func Missing(r *report.Results) string {
	items, listings := 0, 0
	for gap := range r.EachGap() {
		switch {
		case gap.State == "gone":
		case gap.Listing:
			listings++
		default:
			items++
		}
	}
	var parts []string
	if listings > 0 {
		parts = append(parts, Count(listings, "whole listing"))
	}
	if items > 0 {
		parts = append(parts, Count(items, "item"))
	}
	return Or(strings.Join(parts, ", "), "nothing")
}

// BySeverity counts what is not waived, worst first: "3: 1 high, 2 low".
func BySeverity(s *report.Summary) string {
	var parts []string
	for _, severity := range report.Severities() {
		if n := s.BySeverity[severity.String()]; n > 0 {
			parts = append(parts, strconv.Itoa(n)+" "+severity.String())
		}
	}
	text := strconv.Itoa(s.Findings)
	if len(parts) > 0 {
		text += ": " + strings.Join(parts, ", ")
	}
	return text
}

// Baseline counts what has changed since an earlier run.
func Baseline(b *report.Baseline) []string {
	out := []string{fmt.Sprintf("%s: %d new, %d worse, %d updated, %d unchanged, %d resolved",
		Or(b.Path, "an earlier run"), b.New, b.Worse, b.Updated, b.Unchanged, len(b.Resolved))}
	if n := len(b.Unjudged); n > 0 {
		out = append(out, "not resolved: "+Count(n, "finding")+" of it could not be judged again")
	}
	if n := len(b.Blind); n > 0 {
		out = append(out, Count(n, "subject")+" could be judged then and not now")
	}
	return out
}

// Waiver is one line: what a waiver speaks of, and its terms.
func Waiver(w *report.Waiver) string {
	subject := Present(w.Rule, w.Account, w.Region, w.Resource)
	if w.Fingerprint != "" {
		subject = append(subject, "fingerprint "+w.Fingerprint)
	}
	text := report.Inert(strings.Join(subject, " ")) + ": until " + report.Inert(w.Expires) + ", " +
		report.Inert(w.Owner) + ", " + report.Inert(w.Reason)
	if at := Place(w.Place); at != "" {
		text = at + ": " + text
	}
	return text
}

// Alike are the numbers, from 1, of those that have the same text: a list for each
// text but the empty one, in the order of the first of each.
func Alike(texts []string) [][]int {
	var order []string
	numbers := map[string][]int{}
	for i, text := range texts {
		if text == "" {
			continue
		}
		if numbers[text] == nil {
			order = append(order, text)
		}
		numbers[text] = append(numbers[text], i+1)
	}
	out := make([][]int, 0, len(order))
	for _, text := range order {
		out = append(out, numbers[text])
	}
	return out
}

// Ranges lists ascending numbers in short: 1-3, 5.
func Ranges(all []int) string {
	var parts []string
	for i := 0; i < len(all); {
		end := i
		for end+1 < len(all) && all[end+1] == all[end]+1 {
			end++
		}
		switch end - i {
		case 0:
			parts = append(parts, strconv.Itoa(all[i]))
		case 1:
			parts = append(parts, strconv.Itoa(all[i]), strconv.Itoa(all[end]))
		default:
			parts = append(parts, strconv.Itoa(all[i])+"-"+strconv.Itoa(all[end]))
		}
		i = end + 1
	}
	return strings.Join(parts, ", ")
}
