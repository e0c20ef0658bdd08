package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/rules"
)

// waiverOptions are the flags that the commands about waivers share.
type waiverOptions struct {
	config, file, results, asOf string
	own                         ownRules
}

func (o *waiverOptions) declare(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVarP(&o.config, "config", "c", "", "configuration `file` (default ./"+defaultConfig+" if it is there)")
	f.StringVar(&o.file, "waivers", "", "`file` of waivers, in place of those of the configuration")
	f.StringVar(&o.results, "results", "", "`file` of saved results (check -f json), to say what each waiver covers")
	f.StringVar(&o.asOf, "as-of", "", "`day` that waivers are judged by, YYYY-MM-DD (default today, UTC)")
	o.own.declareSources(cmd)
}

func (a *app) waivers() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "waivers",
		Short: "List, add and check waivers",
		Long: `A waiver accepts what one rule says of some resources, or one finding, until a
day. It has a reason and an owner. These commands list the waivers of the
configuration with the days that they have left, add one, and find those that
have expired or cover nothing.`,
		Example: `  kmsaudit waivers list
  kmsaudit waivers add --rule S3-001 --resource 'arn:aws:s3:::public-site' --reason 'static web site' --owner web --expires 2027-03-31
  kmsaudit waivers lint --results results.json`,
		Args: cobra.ArbitraryArgs,
		RunE: a.group,
	}
	cmd.AddCommand(a.waiversAdd(), a.waiversLint(), a.waiversList())
	return cmd
}

// dayOf reads what --as-of says: today where it says nothing.
func dayOf(text string) (time.Time, error) {
	if text == "" {
		return time.Now().UTC(), nil
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("--as-of %q is not a day written YYYY-MM-DD", text)
	}
	return day, nil
}

// takeWaivers settles which waivers there are: those of the file, if one is named,
// in place of those of the configuration.
func (a *app) takeWaivers(c *settled, file string, catalogue *rules.Catalogue, asOf time.Time) error {
	if file != "" {
		if n := len(c.waivers); n > 0 {
			a.say("the %d waivers of %s are not used: --waivers names %s", n, c.name, file)
		}
		var err error
		if c.waivers, err = readWaivers(file, catalogue); err != nil {
			return err
		}
	}
	return tooLong(c.waivers, c.MaxWaiverDays, asOf)
}

// tooLong is an error for each waiver that expires later than it may.
func tooLong(waivers []report.Waiver, most int, asOf time.Time) error {
	if most == 0 {
		return nil
	}
	var problems []error
	for _, w := range waivers {
		if days := w.DaysLeft(asOf); days > most {
			problems = append(problems, fmt.Errorf("%s:%d:%d: expires %s is %d days ahead, and max_waiver_days is %d",
				w.Place.File, w.Place.Line, w.Place.Column, w.Expires, days, most))
		}
	}
	return errors.Join(problems...)
}

// held is a waiver with what is known about it on a day.
type held struct {
	report.Waiver
	Status   string `json:"status"`    // active or expired
	DaysLeft int    `json:"days_left"` // that day included
	// Covers is how many findings and unknowns of the results it speaks of, null
	// where no results are given.
	Covers *int `json:"covers"`
}

// read reads the waivers and says of each how it stands.
func (o *waiverOptions) read(a *app) ([]held, error) {
	asOf, err := dayOf(o.asOf)
	if err != nil {
		return nil, wrong(err)
	}
	catalogue, err := o.own.catalogue()
	if err != nil {
		return nil, err
	}
	c, err := a.configure(o.config, catalogue)
	if err != nil {
		return nil, err
	}
	if err := a.takeWaivers(c, o.file, catalogue, asOf); err != nil {
		return nil, wrong(err)
	}
	var results *report.Results
	if o.results != "" {
		if results, err = readResults(o.results); err != nil {
			return nil, wrong(err)
		}
	}
	all := []held{}
	for _, w := range c.waivers {
		all = append(all, hold(w, asOf, results))
	}
	return all, nil
}

func hold(w report.Waiver, asOf time.Time, results *report.Results) held {
	h := held{Waiver: w, Status: "active", DaysLeft: w.DaysLeft(asOf)}
	if h.DaysLeft == 0 {
		h.Status = "expired"
	}
	if results != nil {
		n := 0
		for e := range results.Entries() {
			if w.Matches(&e) {
				n++
			}
		}
		h.Covers = &n
	}
	return h
}
