package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

func (a *app) decide() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "decide [FILE...]",
		Short: "Decide access cases, one per line",
		Long: `Decide access cases: may this principal do this with this resource, given these
policies? No snapshot is needed: a case brings everything along. It is for tests
of policies before they are deployed.

Cases are read from the files, or from standard input: JSON, one case per line,
compressed with gzip if the bytes say so. One verdict per case is written to
standard output, in the order of the cases, as soon as it is known.

A case:
  id                          anything; the verdict has it too
  principal                   ARN of a user, role, assumed-role session,
                              federated user or account root; name of a service
                              principal; * for a caller without a name
  action                      kms:Decrypt, s3:GetObject, ...
  resource                    an ARN, or * for actions without a resource
  resourceAccount             12 digits: who owns the resource
  identityPolicies            list of documents, or of {name, policy}
  resourcePolicy              the key policy or bucket policy
  permissionBoundaryPolicies  list; an empty one allows nothing
  serviceControlPolicies      list of levels, from the root down; a level is a
  resourceControlPolicies     list of documents, or {orgIdentifier, policies};
                              RCPFullAWSAccess is implied
  sessionPolicy               one document
  contextVariables            {key: value or [values]}; what is not here is
                              absent: nothing is derived
  unknownContextKeys          keys that may be there or not, with any value; one
                              that ends in * is all keys that begin so
  grants                      grants of the key, as ListGrants prints them
  principalUniqueId           AIDA... or AROA...
  principalInManagementAccount, resourceInManagementAccount, awsManagedKey
                              true or false

A verdict:
  id         as the case has it
  verdict    Allowed, ExplicitlyDenied, ImplicitlyDenied or Depends
  decidedBy  the statements and grants that decided: {layer, policy, sid,
             index, effect}
  missing    the layers in which an Allow is missing
  dependsOn  the condition tests still open: {key, operator, values, statement}
  notes      readings taken where the documentation of AWS is silent, and
             statements without effect

A line that is not a case is answered with {"line", "error"}; the other lines
are decided all the same.

Exit codes: 0 every case decided, whatever the verdicts; 2 wrong usage, or lines
that are not cases; 4 the run failed.`,
		Example: `  kmsaudit decide < cases.ndjson
  kmsaudit decide cases.ndjson more.ndjson.gz > verdicts.ndjson
  kmsaudit decide cases.ndjson | jq -e -s 'all(.verdict == "Allowed")'`,
		Args: cobra.ArbitraryArgs,
	}
	cmd.RunE = a.does(func(cmd *cobra.Command, args []string) error {
		return a.runDecide(cmd.Context(), args, cmd.InOrStdin())
	})
	return cmd
}

func (a *app) runDecide(ctx context.Context, paths []string, stdin io.Reader) error {
	if len(paths) == 0 {
		paths = []string{"-"}
	}
	for _, path := range paths { // a slip in the last name must not cost the run
		if path == "-" {
			continue
		}
		if info, err := os.Stat(path); err != nil {
			return wrong(fmt.Errorf("read %s: %w", path, bare(err)))
		} else if info.IsDir() {
			return wrong(fmt.Errorf("read %s: it is a directory", path))
		}
	}
	var lines tally
	for _, path := range paths {
		if err := a.decideFile(ctx, path, len(paths) > 1, stdin, &lines); err != nil {
			return err
		}
	}
	if lines.bad > 0 {
		return &exit{
			code: exitUsage,
			err:  fmt.Errorf("%d of %d lines are not cases", lines.bad, lines.bad+lines.decided),
			next: `each of them is answered with "line" and "error"`,
		}
	}
	return nil
}

// decideFile answers the cases of one file; "-" is standard input.
func (a *app) decideFile(ctx context.Context, path string, oneOfMany bool, stdin io.Reader, lines *tally) error {
	from, name := stdin, "standard input"
	if path == "-" {
		if file, ok := stdin.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
			a.say("reading cases from the terminal, one per line; Ctrl-D ends them")
		}
	} else {
		file, err := os.Open(path)
		if err != nil {
			return wrong(fmt.Errorf("read %s: %w", path, bare(err)))
		}
		defer func() { _ = file.Close() }() // it was only read
		from, name = file, path
	}
	s := &caseStream{to: a.stdout, lines: lines}
	if oneOfMany {
		s.name = name
	}
	err := s.run(ctx, from)
	if err != nil && s.unreadable {
		return wrong(fmt.Errorf("read %s: %w", name, bare(err)))
	}
	return err
}
