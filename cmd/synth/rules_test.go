package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/kmsaudit/kmsaudit/rules"
)

func TestAddedRulesExist(t *testing.T) {
	c, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for id := range strings.SplitSeq(added, ",") {
		if _, ok := c.Rule(id); !ok {
			t.Errorf("there is no rule %s", id)
		}
	}
}

func TestRulesUsage(t *testing.T) {
	for _, args := range [][]string{{"-roles", "0"}, {"-repeats", "0"}, {"more"}} {
		if err := runRules(args, &bytes.Buffer{}, &bytes.Buffer{}); !errors.Is(err, errUsage) {
			t.Errorf("%v: %v", args, err)
		}
	}
}
