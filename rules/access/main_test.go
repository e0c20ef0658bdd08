package access

import (
	"flag"
	"fmt"
	"os"
	"testing"
)

// TestMain fixes the seed of the property tests unless one was asked for.
func TestMain(m *testing.M) {
	flag.Parse()
	asked := false
	flag.Visit(func(f *flag.Flag) { asked = asked || f.Name == "rapid.seed" })
	if !asked {
		if err := flag.Set("rapid.seed", "20261120"); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2) //nolint:forbidigo // the test binary has no other way to say that it cannot start
		}
	}
	os.Exit(m.Run()) //nolint:forbidigo // TestMain ends this way
}
