package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/organization"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/rules"
	"github.com/kmsaudit/kmsaudit/rules/drift"
)

// collected is one of two folders that are compared.
type collected struct {
	path    string
	many    *many
	across  *across
	files   map[string]listed             // by account
	entries map[string]organization.Entry // of the manifest, by account
	// whole says that the manifest has every account of the organization.
	whole bool
}

// collected lists the accounts of a folder.
func (k *comparer) collected(path string) (*collected, error) {
	m, err := folders([]string{path}, shard{})
	if err != nil {
		return nil, err
	}
	f := &collected{path: path, many: m, across: newAcross(k.c), files: map[string]listed{}, entries: map[string]organization.Entry{}}
	for _, manifest := range m.manifests {
		f.across.manifest(manifest)
		f.whole = manifest.Organization != nil && len(manifest.Unlisted) == 0
		for _, e := range manifest.Accounts {
			f.entries[e.ID] = e
		}
	}
	for _, file := range m.files {
		if file.account == "" {
			read, err := readSnapshot(file.path)
			if err != nil {
				return nil, err
			}
			file.account = read.Snapshot.Account.ID
		}
		if other, twice := f.files[file.account]; twice {
			return nil, fmt.Errorf("%s and %s are both snapshots of account %s: keep one in the folder", other.path, file.path, file.account)
		}
		f.files[file.account] = file
	}
	f.across.survey(m.all)
	return f, nil
}

// read reads the snapshot of an account, and says how it is judged.
func (f *collected) read(k *comparer, account string) (*snapshot.File, rules.Settings, []report.Gap, error) {
	one := f.files[account]
	file, err := readSnapshot(one.path)
	switch {
	case err != nil:
		return nil, rules.Settings{}, nil, wrong(err)
	case one.sha256 != "" && one.sha256 != file.SHA256:
		return nil, rules.Settings{}, nil, wrong(fmt.Errorf("%s is not the file that its manifest knows: it was changed since it was collected", one.path))
	}
	settings := k.c.settings
	settings.Particular = f.across.particular
	return file, settings, ofAll(f.across.unknownColleagues(file.Snapshot, one.path), k.engine, k.c), nil
}

// lacks says in words why an account is not there, and whether it is known not to be.
func (f *collected) lacks(account string) (why string, known bool) {
	e, listed := f.entries[account]
	switch {
	case listed && e.Status == organization.Inactive:
		return "AWS has the account as " + cmp.Or(e.State, string(e.Status)), true
	case listed && e.Failure != nil:
		return strings.TrimSpace(fmt.Sprintf("%s: %s %s %s", e.Status, e.Failure.Operation, e.Failure.State, e.Failure.Code)), false
	case listed:
		return string(e.Status), false
	case f.whole:
		return "the organization does not have the account", true
	}
	return "no snapshot of the account is there", false
}

// folders compares two folders, one account at a time.
func (k *comparer) folders(ctx context.Context, paths []string) (*drift.Accounts, error) {
	var sides [2]*collected
	largest := map[string]int64{}
	for i, path := range paths {
		side, err := k.collected(path)
		if err != nil {
			return nil, wrong(err)
		}
		sides[i] = side
		for account, file := range side.files {
			largest[account] += unfolded(file.path)
		}
	}
	var size int64
	for _, n := range largest {
		size = max(size, n)
	}
	stop := k.pace(size)
	defer stop()
	if err := k.compile(ctx); err != nil {
		return nil, err
	}
	all := &drift.Accounts{Schema: drift.AccountsSchema, Old: paths[0], New: paths[1], Actions: k.actions, Accounts: []drift.Account{}, Hidden: []drift.Hidden{}}
	wanted := map[string]bool{}
	for _, side := range sides {
		for account := range side.files {
			wanted[account] = true
		}
		for account, e := range side.entries {
			wanted[account] = wanted[account] || e.Status.Wanted()
		}
		all.Hidden = append(all.Hidden, side.unlisted()...)
	}
	for _, account := range slices.Sorted(maps.Keys(wanted)) {
		one, err := k.account(ctx, sides, account)
		if err != nil {
			return nil, err
		}
		if one != nil {
			all.Accounts = append(all.Accounts, *one)
		}
	}
	all.Sort()
	return all, nil
}

// unlisted tells what makes that there may be other accounts, or that the
// configuration is about accounts that are not there.
func (f *collected) unlisted() []drift.Hidden {
	var hidden []drift.Hidden
	for _, gap := range append(f.across.unjudged(), f.many.unread...) {
		_, told := f.entries[gap.Account]
		if !told || gap.Account == "" {
			hidden = append(hidden, drift.Hidden{What: gap.Message, File: gap.Place.File})
		}
	}
	return hidden
}

// account compares one account. It is nil for one that neither folder is to have.
func (k *comparer) account(ctx context.Context, sides [2]*collected, account string) (*drift.Account, error) {
	one := &drift.Account{ID: account, Name: cmp.Or(sides[1].entries[account].Name, sides[0].entries[account].Name), Way: drift.Compared}
	var has [2]bool
	var files [2]*snapshot.File
	var settings [2]rules.Settings
	var gaps [2][]report.Gap
	for i, side := range sides {
		if _, has[i] = side.files[account]; !has[i] {
			continue
		}
		var err error
		if files[i], settings[i], gaps[i], err = side.read(k, account); err != nil {
			return nil, err
		}
	}
	var err error
	if has[0] && has[1] {
		one.Diff, err = k.both(ctx, files, settings, gaps)
		return one, err
	}
	there := 0
	if has[1] {
		there = 1
	}
	missing := sides[1-there]
	why, known := missing.lacks(account)
	switch {
	case has[1] && known:
		one.Way = drift.Came
	case has[1]:
		one.Way = drift.Read
	case has[0] && known:
		one.Way = drift.Went
	case has[0]:
		one.Way = drift.Unread
	default:
		before, notThen := sides[0].lacks(account)
		if known && notThen {
			return nil, nil //nolint:nilnil // there is nothing to tell of it
		}
		one.Way, missing = drift.Hid, sides[1]
		why = "then " + before + "; now " + why
	}
	one.Why = why
	var r *report.Results
	if files[there] != nil && one.Way != drift.Went {
		if r, err = k.judge(ctx, files[there], settings[there], gaps[there]); err != nil {
			return nil, err
		}
	}
	one.Diff = drift.Lone(account, one.Way, files[there], r, k.actions, "account "+account+": "+why, missing.path)
	if one.Way == drift.Came {
		one.Diff.Lacking(r, k.least)
	}
	return one, nil
}
