package main

import (
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/report/html"
	"github.com/kmsaudit/kmsaudit/rules"
	"github.com/kmsaudit/kmsaudit/rules/chain"
)

// illustrator draws what a page shows beside results, from the snapshots that they
// are of. Those are read again, one at a time: while they were judged, each was
// let go of as soon as it was done.
type illustrator struct {
	catalogue *rules.Catalogue
	c         *settled
}

// someAccounts are drawn of many.
const someAccounts = 10

// draw adds what the snapshots know. One that is another file by now, or that
// cannot be read twice, such as a pipe, is left out, which the page says.
func (l illustrator) draw(r *report.Results, o *html.Options) {
	places := map[string][]report.Place{}
	for _, place := range html.Places(r, o.All) {
		places[place.File] = append(places[place.File], place)
	}
	o.Excerpts = map[report.Place]html.Excerpt{}
	for i, s := range r.Snapshots {
		if i >= someAccounts && len(places[s.Path]) == 0 {
			continue
		}
		file, err := snapshot.ReadForAudit(s.Path)
		if err != nil || file.SHA256 != s.SHA256 {
			continue
		}
		if i < someAccounts {
			world := chain.New(file, l.c.settings.Intent, l.catalogue.Params(l.c.settings))
			o.Accounts = append(o.Accounts, html.Account{ID: s.Account, Picture: world.Picture(r), Heat: world.Heat(r)})
		}
		file.Release()
		excerpts(file.Text(), places[s.Path], o.Excerpts)
	}
}
