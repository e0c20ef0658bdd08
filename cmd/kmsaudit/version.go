package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kmsaudit/kmsaudit/report"
)

// build is what the program knows of its own making.
type build struct {
	Name     string `json:"name"`
	Version  string `json:"version"`
	Revision string `json:"revision"` // "" when the build does not say
	Modified bool   `json:"modified"` // the checkout had changes
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

// thisBuild reads what Go wrote into the program. Only a release has a version;
// everything else is devel, with the revision that it was built from.
func thisBuild() build {
	b := build{Name: "kmsaudit", Version: "devel", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	if v := info.Main.Version; strings.HasPrefix(v, "v") && !strings.HasPrefix(v, "v0.0.0-") && !strings.Contains(v, "+dirty") {
		b.Version = strings.TrimPrefix(v, "v")
	}
	for _, setting := range info.Settings {
		switch setting.Key {
		case "vcs.revision":
			b.Revision = setting.Value
		case "vcs.modified":
			b.Modified = setting.Value == "true"
		}
	}
	return b
}

func (a *app) version() *cobra.Command {
	format := choice{"text", []string{"text", "json"}}
	cmd := &cobra.Command{
		Use:     "version",
		Short:   "Say which version this is",
		Long:    "Say which version of kmsaudit this is, and what it was built from and with.",
		Example: "  kmsaudit version\n  kmsaudit version -f json",
		Args:    arguments(0, 0, "no argument"),
	}
	cmd.RunE = a.does(func(*cobra.Command, []string) error {
		b := thisBuild()
		if format.value == "json" {
			return report.EncodeJSON(a.stdout, b)
		}
		text := b.Name + " " + b.Version
		if b.Revision != "" {
			text += " (" + b.Revision[:min(12, len(b.Revision))]
			if b.Modified {
				text += ", with changes"
			}
			text += ")"
		}
		_, err := fmt.Fprintf(a.stdout, "%s %s %s\n", text, b.Go, b.Platform)
		return err
	})
	choose(cmd, &format, "format", "f", "form of the answer")
	return cmd
}
