package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kmsaudit/kmsaudit/rules"
)

// idPrefixes begin the ids of the built-in rules, by family.
func idPrefixes() map[string]string {
	return map[string]string{
		"key": "KEY", "keypolicy": "POL", "grant": "GRT", "identity": "IAM", "bucket": "S3", "object": "OBJ", "logging": "LOG", "access": "ACC",
	}
}

// ownRoot is where the rules of kmsaudit stand in its repository.
const ownRoot = "rules/rego"

func (a *app) rulesNew() *cobra.Command {
	var dir, id, pkg string
	cmd := &cobra.Command{
		Use:   "new FAMILY NAME",
		Short: "Begin a rule",
		Long: `Make the folder of a new rule, FAMILY/NAME, with its three files: the rule, its
tests in Rego and its examples. They hold a small judgement that passes
kmsaudit rules test as it is: change it into the one that is meant.

The folder is made below --dir. In the repository of kmsaudit itself that is
` + ownRoot + `, and the rule becomes one of the built-in ones.

Families are ` + strings.Join(rules.Families(), ", ") + `.`,
		Example: `  kmsaudit rules new key team_tag --dir our-rules --package acme --id ACME-001
  kmsaudit rules test our-rules
  kmsaudit check snapshot.json --rules our-rules`,
		Args: arguments(2, 2, "a family and a name"),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 0 {
				return rules.Families(), cobra.ShellCompDirectiveNoFileComp
			}
			return nil, cobra.ShellCompDirectiveNoFileComp
		},
	}
	cmd.RunE = a.does(func(_ *cobra.Command, args []string) error {
		return a.newRule(dir, rules.Scaffold{Package: pkg, Family: args[0], Name: strings.ReplaceAll(args[1], "-", "_"), ID: id})
	})
	cmd.Flags().StringVar(&dir, "dir", "", "`folder` of rules (default the working directory, or "+ownRoot+" in the repository of kmsaudit)")
	cmd.Flags().StringVar(&id, "id", "", "permanent `id` of the rule (default the next free one)")
	cmd.Flags().StringVar(&pkg, "package", "custom", "`name` that the package of the rule begins with")
	return cmd
}

func (a *app) newRule(dir string, s rules.Scaffold) error {
	catalogue, err := rules.Builtin()
	if err != nil {
		return err
	}
	if dir == "" {
		dir = "."
		if text, err := os.ReadFile("go.mod"); err == nil && strings.HasPrefix(string(text), "module github.com/kmsaudit/kmsaudit\n") {
			dir = filepath.FromSlash(ownRoot)
		}
	}
	prefix := "USR"
	if filepath.Clean(dir) == filepath.FromSlash(ownRoot) {
		s.Package, prefix = "kmsaudit", idPrefixes()[s.Family]
	} else if err := addWhatIsThere(catalogue, dir); err != nil {
		return wrong(err)
	}
	if s.ID == "" && prefix != "" {
		s.ID = catalogue.NextID(prefix)
	}
	files, err := s.Files(catalogue)
	if err != nil {
		return wrong(err)
	}
	folder := filepath.Join(dir, s.Family, s.Name)
	if err := os.MkdirAll(filepath.Dir(folder), 0o755); err != nil {
		return err
	}
	if err := os.Mkdir(folder, 0o755); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return wrong(fmt.Errorf("%s is there already", folder))
		}
		return err
	}
	var written strings.Builder
	for _, name := range []string{s.Name + ".rego", s.Name + "_test.rego", "examples.json"} {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, files[name], 0o644); err != nil { //nolint:gosec // rules are no secret
			return err
		}
		written.WriteString(path + "\n")
	}
	if s.Package == "kmsaudit" {
		a.say("change them into what is meant, then: go generate ./rules && go test ./rules")
	} else {
		a.say("change them into what is meant, then: kmsaudit rules test %s", dir)
	}
	return a.write("", []byte(written.String()), 0)
}

// addWhatIsThere takes the rules of a folder along, where there are any, so that
// no id is given twice.
func addWhatIsThere(catalogue *rules.Catalogue, dir string) error {
	source, err := rules.OpenSource(dir)
	if err != nil {
		return nil //nolint:nilerr // an empty folder is where one begins
	}
	return catalogue.Add(source)
}

func (a *app) rulesTest() *cobra.Command {
	var own ownRules
	cmd := &cobra.Command{
		Use:   "test [DIR...]",
		Short: "Run the tests of rules and hold them to the contract",
		Long: `Run the tests in Rego of rules of your own, in folders or OPA bundles, and hold
the rules to the contract: they compile against the schema of the facts; their
examples fit it and come out as they say; with a reading or a decision taken
away, an outcome is unknown and never a pass; one resource at a time gives what
all at once do. Without DIR, the built-in rules are tested.

Exit codes: 0 all is well, 1 something fails, 2 the rules cannot be loaded.`,
		Example: `  kmsaudit rules test our-rules
  kmsaudit rules test our-rules bundle.tar.gz`,
		Args: arguments(0, -1, "folders of rules"),
	}
	cmd.RunE = a.does(func(cmd *cobra.Command, args []string) error {
		own.paths = args
		catalogue, err := own.catalogue()
		if err != nil {
			return err
		}
		all, err := catalogue.Verify(cmd.Context(), rules.Sandbox{Timeout: own.timeout})
		if err != nil && len(args) > 0 {
			return wrong(err)
		}
		if err != nil {
			return err
		}
		return a.tellVerified(all)
	})
	cmd.Flags().DurationVar(&own.timeout, "rule-timeout", 0, "how long the tests of one rule may take (default 10s)")
	return cmd
}

func (a *app) tellVerified(all []rules.Verified) error {
	var text strings.Builder
	failed := 0
	for _, v := range all {
		state := "ok    "
		if len(v.Problems) > 0 {
			failed++
			state = "FAILED"
		}
		line := fmt.Sprintf("%s %s: %s", state, v.Name, counted(v.Tests, "test"))
		if v.Rule != nil {
			line = fmt.Sprintf("%s %s %s: %s, %s, %d without one thing", state, v.Name, v.Rule.Name, counted(v.Tests, "test"), counted(v.Examples, "example"), v.Blinded)
		}
		text.WriteString(line + "\n")
		for _, problem := range slices.CompactFunc(v.Problems, func(a, b error) bool { return a.Error() == b.Error() }) {
			text.WriteString("       " + problem.Error() + "\n")
		}
	}
	if err := a.write("", []byte(text.String()), 0); err != nil {
		return err
	}
	if failed > 0 {
		return &exit{code: exitFindings, err: fmt.Errorf("%d of %d fail", failed, len(all)), next: "kmsaudit facts SNAPSHOT prints what rules see, rules/README.md tells the contract"}
	}
	return nil
}
