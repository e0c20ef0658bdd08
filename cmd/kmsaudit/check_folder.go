package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/kmsaudit/kmsaudit/collector/organization"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/rules"
)

// many are snapshots that are judged one after the other, so that memory is that
// of the largest.
type many struct {
	files []listed
	all   []listed // of the other shards too
	// manifests are those of the folders.
	manifests []*organization.Manifest
	whole     bool // a folder, and no shard of it
	// unread are accounts and listings that a manifest tells of and that are in no
	// file.
	unread []report.Gap
}

// listed is a snapshot. Its checksum, its account and the names of other accounts in
// it are what its manifest says, or nothing.
type listed struct {
	path, sha256, account string
	names                 []string
}

// folders expands the folders among the paths. It is nil where there is none and
// no shard is wanted: a few files are read before any is judged.
func folders(paths []string, shard shard) (*many, error) {
	m := &many{}
	for _, path := range paths {
		info, err := os.Stat(path)
		switch {
		case err != nil:
			return nil, fmt.Errorf("read snapshot %s: %w", path, bare(err))
		case !info.IsDir():
			m.files = append(m.files, listed{path: path})
			continue
		}
		if err := m.folder(path); err != nil {
			return nil, err
		}
	}
	if len(m.files) == len(paths) && shard.of == 0 && !slices.ContainsFunc(paths, isFolder) {
		return nil, nil //nolint:nilnil // there is nothing to expand
	}
	m.whole = shard.of == 0
	m.keep(shard)
	return m, nil
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// folder lists the snapshots of a folder: those of its manifest, or all files
// that may be some.
func (m *many) folder(path string) error {
	manifest, err := organization.ReadManifest(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	entries, notRead := os.ReadDir(path)
	if notRead != nil {
		return fmt.Errorf("read %s: %w", path, bare(notRead))
	}
	known := map[string]bool{organization.ManifestName: true}
	if manifest != nil {
		m.manifests = append(m.manifests, manifest)
		m.manifest(path, manifest, known)
	}
	before := len(m.files)
	for _, entry := range entries {
		name := entry.Name()
		if known[name] || !entry.Type().IsRegular() || strings.HasPrefix(name, ".") || !strings.HasSuffix(strings.TrimSuffix(name, ".gz"), ".json") {
			continue
		}
		if manifest != nil {
			return fmt.Errorf("%s is not in the manifest of its folder: take it away, or name the files one by one", filepath.Join(path, name))
		}
		m.files = append(m.files, listed{path: filepath.Join(path, name)})
	}
	if manifest == nil && len(m.files) == before {
		return fmt.Errorf("%s holds no snapshot", path)
	}
	return nil
}

// manifest takes the accounts of a manifest. One that was to be collected and was
// not is missing evidence.
func (m *many) manifest(folder string, manifest *organization.Manifest, known map[string]bool) {
	place := report.Place{File: filepath.Join(folder, organization.ManifestName), Line: 1, Column: 1}
	gap := func(account string, f *organization.Failure, message string) {
		service, _, _ := strings.Cut(f.Operation, ":")
		m.unread = append(m.unread, report.Gap{
			Account: account, Service: service, Operation: f.Operation, Resource: f.Resource, State: cmp.Or(f.State, snapshot.NotCollected.String()),
			Code: f.Code, Message: message, Listing: true, Place: place,
		})
	}
	for i, e := range manifest.Accounts {
		place.Pointer = fmt.Sprintf("/accounts/%d", i)
		switch {
		case e.File != "":
			known[e.File] = true
			m.files = append(m.files, listed{filepath.Join(folder, e.File), e.SHA256, e.ID, e.Names})
		case e.Status.Wanted():
			f := e.Failure
			if f == nil {
				f = &organization.Failure{Operation: "collect", State: snapshot.NotCollected.String()}
			}
			gap(e.ID, f, strings.TrimSpace("nothing of account "+e.ID+" was read: "+f.Code+" "+f.Message))
		}
	}
	place.Pointer = "/unlisted"
	for _, f := range manifest.Unlisted {
		gap("", &f, "there may be accounts that nobody listed: "+f.Code+" "+f.Message)
	}
}

// keep leaves the part of the shard. Every file and every account that was not
// read is in one shard.
func (m *many) keep(s shard) {
	slices.SortFunc(m.files, func(a, b listed) int { return cmp.Compare(a.path, b.path) })
	m.all = m.files
	if s.of == 0 {
		return
	}
	var files []listed
	for i, file := range m.files {
		if i%s.of == s.number-1 {
			files = append(files, file)
		}
	}
	var unread []report.Gap
	for i, gap := range m.unread {
		if i%s.of == s.number-1 {
			unread = append(unread, gap)
		}
	}
	m.files, m.unread = files, unread
}

// auditMany judges the snapshots one after the other. What is found is kept in
// temporary files, which are the caller's to close; ask says what is asked of it.
func (a *app) auditMany(
	ctx context.Context, o *checkOptions, catalogue *rules.Catalogue, c *settled, m *many, ask func(*report.Gathering) error,
) (_ *report.Results, err error) {
	var paths []string
	for _, file := range m.files {
		paths = append(paths, file.path)
	}
	stop := a.pace(paths)
	defer stop()
	engine, err := o.own.compile(ctx, catalogue, c.settings.Runs, o.profile.value != "")
	if err != nil {
		return nil, err
	}
	x := newAcross(c)
	for _, manifest := range m.manifests {
		x.manifest(manifest)
	}
	x.survey(m.all)
	settings := c.settings
	settings.Release, settings.Particular = true, x.particular
	nothing, err := engine.Audit(ctx, nil, settings)
	if err != nil {
		return nil, err
	}
	nothing.Tool = report.Tool{Name: "kmsaudit", Version: thisBuild().Version}
	gathering := report.NewGathering(nothing)
	defer func() {
		if err != nil {
			gathering.Close()
		}
	}()
	if err := ask(gathering); err != nil {
		return nil, err
	}
	for _, one := range m.files {
		began := time.Now()
		file, err := readSnapshot(one.path)
		c.settings.Profile.Stage(stageRead, time.Since(began))
		switch {
		case err != nil:
			return nil, wrong(err)
		case one.sha256 != "" && one.sha256 != file.SHA256:
			return nil, wrong(fmt.Errorf("%s is not the file that its manifest knows: it was changed since it was collected", one.path))
		}
		stale := append(staleness(file, engine, c, o.maxAge, time.Now()), ofAll(x.unknownColleagues(file.Snapshot, one.path), engine, c)...)
		part, err := engine.Audit(ctx, []*snapshot.File{file}, settings)
		if err == nil {
			err = ctx.Err() // half an audit must not look like a whole one
		}
		if err != nil {
			return nil, err
		}
		part.Gaps = append(part.Gaps, stale...)
		if err := gathering.Add(part); err != nil {
			return nil, unlessNotKept(err)
		}
	}
	gaps := ofAll(m.unread, engine, c)
	if m.whole {
		gaps = append(gaps, ofAll(x.unjudged(), engine, c)...)
	}
	if err := gathering.Gaps(gaps); err != nil {
		return nil, err
	}
	return gathering.Results()
}

// unlessNotKept is an error of what is to be gathered, which is wrong input, or of the
// place where it is kept, which is not.
func unlessNotKept(err error) error {
	if errors.Is(err, report.ErrNotKept) {
		return err
	}
	return wrong(err)
}

// shard is a part of the accounts: number of of, from 1. The zero value is all.
type shard struct{ number, of int }

func (s *shard) String() string {
	if s == nil || s.of == 0 {
		return ""
	}
	return fmt.Sprintf("%d/%d", s.number, s.of)
}

func (s *shard) Type() string { return "i/n" }

func (s *shard) Set(text string) error {
	var one shard
	if n, err := fmt.Sscanf(text, "%d/%d", &one.number, &one.of); n != 2 || err != nil || one.String() != text || one.number < 1 || one.number > one.of {
		return errors.New("a part such as 1/4 is wanted")
	}
	*s = one
	return nil
}
