package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// gapLines counts what was not read: a line for each operation and cause, most
// frequent first.
func gapLines(gaps []collector.Gap) []string {
	type cause struct {
		operation string
		state     snapshot.State
		code      string
	}
	counts := map[cause]int{}
	regions := map[cause][]string{}
	for _, g := range gaps {
		c := cause{g.Operation, g.State, g.Code}
		counts[c]++
		if g.Region != "" && !slices.Contains(regions[c], g.Region) {
			regions[c] = append(regions[c], g.Region)
		}
	}
	causes := make([]cause, 0, len(counts))
	for c := range counts {
		causes = append(causes, c)
	}
	slices.SortFunc(causes, func(a, b cause) int {
		return cmp.Or(counts[b]-counts[a], cmp.Compare(a.operation, b.operation), cmp.Compare(a.code, b.code))
	})
	var lines []string
	for _, c := range causes {
		line := fmt.Sprintf("not read: %s, %s, %s", c.operation, counted(counts[c], "time"), c.state)
		if c.code != "" {
			line += " (" + c.code + ")"
		}
		if in := regions[c]; len(in) > 0 && len(in) <= 3 {
			slices.Sort(in)
			line += " in " + strings.Join(in, ", ")
		} else if len(in) > 3 {
			line += fmt.Sprintf(" in %d Regions", len(in))
		}
		lines = append(lines, line)
	}
	return lines
}

// mendOf says what would close the gaps of the snapshot at path.
func mendOf(gaps []collector.Gap, path string) string {
	var missing []string
	for _, g := range gaps {
		if g.State == snapshot.Denied {
			missing = append(missing, g.Operation)
		}
	}
	slices.Sort(missing)
	missing = slices.Compact(missing)
	if len(missing) == 0 {
		return goOnWith("nothing was denied; ask for the rest", path)
	}
	return goOnWith("allow the collecting identity "+strings.Join(missing, ", ")+", and ask for the rest", path)
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
