package words_test

import (
	"slices"
	"testing"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/report/internal/words"
)

func TestRanges(t *testing.T) {
	for want, in := range map[string][]int{"": nil, "4": {4}, "1, 2": {1, 2}, "1-3": {1, 2, 3}, "1, 3-5, 8, 9": {1, 3, 4, 5, 8, 9}} {
		if got := words.Ranges(in); got != want {
			t.Errorf("words.Ranges(%v) = %q, want %q", in, got, want)
		}
	}
}

func TestAlike(t *testing.T) {
	got := words.Alike([]string{"b", "", "a", "b"})
	if !slices.EqualFunc(got, [][]int{{1, 4}, {3}}, slices.Equal) {
		t.Errorf("got %v", got)
	}
}

func TestPlace(t *testing.T) {
	for want, at := range map[string]report.Place{
		"": {}, "a.json": {File: "a.json"}, "a.json:3": {File: "a.json", Line: 3}, `a\n.json:3:5`: {File: "a\n.json", Line: 3, Column: 5},
	} {
		if got := words.Place(at); got != want {
			t.Errorf("%+v: %q, want %q", at, got, want)
		}
	}
}

func TestMend(t *testing.T) {
	f := report.Finding{Mend: []byte(`[{"text":"do","to":"the policy","command":"aws kms x","statement":{"Effect":"Deny"}},{"text":"or this"}]`)}
	const want = "do (the policy):\n  aws kms x\n  {\n    \"Effect\": \"Deny\"\n  }\nor this\n"
	if got := words.Mend(&f); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
