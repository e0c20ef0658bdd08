package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

var (
	inShell = regexp.MustCompile(`(?m)(?:^|[^/\w.-])kmsaudit ([a-z][^|&;>#\n]*)`)
	comment = regexp.MustCompile(`(?m)(^|\s)#.*$|^\s*(description|Description|name):.*$|\{Type: String, Description.*$`)
	aliases = regexp.MustCompile(`: [&*]\w`)
	inLists = regexp.MustCompile(`\["(?:collect|check|diff)"[^\]]*\]`)
)

// TestRecipes holds every command of the recipes to the commands and flags that
// there are, and their YAML to being YAML.
func TestRecipes(t *testing.T) {
	paths, err := filepath.Glob("recipes/*")
	if err != nil {
		t.Fatal(err)
	}
	held := 0
	paths = slices.DeleteFunc(paths, func(path string) bool { return path == "recipes/README.md" })
	for _, path := range append(paths, "Dockerfile", "../../.pre-commit-hooks.yaml", "../../.goreleaser.yaml") {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if name := filepath.Ext(path); name == ".yml" || name == ".yaml" {
			var value yaml.Node
			if err := yaml.Unmarshal(text, &value); err != nil {
				t.Errorf("%s: %v", path, err)
			}
			if strings.Contains(path, "ecs") && aliases.Match(text) {
				t.Errorf("%s: CloudFormation takes no aliases", path)
			}
		}
		var commands [][]string
		for _, found := range inShell.FindAllStringSubmatch(comment.ReplaceAllString(string(text), ""), -1) {
			commands = append(commands, strings.Fields(strings.NewReplacer(`"$@"`, "", `"`, "").Replace(found[1])))
		}
		for _, found := range inLists.FindAllString(string(text), -1) {
			var args []string
			if err := json.Unmarshal([]byte(found), &args); err != nil {
				t.Errorf("%s: %s: %v", path, found, err)
			}
			commands = append(commands, args)
		}
		for _, args := range commands {
			held++
			root := (&app{env: map[string]string{}}).root()
			cmd, rest, err := root.Find(args)
			if err == nil && cmd == root {
				t.Errorf("%s: there is no command %s", path, args[0])
			}
			if err == nil {
				err = cmd.ParseFlags(rest)
			}
			if err == nil && len(rest) > 0 {
				err = cmd.ValidateArgs(cmd.Flags().Args())
			}
			if err != nil {
				t.Errorf("%s: kmsaudit %s: %v", path, strings.Join(args, " "), err)
			}
		}
	}
	if held < 10 {
		t.Errorf("the recipes have %d commands", held)
	}
}
