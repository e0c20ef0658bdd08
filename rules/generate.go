//go:build ignore

// This program writes what is generated from the rules: the schema of the facts
// and the catalogue: its table in README.md, its pages, and for the program itself
// its METADATA as Go and its modules compiled.
package main

import (
	"fmt"
	"go/format"
	"os"

	"github.com/kmsaudit/kmsaudit/rules"
)

func main() {
	catalogue, err := rules.Load(rules.Files()) // as their comments say now
	if err == nil {
		err = catalogue.WriteGenerated(".", format.Source)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}
