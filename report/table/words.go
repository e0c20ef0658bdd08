package table

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/kmsaudit/kmsaudit/report"
)

func digits(n int) string { return strconv.Itoa(n) }

// count is a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return digits(n) + " " + noun + "s"
}

// place is file:line:column, as far as it is known.
func place(at report.Place) string {
	file := report.Inert(at.File)
	switch {
	case at.Line <= 0:
		return file
	case at.Column <= 0:
		return fmt.Sprintf("%s:%d", file, at.Line)
	}
	return fmt.Sprintf("%s:%d:%d", file, at.Line, at.Column)
}

// some lists the first n and counts the rest.
func some(all []string, n int) string {
	inert := make([]string, 0, len(all))
	for _, one := range all {
		inert = append(inert, report.Inert(one))
	}
	if len(inert) > n {
		inert = append(inert[:n], fmt.Sprintf("%d more", len(all)-n))
	}
	return strings.Join(inert, ", ")
}

// or is the first text that is not empty, made inert.
func or(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return report.Inert(text)
		}
	}
	return ""
}

// lines leaves out what is empty.
func lines(texts ...string) []string {
	var out []string
	for _, text := range texts {
		if text != "" {
			out = append(out, text)
		}
	}
	return out
}

// ranges lists ascending numbers in short: 1-3, 5.
func ranges(all []int) string {
	var parts []string
	for i := 0; i < len(all); {
		end := i
		for end+1 < len(all) && all[end+1] == all[end]+1 {
			end++
		}
		switch end - i {
		case 0:
			parts = append(parts, digits(all[i]))
		case 1:
			parts = append(parts, digits(all[i]), digits(all[end]))
		default:
			parts = append(parts, digits(all[i])+"-"+digits(all[end]))
		}
		i = end + 1
	}
	return strings.Join(parts, ", ")
}
