package access_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/kmsaudit/kmsaudit/rules/access"
	"github.com/kmsaudit/kmsaudit/rules/access/naive"
)

// worlds is how many worlds of one case are tried at most.
const worlds = 3000

// compared is what came of one case.
type compared struct {
	skipped  bool // too many worlds
	open     bool // something that matters is not known
	cautious bool // Depends where all worlds agree
	verdict  string
	problem  string
}

// compare decides a case with both implementations.
func compare(c *naive.Case) (got compared) {
	want, ok := naive.Decide(c, worlds)
	if !ok {
		return compared{skipped: true}
	}
	text, err := json.Marshal(c)
	if err != nil {
		return compared{problem: err.Error()}
	}
	one, err := access.DecodeCase(text)
	if err != nil {
		return compared{problem: err.Error()}
	}
	decision := one.Decide()
	got = compared{open: want.Open, verdict: decision.Verdict.String()}
	claim := fmt.Sprintf("%s, every world considered %s", got.verdict, want.Verdict)
	switch {
	case access.Evaluate(&one.Request, &one.Policies) != decision.Verdict:
		got.problem = "Evaluate says " + access.Evaluate(&one.Request, &one.Policies).String() + ", Decide " + got.verdict
	case got.verdict == want.Verdict:
	case decision.Verdict == access.Depends && want.Tied:
		got.cautious = true // U4
	case decision.Verdict == access.ImplicitlyDenied && want.Open && want.Verdict != naive.Allowed && want.Verdict != naive.Depends:
		// Q2: with something unknown, the kinds of denial need not be told apart.
	default:
		got.problem = claim
	}
	if decision.Verdict == access.Depends && len(decision.DependsOn) == 0 {
		got.problem = "Depends on nothing"
	}
	if got.problem == "" && !want.Open {
		got.problem = evidence(decision, want.Answer)
	}
	return got
}

// evidence holds what a decision names against the statements that apply.
func evidence(decision access.Decision, answer naive.Answer) string {
	var named []string
	for _, s := range decision.DecidedBy {
		if s.Layer != access.LayerGrant {
			named = append(named, string(s.Layer)+" "+s.Sid)
		}
	}
	slices.Sort(named)
	switch decision.Verdict {
	case access.ExplicitlyDenied:
		slices.Sort(answer.Denies)
		if !slices.Equal(named, answer.Denies) {
			return fmt.Sprintf("decided by %q, the Denies are %q", named, answer.Denies)
		}
	case access.Allowed:
		for _, s := range named {
			if !slices.Contains(answer.Allows, s) {
				return fmt.Sprintf("decided by %q, which does not apply; what does are %q", s, answer.Allows)
			}
		}
	case access.ImplicitlyDenied:
		if len(decision.Missing) == 0 {
			return "denied implicitly without a missing layer"
		}
		for _, layer := range []access.Layer{access.LayerBoundary, access.LayerSession} {
			if slices.Contains(decision.Missing, layer) && slices.ContainsFunc(answer.Allows, func(s string) bool {
				return strings.HasPrefix(s, string(layer)+" ")
			}) {
				return fmt.Sprintf("%s is said to be missing; what applies are %q", layer, answer.Allows)
			}
		}
	case access.Depends, access.Unknown:
		return "everything is known, yet " + decision.Verdict.String()
	}
	return ""
}

// Decide agrees with an implementation that shares nothing with it. U4: it may
// say Depends where all cases agree, but only when tests on one unknown key are
// tied together. KMSAUDIT_SEEDS is FROM:TO for other seeds.
func TestAgreesWithNaive(t *testing.T) {
	from, to := uint64(0), uint64(20000)
	if testing.Short() {
		to = 2000
	}
	if text := os.Getenv("KMSAUDIT_SEEDS"); text != "" {
		first, last, _ := strings.Cut(text, ":")
		var err error
		if from, err = strconv.ParseUint(first, 10, 64); err != nil {
			t.Fatal(err)
		}
		if to, err = strconv.ParseUint(last, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	counts := map[string]int{}
	problems := 0
	for seed := from; seed < to && problems < 10; seed++ {
		c := naive.Generate(seed)
		got := compare(c)
		for name, is := range map[string]bool{"skipped": got.skipped, "open": got.open, "cautious": got.cautious, got.verdict: !got.skipped} {
			if is {
				counts[name]++
			}
		}
		if got.problem == "" {
			continue
		}
		problems++
		small := naive.Shrink(c, func(c *naive.Case) bool { return compare(c).problem != "" })
		text, err := json.Marshal(small)
		if err != nil {
			t.Fatal(err)
		}
		t.Errorf("seed %d: %s\n%s", seed, compare(small).problem, text)
	}
	t.Logf("%d cases: %v", to-from, counts)
	for _, verdict := range []access.Verdict{access.Allowed, access.ExplicitlyDenied, access.ImplicitlyDenied, access.Depends} {
		if counts[verdict.String()] < int(to-from)/50 {
			t.Errorf("only %d cases are %v: the generator has become lopsided", counts[verdict.String()], verdict)
		}
	}
}

// The decision cases say the same of both.
func TestDecisionCasesNaive(t *testing.T) {
	files, err := filepath.Glob("../../testdata/decisions/*/*.json")
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var cases []struct {
			Name    string          `json:"name"`
			Request json.RawMessage `json:"request"`
			Want    struct {
				Verdict string `json:"verdict"`
			} `json:"want"`
		}
		if err := json.Unmarshal(text, &cases); err != nil {
			t.Fatal(file, err)
		}
		for _, c := range cases {
			one := &naive.Case{}
			if c.Request == nil || json.Unmarshal(c.Request, one) != nil || strings.Contains(string(c.Request), "CanonicalUser") {
				continue // a question over an account, or no case on purpose, or of somebody whose account nobody knows
			}
			tried++
			got, ok := naive.Decide(one, 1<<16)
			agrees := got.Verdict == c.Want.Verdict || got.Tied && c.Want.Verdict == naive.Depends ||
				got.Verdict == naive.Denied && strings.HasSuffix(c.Want.Verdict, naive.Denied)
			if !ok || !agrees {
				t.Errorf("%s: %s: %s, every world considered %s", filepath.Base(file), c.Name, c.Want.Verdict, got.Verdict)
			}
		}
	}
	if tried < 200 {
		t.Errorf("only %d cases", tried)
	}
}
