package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kmsaudit/kmsaudit/rules"
)

// ownRules are the flags that bring rules of the user along.
type ownRules struct {
	paths   []string
	timeout time.Duration
	memory  mebibytes
}

// declareSources declares --rules, for commands that only read the rules.
func (o *ownRules) declareSources(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&o.paths, "rules", nil, "`folder` or OPA bundle (.tar.gz) of rules of your own; may be given several times")
}

// declare declares the flags for commands that run the rules.
func (o *ownRules) declare(cmd *cobra.Command) {
	o.declareSources(cmd)
	o.memory = rules.DefaultRuleMemory >> 20
	cmd.Flags().DurationVar(&o.timeout, "rule-timeout", rules.DefaultRuleTimeout, "how long a rule of your own may take over one snapshot")
	cmd.Flags().Var(&o.memory, "rule-memory", "how much memory a rule of your own may take")
}

// catalogue reads the built-in rules and the user's.
func (o *ownRules) catalogue() (*rules.Catalogue, error) {
	catalogue, err := rules.Builtin()
	if err != nil {
		return nil, err
	}
	o.paths = slices.DeleteFunc(o.paths, func(path string) bool { return path == "" }) // KMSAUDIT_RULES= is none
	for _, path := range o.paths {
		source, err := rules.OpenSource(path)
		if err == nil {
			err = catalogue.Add(source)
		}
		if err != nil {
			return nil, wrong(err)
		}
	}
	return catalogue, nil
}

// sandbox is where rules of the user run: this program once more.
func (o *ownRules) sandbox() (rules.Sandbox, error) {
	s := rules.Sandbox{Timeout: o.timeout, Memory: int64(o.memory) << 20}
	if o.timeout <= 0 {
		return s, wrong(errors.New("--rule-timeout: a time such as 10s is wanted"))
	}
	if len(o.paths) == 0 {
		return s, nil
	}
	program, err := os.Executable()
	if err != nil {
		return s, fmt.Errorf("find this program, to run the rules apart: %w", err)
	}
	s.Command = []string{program, "rules", confined}
	return s, nil
}

// compile compiles the catalogue. An error in a rule of the user is theirs to mend.
func (o *ownRules) compile(ctx context.Context, catalogue *rules.Catalogue, enabled func(*rules.Rule) bool, apart bool) (*rules.Engine, error) {
	compile := catalogue.Compile
	if apart {
		compile = catalogue.CompileApart
	}
	engine, err := compile(ctx, enabled)
	if err != nil && len(o.paths) > 0 {
		return nil, wrong(err)
	}
	return engine, err
}

// confined is the command that runs the rules of the user apart. It is no command
// for people: it reads what the engine writes.
const confined = "confined"

func (a *app) rulesConfined() *cobra.Command {
	return &cobra.Command{
		Use:   confined,
		Short: "Run rules of your own apart from the rest (for kmsaudit itself)",
		Long: `Run rules of your own in a process apart, which check starts. It reads rules and
facts on standard input and writes what becomes of each.`,
		Example: "  kmsaudit check snapshot.json --rules ./our-rules",
		Hidden:  true,
		Args:    arguments(0, 0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return rules.Confined(cmd.Context(), cmd.InOrStdin(), a.stdout)
		},
	}
}

// mebibytes is a flag for an amount of memory, such as 512MiB or 2GiB.
type mebibytes int

func (m *mebibytes) String() string {
	if m == nil || *m == 0 {
		return ""
	}
	return strconv.Itoa(int(*m)) + "MiB"
}

func (m *mebibytes) Type() string { return "size" }

func (m *mebibytes) Set(s string) error {
	scale := 1
	digits, isMiB := strings.CutSuffix(s, "MiB")
	if !isMiB {
		var isGiB bool
		if digits, isGiB = strings.CutSuffix(s, "GiB"); isGiB {
			scale = 1024
		}
	}
	n, err := strconv.Atoi(digits)
	if err != nil || n <= 0 || n > 1<<20 || digits == s {
		return errors.New("a size such as 512MiB or 2GiB is wanted")
	}
	*m = mebibytes(n * scale)
	return nil
}
