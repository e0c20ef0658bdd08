package main

import (
	"errors"

	"github.com/kmsaudit/kmsaudit/report"
)

// The exit codes. Where several apply, the first of 4, 2, 1, 3 is taken.
const (
	exitOK          = report.ExitOK         // done; nothing at or above the threshold
	exitFindings    = report.ExitFindings   // findings at or above it
	exitUsage       = 2                     // wrong usage, configuration or input
	exitIncomplete  = report.ExitIncomplete // evidence is missing
	exitFailure     = report.ExitFailure    // the run failed, or a rule did
	exitInterrupted = 130                   // Ctrl-C
)

// exit is an error that knows its exit code, and what to do next where there is
// something to do.
type exit struct {
	code int
	err  error
	next string
}

func (e *exit) Error() string { return e.err.Error() }

func (e *exit) Unwrap() error { return e.err }

// wrong is an error in what the user wrote: arguments, configuration, input.
func wrong(err error) error {
	if err == nil {
		return nil
	}
	return &exit{code: exitUsage, err: err}
}

// codeOf is the exit code of an error; otherwise is that of an error without one.
func codeOf(err error, otherwise int) int {
	var e *exit
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &e):
		return e.code
	}
	return otherwise
}
