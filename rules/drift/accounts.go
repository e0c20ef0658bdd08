package drift

import (
	"cmp"
	"slices"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/rules/access"
)

// AccountsSchema is the format of Accounts as JSON. It only grows.
const AccountsSchema = "kmsaudit.diff-accounts/v1"

// Accounts is what differs between two collections of many accounts.
type Accounts struct {
	Schema   string    `json:"schema"`
	Old      string    `json:"old"` // folder
	New      string    `json:"new"`
	Actions  []string  `json:"actions"`
	Accounts []Account `json:"accounts"` // all that are known, by id
	// Hidden is what makes that there may be accounts of which nobody knows, or that
	// are judged by less than was asked for.
	Hidden []Hidden `json:"hidden"`
}

// Account is one of the accounts.
type Account struct {
	ID   string `json:"id"`
	Name string `json:"name"` // "" where nobody knows it
	Way  Way    `json:"way"`
	Why  string `json:"why"` // of one that is not in both, in words
	Diff *Diff  `json:"diff"`
}

// Way says in which of the collections an account is.
type Way string

// The ways.
const (
	Compared Way = "compared" // in both
	Came     Way = "came"     // the organization did not have it then
	Went     Way = "went"     // the organization does not have it any more, or it is closed
	Unread   Way = "unread"   // it was read then, and is not now
	Read     Way = "read"     // it is read now, and was not then
	Hid      Way = "hidden"   // it was to be read and was not, both times
)

// Lone says what is to be said of an account that one of two collections has. Results
// are those of the file that there is; nil for one that neither has. what says in
// words what is missing, and where names the folder that it is missing in.
//
// What came is new. What went, or cannot be read now, is never resolved; and of what
// was not read then, nobody knows whether it is new.
func Lone(account string, way Way, file *snapshot.File, r *report.Results, actions []string, what, where string) *Diff {
	d := empty(account, actions)
	if file != nil {
		switch way {
		case Came, Read:
			d.New = source(file)
		default:
			d.Old = source(file)
		}
	}
	if r != nil {
		for i := range r.Findings {
			one := r.Findings[i]
			switch {
			case one.Waived != nil:
			case way == Came:
				one.Baseline = report.BaselineNew
				d.Findings.New = append(d.Findings.New, one)
			case way == Read:
				d.Findings.Unsure = append(d.Findings.Unsure, one)
			case way == Unread:
				d.Findings.Unjudged = append(d.Findings.Unjudged, one)
			}
		}
	}
	if way != Came && way != Went {
		d.Hidden = append(d.Hidden, Hidden{What: what, File: where})
	}
	return d
}

// Lacking adds the evidence that rules of the severity least and above lack in an
// account that came.
func (d *Diff) Lacking(r *report.Results, least report.Severity) {
	d.gaps(r, least)
	d.Hidden = sorted(d.Hidden)
}

// Sort puts the accounts in order.
func (a *Accounts) Sort() {
	slices.SortFunc(a.Accounts, func(x, y Account) int { return cmp.Compare(x.ID, y.ID) })
	a.Hidden = sorted(a.Hidden)
}

// Diffs are those of the accounts.
func (a *Accounts) Diffs() []*Diff {
	var all []*Diff
	for i := range a.Accounts {
		all = append(all, a.Accounts[i].Diff)
	}
	return all
}

// Number counts the accounts that went one way.
func (a *Accounts) Number(way Way) int {
	n := 0
	for i := range a.Accounts {
		if a.Accounts[i].Way == way {
			n++
		}
	}
	return n
}

// Differs says whether there is anything to tell of an account.
func (a *Account) Differs() bool { return a.Way != Compared || !a.Diff.Empty() || a.Diff.Incomplete() }

// Tally is what a gate asks of comparisons.
type Tally struct{ Gained, Altered, Found, Unknown int }

// TallyOf counts groups of principals whose access grew or hangs on other conditions,
// findings of the severity least and above that are new or worse, and what could not
// be compared.
func TallyOf(least report.Severity, diffs ...*Diff) Tally {
	var t Tally
	for _, d := range diffs {
		t.Gained += d.Count(access.Gained)
		t.Altered += d.Count(access.Altered)
		t.Unknown += d.Unknowns()
		for _, f := range slices.Concat(d.Findings.New, d.Findings.Worse) {
			if f.Severity >= least {
				t.Found++
			}
		}
	}
	return t
}
