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

// colours says whether text for w may have colours.
func (a *app) colours(when string, w io.Writer) bool {
	switch when {
	case "always":
		return true
	case "never":
		return false
	}
	return columns(w) > 0 && a.env["NO_COLOR"] == "" && a.env["TERM"] != "dumb"
}

// animated says whether stderr is a terminal that lines can be redrawn on.
func (a *app) animated() bool { return columns(a.stderr) > 0 && a.env["TERM"] != "dumb" }
