package report

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Waiver accepts what one rule says of some resources, or one finding, until a
// day.
//
// It covers a finding or an unknown only if every field that is set agrees:
// Rule, Account and Region exactly, Fingerprint exactly, Resource as an anchored
// glob over the whole ARN, where * stands for any run of characters (slashes and
// colons too), ? for exactly one, and all else for itself. Letter case counts.
type Waiver struct {
	Rule        string `json:"rule"`
	Account     string `json:"account"` // "" for any
	Region      string `json:"region"`  // "" for any
	Resource    string `json:"resource"`
	Fingerprint string `json:"fingerprint"`
	Reason      string `json:"reason"`
	Owner       string `json:"owner"`
	Expires     string `json:"expires"` // YYYY-MM-DD, inclusive, UTC
	Ticket      string `json:"ticket"`  // "" when there is none
	// Place is where the waiver is written: file and line, and the column where
	// it is known.
	Place Place `json:"place"`
}

// Validate says all that is wrong with the waiver: a missing reason, owner or
// day of expiry, or too little to say what it covers. A rule alone is too
// little; waiving a rule everywhere takes an explicit resource "*".
func (w Waiver) Validate() error {
	var problems []error
	refuse := func(format string, values ...any) {
		problems = append(problems, fmt.Errorf(format, values...))
	}
	blank := func(s string) bool { return strings.TrimSpace(s) == "" }
	switch {
	case !blank(w.Fingerprint):
		if !isFingerprint(w.Fingerprint) {
			refuse("fingerprint %q is not 64 lower-case hexadecimal digits", w.Fingerprint)
		}
	case blank(w.Rule) && blank(w.Resource):
		refuse("needs rule and resource, or fingerprint")
	case blank(w.Rule):
		refuse("needs rule beside resource")
	case blank(w.Resource):
		refuse("needs resource beside rule %s", w.Rule)
	}
	if strings.ContainsAny(w.Rule, "*?") {
		refuse("rule %q is a pattern; name one rule", w.Rule)
	}
	if w.Account != "" && !isAccount(w.Account) {
		refuse("account %q is not 12 digits", w.Account)
	}
	if blank(w.Reason) {
		refuse("needs reason")
	}
	if blank(w.Owner) {
		refuse("needs owner")
	}
	if blank(w.Expires) {
		refuse("needs expires")
	} else if _, err := time.Parse(time.DateOnly, w.Expires); err != nil {
		refuse("expires %q is not a day written YYYY-MM-DD", w.Expires)
	}
	return errors.Join(problems...)
}

// Matches says whether the waiver speaks of a finding or an unknown, whatever the
// day and whatever other waiver covers it.
func (w Waiver) Matches(e *Entry) bool {
	return w.matches(subject{e.Rule, e.Account, e.Region, e.Resource, e.Fingerprint})
}

// DaysLeft is how many days a waiver still covers something, that day included; 0
// for one that has expired. The waiver has to be one that Validate passes.
func (w Waiver) DaysLeft(asOf time.Time) int {
	last, err := time.Parse(time.DateOnly, w.Expires)
	if err != nil || w.expired(asOf) {
		return 0
	}
	today, err := time.Parse(time.DateOnly, asOf.UTC().Format(time.DateOnly))
	if err != nil {
		return 0
	}
	return int(last.Sub(today).Hours()/24) + 1
}

// matches says whether the waiver speaks of this subject, whatever the day.
func (w Waiver) matches(s subject) bool {
	agrees := func(want, have string) bool { return want == "" || want == have }
	return agrees(w.Rule, s.rule) && agrees(w.Account, s.account) && agrees(w.Region, s.region) &&
		agrees(w.Fingerprint, s.fingerprint) && (w.Resource == "" || glob(w.Resource, s.resource))
}

// expired says whether the waiver's last day is over. The last day itself
// still counts, up to midnight UTC.
func (w Waiver) expired(asOf time.Time) bool {
	return asOf.UTC().Format(time.DateOnly) > w.Expires
}

// waived is the mark left on what the waiver covers.
func (w Waiver) waived() *Waived {
	return &Waived{Reason: w.Reason, Owner: w.Owner, Expires: w.Expires, Ticket: w.Ticket}
}

func isFingerprint(s string) bool { return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == "" }

func isAccount(s string) bool { return len(s) == 12 && strings.Trim(s, "0123456789") == "" }
