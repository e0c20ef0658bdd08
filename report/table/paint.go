package table

import "github.com/kmsaudit/kmsaudit/report"

// style is the parameter of a Select Graphic Rendition sequence.
type style string

const (
	plain  style = ""
	bold   style = "1"
	dim    style = "2"
	good   style = "32"
	warn   style = "33"
	danger style = "1;31"
)

// paint colours inert text if colours are wanted.
func (p *page) paint(look style, s string) string {
	if !p.opt.Colour || look == plain || s == "" {
		return s
	}
	return "\x1b[" + string(look) + "m" + s + "\x1b[0m"
}

// colour is that of a severity.
func colour(s report.Severity) style {
	switch s {
	case report.Critical:
		return "1;37;41"
	case report.High:
		return danger
	case report.Medium:
		return "1;33"
	case report.Low:
		return "1;36"
	case report.Info:
		return "1;34"
	}
	return bold
}
