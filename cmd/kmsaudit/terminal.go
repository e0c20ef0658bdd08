package main

import (
	"io"
	"os"

	"golang.org/x/term"
)

// columns is the width of the terminal behind w, 0 where there is none.
func columns(w io.Writer) int {
	file, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return 0
	}
	if width, _, err := term.GetSize(int(file.Fd())); err == nil && width > 0 {
		return width
	}
	return 80
}

// colours says whether text for w, nil for a file, may have colours. What the user
// says of them goes first: the flag, NO_COLOR, then CLICOLOR_FORCE, which colours a
// pipe too.
func (a *app) colours(when string, w io.Writer) bool {
	switch force := a.env["CLICOLOR_FORCE"]; {
	case when == "always":
		return true
	case when == "never", a.env["NO_COLOR"] != "", w == nil:
		return false
	case force != "" && force != "0":
		return true
	}
	return columns(w) > 0 && a.env["TERM"] != "dumb" && a.env["CLICOLOR"] != "0"
}

// animated says whether stderr is a terminal that lines can be redrawn on.
func (a *app) animated() bool { return columns(a.stderr) > 0 && a.env["TERM"] != "dumb" }
