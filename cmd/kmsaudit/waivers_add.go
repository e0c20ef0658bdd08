package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"gopkg.in/yaml.v3"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/rules"
)

func (a *app) waiversAdd() *cobra.Command {
	o := &waiverOptions{}
	w := &waiver{}
	cmd := &cobra.Command{
		Use:   "add",
		Short: "Add a waiver to the configuration or to a file of waivers",
		Long: `Add a waiver at the end of the waivers of the configuration, or of the file that
--waivers names, which is made if it is not there. The rest of the file stays as
it is, comments included.

It covers what --rule says of --resource, a pattern over the whole ARN in which
* and ? stand for other letters; --account and --region narrow it. Or it covers
the one finding of --fingerprint, of which the first letters do where --results
names the results that it is in. --reason, --owner and --expires are needed;
--expires takes a day or a number of days from today, such as 90d. With
--results, a waiver that covers nothing of them is refused.

Exit codes: 0 added, 2 wrong usage, or a waiver or file that is not fit for use,
4 the run failed.`,
		Example: `  kmsaudit waivers add --rule S3-001 --resource 'arn:aws:s3:::public-site' \
    --reason 'static web site' --owner web --expires 2027-03-31 --ticket SEC-311
  kmsaudit waivers add --waivers waivers.yaml --results results.json --fingerprint 516a7b51 \
    --reason 'rotated by hand until the migration' --owner platform --expires 90d`,
		Args: arguments(0, 0, "no argument"),
	}
	o.declare(cmd)
	f := cmd.Flags()
	f.StringVar(&w.Rule, "rule", "", "`id` of the rule")
	f.StringVar(&w.Resource, "resource", "", "`pattern` over the whole ARN")
	f.StringVar(&w.Account, "account", "", "`id` of the account, if it is for one only")
	f.StringVar(&w.Region, "region", "", "`Region`, if it is for one only")
	f.StringVar(&w.Fingerprint, "fingerprint", "", "`fingerprint` of one finding, in place of rule and resource")
	f.StringVar(&w.Reason, "reason", "", "`why` it is accepted")
	f.StringVar(&w.Owner, "owner", "", "`who` answers for it")
	f.StringVar(&w.Expires, "expires", "", "last `day` that it covers anything, or a number of days such as 90d")
	f.StringVar(&w.Ticket, "ticket", "", "`ticket` where it was decided")
	cmd.RunE = a.does(func(*cobra.Command, []string) error { return wrong(a.addWaiver(o, w)) })
	return cmd
}

func (a *app) addWaiver(o *waiverOptions, w *waiver) error {
	asOf, err := dayOf(o.asOf)
	if err != nil {
		return err
	}
	var days age
	if strings.HasSuffix(w.Expires, "d") && days.Set(w.Expires) == nil {
		w.Expires = asOf.UTC().Add(time.Duration(days)).Format(time.DateOnly)
	}
	var results *report.Results
	if o.results != "" {
		if results, err = readResults(o.results); err != nil {
			return err
		}
		if err := w.complete(results); err != nil {
			return err
		}
	}
	catalogue, err := o.own.catalogue()
	if err != nil {
		return err
	}
	file, most, err := a.fileOfWaivers(o, catalogue)
	if err != nil {
		return err
	}
	added, err := w.check(catalogue)
	if err == nil {
		err = tooLong([]report.Waiver{added}, most, asOf)
	}
	h := hold(added, asOf, results)
	switch {
	case err != nil:
		return err
	case h.Status == "expired":
		return fmt.Errorf("--expires %s is over, so that the waiver would cover nothing", w.Expires)
	case h.Covers != nil && *h.Covers == 0:
		return fmt.Errorf("the waiver covers nothing of %s", o.results)
	}
	if err := file.add(w); err != nil {
		return err
	}
	covers := ""
	if h.Covers != nil {
		covers = fmt.Sprintf("; it covers %s of %s", counted(*h.Covers, "finding"), o.results)
	}
	a.say("added to %s: %s until %s%s", file.name, strings.TrimSpace(w.Rule+" "+what(&added)), w.Expires, covers)
	return nil
}

// complete takes the first letters of a fingerprint for the one that begins so.
func (w *waiver) complete(results *report.Results) error {
	if w.Fingerprint == "" {
		return nil
	}
	found := map[string]bool{}
	full := ""
	for e := range results.Entries() {
		if strings.HasPrefix(e.Fingerprint, w.Fingerprint) {
			full = e.Fingerprint
			found[full] = true
		}
	}
	switch {
	case len(found) == 0:
		return fmt.Errorf("no finding of the results has a fingerprint that begins with %s", w.Fingerprint)
	case len(found) > 1:
		return fmt.Errorf("%d findings of the results have fingerprints that begin with %s: give more of it", len(found), w.Fingerprint)
	}
	w.Fingerprint = full
	return nil
}

// check holds the waiver to what one has to be.
func (w *waiver) check(catalogue *rules.Catalogue) (report.Waiver, error) {
	one := w.waiver(report.Place{File: "the new waiver"})
	err := one.Validate()
	if _, known := catalogue.Rule(w.Rule); err == nil && w.Rule != "" && !known {
		err = noRule(w.Rule, catalogue)
	}
	var problems []error
	for _, problem := range parts(err) {
		problems = append(problems, fmt.Errorf("the waiver %w", problem))
	}
	return one, errors.Join(problems...)
}

// waiversIn is a file that waivers are added to, and how it is read.
type waiversIn struct {
	name string
	read func(text []byte) ([]report.Waiver, error)
}

// fileOfWaivers is the file that waivers are added to, and how far ahead they may
// expire. What is there has to be right as it is.
func (a *app) fileOfWaivers(o *waiverOptions, catalogue *rules.Catalogue) (file waiversIn, most int, err error) {
	c, err := a.configure(o.config, catalogue)
	if err != nil {
		return file, 0, err
	}
	if o.file != "" {
		file = waiversIn{o.file, func(text []byte) ([]report.Waiver, error) { return parseWaivers(o.file, text, catalogue) }}
		if _, err = readWaivers(o.file, catalogue); errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
		return file, c.MaxWaiverDays, err
	}
	if c.name == "" {
		return file, 0, fmt.Errorf("there is no ./%s: name the file with -c or --waivers", defaultConfig)
	}
	return waiversIn{c.name, func(text []byte) ([]report.Waiver, error) {
		c, err := parseConfig(c.name, text, catalogue)
		if err != nil {
			return nil, err
		}
		return c.waivers, nil
	}}, c.MaxWaiverDays, nil
}

// add writes the file anew with the waiver at the end of its waivers.
func (f waiversIn) add(w *waiver) error {
	text, err := os.ReadFile(f.name)
	mode := fs.FileMode(0o644)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		text = []byte("version: 1\n")
	case err != nil:
		return fmt.Errorf("read %s: %w", f.name, bare(err))
	default:
		if info, err := os.Stat(f.name); err == nil {
			mode = info.Mode().Perm()
		}
	}
	longer, err := insertWaiver(f.name, text, w)
	if err == nil {
		err = f.compare(text, longer, w)
	}
	if err != nil {
		return err
	}
	if err := replaceFile(f.name, longer, mode); err != nil {
		return fmt.Errorf("write %s: %w", f.name, bare(err))
	}
	return nil
}

// compare holds the new text to being the old one with the waiver behind the
// others.
func (f waiversIn) compare(before, after []byte, w *waiver) error {
	byHand := fmt.Errorf("%s is written in a way that no waiver can be added to; add it by hand:\n%s", f.name, strings.Join(w.lines("  "), ""))
	old, err := f.read(before)
	if err != nil {
		return err
	}
	all, err := f.read(after)
	if err != nil || len(all) != len(old)+1 || !slices.Equal(old, all[:len(old)]) || all[len(old)] != w.waiver(all[len(old)].Place) {
		return byHand
	}
	var was, is map[string]any
	if yaml.Unmarshal(before, &was) != nil || yaml.Unmarshal(after, &is) != nil {
		return byHand
	}
	delete(was, "waivers")
	delete(is, "waivers")
	if !reflect.DeepEqual(was, is) {
		return byHand
	}
	return nil
}
