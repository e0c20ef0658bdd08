package organization

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/kmsaudit/kmsaudit/collector"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// Plan says what to collect, and how.
type Plan struct {
	Folder string
	// Tree is the organization; nil if it is not asked.
	Tree      *collector.Tree
	Selection Selection
	// Accounts are those that somebody listed. With a tree they narrow it; accounts
	// that it does not have are collected all the same.
	Accounts []Account
	// Caller is whom the credentials belong to.
	Caller collector.Caller
	// Role is the name of the role to assume in each account, with its path. Where it
	// cannot be assumed in the caller's own account, that is read with the caller's
	// credentials.
	Role, ExternalID, Session string
	// Options are those of an account.
	Options func(account string) collector.Options
	// ToolVersion goes into the manifest.
	ToolVersion string
	// Workers is how many accounts are read at a time; 0 means 8.
	Workers int
	// Plain leaves the snapshots uncompressed.
	Plain bool
	// Resume goes on with what is in the folder: complete accounts are kept, and of
	// those with gaps only what is missing is asked.
	Resume bool
	// Progress is told whenever an account begins or ends, never twice at a time.
	Progress func(Progress)
}

// Progress is how far a run is.
type Progress struct {
	Wanted, Ended, Failed int
	Last                  string // the account that began or ended last
}

// ErrTaken says that the folder holds a collection already.
var ErrTaken = errors.New("the folder holds a collection already")

// Collect reads the accounts of the plan into its folder. It returns the manifest
// as it is written there, also when ctx ends first; the error is one of the folder,
// not of an account.
func Collect(ctx context.Context, cfg aws.Config, plan Plan) (*Manifest, error) {
	if plan.Workers == 0 {
		plan.Workers = 8
	}
	r := &run{plan: plan, cfg: cfg, before: map[string]Entry{}}
	if err := r.prepare(ctx); err != nil {
		return nil, err
	}
	next := make(chan *Entry)
	var workers sync.WaitGroup
	for range min(plan.Workers, len(r.manifest.Accounts)) {
		workers.Go(func() {
			for e := range next {
				r.account(ctx, e)
			}
		})
	}
	for i := range r.manifest.Accounts {
		if e := &r.manifest.Accounts[i]; e.Status == Pending && ctx.Err() == nil {
			next <- e
		}
	}
	close(next)
	workers.Wait()
	for i := range r.manifest.Accounts { // those whose turn did not come
		e := &r.manifest.Accounts[i]
		if b, ok := r.before[e.ID]; ok && e.Status == Pending {
			b.Name, b.State, b.Parents = e.Name, e.State, e.Parents
			*e = b
		}
	}
	return r.manifest, errors.Join(r.broken, r.save(true))
}

// run is one run of Collect.
type run struct {
	plan   Plan
	cfg    aws.Config
	before map[string]Entry // accounts that are gone on with, by id

	mu       sync.Mutex // for what follows
	manifest *Manifest
	saved    time.Time
	progress Progress
	broken   error // what the folder refused
}

// prepare finds out which accounts there are, and what became of them before.
func (r *run) prepare(ctx context.Context) error {
	if err := os.MkdirAll(r.plan.Folder, 0o700); err != nil {
		return err
	}
	before, err := ReadManifest(r.plan.Folder)
	switch {
	case missing(err):
	case err != nil:
		return err
	case !r.plan.Resume:
		return ErrTaken
	}
	r.manifest = &Manifest{
		Schema: ManifestSchema, Tool: snapshot.Tool{Name: "kmsaudit", Version: r.plan.ToolVersion},
		StartedAt: time.Now().UTC().Truncate(time.Second), CollectedBy: r.plan.Caller.ARN,
		Accounts: r.entries(ctx),
	}
	if tree := r.plan.Tree; tree != nil {
		r.manifest.Organization = &Organization{ID: tree.ID, ManagementAccount: tree.ManagementAccount}
		for _, gap := range tree.Gaps {
			r.manifest.Unlisted = append(r.manifest.Unlisted, *failure(gap))
		}
	}
	if before != nil {
		r.resume(before)
	}
	for _, e := range r.manifest.Accounts {
		if e.Status.Wanted() {
			r.progress.Wanted++
		}
		if e.Status.Wanted() && e.Status != Pending {
			r.progress.Ended++
		}
	}
	return r.save(true)
}

// entries lists the accounts: those of the tree, those of the list, or those that
// are in both.
func (r *run) entries(ctx context.Context) []Entry {
	listed := map[string]bool{}
	var entries []Entry
	if r.plan.Tree != nil {
		entries = r.plan.Selection.apply(ctx, r.plan.Tree)
		for i := range entries {
			e := &entries[i]
			listed[e.ID] = true
			in := func(a Account) bool { return a.ID == e.ID }
			if len(r.plan.Accounts) > 0 && e.Status != Inactive && !slices.ContainsFunc(r.plan.Accounts, in) {
				e.Status, e.Failure = Skipped, nil
			}
		}
	}
	for _, a := range r.plan.Accounts {
		m := collector.Member{ID: a.ID, Name: a.Name, State: a.State}
		switch e := (Entry{ID: a.ID, Name: a.Name, State: a.State, Status: Pending}); {
		case listed[a.ID]:
			continue
		case !active(a.State):
			e.Status = Inactive
			entries = append(entries, e)
		case !r.plan.Selection.picks(&m, nil):
			e.Status = Skipped
			entries = append(entries, e)
		default:
			entries = append(entries, e)
		}
	}
	slices.SortFunc(entries, func(a, b Entry) int { return cmp.Compare(a.ID, b.ID) })
	return entries
}

// resume keeps the accounts that are done with.
func (r *run) resume(before *Manifest) {
	r.manifest.StartedAt = before.StartedAt
	done := map[string]*Entry{}
	for i := range before.Accounts {
		done[before.Accounts[i].ID] = &before.Accounts[i]
	}
	for i := range r.manifest.Accounts {
		e := &r.manifest.Accounts[i]
		if b := done[e.ID]; b != nil && e.Status == Pending && b.Status == Complete && b.intact(r.plan.Folder) {
			e.Status, e.File, e.SHA256, e.CollectedAt, e.Names = b.Status, b.File, b.SHA256, b.CollectedAt, b.Names
		} else if b != nil && e.Status == Pending && b.File != "" && b.intact(r.plan.Folder) {
			r.before[e.ID] = *b
		}
	}
}

// earlier is the snapshot of an account that is gone on with, or nil: one that
// cannot be read any more is collected anew.
func (r *run) earlier(id string) *snapshot.Snapshot {
	b, ok := r.before[id]
	if !ok {
		return nil
	}
	file, err := snapshot.ReadFile(filepath.Join(r.plan.Folder, b.File))
	if err != nil {
		return nil
	}
	return file.Snapshot
}

// account reads one account and writes what came of it.
func (r *run) account(ctx context.Context, e *Entry) {
	r.tell(e.ID, func(*Progress) {})
	result := r.collect(ctx, e.ID)
	if b, ok := r.before[e.ID]; ok && result.File == "" { // what there is, is not lost
		b.Failure = result.Failure
		result = b
	}
	r.mu.Lock()
	result.ID, result.Name, result.State, result.Parents = e.ID, e.Name, e.State, e.Parents
	*e = result
	r.mu.Unlock()
	r.tell(e.ID, func(p *Progress) {
		p.Ended++
		if result.Status == Failed {
			p.Failed++
		}
	})
	if err := r.save(false); err != nil {
		r.mu.Lock()
		r.broken = err
		r.mu.Unlock()
	}
}

func (r *run) tell(account string, change func(*Progress)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&r.progress)
	r.progress.Last = account
	if r.plan.Progress != nil {
		r.plan.Progress(r.progress)
	}
}

const assumeRole = "sts:AssumeRole"

// collect reads one account.
func (r *run) collect(ctx context.Context, id string) Entry {
	cfg, gap := r.credentials(ctx, id)
	switch {
	case ctx.Err() != nil:
		return Entry{Status: Pending}
	case gap != nil:
		return Entry{Status: Failed, Failure: failure(*gap)}
	}
	opt := r.plan.Options(id)
	opt.Before = r.earlier(id)
	if tree := r.plan.Tree; tree != nil && tree.Has(id) {
		place := tree.Organization(id)
		opt.Organization = &place
	}
	s, err := collector.Collect(ctx, cfg, opt)
	switch {
	case err != nil && ctx.Err() != nil:
		return Entry{Status: Pending}
	case err != nil:
		return Entry{Status: Failed, Failure: &Failure{Operation: "collect", State: snapshot.Failed.String(), Code: "NothingRead", Message: err.Error()}}
	case s.Account.ID != id:
		return Entry{Status: Failed, Failure: &Failure{
			Operation: assumeRole, State: snapshot.Failed.String(), Code: "AnotherAccount", Message: "the credentials are those of account " + s.Account.ID,
		}}
	}
	return r.write(id, s)
}

// credentials assumes the role in an account.
func (r *run) credentials(ctx context.Context, id string) (aws.Config, *collector.Gap) {
	access := collector.Access{
		RoleARN:    "arn:" + r.plan.Caller.Account.Partition + ":iam::" + id + ":role/" + r.plan.Role,
		ExternalID: r.plan.ExternalID, Session: r.plan.Session,
	}
	cfg := collector.Assume(r.cfg, access)
	bounded, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	_, err := cfg.Credentials.Retrieve(bounded)
	switch {
	case err == nil:
		return cfg, nil
	case id == r.plan.Caller.Account.ID:
		return r.cfg, nil
	}
	gap := collector.GapOf(assumeRole, err)
	gap.Resource = access.RoleARN
	return cfg, &gap
}

// write writes the snapshot of an account and describes the file.
func (r *run) write(id string, s *snapshot.Snapshot) Entry {
	name, other := id+".json.gz", id+".json"
	if r.plan.Plain {
		name, other = other, name
	}
	path := filepath.Join(r.plan.Folder, name)
	err := snapshot.WriteFile(path, s)
	if err == nil {
		_ = os.Remove(filepath.Join(r.plan.Folder, other)) // of an earlier run in the other form
	}
	var text []byte
	if err == nil {
		text, err = os.ReadFile(path)
	}
	if err != nil {
		r.mu.Lock()
		r.broken = fmt.Errorf("write %s: %w", path, err)
		r.mu.Unlock()
		return Entry{Status: Failed, Failure: &Failure{Operation: "write", State: snapshot.Failed.String(), Code: "NotWritten", Message: err.Error()}}
	}
	e := Entry{File: name, SHA256: sum(text), CollectedAt: s.CollectedAt, Gaps: len(collector.Gaps(s)), Names: s.Foreign(), Status: Complete}
	switch {
	case s.Interrupted:
		e.Status = Interrupted
	case e.Gaps > 0:
		e.Status = WithGaps
	}
	return e
}

// saving is how often the manifest is written at most: it names every account, and
// what is lost with it is a second's work.
const saving = time.Second

func (r *run) save(now bool) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !now && time.Since(r.saved) < saving {
		return nil
	}
	r.saved = time.Now()
	if err := r.manifest.Write(r.plan.Folder); err != nil {
		return fmt.Errorf("write the manifest: %w", err)
	}
	return nil
}
