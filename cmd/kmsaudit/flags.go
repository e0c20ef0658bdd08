package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const envPrefix = "KMSAUDIT_"

// variable is the environment variable that stands for a flag.
func variable(flag string) string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// environment sets the flags that the command line left alone and the environment
// gives, but for check --profile: that variable is the AWS profile of
// collect. A variable that no command knows is told, for it may be a slip.
func (a *app) environment(cmd *cobra.Command) error {
	var problem error
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		value, given := a.env[variable(f.Name)]
		if problem != nil || f.Changed || !given || f.Name == "help" || f.NoOptDefVal == "table" {
			return
		}
		if err := cmd.Flags().Set(f.Name, value); err != nil {
			problem = fmt.Errorf("%s: %w", variable(f.Name), err)
		}
	})
	if problem != nil {
		return problem
	}
	var known []string
	for _, c := range allCommands(cmd.Root()) {
		c.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, variable(f.Name)) })
	}
	var strange []string
	for name := range a.env {
		if strings.HasPrefix(name, envPrefix) && !slices.Contains(known, name) {
			strange = append(strange, name)
		}
	}
	slices.Sort(strange)
	for _, name := range strange {
		a.say("%s in the environment means nothing to kmsaudit%s", name, didYouMean(name, known))
	}
	return nil
}

func allCommands(cmd *cobra.Command) []*cobra.Command {
	all := []*cobra.Command{cmd}
	for _, c := range cmd.Commands() {
		all = append(all, allCommands(c)...)
	}
	return all
}

// flagError names the flag that was meant, and where to read on.
func flagError(cmd *cobra.Command, err error) error {
	if name, unknown := strings.CutPrefix(err.Error(), "unknown flag: --"); unknown {
		var known []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, "--"+f.Name) })
		err = fmt.Errorf("%w%s", err, didYouMean("--"+name, known))
	}
	return &exit{code: exitUsage, err: err, next: "see " + cmd.CommandPath() + " --help"}
}

// arguments makes an argument check whose error says what the command takes.
func arguments(least, most int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		var err error
		switch {
		case len(args) < least:
			err = fmt.Errorf("%s needs %s", cmd.CommandPath(), what)
		case most >= 0 && len(args) > most:
			err = fmt.Errorf("%s takes %s, and %q is one too many", cmd.CommandPath(), what, args[most])
		default:
			return nil
		}
		return &exit{code: exitUsage, err: err, next: "see " + cmd.CommandPath() + " --help"}
	}
}

// choice is a flag that takes one of a few words.
type choice struct {
	value string
	words []string
}

func (c *choice) String() string { return c.value }

func (c *choice) Type() string { return "word" }

func (c *choice) Set(s string) error {
	if !slices.Contains(c.words, s) {
		return fmt.Errorf("%q is not one of %s%s", s, strings.Join(c.words, ", "), didYouMean(s, c.words))
	}
	c.value = s
	return nil
}

// choose declares such a flag, with its completions; letter may be "".
func choose(cmd *cobra.Command, c *choice, name, letter, usage string) {
	cmd.Flags().VarP(c, name, letter, usage+" ("+strings.Join(c.words, ", ")+")")
	// It fails only for flags that are not there, or that were given twice.
	_ = cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(c.words, cobra.ShellCompDirectiveNoFileComp))
}

// age is a duration that may be given in days, such as 7d.
type age time.Duration

func (d *age) String() string {
	if d == nil || *d == 0 {
		return ""
	}
	return short(time.Duration(*d))
}

func (d *age) Type() string { return "duration" }

func (d *age) Set(s string) error {
	days, isDays := strings.CutSuffix(s, "d")
	if isDays {
		s = days + "h"
	}
	parsed, err := time.ParseDuration(s)
	if isDays {
		parsed *= 24
	}
	if err != nil || parsed <= 0 || parsed > 100*365*24*time.Hour {
		return errors.New("a time such as 24h or 7d is wanted")
	}
	*d = age(parsed)
	return nil
}

// UnmarshalText reads what the configuration file says.
func (d *age) UnmarshalText(text []byte) error { return d.Set(string(text)) }

func short(d time.Duration) string {
	text := strings.TrimSuffix(d.String(), "0s")
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
