package drift

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/rules/access"
	"github.com/kmsaudit/kmsaudit/rules/chain"
)

// Schema is the format of a Diff as JSON. It only grows.
const Schema = "kmsaudit.diff/v1"

// Diff is what differs between two snapshots of an account.
type Diff struct {
	Schema   string       `json:"schema"`
	Account  string       `json:"account"`
	Old      chain.Source `json:"old"`
	New      chain.Source `json:"new"`
	Actions  []string     `json:"actions"` // those that access is compared for
	Findings Findings     `json:"findings"`
	Access   []Access     `json:"access"`
	Settings []Setting    `json:"settings"`
	Unread   []Sight      `json:"unread"` // answered then, and not now
	Read     []Sight      `json:"read"`   // answered now, and not then
	// Hidden is what was not read in either snapshot, so that access that it gives
	// cannot be compared.
	Hidden []Hidden `json:"hidden"`
}

// Findings are what the rules say of the two.
type Findings struct {
	New      []report.Finding `json:"new"`
	Worse    []report.Finding `json:"worse"`   // more severe than then
	Changed  []report.Finding `json:"changed"` // with other words, or less severe
	Resolved []report.Finding `json:"resolved"`
	// Unsure are found now, and nobody could know then.
	Unsure []report.Finding `json:"unsure"`
	// Unjudged were found then, and nobody can know now.
	Unjudged []report.Finding `json:"unjudged"`
	// Blind are subjects that cannot be judged now and could be then.
	Blind []report.Unknown `json:"blind"`
}

// Access is that principals can do more, or less, with keys. Each of them with each
// of the keys, by each of the actions.
type Access struct {
	Way        access.Way     `json:"way"`
	Principals []string       `json:"principals"`
	Keys       []string       `json:"keys"`
	Actions    []string       `json:"actions"`
	Was        access.Verdict `json:"was"`
	Now        access.Verdict `json:"now"`
	If         []string       `json:"if"` // tests that are open now
	// Because says what is different for the first of the principals and keys; the
	// others fare alike.
	Because []Because `json:"because"`
}

// Because is a statement, or something else, that came, went or changed.
type Because struct {
	What  string       `json:"what"`
	Place report.Place `json:"place"` // in the new snapshot, or, of what went, in the old
}

// Hidden is what was not read in a snapshot.
type Hidden struct {
	What string `json:"what"`
	File string `json:"file"`
}

// Actions are the actions that are compared where nobody names others: those that
// read and write data, and those that give such access or take it away.
func Actions() []string {
	return []string{
		"kms:CreateGrant", "kms:Decrypt", "kms:DisableKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateMac",
		"kms:PutKeyPolicy", "kms:ReEncryptFrom", "kms:ScheduleKeyDeletion", "kms:Sign",
	}
}

// ErrAccounts is the error for snapshots of two accounts.
var ErrAccounts = errors.New("snapshots of two accounts cannot be compared")

// Compare compares two snapshots, and what the rules say of each. The results of
// the new one are marked by how they stand against the old ones. Evidence that rules
// of the severity least and above lack in either snapshot is told as hidden.
func Compare(old, now *snapshot.File, before, after *report.Results, actions []string, least report.Severity) (*Diff, error) {
	if x, y := old.Snapshot.Account.ID, now.Snapshot.Account.ID; x != y {
		return nil, fmt.Errorf("%w: %s is of %s, %s of %s", ErrAccounts, old.Path, x, now.Path, y)
	}
	d := empty(now.Snapshot.Account.ID, actions)
	d.Old, d.New = source(old), source(now)
	p := pairOf(old, now)
	d.findings(before, after)
	d.restated(p, before, after)
	d.settings(old.Snapshot, now.Snapshot)
	d.coverage(old.Snapshot, now.Snapshot)
	d.access(p)
	d.reworded(p)
	d.gaps(before, least)
	d.gaps(after, least)
	d.Hidden = sorted(d.Hidden)
	return d, nil
}

// empty says of an account that nothing differs.
func empty(account string, actions []string) *Diff {
	return &Diff{
		Schema: Schema, Account: account, Old: chain.Source{Account: account}, New: chain.Source{Account: account}, Actions: actions,
		Access: []Access{}, Settings: []Setting{}, Unread: []Sight{}, Read: []Sight{}, Hidden: []Hidden{},
		Findings: Findings{
			New: []report.Finding{}, Worse: []report.Finding{}, Changed: []report.Finding{}, Resolved: []report.Finding{},
			Unsure: []report.Finding{}, Unjudged: []report.Finding{}, Blind: []report.Unknown{},
		},
	}
}

func source(f *snapshot.File) chain.Source {
	return chain.Source{Path: f.Path, SHA256: f.SHA256, Account: f.Snapshot.Account.ID, CollectedAt: f.Snapshot.CollectedAt.UTC().Format(time.RFC3339)}
}

// sorted is a list in order, everything in it once.
func sorted(list []Hidden) []Hidden {
	slices.SortFunc(list, func(x, y Hidden) int { return cmp.Or(cmp.Compare(x.File, y.File), cmp.Compare(x.What, y.What)) })
	return slices.Compact(list)
}

func (d *Diff) findings(before, after *report.Results) {
	after.Against(before, d.Old.Path)
	f := &d.Findings
	for i := range after.Findings {
		one := after.Findings[i]
		switch one.Baseline {
		case report.BaselineNew:
			if before.Judged(&one) {
				f.New = append(f.New, one)
			} else {
				f.Unsure = append(f.Unsure, one)
			}
		case report.BaselineWorse:
			f.Worse = append(f.Worse, one)
		case report.BaselineUpdated:
			f.Changed = append(f.Changed, one)
		}
	}
	f.Resolved = append(f.Resolved, after.Baseline.Resolved...)
	f.Unjudged = append(f.Unjudged, after.Baseline.Unjudged...)
	f.Blind = append(f.Blind, after.Baseline.Blind...)
}

// gaps tells the evidence that rules lack.
func (d *Diff) gaps(r *report.Results, least report.Severity) {
	for i := range r.Gaps {
		g := &r.Gaps[i]
		if g.State == snapshot.Gone.String() || len(g.Rules) == 0 || !g.Listing && g.Severity < least {
			continue
		}
		what := g.Operation
		for _, more := range []string{g.Region, g.Resource} {
			if more != "" {
				what += " " + more
			}
		}
		what += ": " + g.State
		if g.Code != "" {
			what += " (" + g.Code + ")"
		}
		d.Hidden = append(d.Hidden, Hidden{What: what, File: r.Snapshots[0].Path})
	}
}

// Count counts the groups of principals whose access went one way.
func (d *Diff) Count(way access.Way) int {
	n := 0
	for i := range d.Access {
		if d.Access[i].Way == way {
			n++
		}
	}
	return n
}

// Unknowns counts what could not be compared.
func (d *Diff) Unknowns() int {
	return d.Count(access.Unclear) + len(d.Hidden) + len(d.Unread) + len(d.Read) + len(d.Findings.Unsure) + len(d.Findings.Unjudged) + len(d.Findings.Blind)
}

// Incomplete reports that something could not be compared.
func (d *Diff) Incomplete() bool { return d.Unknowns() > 0 }

// Empty reports that nothing differs, as far as it is known.
func (d *Diff) Empty() bool {
	f := &d.Findings
	return len(d.Access)+len(d.Settings)+len(d.Unread)+len(d.Read)+len(f.New)+len(f.Worse)+len(f.Changed)+len(f.Resolved)+
		len(f.Unsure)+len(f.Unjudged)+len(f.Blind) == 0
}
