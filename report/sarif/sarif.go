package sarif

import (
	"fmt"
	"io"
	"slices"

	"github.com/kmsaudit/kmsaudit/report"
)

// Limits of GitHub code scanning.
const (
	maxRuns    = 20    // runs in a file; files with more are refused
	maxShown   = 5000  // results of a run; the rest is dropped
	maxResults = 25000 // results of a run; files with more are refused
	maxTags    = 10    // tags of a rule; the rest is dropped
	maxName    = 255   // characters of a rule's name
	maxText    = 1024  // characters of a rule's descriptions
)

// Option changes what is written.
type Option func(*options)

type options struct {
	waived  bool
	account *string // the only one
	most    int     // results of a run, 0 for all
}

// IncludeWaived writes what waivers cover too, as suppressed results.
func IncludeWaived() Option { return func(o *options) { o.waived = true } }

// Only writes the run of one account, one of those that Accounts lists.
func Only(account string) Option { return func(o *options) { o.account = &account } }

// Most writes the worst results of each run, that many, and says how many are left
// out.
func Most(results int) Option { return func(o *options) { o.most = results } }

// Accounts are those that there is a run for; "" is what is of no account.
func Accounts(r *report.Results) []string {
	var accounts []string
	for _, p := range newSplit(r).parts {
		accounts = append(accounts, p.account)
	}
	return accounts
}

// Write writes one run for each account, and each result on a line of its own as
// it goes. More than 20 accounts are an error, for GitHub refuses files with more
// runs; nothing is written then.
func Write(w io.Writer, r *report.Results, opts ...Option) error {
	var o options
	for _, opt := range opts {
		opt(&o)
	}
	s := newSplit(r)
	if o.account != nil {
		s.parts = slices.DeleteFunc(s.parts, func(p *part) bool { return p.account != *o.account })
	}
	if n := len(s.parts); n > maxRuns {
		return fmt.Errorf("sarif: %d accounts make %d runs, and code scanning takes %d in one file: write a file of each account with --sarif-split",
			n, n, maxRuns)
	}
	if err := write(w, s, o); err != nil {
		return fmt.Errorf("sarif: %w", err)
	}
	return nil
}

const schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

func write(w io.Writer, s *split, o options) error {
	start := "{\n  \"$schema\": \"" + schema + "\",\n  \"version\": \"2.1.0\",\n  \"runs\": [\n    "
	for _, p := range s.parts {
		if _, err := io.WriteString(w, start); err != nil {
			return err
		}
		if err := newRunner(s, p, o).write(w); err != nil {
			return err
		}
		start = ",\n    "
	}
	_, err := io.WriteString(w, "\n  ]\n}\n")
	return err
}
