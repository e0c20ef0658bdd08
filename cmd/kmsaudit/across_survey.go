package main

import (
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// survey looks at the files of a run before any is judged, one at a time, for what
// the accounts name of each other. The manifest has the names of its accounts, so
// that only those that somebody names are read. A file that cannot be read, or is
// not the one that its manifest knows, is left to the judging, which says so.
func (x *across) survey(files []listed) {
	if len(files) < 2 {
		for _, file := range files {
			if s := file.read(); s != nil {
				x.meet(s)
			}
		}
		return
	}
	names, paths := slices.Clone(x.c.names()), map[string]listed{}
	for _, file := range files {
		if file.account == "" || x.trusts() && x.homes[file.account] == "" {
			s := file.read()
			if s == nil {
				continue
			}
			x.meet(s)
			file.account, file.names = s.Account.ID, s.Foreign()
		}
		x.along[file.account] = true
		names = append(names, file.names...)
		paths[file.account] = file
	}
	slices.Sort(names)
	names = slices.Compact(names)
	for account, file := range paths {
		theirs := snapshot.NamesOf(account, names)
		if !namesSomething(theirs) {
			continue
		}
		if s := file.read(); s != nil && s.Account.ID == account {
			x.excerpts[account] = s.Excerpt(theirs)
		}
	}
}

// namesSomething says whether there are names beside that of the account.
func namesSomething(names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return !strings.HasSuffix(name, ":root") })
}

// read reads a listed file, nil where it is not what its manifest says.
func (l listed) read() *snapshot.Snapshot {
	file, err := snapshot.ReadForAudit(l.path)
	if err != nil || l.sha256 != "" && l.sha256 != file.SHA256 {
		return nil
	}
	return file.Snapshot
}

// among takes in snapshots that are all in memory.
func (x *across) among(files []*snapshot.File) {
	names := slices.Clone(x.c.names())
	for _, file := range files {
		x.meet(file.Snapshot)
		names = append(names, file.Snapshot.Foreign()...)
	}
	for _, file := range files {
		if theirs := snapshot.NamesOf(file.Snapshot.Account.ID, names); len(files) > 1 && namesSomething(theirs) {
			x.excerpts[file.Snapshot.Account.ID] = file.Snapshot.Excerpt(theirs)
		}
	}
}
