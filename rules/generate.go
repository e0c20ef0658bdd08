//go:build ignore

// This program writes what is generated from the rules: the schema of the facts
// and the catalogue: its table in README.md, its pages, and its METADATA as JSON.
package main

import (
	"fmt"
	"os"

	"github.com/kmsaudit/kmsaudit/rules"
)

func main() {
	catalogue, err := rules.Load(rules.Files()) // as their comments say now
	if err == nil {
		err = catalogue.WriteGenerated(".")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}
