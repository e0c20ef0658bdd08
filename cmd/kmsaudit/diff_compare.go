package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/rules"
	"github.com/kmsaudit/kmsaudit/rules/drift"
)

// comparer judges snapshots by the same rules, configuration and waivers, and
// compares them.
type comparer struct {
	app       *app
	o         *diffOptions
	catalogue *rules.Catalogue
	c         *settled
	engine    *rules.Engine // once it is wanted
	asOf      time.Time
	actions   []string
	least     report.Severity
}

func (a *app) comparer(o *diffOptions, actions []string, asOf time.Time) (*comparer, error) {
	catalogue, err := o.own.catalogue()
	if err != nil {
		return nil, err
	}
	c, err := a.configure(o.config, catalogue)
	if err != nil {
		return nil, err
	}
	if c.settings.Sandbox, err = o.own.sandbox(); err != nil {
		return nil, err
	}
	if err := a.takeWaivers(c, o.waivers, catalogue, asOf); err != nil {
		return nil, wrong(err)
	}
	k := &comparer{app: a, o: o, catalogue: catalogue, c: c, asOf: asOf, actions: actions, least: report.Info}
	if o.failOn.value != "none" {
		if err := k.least.UnmarshalText([]byte(o.failOn.value)); err != nil {
			return nil, err
		}
	}
	return k, nil
}

// compile makes the engine.
func (k *comparer) compile(ctx context.Context) (err error) {
	k.engine, err = k.o.own.compile(ctx, k.catalogue, k.c.settings.Runs, false)
	return err
}

// files compares two snapshots of one account.
func (k *comparer) files(ctx context.Context, paths []string) (*drift.Diff, error) {
	stop := k.pace(unfolded(paths[0]) + unfolded(paths[1]))
	defer stop()
	var files [2]*snapshot.File
	var problems [2]error
	var reading sync.WaitGroup
	for i, path := range paths {
		reading.Go(func() { files[i], problems[i] = readOneOf(path, k.c) })
	}
	reading.Wait()
	if err := errors.Join(problems[:]...); err != nil {
		return nil, wrong(err)
	}
	if x, y := files[0].Snapshot.Account.ID, files[1].Snapshot.Account.ID; x != y {
		return nil, wrong(fmt.Errorf("%s is of account %s and %s of %s: compare snapshots of one account", paths[0], x, paths[1], y))
	}
	if err := k.compile(ctx); err != nil {
		return nil, err
	}
	settings := k.c.settings
	settings.Intent = k.c.intentOf(files[0].Snapshot.Account.ID, nil)
	return k.both(ctx, files, [2]rules.Settings{settings, settings}, [2][]report.Gap{})
}

// pace is that of two snapshots with that many bytes of JSON together, with room to
// compare access where there is some.
func (k *comparer) pace(size int64) (stop func()) {
	if roomy(size) {
		size *= toCompare
	}
	return k.app.paceFor(size)
}

// both judges two snapshots of an account, beside each other where memory allows it,
// and compares them.
func (k *comparer) both(ctx context.Context, files [2]*snapshot.File, settings [2]rules.Settings, gaps [2][]report.Gap) (*drift.Diff, error) {
	var results [2]*report.Results
	var problems [2]error
	judge := func(i int) { results[i], problems[i] = k.judge(ctx, files[i], settings[i], gaps[i]) }
	if roomy(unfolded(files[0].Path) + unfolded(files[1].Path)) {
		var judging sync.WaitGroup
		for i := range files {
			judging.Go(func() { judge(i) })
		}
		judging.Wait()
	} else {
		judge(0)
		judge(1)
	}
	for _, err := range problems {
		if err != nil {
			return nil, err
		}
	}
	d, err := drift.Compare(files[0], files[1], results[0], results[1], k.actions, k.least)
	return d, wrong(err)
}

// judge judges one snapshot. gaps are what is missing that it does not know of.
func (k *comparer) judge(ctx context.Context, file *snapshot.File, settings rules.Settings, gaps []report.Gap) (*report.Results, error) {
	r, err := k.engine.Audit(ctx, []*snapshot.File{file}, settings)
	if err == nil {
		err = ctx.Err() // half an audit must not look like a whole one
	}
	if err != nil {
		return nil, err
	}
	r.Gaps = append(r.Gaps, gaps...)
	r.Apply(k.c.waivers, k.asOf)
	r.Sort()
	r.Count()
	return r, nil
}
