package access

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// decisionCase is one case of testdata/decisions: a request, or a question over a
// snapshot, and what has to come out.
type decisionCase struct {
	Name     string         `json:"name"`
	Rules    []string       `json:"rules"`
	Request  jsontext.Value `json:"request"`
	Snapshot jsontext.Value `json:"snapshot"`
	Question *struct {
		Principal, Action, Resource, Stance string
		Context                             map[string]jsontext.Value
	} `json:"question"`
	S3 *struct {
		Principal, Operation, Bucket, Object, Stance string
		BucketKey                                    *bool
	} `json:"s3"`
	WhoCan *struct{ Action, Key string }
	Want   struct {
		Verdict   Verdict  `json:"verdict"`
		DecidedBy []string `json:"decidedBy"` // Sids; ids of grants
		Missing   []Layer  `json:"missing"`
		DependsOn []string `json:"dependsOn"` // keys
		When      string   `json:"when"`      // as text
		Unread    []string `json:"unread"`    // pointers
		Parts     []string `json:"parts"`     // action verdict
		Notes     []string `json:"notes"`     // rules that notes cite
		Holders   []string `json:"holders"`   // principal verdict by paths: Sids
		Takeovers []string `json:"takeovers"` // principal verdict: action resource (Sids), …
	} `json:"want"`
}

func decisionCases(t testing.TB) map[string][]decisionCase {
	t.Helper()
	files, err := filepath.Glob("../../testdata/decisions/*/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	all := map[string][]decisionCase{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var cases []decisionCase
		if err := json.Unmarshal(text, &cases, json.RejectUnknownMembers(true), json.MatchCaseInsensitiveNames(true)); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		name := filepath.Base(filepath.Dir(file)) + "/" + strings.TrimSuffix(filepath.Base(file), ".json")
		all[name] = cases
	}
	return all
}

func TestDecisions(t *testing.T) {
	for file, cases := range decisionCases(t) {
		for i := range cases {
			c := &cases[i]
			t.Run(file+"/"+c.Name, func(t *testing.T) {
				t.Parallel()
				switch {
				case c.Request != nil:
					c.request(t)
				case c.WhoCan != nil:
					c.whoCan(t)
				case c.S3 != nil:
					c.operation(t)
				default:
					c.question(t)
				}
			})
		}
	}
}

func (c *decisionCase) request(t *testing.T) {
	one, err := DecodeCase(c.Request)
	if err != nil {
		t.Fatal(err)
	}
	d := one.Decide()
	c.check(t, &d)
	if got := Evaluate(&one.Request, &one.Policies); got != d.Verdict {
		t.Errorf("Evaluate says %s, Decide %s", got, d.Verdict)
	}
}

func stanceOf(name string) Stance {
	if name == "must_be_able" {
		return MustBeAble
	}
	return MustNotBeAble
}

func (c *decisionCase) account(t *testing.T) *Account {
	t.Helper()
	members := map[string]jsontext.Value{}
	if err := json.Unmarshal(c.Snapshot, &members); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"schema": `"kmsaudit.snapshot/v1"`, "account": `{"id":"111122223333","partition":"aws"}`,
		"collected_at": `"2026-11-20T06:00:00Z"`, "organization": `{"state":"absent"}`,
	} {
		if members[name] == nil {
			members[name] = jsontext.Value(text)
		}
	}
	text, err := json.Marshal(members, json.Deterministic(true))
	if err != nil {
		t.Fatal(err)
	}
	s, err := snapshot.Decode(c.Name, text)
	if err != nil {
		t.Fatal(err)
	}
	return New(s)
}

func (c *decisionCase) question(t *testing.T) {
	ctx, err := decodeContext(c.Question.Context)
	if err != nil {
		t.Fatal(err)
	}
	d := c.account(t).Decide(Question{
		Principal: c.Question.Principal, Action: c.Question.Action, Resource: c.Question.Resource,
		Stance: stanceOf(c.Question.Stance), Context: ctx,
	})
	c.check(t, &d)
}

func (c *decisionCase) operation(t *testing.T) {
	answer := c.account(t).S3(S3Question{
		Principal: c.S3.Principal, Operation: c.S3.Operation, Bucket: c.S3.Bucket, Object: c.S3.Object,
		BucketKey: c.S3.BucketKey, Stance: stanceOf(c.S3.Stance),
	})
	if answer.Verdict != c.Want.Verdict {
		t.Errorf("got %s, want %s: %+v", answer.Verdict, c.Want.Verdict, answer.Parts)
	}
	if c.Want.Parts == nil {
		return
	}
	var parts []string
	for _, p := range answer.Parts {
		parts = append(parts, p.Action+" "+p.Decision.Verdict.String())
	}
	if !slices.Equal(parts, c.Want.Parts) {
		t.Errorf("parts: got %q, want %q", parts, c.Want.Parts)
	}
}

func (c *decisionCase) check(t *testing.T, d *Decision) {
	t.Helper()
	if d.Verdict != c.Want.Verdict {
		t.Fatalf("got %s, want %s: %+v", d.Verdict, c.Want.Verdict, d)
	}
	if c.Want.Missing != nil && !slices.Equal(d.Missing, c.Want.Missing) {
		t.Errorf("missing: got %v, want %v", d.Missing, c.Want.Missing)
	}
	if got := d.When.String(); c.Want.When != "" && got != c.Want.When {
		t.Errorf("when: got %s, want %s", got, c.Want.When)
	}
	var names, keys, unread, notes []string
	for _, note := range d.Notes {
		rule, _, _ := strings.Cut(note, ":")
		notes = append(notes, rule)
	}
	for _, by := range d.DecidedBy {
		name := by.Sid
		if by.Layer == LayerGrant {
			name = by.Policy
		}
		names = append(names, name)
	}
	for _, test := range d.DependsOn {
		keys = append(keys, test.Key)
	}
	for _, ref := range d.Unread {
		unread = append(unread, ref.Pointer)
	}
	sameLines(t, "decided by", names, c.Want.DecidedBy)
	sameLines(t, "depends on", keys, c.Want.DependsOn)
	sameLines(t, "unread", unread, c.Want.Unread)
	sameLines(t, "notes of", slices.Compact(notes), c.Want.Notes)
}

// sameLines compares in any order; nil wants nothing in particular.
func sameLines(t *testing.T, what string, got, want []string) {
	t.Helper()
	if want == nil {
		return
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%s: got\n%s\nwant\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// sids names the statements that decided, grants by their ids.
func sids(d Decision) string {
	var names []string
	for _, by := range d.DecidedBy {
		if by.Layer == LayerGrant {
			by.Sid = by.Policy
		}
		if by.Sid != "" { // others are written by steps
			names = append(names, by.Sid)
		}
	}
	return strings.Join(names, ", ")
}

// whoCan asks who can, and who could give themselves that.
func (c *decisionCase) whoCan(t *testing.T) {
	a, actions := c.account(t), []string{c.WhoCan.Action}
	holders, unread := a.WhoCan(c.WhoCan.Key, actions, MustNotBeAble)
	var can, could, pointers []string
	for _, h := range holders {
		d := h.By[c.WhoCan.Action]
		can = append(can, h.Principal.ARN+" "+d.Verdict.String()+" by "+strings.Join(h.Paths, ", ")+": "+sids(d))
	}
	takeovers, more := a.Takeovers(c.WhoCan.Key, actions, holders)
	for _, t := range takeovers {
		var steps []string
		for _, s := range t.Steps {
			for _, p := range s.Requests {
				step := p.Action
				if strings.HasPrefix(p.Resource, "arn:aws:iam:") {
					step += " " + p.Resource
				}
				steps = append(steps, step+" ("+sids(p.Decision)+")")
			}
		}
		could = append(could, t.Principal.ARN+" "+t.Verdict.String()+": "+strings.Join(steps, ", "))
	}
	for _, ref := range append(unread, more...) {
		pointers = append(pointers, ref.Pointer)
	}
	sameLines(t, "holders", can, c.Want.Holders)
	sameLines(t, "takeovers", could, c.Want.Takeovers)
	sameLines(t, "unread", pointers, c.Want.Unread)
}
