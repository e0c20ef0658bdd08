// Command synth makes synthetic snapshots of any size, and measures kmsaudit on
// them beside the stock tools that run the same rules.
//
// It promises that equal flags give equal bytes. What it makes is nobody's
// account: no figure about it says anything about a real one.
package main

import (
	"os"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }
