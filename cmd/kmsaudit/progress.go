package main

import (
	"fmt"
	"io"
	"time"

	"github.com/kmsaudit/kmsaudit/collector"
	"github.com/kmsaudit/kmsaudit/collector/organization"
	"github.com/kmsaudit/kmsaudit/report"
)

// progressLine is one line on a terminal that is drawn over and over. Without a
// terminal it draws nothing.
type progressLine struct {
	w     io.Writer
	width int // 0: nothing is drawn
	last  time.Time
	drawn bool
}

// redraw is how often the line is drawn at most.
const redraw = 100 * time.Millisecond

func (a *app) progressLine() *progressLine {
	p := &progressLine{w: a.stderr}
	if a.animated() {
		p.width = columns(a.stderr)
	}
	return p
}

func (p *progressLine) show(now collector.Progress) {
	p.draw("%d calls, %d of %d resources read, %s %s", now.Calls, now.Read, now.Found, now.Operation, now.Region)
}

func (p *progressLine) accounts(now organization.Progress) {
	p.draw("%d of %d accounts read, %d failed, %s", now.Ended, now.Wanted, now.Failed, now.Last)
}

func (p *progressLine) draw(format string, values ...any) {
	if p.width == 0 || time.Since(p.last) < redraw {
		return
	}
	p.last, p.drawn = time.Now(), true
	line := report.Inert("kmsaudit: " + fmt.Sprintf(format, values...))
	_, _ = fmt.Fprintf(p.w, "\r%s\x1b[K", line[:min(len(line), p.width-1)])
}

// clear takes the line away.
func (p *progressLine) clear() {
	if p.drawn {
		_, _ = fmt.Fprint(p.w, "\r\x1b[K")
	}
}
