package main

import (
	"io"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/report/sarif"
)

// sarifOptions are the flags of SARIF.
type sarifOptions struct {
	waived, split bool
	most          int
	account       *string // the only one, nil for all
}

// of is how one output is rendered.
func (o *rendering) of(out output) *rendering {
	one := *o
	one.sarif.account = out.account
	return &one
}

func writeSARIF(_ *app, w io.Writer, r *report.Results, o *rendering, _ io.Writer) error {
	options := []sarif.Option{sarif.Most(o.sarif.most)}
	if o.sarif.waived {
		options = append(options, sarif.IncludeWaived())
	}
	if o.sarif.account != nil {
		options = append(options, sarif.Only(*o.sarif.account))
	}
	return sarif.Write(w, r, options...)
}

// splitSARIF makes a file for each account of every file of SARIF: code scanning
// takes no more than 20 accounts in one.
func splitSARIF(r *report.Results, outputs []output) []output {
	var all []output
	for _, out := range outputs {
		if out.format != "sarif" {
			all = append(all, out)
			continue
		}
		extension := filepath.Ext(out.path)
		for i, account := range sarif.Accounts(r) {
			of := account
			if !snapshot.IsAccountID(account) { // what is of no account, or whatever results hold
				of = "other-" + strconv.Itoa(i+1)
			}
			name := strings.TrimSuffix(out.path, extension) + "-" + of + extension
			all = append(all, output{format: out.format, path: name, account: &account})
		}
	}
	return all
}
