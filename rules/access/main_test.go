package access

import (
	"flag"
	"fmt"
	"os"
	"testing"
)

// TestMain fixes the seed and the number of the property tests unless they were
// asked for.
func TestMain(m *testing.M) {
	flag.Parse()
	asked := map[string]bool{}
	flag.Visit(func(f *flag.Flag) { asked[f.Name] = true })
	for name, value := range map[string]string{"rapid.seed": "20261120", "rapid.checks": "500"} {
		if asked[name] {
			continue
		}
		if err := flag.Set(name, value); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2) //nolint:forbidigo // the test binary has no other way to say that it cannot start
		}
	}
	os.Exit(m.Run()) //nolint:forbidigo // TestMain ends this way
}
