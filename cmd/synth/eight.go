package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
)

// eightRules writes the configuration of a size once more, with no rules but those
// that the floor judges.
func (b *bench) eightRules(ctx context.Context, roles int) error {
	return b.onlyRules(ctx, roles, "eight.yaml", func(id string) bool { return slices.Contains(floorRules(), id) })
}

// onlyRules writes the configuration of a size once more, with some rules only.
func (b *bench) onlyRules(ctx context.Context, roles int, name string, wanted func(id string) bool) error {
	packages, err := b.packages(ctx)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(b.at(roles, "kmsaudit.yaml"))
	if err != nil {
		return err
	}
	out := bytes.NewBuffer(text)
	fmt.Fprintln(out, "rules:")
	for _, id := range slices.Sorted(maps.Keys(packages)) {
		if !wanted(id) {
			fmt.Fprintf(out, "    %s: {enabled: false}\n", id)
		}
	}
	return os.WriteFile(b.at(roles, name), out.Bytes(), 0o600)
}

// eightCommands judge by eight rules: kmsaudit, and plain Go.
func (b *bench) eightCommands(self string, roles int) []command {
	return []command{
		{name: "plain Go, 8 rules", out: b.at(roles, "floor.json"), args: []string{
			self, "floor", "-snapshot", b.at(roles, "snapshot.json"), "-config", b.at(roles, "kmsaudit.yaml"),
		}},
		{name: "kmsaudit check, 8 rules", out: b.at(roles, "eight.json"), args: []string{
			b.kmsaudit, "check", "--fail-on", "none", "-f", "json", "-c", b.at(roles, "eight.yaml"), b.at(roles, "snapshot.json"),
		}},
	}
}

// agreeWithFloor holds the findings of the eight rules against each other.
func (b *bench) agreeWithFloor(roles int) (int, error) {
	var results struct {
		Findings []struct {
			Rule, Resource, Statement string
			Place                     struct{ Pointer string }
		}
	}
	if err := read(b.at(roles, "eight.json"), &results); err != nil {
		return 0, err
	}
	ours := map[floorFinding]bool{}
	for _, f := range results.Findings {
		ours[floorFinding{Rule: f.Rule, Resource: f.Resource, Pointer: f.Place.Pointer, Statement: f.Statement}] = true
	}
	file, err := os.Open(b.at(roles, "floor.json"))
	if err != nil {
		return 0, err
	}
	defer file.Close() //nolint:errcheck // it was only read
	floors := map[floorFinding]bool{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var f floorFinding
		if err := json.Unmarshal(lines.Bytes(), &f); err != nil {
			return 0, fmt.Errorf("read the findings of the floor: %w", err)
		}
		f.Msg = "" // in other words
		floors[f] = true
	}
	if !maps.Equal(ours, floors) {
		return 0, fmt.Errorf("of eight rules, kmsaudit has %d findings and plain Go %d, and they are not the same", len(ours), len(floors))
	}
	if len(ours) == 0 {
		return 0, errors.New("there are no findings of eight rules to compare")
	}
	return len(ours), nil
}
