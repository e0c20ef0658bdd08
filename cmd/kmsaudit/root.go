package main

// What goes where:
//
//   - stdout carries the report, the snapshot or the answer that was asked for,
//     and nothing else;
//   - stderr carries everything else, each line beginning with "kmsaudit: ", in
//     lower case and without a full stop;
//   - progress is drawn on stderr, and only where that is a terminal;
//   - text that others wrote (names, tags, paths) is made inert before it is
//     printed;
//   - where the exit code is not 0, the last lines on stderr say why, and what to
//     do next.

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kmsaudit/kmsaudit/report"
)

// app is one run of the program: its streams and its environment.
type app struct {
	stdout, stderr io.Writer
	env            map[string]string
	grower         *grower // of the memory limit, while one is set
}

// run runs the command line args and returns the exit code. It is the whole
// program but for the signals.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, env []string) (code int) {
	a := &app{stdout: stdout, stderr: stderr, env: map[string]string{}}
	for _, pair := range env {
		name, value, _ := strings.Cut(pair, "=")
		a.env[name] = value
	}
	defer func() {
		if p := recover(); p != nil {
			a.say("%s", debug.Stack())
			a.say("internal error: %v", p)
			a.say("this is a defect of kmsaudit: please report it with the lines above")
			code = exitFailure
		}
	}()
	root := a.root() //nolint:contextcheck // cobra hands the context to the commands
	root.SetArgs(args)
	root.SetIn(stdin)
	return a.conclude(ctx, root.ExecuteContext(ctx))
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "kmsaudit",
		Short: "Audit how an AWS account encrypts with KMS and S3",
		Long: `kmsaudit audits how an AWS account encrypts with KMS and S3: who may use which
key, what each bucket encrypts with by default, and what its objects are really
encrypted with.

It reads the account into a snapshot (collect, or import of files that you have),
judges snapshots (check), says what it judges by (rules), tells all that it knows
of one resource (explain) and why somebody may or may not do something (why). Only
collect talks to AWS, and it only reads.

Every flag can be set in the environment: --fail-on is KMSAUDIT_FAIL_ON. Flags
beat the environment, which beats the configuration file.`,
		Example: `  kmsaudit collect -o snapshot.json
  kmsaudit check snapshot.json -c kmsaudit.yaml
  kmsaudit rules show KEY-001`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
		RunE:          a.group,
	}
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(
		a.check(),
		a.collect(),
		a.decide(),
		a.diff(),
		a.explain(),
		a.facts(),
		a.graph(),
		a.iamPolicy(),
		a.imports(),
		a.man(),
		a.report(),
		a.rules(),
		a.version(),
		a.waivers(),
		a.whatCan(), a.whoCan(), a.why(),
	)
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	finish(root)
	return root
}

// finish gives examples to the commands that cobra brings along.
func finish(root *cobra.Command) {
	for _, c := range root.Commands() {
		switch c.Name() {
		case "help":
			c.Example = "  kmsaudit help check"
		case "completion":
			c.Example = "  source <(kmsaudit completion bash)"
			for _, shell := range c.Commands() {
				shell.Example = "  kmsaudit completion " + shell.Name()
			}
		}
	}
}

// group runs a command that only has commands below it.
func (a *app) group(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		cmd.SetOut(a.stderr)
		if err := cmd.Help(); err != nil {
			return err
		}
		return errors.New("a command is missing")
	}
	err := fmt.Errorf("unknown command %q for %q", args[0], cmd.CommandPath())
	cmd.SuggestionsMinimumDistance = 2
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		err = fmt.Errorf("%w; did you mean %s?", err, strings.Join(near, " or "))
	}
	return &exit{code: exitUsage, err: err, next: "see " + cmd.CommandPath() + " --help"}
}

// does makes the function that runs a command: it takes what the environment says
// of the flags, and an error without an exit code of its own is a failure.
func (a *app) does(do func(cmd *cobra.Command, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		if err := a.environment(cmd); err != nil {
			return &exit{code: exitUsage, err: err, next: nextOf(exitUsage, cmd)}
		}
		err := do(cmd, args)
		if err != nil && codeOf(err, 0) == 0 {
			err = &exit{code: exitFailure, err: err}
		}
		var e *exit
		if errors.As(err, &e) && e.next == "" {
			e.next = nextOf(e.code, cmd)
		}
		return err
	}
}

// nextOf is what to do next where the error does not say it.
func nextOf(code int, cmd *cobra.Command) string {
	switch code {
	case exitUsage:
		return "mend that and run it again; " + cmd.CommandPath() + " --help says what is wanted"
	case exitFailure:
		return "run it again when that is mended; files that it did not finish are as they were"
	}
	return ""
}

// conclude says on stderr why the run ends as it does and returns the exit code.
// Errors that no command returned are cobra's, about the command line.
func (a *app) conclude(ctx context.Context, err error) int {
	code := codeOf(err, exitUsage)
	if err == nil {
		return code
	}
	if ctx.Err() != nil && code == exitFailure {
		a.say("interrupted")
		a.say("run it again; files that it did not finish are as they were")
		return exitInterrupted
	}
	a.say("%v", err)
	var e *exit
	switch {
	case errors.As(err, &e) && e.next != "":
		a.say("%s", e.next)
	case !errors.As(err, &e):
		a.say("see kmsaudit --help")
	}
	return code
}

// say writes lines to stderr. Nothing can be done about a stderr that fails.
func (a *app) say(format string, values ...any) {
	for line := range strings.SplitSeq(strings.TrimRight(fmt.Sprintf(format, values...), "\n"), "\n") {
		_, _ = fmt.Fprintf(a.stderr, "kmsaudit: %s\n", report.Inert(strings.ReplaceAll(line, "\t", "  ")))
	}
}
