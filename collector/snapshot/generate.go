//go:build ignore

// This program writes schema.json from the Go types.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

func main() {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(snapshot.JSONSchema())
	if err == nil {
		err = os.WriteFile("schema.json", text.Bytes(), 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}
