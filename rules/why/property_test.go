package why

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/access"
)

// synthetic is a synthetic account.
func synthetic(t *testing.T, seed int, unread string) *snapshot.File {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "run", "../../cmd/synth", "-seed", strconv.Itoa(seed), "-roles", "50", "-keys", "14", "-buckets", "16", "-unread", unread)
	cmd.Stderr = os.Stderr
	text, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "synthetic.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := snapshot.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// guarded adds Denies to the bucket policies of an account.
func guarded(t *testing.T, f *snapshot.File) *snapshot.File {
	t.Helper()
	for i := range f.Snapshot.Buckets {
		if b := &f.Snapshot.Buckets[i]; i%3 == 0 {
			b.Policy = document(
				`{"Sid":"Closed","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["`+b.ARN+`","`+b.ARN+`/*"],"Condition":{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/admin*"}}}`,
				`{"Sid":"Lists","Effect":"Deny","NotPrincipal":{"AWS":["arn:aws:iam::444455556666:root","arn:aws:iam::444455556666:role/admin"]},"NotAction":["s3:GetObject","s3:PutObject"],"Resource":"*"}`,
			)
		}
	}
	return written(t, f.Snapshot)
}

// asker draws questions about an account.
type asker struct {
	*rand.Rand
	s *snapshot.Snapshot
}

func (r *asker) principal() string {
	switch n := r.IntN(20); {
	case n < 13 || len(r.s.Users) == 0 && n < 17:
		return r.s.Roles[r.IntN(len(r.s.Roles))].ARN
	case n < 17:
		return r.s.Users[r.IntN(len(r.s.Users))].ARN
	case n == 17:
		return r.s.Account.ARN()
	case n == 18:
		role := r.s.Roles[r.IntN(len(r.s.Roles))]
		return "arn:aws:sts::" + r.s.Account.ID + ":assumed-role/" + role.Name + "/one"
	}
	return "arn:aws:iam::123412341234:role/far"
}

func (r *asker) question() Question {
	q := Question{Principal: r.principal()}
	bucket := &r.s.Buckets[r.IntN(len(r.s.Buckets))]
	q.Resource = bucket.ARN + "/data/" + strconv.Itoa(r.IntN(3))
	if n := len(bucket.Objects); n > 0 && r.IntN(2) == 0 {
		q.Resource = bucket.ARN + "/" + bucket.Objects[r.IntN(n)].Key
	}
	operations := []string{"PutObject", "GetObject", "UploadPart", "CopyObject", "ListParts", "DeleteObject", "GetObjectAttributes", "s3:GetObjectRetention"}
	actions := []string{"kms:Decrypt", "kms:GenerateDataKey", "kms:DisableKey", "kms:ScheduleKeyDeletion", "kms:PutKeyPolicy", "kms:DescribeKey"}
	switch r.IntN(6) {
	case 0, 1:
		q.Operation, q.Resource = actions[r.IntN(len(actions))], r.s.Keys[r.IntN(len(r.s.Keys))].ARN
	case 2:
		q.Operation, q.Resource = "s3:ListBucket", bucket.ARN
	default:
		q.Operation = operations[r.IntN(len(operations))]
		if q.Operation == "CopyObject" {
			q.Source = r.s.Buckets[r.IntN(len(r.s.Buckets))].ARN + "/from"
		}
	}
	return q
}

// byHand applies a step to the text of a snapshot, without the code that proved it.
func byHand(t *testing.T, whole map[string]any, s *Step) {
	t.Helper()
	at := func(steps ...any) any {
		var v any = whole
		for _, step := range steps {
			switch step := step.(type) {
			case int:
				v = v.([]any)[step]
			case string:
				v = v.(map[string]any)[step]
			}
		}
		return v
	}
	var statements []any
	for _, text := range s.Statements {
		var v any
		if err := json.Unmarshal(text, &v); err != nil {
			t.Fatal(err)
		}
		statements = append(statements, v)
	}
	if s.Replaces != nil {
		var steps []any
		for _, step := range strings.Split(strings.TrimPrefix(s.Replaces.Place.Pointer, "/"), "/") {
			if n, err := strconv.Atoi(step); err == nil {
				steps = append(steps, n)
			} else {
				steps = append(steps, step)
			}
		}
		document := at(steps[:len(steps)-2]...).(map[string]any)
		list, i := document["Statement"].([]any), steps[len(steps)-1].(int)
		document["Statement"] = append(append(append([]any{}, list[:i]...), statements...), list[i+1:]...)
		return
	}
	find := func(list any, key, value string) map[string]any {
		for _, one := range list.([]any) {
			if one := one.(map[string]any); one[key] == value {
				return one
			}
		}
		t.Fatalf("%s is not there", value)
		return nil
	}
	policy := map[string]any{"state": "ok", "value": map[string]any{"Version": "2012-10-17", "Statement": statements}}
	into := func(owner map[string]any, member string) {
		reading := owner[member].(map[string]any)
		if reading["state"] != "ok" {
			owner[member] = policy
			return
		}
		document := reading["value"].(map[string]any)
		document["Statement"] = append(document["Statement"].([]any), statements...)
	}
	more := func(owner map[string]any, member string) {
		reading := owner[member].(map[string]any)
		reading["value"] = append(reading["value"].([]any), map[string]any{"name": "by-hand", "document": policy})
	}
	switch s.To {
	case toIdentity:
		list := "roles"
		if strings.Contains(s.Of, ":user/") {
			list = "users"
		}
		more(find(at(list), "arn", s.Of), "inline_policies")
	case toKey:
		into(find(at("keys"), "arn", s.Of), "policy")
	case toBucket:
		into(find(at("buckets"), "arn", s.Of), "policy")
	case toBoundary:
		into(find(at("managed_policies"), "arn", s.Of), "document")
	case toSCP:
		more(find(at("organization", "value", "chain", "value"), "id", s.Of), "service_control_policies")
	default:
		t.Fatalf("nobody knows how to change %s", s.To)
	}
}

// afterMend is the snapshot with a mend made by hand.
func afterMend(t *testing.T, f *snapshot.File, m *Mend) *snapshot.Snapshot {
	t.Helper()
	text, err := os.ReadFile(f.Path)
	if err != nil {
		t.Fatal(err)
	}
	var whole map[string]any
	if err := json.Unmarshal(text, &whole); err != nil {
		t.Fatal(err)
	}
	for i := range m.Steps {
		if m.Steps[i].To != toRequest {
			byHand(t, whole, &m.Steps[i])
		}
	}
	if text, err = json.Marshal(whole); err != nil {
		t.Fatal(err)
	}
	s, err := snapshot.Decode("by hand", text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// decideAnew decides a question over a whole account, without this package.
func decideAnew(a *access.Account, q *Question, requests []Request) access.Verdict {
	ctx := access.NewContext().With(secureTransport, "true").WithAbsent(algorithmHeader, keyHeader, customerHeader)
	for key, values := range q.Context {
		ctx = ctx.With(key, values...)
	}
	if strings.HasPrefix(q.Operation, "kms:") || strings.HasPrefix(q.Operation, "s3:") {
		return a.Decide(access.Question{
			Principal: q.Principal, Action: requests[0].Action, Resource: requests[0].Resource, Stance: access.MustBeAble, Context: ctx,
		}).Verdict
	}
	bucket, object, _ := strings.Cut(q.Resource, "/")
	sq := access.S3Question{Principal: q.Principal, Operation: q.Operation, Bucket: bucket, Object: object, Stance: access.MustBeAble, Context: ctx}
	if key := q.header(keyHeader); key != "" {
		sq.Key = a.ResolveKey(key, field(key, 3))
	} else if q.header(algorithmHeader) != "" {
		sq.Key = access.KeyRef{Form: "none", Status: access.KeyNone}
	}
	if q.Source != "" {
		from, object, _ := strings.Cut(q.Source, "/")
		sq.Source = &access.S3Source{Bucket: from, Object: object}
	}
	return a.S3(sq).Verdict
}

// TestMendsAreProved applies every mend that is called proved to the snapshot by
// hand, and decides again: it has to be allowed, and nobody else may be able to do
// more than before, nor the principal anything else.
func TestMendsAreProved(t *testing.T) {
	kinds := map[string]int{}
	for seed := 1; seed <= 3; seed++ {
		f := guarded(t, synthetic(t, seed, "0"))
		before := access.New(f.Snapshot)
		r := &asker{rand.New(rand.NewPCG(uint64(seed), 7)), f.Snapshot}
		w := New(f)
		for range 45 {
			q := r.question()
			a, err := w.Ask(q)
			if err != nil {
				t.Fatalf("%+v: %v", q, err)
			}
			if a.Mend == nil {
				continue
			}
			if !a.Mend.Proved {
				kinds["unproved"]++
				if a.Mend.LeadsTo == access.Allowed || len(a.Mend.Also)+len(a.Mend.Elsewhere) == 0 {
					t.Errorf("%+v: %+v", a.Question, a.Mend)
				}
				continue
			}
			q = a.Question
			for _, s := range a.Mend.Steps {
				kinds[s.To]++
				if s.To == toRequest {
					q = *q.with(s.Request)
				}
			}
			s := afterMend(t, f, a.Mend)
			after := access.New(s)
			if verdict := decideAnew(after, &q, a.Requests); verdict != access.Allowed {
				t.Errorf("%+v: by hand it is %s: %+v", q, verdict, a.Mend.Steps)
			}
			for range 25 {
				bystander(t, r, before, after, a)
			}
		}
	}
	if kinds[toIdentity] < 50 || kinds[toKey] < 2 || kinds[toBoundary]+kinds[toSCP] < 5 || kinds[toBucket] < 5 || kinds["unproved"] == 0 {
		t.Errorf("that tests little: %v", kinds)
	}
}

// bystander draws a request that a mend is not about, and holds it to faring as
// before.
func bystander(t *testing.T, r *asker, before, after *access.Account, a *Answer) {
	t.Helper()
	q := r.question()
	if r.IntN(3) == 0 {
		q.Principal = a.Question.Principal
	}
	if r.IntN(3) == 0 {
		q.Resource, q.Operation = a.Question.Resource, a.Question.Operation
	}
	action := q.Operation
	if o, found := access.NamedOperation(action); found {
		action = o.S3[0]
	}
	role := func(principal string) string { // what a session's role has, the session has
		name, _, _ := strings.Cut(strings.TrimPrefix(field(principal, 5), "assumed-role/"), "/")
		return name
	}
	if q.Principal == a.Question.Principal || strings.HasSuffix(a.Question.Principal, "/"+role(q.Principal)) || strings.HasSuffix(q.Principal, "/"+role(a.Question.Principal)) {
		for _, asked := range a.Requests {
			if asked.Action == action && asked.Resource == q.Resource {
				return
			}
		}
	}
	question := access.Question{Principal: q.Principal, Action: action, Resource: q.Resource, Stance: access.MustNotBeAble, Context: access.NewContext().With(secureTransport, "true")}
	was, is := before.Decide(question), after.Decide(question)
	if was.Verdict != is.Verdict {
		t.Errorf("the mend for %s, %s on %s changes %s on %s for %s from %s to %s: %+v", a.Question.Principal, a.Question.Operation,
			a.Question.Resource, action, q.Resource, q.Principal, was.Verdict, is.Verdict, a.Mend.Steps)
	}
}

// TestCut holds answers over the part of a snapshot that a question is about to
// those over the whole.
func TestCut(t *testing.T) {
	f := synthetic(t, 4, "0.05")
	r := &asker{rand.New(rand.NewPCG(4, 7)), f.Snapshot}
	w := New(f)
	verdicts := map[access.Verdict]int{}
	for range 150 {
		q := r.question()
		resolved, err := w.resolve(q)
		if err != nil {
			continue // a listing was not read
		}
		small := w.stage(resolved)
		large := &stage{resolved: resolved, world: w, parts: []*part{{s: f.Snapshot}}}
		large.prepare()
		var answers []string
		for _, s := range []*stage{small, large} {
			tell := &teller{stage: s, answer: &Answer{}, decided: s.decide(&resolved.Question)}
			tell.requests()
			tell.keys()
			for i := range tell.answer.Requests { // whose policies are told is that of the part
				for j := range tell.answer.Requests[i].Layers {
					tell.answer.Requests[i].Layers[j].Why = ""
				}
			}
			text, err := jsonv2.Marshal(tell.answer, jsonv2.Deterministic(true))
			if err != nil {
				t.Fatal(err)
			}
			answers = append(answers, tell.decided.verdict.String()+" "+string(text))
			verdicts[tell.decided.verdict]++
		}
		if diff := cmp.Diff(answers[1], answers[0]); diff != "" {
			t.Fatalf("%+v (-whole +part):\n%s", q, diff)
		}
	}
	if len(verdicts) < 4 {
		t.Errorf("that tests little: %v", verdicts)
	}
}
