package rules

import (
	"embed"
	"io/fs"
)

//go:embed rego
var embedded embed.FS

// Files are the rules that come with kmsaudit: Rego, tests and examples.
func Files() fs.FS {
	files, err := fs.Sub(embedded, "rego")
	if err != nil {
		panic(err) // "rego" is a constant and a valid path
	}
	return files
}
