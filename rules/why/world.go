package why

import (
	"time"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/access"
	"github.com/kmsaudit/kmsaudit/rules/chain"
)

// World are snapshots of different accounts, asked together. It is only read.
type World struct{ files []*snapshot.File }

// New makes the world of snapshots, of which no two are of the same account.
func New(files ...*snapshot.File) *World { return &World{files} }

// index is that of the account's snapshot, -1 where it was not read.
func (w *World) index(account string) int {
	for i, f := range w.files {
		if f.Snapshot.Account.ID == account {
			return i
		}
	}
	return -1
}

// Ask answers a question. An error says what is wrong with the question; for
// names that nothing has, or that several things have, it is chain's.
func (w *World) Ask(q Question) (*Answer, error) {
	r, err := w.resolve(q)
	if err != nil {
		return nil, err
	}
	s := w.stage(r)
	d := s.decide(&r.Question)
	a := &Answer{Schema: Schema, Question: r.Question, Verdict: d.verdict, RestsOn: d.restsOn, Untested: s.untested(&r.Question)}
	for _, f := range w.files {
		a.Snapshots = append(a.Snapshots, chain.Source{
			Path: f.Path, SHA256: f.SHA256, Account: f.Snapshot.Account.ID, CollectedAt: f.Snapshot.CollectedAt.UTC().Format(time.RFC3339),
		})
	}
	t := &teller{stage: s, answer: a, decided: d}
	t.requests()
	t.keys()
	t.obstacles()
	t.assumptions()
	if d.verdict.Denied() {
		a.Mend = t.mend()
	}
	if d.verdict.Denied() || len(a.Obstacles) > 0 {
		t.causes()
	}
	if d.verdict == access.Depends {
		t.scenarios()
	}
	a.Summary = t.summary()
	t.locate()
	return a, nil
}

// stage are the parts of the snapshots that a question is about, ready to be
// asked. Changes to a stage make another one.
type stage struct {
	*resolved
	world    *World
	parts    []*part
	accounts []*access.Account
}

func (w *World) stage(r *resolved) *stage {
	s := &stage{resolved: r, world: w}
	for i, f := range w.files {
		s.parts = append(s.parts, r.wanted(i).cut(f.Snapshot))
	}
	s.prepare()
	return s
}

// prepare compiles the parts and joins them.
func (s *stage) prepare() {
	alone := make([]*access.Account, len(s.parts))
	for i, p := range s.parts {
		alone[i] = access.New(p.s)
	}
	s.accounts = nil
	for _, a := range alone {
		s.accounts = append(s.accounts, a.Beside(alone...))
	}
}

// changed is the stage with one of its snapshots changed.
func (s *stage) changed(i int, change func(*snapshot.Snapshot)) *stage {
	other := *s
	other.parts = append([]*part{}, s.parts...)
	p, copied := *s.parts[i], *s.parts[i].s
	change(&copied)
	p.s = &copied
	other.parts[i] = &p
	other.prepare()
	return &other
}
