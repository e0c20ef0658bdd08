package sarif

import (
	"fmt"
	"io"
	"strings"

	"github.com/kmsaudit/kmsaudit/report"
)

// The kinds of notifications, by their index in the driver.
const (
	notJudged = iota
	notRead
	tooMany
)

func notificationKinds() []descriptor {
	return []descriptor{
		notJudged: notificationKind("not-judged", "A rule could not judge a subject; that is not a pass.",
			"Read what the notification names, or say what would settle it, and check again."),
		notRead: notificationKind("not-read", "Evidence that enabled rules need was not read.",
			"Allow the collecting identity the operation, and collect again."),
		tooMany: notificationKind("too-many-results", "Code scanning does not show all results.",
			"Mend the worst findings first, or waive what is accepted."),
	}
}

// notificationKind has the texts that validators ask for in every descriptor.
func notificationKind(id, what, help string) descriptor {
	return descriptor{
		ID: id, ShortDescription: message{Text: what}, FullDescription: &message{Text: what},
		Help: &message{Text: help, Markdown: help},
	}
}

func kind(index int) reference { return reference{notificationKinds()[index].ID, index} }

// invocation writes what could not be judged or read; it was successful if there is
// no such thing.
func (b *runner) invocation(w io.Writer) error {
	successful := true
	for g := range b.all.gaps(b.part) {
		successful = successful && g.State == "gone"
	}
	for u := range b.all.unknown(b.part) {
		successful = successful && u.Waived != nil
	}
	if _, err := fmt.Fprintf(w, ",\n      \"invocations\": [\n        {\n          \"executionSuccessful\": %t", successful); err != nil {
		return err
	}
	form := report.Lines{
		Open: ",\n          \"toolExecutionNotifications\": [\n            ", Between: ",\n            ", Close: "\n          ]",
	}
	if err := report.WriteLines(w, form, b.notifications, func(n *notification) any { return n }); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n        }\n      ]")
	return err
}

func (b *runner) notifications(yield func(notification) bool) {
	for g := range b.all.gaps(b.part) {
		if !yield(b.gap(g)) {
			return
		}
	}
	for u := range b.all.unknown(b.part) {
		if b.wanted(u.Waived) && !yield(b.unjudged(u)) {
			return
		}
	}
	if n := b.written(); n > maxShown || n < b.results {
		yield(crowded(b.results, n))
	}
}

func (b *runner) unjudged(u *report.Unknown) notification {
	text := "not judged: " + or(u.Msg, "the evidence does not settle it")
	lvl := level(u.Severity)
	if u.Waived != nil {
		text, lvl = "accepted, "+text+" (waived: "+u.Waived.Reason+")", "note"
	}
	if u.Resource != "" {
		text = u.Resource + ": " + text
	}
	return notification{
		Descriptor:     kind(notJudged),
		AssociatedRule: &reference{ruleID(u.Rule), b.index[u.Rule]},
		Level:          lvl,
		Message:        message{Text: messageText(text)},
		Locations:      []location{b.location(u.Place, u.Resource)},
	}
}

func (b *runner) gap(g *report.Gap) notification {
	lvl := level(g.Severity)
	switch {
	case g.State == "gone":
		lvl = "note"
	case g.Listing:
		lvl = "error" // it may hide anything
	}
	return notification{
		Descriptor: kind(notRead),
		Level:      lvl,
		Message:    message{Text: messageText(gapText(g))},
		Locations:  []location{b.location(g.Place, g.Resource)},
	}
}

func gapText(g *report.Gap) string {
	text := or(g.Operation, or(g.Service, "evidence"))
	if g.Listing {
		text += " (whole listing)"
	}
	if g.Resource != "" {
		text += " of " + g.Resource
	}
	if g.Region != "" {
		text += " in " + g.Region
	}
	text += ": " + strings.ReplaceAll(or(g.State, "not_collected"), "_", " ")
	for _, more := range []string{g.Code, g.Message} {
		if more != "" {
			text += ", " + more
		}
	}
	if len(g.Rules) > 0 {
		text += "; needed by " + strings.Join(g.Rules, ", ")
	}
	return text
}

// crowded says that results are not shown, or not written.
func crowded(results, written int) notification {
	var parts []string
	if written < results {
		parts = append(parts, fmt.Sprintf("%d results; the worst %d are in this file, and %d are left out, as was asked for", results, written, results-written))
	}
	if written > maxShown {
		parts = append(parts, fmt.Sprintf("%d results; code scanning shows the first %d, worst first, and leaves out %d", written, maxShown, written-maxShown))
	}
	if written > maxResults {
		parts = append(parts, fmt.Sprintf("it refuses files with more than %d in a run: leave some out with --sarif-max", maxResults))
	}
	return notification{Descriptor: kind(tooMany), Level: "warning", Message: message{Text: strings.Join(parts, "; ")}}
}

func or(text, instead string) string {
	if text == "" {
		return instead
	}
	return text
}
