package main

import (
	"bytes"
	"encoding/json"
	"fmt"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/spf13/cobra"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/rules/facts"
)

func (a *app) facts() *cobra.Command {
	var config, output string
	var own ownRules
	var schema bool
	cmd := &cobra.Command{
		Use:   "facts SNAPSHOT",
		Short: "Show what the rules see of a snapshot",
		Long: `Write the document that rules see as input: what the snapshot says, what the
configuration says, and the access decisions that follow, as JSON.

OPA's own tools run the rules on it with the same findings as kmsaudit check.`,
		Example: `  kmsaudit facts snapshot.json -c kmsaudit.yaml -o facts.json
  kmsaudit facts --schema`,
		Args: func(cmd *cobra.Command, args []string) error {
			if schema {
				return arguments(0, 0, "no snapshot beside --schema")(cmd, args)
			}
			return arguments(1, 1, "the file of one snapshot")(cmd, args)
		},
	}
	cmd.RunE = a.does(func(_ *cobra.Command, args []string) error {
		catalogue, err := own.catalogue()
		if err != nil {
			return err
		}
		var document any
		if schema {
			document = catalogue.FactsSchema()
		} else {
			c, err := a.configure(config, catalogue)
			if err != nil {
				return err
			}
			stop := a.pace(args)
			defer stop()
			file, err := readOne(args[0], c)
			if err != nil {
				return wrong(err)
			}
			document, _ = facts.Build(file.Snapshot, c.settings.Intent, catalogue.Params(c.settings))
		}
		return a.writeJSON(output, document)
	})
	f := cmd.Flags()
	f.StringVarP(&config, "config", "c", "", "configuration `file` (default ./"+defaultConfig+" if it is there)")
	f.StringVarP(&output, "output", "o", "", "`file` to write to instead of stdout")
	own.declareSources(cmd)
	f.BoolVar(&schema, "schema", false, "write the JSON Schema of the document instead")
	return cmd
}

// writeJSON writes a value as indented JSON whose lists are never null.
func (a *app) writeJSON(path string, value any) error {
	text, err := jsonv2.Marshal(value, jsonv2.Deterministic(true))
	if err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	var b bytes.Buffer
	if err := report.EncodeJSON(&b, json.RawMessage(text)); err != nil {
		return err
	}
	return a.write(path, b.Bytes(), 0o600)
}
