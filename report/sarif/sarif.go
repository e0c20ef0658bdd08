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

// Write writes one run for each account, and each result on a line of its own as
// it goes. More than 20 accounts are an error, for GitHub refuses files with more
// runs; nothing is written then.
func Write(w io.Writer, r *report.Results, opts ...Option) error {
	var o options
	for _, opt := range opts {
		opt(&o)
	}
	s := newSplit(r)
	if n := len(s.parts); n > maxRuns {
		return fmt.Errorf("sarif: %d accounts make %d runs, and code scanning takes %d in one file: write one file per account",
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
