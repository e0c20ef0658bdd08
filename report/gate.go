package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// The exit codes that a Gate chooses between.
const (
	ExitOK         = 0 // nothing at or above the threshold
	ExitFindings   = 1 // findings at or above it
	ExitIncomplete = 3 // evidence is missing, so that nobody can say
	ExitFailure    = 4 // a rule failed
)

// Evaluate is the operation of a gap that stands for a rule that failed.
const Evaluate = "evaluate"

// The answers of Gate.OnGap.
const (
	GapFails = "fail"
	GapWarns = "warn"
)

// Gate decides whether a run lets a pipeline go on.
type Gate struct {
	FailOn Severity // the mildest severity that stops; zero stops nothing
	OnGap  string   // GapFails, or GapWarns to let missing evidence pass; "" is GapFails
	// NewOnly lets findings pass that an earlier run has too, no less severe. It
	// lets no missing evidence pass: what cannot be seen may be new.
	NewOnly bool
}

// Outcome is what a Gate decided.
type Outcome struct {
	ExitCode int
	Reason   string // why, in one sentence
	Next     string // what to do about it; "" when there is nothing to do
}

// Verdict decides. Findings at or above FailOn stop the run, and go before
// missing evidence. Missing evidence stops it where an unknown or a gap is at or
// above FailOn, or where a whole listing is missing that an enabled rule reads:
// nobody then knows how bad what it hides is. What is waived stops nothing, nor
// does a resource that was deleted while the snapshot was taken.
//
// A rule that failed comes before all of that: the run is not what was asked for.
func (g Gate) Verdict(r *Results) Outcome {
	if failed := failures(r); failed != "" {
		return Outcome{ExitCode: ExitFailure, Reason: failed, Next: "the other rules have reported; mend the rule, or give it more with --rule-timeout or --rule-memory"}
	}
	if g.FailOn == 0 {
		return Outcome{Reason: "no threshold is set, so that findings and gaps do not stop the run"}
	}
	findings, total := map[Severity]int{}, 0
	for f := range r.EachFinding() {
		known := f.Baseline == BaselineUnchanged || f.Baseline == BaselineUpdated
		if f.Waived == nil && f.Severity >= g.FailOn && !(g.NewOnly && known) {
			findings[f.Severity]++
			total++
		}
	}
	if total > 0 {
		return Outcome{
			ExitCode: ExitFindings,
			Reason:   fmt.Sprintf("%s at or above %s: %s", count(total, g.noun()), g.FailOn, bySeverity(findings)),
			Next:     "mend them, or waive them with a reason, an owner and a day of expiry" + expired(r),
		}
	}
	missing := g.missing(r)
	switch {
	case missing == "":
		return Outcome{Reason: fmt.Sprintf("no %s at or above %s", g.noun(), g.FailOn)}
	case g.OnGap == GapWarns:
		return Outcome{
			Reason: fmt.Sprintf("no %s at or above %s, but the evidence is incomplete: %s", g.noun(), g.FailOn, missing),
			Next:   next(r) + expired(r),
		}
	}
	return Outcome{ExitCode: ExitIncomplete, Reason: "the evidence is incomplete: " + missing, Next: next(r) + expired(r)}
}

// failures says which rules failed, and how.
func failures(r *Results) string {
	var all []string
	for gap := range r.EachGap() {
		if gap.Service == ownService && gap.Operation == Evaluate {
			all = append(all, Inert(gap.Message))
		}
	}
	return strings.Join(all, "; ")
}

func (g Gate) noun() string {
	if g.NewOnly {
		return "new finding"
	}
	return "finding"
}

// expired says that waivers no longer cover what they did.
func expired(r *Results) string {
	if len(r.ExpiredWaivers) == 0 {
		return ""
	}
	return fmt.Sprintf("; %s expired: see kmsaudit waivers lint", count(len(r.ExpiredWaivers), "waiver"))
}

// missing says in words which evidence the gate lacks, "" for none.
func (g Gate) missing(r *Results) string {
	unknowns, listings, gaps := 0, 0, 0
	var parts []string
	for u := range r.EachUnknown() {
		if u.Waived == nil && u.Severity >= g.FailOn {
			unknowns++
		}
	}
	for gap := range r.EachGap() {
		switch {
		case gap.State == deleted:
		case gap.Listing && len(gap.Rules) > 0 && gap.Service == ownService && gap.Message != "":
			parts = append(parts, Inert(gap.Message))
		case gap.Listing && len(gap.Rules) > 0:
			listings++
		case gap.Severity >= g.FailOn:
			gaps++
		}
	}
	if unknowns > 0 {
		parts = append(parts, fmt.Sprintf("%s at or above %s could not be judged", count(unknowns, "subject"), g.FailOn))
	}
	if listings > 0 {
		parts = append(parts, fmt.Sprintf("%s could not be read", count(listings, "whole listing")))
	}
	if gaps > 0 {
		parts = append(parts, fmt.Sprintf("%s at or above %s could not be read", count(gaps, "item"), g.FailOn))
	}
	return strings.Join(parts, ", ")
}

// ownService is the service of gaps that are no refusal of AWS: a collection that
// was interrupted, a snapshot that is too old.
const ownService = "kmsaudit"

// options are those of kmsaudit collect without which an operation is not called.
var options = map[string]string{"kms:GetKeyLastUsage": "--last-usage"}

// next says how to fill the gaps, naming a few of the operations to allow.
func next(r *Results) string {
	const shown = 3
	wanted := map[string]bool{}
	collect, ours := "collect again", false
	for gap := range r.EachGap() {
		ours = ours || gap.Service == ownService
		option, choice := options[gap.Operation]
		switch {
		case gap.State == deleted || gap.Operation == "" || gap.Service == ownService:
		case choice && gap.State == "not_collected":
			collect = "collect again with " + option + " (for " + gap.Operation + ")"
		default:
			wanted[Inert(gap.Operation)] = true
		}
	}
	operations := slices.Sorted(maps.Keys(wanted))
	switch n := len(operations); {
	case n == 0 && ours:
		return "collect again, or accept gaps with --on-gap warn"
	case n == 0 && collect != "collect again":
		return collect + ", or accept gaps with --on-gap warn"
	case n == 0:
		return "see what would settle each unknown, or accept gaps with --on-gap warn"
	case n > shown:
		operations = append(operations[:shown], fmt.Sprintf("%d more", n-shown))
	}
	return fmt.Sprintf("let the collecting identity call %s and %s, or accept gaps with --on-gap warn",
		strings.Join(operations, ", "), collect)
}

// bySeverity counts in words, worst first.
func bySeverity(all map[Severity]int) string {
	var parts []string
	for _, severity := range Severities() {
		if n := all[severity]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, severity))
		}
	}
	return strings.Join(parts, ", ")
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
