package imports

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"sync"
	"time"

	"github.com/kmsaudit/kmsaudit/collector"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// Input is a file to import.
type Input struct {
	Path string
	// Dump says which answer the file holds, where its name does not.
	Dump *Dump
}

// Options say what the inputs leave open.
type Options struct {
	// Account is the account that the inputs are about, 12 digits. Where AWS Config
	// recorded several accounts, its items are taken. "" takes what the inputs say.
	Account string
	// Partition is that of the account; "" takes what the inputs say, else aws.
	Partition string
	// Regions are those that the account uses. Keys in Regions that are not among
	// them are nobody's question; empty means those of the inputs, and that there
	// may be more.
	Regions []string
	// CollectedAt is when AWS said what the inputs hold, where the name of an AWS
	// Config snapshot does not say it; zero takes the times of the files. The
	// snapshot is as old as the oldest input.
	CollectedAt time.Time
	ToolVersion string
}

// Import makes one snapshot of all inputs. notes are what a user should know of
// what became of them. The error names the file and the place of what is wrong.
func Import(ctx context.Context, inputs []Input, opt Options) (s *snapshot.Snapshot, notes []string, err error) {
	i := newImporter(opt)
	var problems []error
	for _, input := range inputs {
		if err := i.file(input); err != nil {
			problems = append(problems, err)
		}
	}
	if err := errors.Join(problems...); err != nil {
		return nil, nil, err
	}
	s, err = i.snapshot(ctx)
	return s, i.notes, err
}

// importer gathers what the inputs say.
type importer struct {
	opt                Options
	account, partition string
	accountFrom        string // the input that named the account
	now                string // the input that is being read
	oldest             time.Time
	sources            []snapshot.Source
	answers            map[place]*answer
	config             items
	notes              []string
}

func newImporter(opt Options) *importer {
	return &importer{
		opt: opt, account: opt.Account, partition: opt.Partition, accountFrom: "--account",
		answers: map[place]*answer{}, config: items{},
	}
}

var partitionName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^aws(-[a-z]+)*$`) })

// of takes note of the account that something in an input belongs to.
func (i *importer) of(partition, account string) error {
	switch {
	case !snapshot.IsAccountID(account) || !partitionName().MatchString(partition):
		return fmt.Errorf("%q in partition %q is no account", account, partition)
	case i.account != "" && i.account != account:
		return fmt.Errorf("this is about account %s, and %s about account %s: import one account at a time", account, i.accountFrom, i.account)
	case i.partition != "" && i.partition != partition:
		return fmt.Errorf("this is of partition %s, and the rest of %s", partition, i.partition)
	}
	if i.account == "" {
		i.accountFrom = i.now
	}
	i.account, i.partition = account, partition
	return nil
}

// note adds something that the user should know.
func (i *importer) note(format string, values ...any) {
	i.notes = append(i.notes, fmt.Sprintf(format, values...))
}

// snapshot asks the collector for the snapshot that the answers make.
func (i *importer) snapshot(ctx context.Context) (*snapshot.Snapshot, error) {
	i.partition = cmp.Or(i.partition, "aws")
	if i.account == "" {
		return nil, errors.New("no input says which account it is about: say it with --account")
	}
	world, err := i.world()
	if err != nil {
		return nil, err
	}
	if len(i.answers) == 0 {
		return nil, errors.New("the inputs hold nothing about keys, buckets, identities or the organization")
	}
	opt := collector.Options{
		Regions: i.opt.Regions, Objects: world.objects, ToolVersion: i.opt.ToolVersion, Concurrency: 1,
		Now: func() time.Time { return cmp.Or(i.oldest, i.opt.CollectedAt) },
	}
	opt.LastUsage = true // for who has kept it
	s, err := collector.Collect(ctx, collector.Replay(world.answer), opt)
	if err != nil {
		return nil, err
	}
	s.Tool.Name += " import"
	s.Sources = i.sources
	if !world.identified {
		s.CollectedBy = ""
	}
	if len(s.Regions) == 0 { // nobody knows of any Region: that there may be more says nothing
		s.Coverage = slices.DeleteFunc(s.Coverage, func(c snapshot.Coverage) bool { return c.Operation == "account:ListRegions" })
	}
	i.config.blank(s)
	return s, nil
}
