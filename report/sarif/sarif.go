package sarif

import (
	"fmt"
	"io"

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

type options struct{ waived bool }

// IncludeWaived writes what waivers cover too, as suppressed results.
func IncludeWaived() Option { return func(o *options) { o.waived = true } }

// Write writes one run for each account. More than 20 accounts are an error, for
// GitHub refuses files with more runs; nothing is written then.
func Write(w io.Writer, r *report.Results, opts ...Option) error {
	var o options
	for _, opt := range opts {
		opt(&o)
	}
	parts := split(r)
	if len(parts) > maxRuns {
		return fmt.Errorf("sarif: %d accounts make %d runs, and code scanning takes %d in one file: write one file per account",
			len(parts), len(parts), maxRuns)
	}
	doc := document{
		Schema:  "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
		Version: "2.1.0",
		Runs:    make([]run, 0, len(parts)),
	}
	for _, p := range parts {
		doc.Runs = append(doc.Runs, newRun(r, p, o))
	}
	if err := report.EncodeJSON(w, doc); err != nil {
		return fmt.Errorf("sarif: %w", err)
	}
	return nil
}
