package main

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/rules"
)

// remark is a statement that can be written in several ways.
type remark struct {
	effect              string
	people, does, about []string
	condition           string // JSON
}

func drawRemark(bucket bool, about ...string) *rapid.Generator[remark] {
	return rapid.Custom(func(t *rapid.T) remark {
		actions := []string{"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:CreateGrant", "kms:Put*", "kms:*"}
		if bucket {
			actions = []string{"s3:GetObject", "s3:PutObject", "s3:List*", "s3:*"}
		}
		return remark{
			effect: rapid.SampledFrom([]string{"Allow", "Allow", "Deny"}).Draw(t, "effect"),
			people: rapid.SliceOfNDistinct(rapid.SampledFrom([]string{
				"arn:aws:iam::522814710681:role/cmtr-4n6e9j62-iam-sewk-iam_role", "arn:aws:iam::522814710681:role/KeyAdmin",
				"arn:aws:iam::522814710681:root", "arn:aws:iam::999999999999:root", "*",
			}), 1, 3, rapid.ID[string]).Draw(t, "people"),
			does:  rapid.SliceOfNDistinct(rapid.SampledFrom(actions), 1, 3, rapid.ID[string]).Draw(t, "actions"),
			about: about,
			condition: rapid.SampledFrom([]string{
				"", "", `{"StringEquals":{"kms:ViaService":["s3.us-east-1.amazonaws.com"]}}`, `{"Bool":{"aws:SecureTransport":["true"]}}`,
				`{"StringEquals":{"aws:PrincipalOrgID":["o-1","o-2"]}}`,
			}).Draw(t, "condition"),
		}
	})
}

// texts writes a statement as one, or with pieces as several, in ways that come to the
// same.
func (s remark) texts(t *rapid.T, pieces bool) []string {
	list := []remark{s}
	if pieces && rapid.Bool().Draw(t, "cut actions") {
		list = nil
		for _, action := range s.does {
			one := s
			one.does = []string{action}
			list = append(list, one)
		}
	}
	if rapid.IntRange(0, 3).Draw(t, "twice") == 0 {
		list = append(list, list[0])
	}
	var texts []string
	for _, one := range list {
		value := map[string]any{"Effect": one.effect, "Principal": map[string]any{"AWS": oneOrMany(t, one.people)}, "Resource": oneOrMany(t, one.about)}
		does := slices.Clone(one.does)
		if rapid.Bool().Draw(t, "capitals") {
			does[0] = strings.ToUpper(does[0])
		}
		value["Action"] = oneOrMany(t, does)
		if one.condition != "" {
			value["Condition"] = json.RawMessage(one.condition)
		}
		text, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	return texts
}

// oneOrMany writes a list in any order, and a single value as a list or not.
func oneOrMany(t *rapid.T, list []string) any {
	if len(list) == 1 && rapid.Bool().Draw(t, "single") {
		return list[0]
	}
	return rapid.Permutation(list).Draw(t, "order")
}

func written(t *rapid.T, list []remark, pieces bool) string {
	var texts []string
	for _, s := range list {
		texts = append(texts, s.texts(t, pieces)...)
	}
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(rapid.Permutation(texts).Draw(t, "statements"), ",") + `]}`
}

// ofStatements says whether a finding is about a statement as such: a piece of one may
// have no effect where the whole has.
func ofStatements(f report.Finding) bool { return f.Rule == "ACC-006" || f.Rule == "IAM-010" }

// TestDiffEquivalent: a policy that says the same in other words, in another order or
// in other pieces changes nothing: no access, no setting, no finding.
func TestDiffEquivalent(t *testing.T) {
	alone(t)
	a := &app{env: map[string]string{}, stderr: new(strings.Builder)}
	k, err := a.comparer(&diffOptions{config: "reference.yaml", failOn: choice{value: "info"}, own: ownRules{timeout: time.Second, memory: 64}}, []string{"kms:Decrypt", "kms:PutKeyPolicy"}, time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	if err := k.compile(t.Context()); err != nil {
		t.Fatal(err)
	}
	folder, ctx := t.TempDir(), t.Context()
	settings := k.c.settings
	settings.Intent = k.c.intentOf("522814710681", nil)
	rapid.Check(t, func(t *rapid.T) {
		ofKey := rapid.SliceOfN(drawRemark(false, "*"), 1, 3).Draw(t, "key policy")
		ofBucket := rapid.SliceOfN(drawRemark(true, "arn:aws:s3:::bucket-695267-2", "arn:aws:s3:::bucket-695267-2/*"), 1, 3).Draw(t, "bucket policy")
		pieces := rapid.Bool().Draw(t, "in pieces")
		var files [2]*snapshot.File
		var policies []string
		for i := range files {
			f, err := snapshot.ReadFile("snapshot.json")
			if err != nil {
				t.Fatal(err)
			}
			key, bucket := written(t, ofKey, pieces), written(t, ofBucket, pieces)
			policies = append(policies, key, bucket)
			f.Snapshot.Keys[0].Policy = snapshot.ReadDocument("kms:GetKeyPolicy", key)
			f.Snapshot.Buckets[1].Policy = snapshot.ReadDocument("s3:GetBucketPolicy", bucket)
			path := filepath.Join(folder, []string{"old", "new"}[i]+".json")
			if err := snapshot.WriteFile(path, f.Snapshot); err != nil {
				t.Fatal(err)
			}
			if files[i], err = snapshot.ReadForAudit(path); err != nil {
				t.Fatal(err)
			}
		}
		d, err := k.both(ctx, files, [2]rules.Settings{settings, settings}, [2][]report.Gap{})
		if err != nil {
			t.Fatal(err)
		}
		if pieces {
			d.Findings.New = slices.DeleteFunc(d.Findings.New, ofStatements)
			d.Findings.Resolved = slices.DeleteFunc(d.Findings.Resolved, ofStatements)
		}
		if !d.Empty() {
			drawn := &drawing{ascii: true}
			drawn.diff(d, true)
			t.Fatalf("equivalent policies differ:\n%s\n%s", drawn.out.String(), strings.Join(policies, "\n"))
		}
	})
}
