package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// found holds findings by what all three programs say of them: the package of
// the rule, the resource and the message.
type found map[[3]string]bool

// agree holds the findings of the programs against each other and returns how
// many there are. Rules that kmsaudit does not run, because the configuration
// does not ask for them, are left out.
func (b *bench) agree(ctx context.Context, commands []command) (int, error) {
	packages, err := b.packages(ctx)
	if err != nil {
		return 0, err
	}
	ours, runs, err := fromKmsaudit(commands[0].out, packages)
	if err != nil {
		return 0, err
	}
	for _, c := range commands {
		readers := map[string]func(string) (found, error){"opa eval on facts": fromOPA, "conftest on facts": fromConftest}
		from := readers[c.name]
		if from == nil {
			continue
		}
		theirs, err := from(c.out)
		if err == nil {
			err = ours.same(c.name, theirs, runs)
		}
		if err != nil {
			return 0, err
		}
	}
	if err == nil && len(ours) == 0 {
		err = errors.New("there are no findings to compare")
	}
	return len(ours), err
}

// same says what differs, if anything does.
func (f found) same(name string, other found, runs map[string]bool) error {
	var differ []string
	say := func(who string, from, to found) {
		for _, key := range slices.SortedFunc(maps.Keys(from), func(a, b [3]string) int { return slices.Compare(a[:], b[:]) }) {
			if !to[key] && runs[key[0]] {
				differ = append(differ, fmt.Sprintf("only %s finds %s", who, strings.Join(key[:], " | ")))
			}
		}
	}
	say("kmsaudit", f, other)
	say(name, other, f)
	if len(differ) == 0 {
		return nil
	}
	return fmt.Errorf("the findings differ in %d places:\n%s", len(differ), strings.Join(differ[:min(10, len(differ))], "\n"))
}

// packages are the packages of the rules, by id.
func (b *bench) packages(ctx context.Context) (map[string]string, error) {
	text, err := exec.CommandContext(ctx, b.kmsaudit, "rules", "list", "-f", "json").Output()
	if err != nil {
		return nil, fmt.Errorf("list the rules: %w", err)
	}
	var rules []struct{ ID, Package string }
	if err := json.Unmarshal(text, &rules); err != nil {
		return nil, fmt.Errorf("list the rules: %w", err)
	}
	packages := map[string]string{}
	for _, r := range rules {
		packages[r.ID] = strings.TrimPrefix(r.Package, "data.")
	}
	return packages, nil
}

func read(path string, into any) error {
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	return nil
}

func fromKmsaudit(path string, packages map[string]string) (found, map[string]bool, error) {
	var results struct {
		Rules    []struct{ ID string }
		Findings []struct{ Rule, Resource, Msg string }
	}
	if err := read(path, &results); err != nil {
		return nil, nil, err
	}
	all, runs := found{}, map[string]bool{}
	for _, r := range results.Rules {
		runs[packages[r.ID]] = true
	}
	for _, f := range results.Findings {
		all[[3]string{packages[f.Rule], f.Resource, f.Msg}] = true
	}
	return all, runs, nil
}

func fromOPA(path string) (found, error) {
	type finding struct{ Resource, Msg string }
	var results struct {
		Result []struct {
			Expressions []struct {
				Value map[string]map[string]json.RawMessage // family → rule
			}
		}
	}
	if err := read(path, &results); err != nil {
		return nil, err
	}
	all := found{}
	for _, r := range results.Result {
		for _, e := range r.Expressions {
			for family, rules := range e.Value {
				for name, text := range rules {
					var rule struct{ Deny []finding }
					if json.Unmarshal(text, &rule) != nil {
						continue // a helper of lib
					}
					for _, f := range rule.Deny {
						all[[3]string{"kmsaudit." + family + "." + name, f.Resource, f.Msg}] = true
					}
				}
			}
		}
	}
	return all, nil
}

func fromConftest(path string) (found, error) {
	var checks []struct {
		Namespace string
		Failures  []struct {
			Msg      string
			Metadata struct{ Resource string }
		}
	}
	if err := read(path, &checks); err != nil {
		return nil, err
	}
	all := found{}
	for _, c := range checks {
		for _, f := range c.Failures {
			all[[3]string{c.Namespace, f.Metadata.Resource, f.Msg}] = true
		}
	}
	return all, nil
}
