package table

import (
	"fmt"
	"io"

	"github.com/kmsaudit/kmsaudit/report"
)

// Options says how the report is laid out.
type Options struct {
	// Width is that of the terminal in columns. 0 is no terminal: nothing is
	// wrapped and decoration is ASCII. Under 80 columns each finding is a block
	// of its own.
	Width int
	// Colour adds colours, in a pipe too.
	Colour bool
	// Wide wraps no table however narrow the terminal.
	Wide bool
	// Vertical writes blocks in place of tables, at any width.
	Vertical bool
	// All lists everything; otherwise each list ends after 20 rows and says how
	// many follow.
	All bool
}

// Write writes the report. Nothing is written if it cannot be laid out.
func Write(w io.Writer, r *report.Results, opt Options) error {
	p := newPage(r, opt)
	p.header()
	p.findings()
	p.unknowns()
	p.gaps()
	p.waived()
	p.summary()
	p.warnings()
	if p.err != nil {
		return fmt.Errorf("lay out the report: %w", p.err)
	}
	if _, err := w.Write(p.out.Bytes()); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}
