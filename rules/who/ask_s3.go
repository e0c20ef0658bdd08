package who

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/access"
	"github.com/kmsaudit/kmsaudit/rules/chain"
)

// plainly is what a request to S3 is taken to have: it comes over TLS, which is up
// to whoever makes it.
func plainly() access.Context { return access.NewContext().With("aws:SecureTransport", "true") }

// ofS3 says whether a question is about S3.
func ofS3(action string) bool {
	_, named := access.NamedOperation(action)
	return named || strings.HasPrefix(strings.ToLower(action), "s3:")
}

// s3Question finds the operation or action of S3, and the bucket or object.
func (w *World) s3Question(action, given string) (q access.S3Question, onBucket bool, base int, err error) {
	q = access.S3Question{Stance: access.MustNotBeAble, Context: plainly()}
	o, named := access.NamedOperation(action)
	if onBucket = o.OnBucket; named {
		q.Operation = o.Name
		if o.Directory {
			return q, false, 0, fmt.Errorf("%s is on directory buckets, which are in no snapshot", o.Name)
		}
	} else if q.Action, onBucket, err = single(action); err != nil {
		return q, false, 0, err
	}
	bucket, object, err := located(given)
	if err != nil {
		return q, false, 0, err
	}
	if onBucket && object != "" {
		return q, false, 0, fmt.Errorf("%s is on a bucket: leave out /%s", action, object)
	}
	if object == "*" {
		object = ""
	}
	var known []string
	unread := ""
	for i, f := range w.files {
		for j := range f.Snapshot.Buckets {
			b := &f.Snapshot.Buckets[j]
			if b.Name == bucket {
				q.Bucket, q.Object = b.ARN, object
				return q, onBucket, i, nil
			}
			known = append(known, b.Name)
		}
		if reason := unlistedBuckets(f.Snapshot); reason != "" {
			unread = reason
		}
	}
	m := &chain.Missing{Given: given, Known: known, Unread: unread, Why: "no bucket " + bucket + " is in the snapshots"}
	if unread != "" {
		m.Why += ", and whether there is one is not known: " + unread
	}
	return q, false, 0, m
}

func unlistedBuckets(s *snapshot.Snapshot) string {
	return chain.Unlisted(s, "", "s3:ListAllMyBuckets", "s3:ListBuckets")
}

// single is an action of S3 that no operation is named after.
func single(action string) (name string, onBucket bool, err error) {
	var known []string
	for _, a := range access.S3Actions() {
		if a.On != access.OnObject && a.On != access.OnBucket {
			if strings.EqualFold(a.Name, action) {
				return "", false, fmt.Errorf("%s is neither on buckets nor on objects", a.Name)
			}
			continue
		}
		if strings.EqualFold(a.Name, action) {
			return a.Name, a.On == access.OnBucket, nil
		}
		known = append(known, a.Name)
	}
	for _, o := range access.Operations() {
		known = append(known, "s3:"+o.Name)
	}
	return "", false, &chain.Missing{Given: action, Known: known, Why: action + " is no action of S3, and no operation of S3 that kmsaudit knows"}
}

// located takes a bucket or an object apart: by name, by ARN or as s3://BUCKET/KEY.
func located(given string) (bucket, object string, err error) {
	text, isURL := strings.CutPrefix(given, "s3://")
	if parts := strings.SplitN(given, ":", 6); strings.HasPrefix(given, "arn:") {
		if len(parts) < 6 || parts[2] != "s3" || parts[4] != "" {
			return "", "", fmt.Errorf("%q is not the ARN of a bucket or object", given)
		}
		text, isURL = parts[5], true
	}
	bucket, object, slash := strings.Cut(text, "/")
	if slash && !isURL || bucket == "" {
		return "", "", fmt.Errorf("%q is not the name or ARN of a bucket, the ARN of an object, or s3://BUCKET/KEY", given)
	}
	return bucket, object, nil
}

// canS3 answers who can perform an operation of S3, with both halves.
func (w *World) canS3(action, given string) (*Can, error) {
	q, onBucket, base, err := w.s3Question(action, given)
	if err != nil {
		return nil, err
	}
	a := w.accounts[base]
	answer := &Can{
		Schema: CanSchema, Snapshots: w.sources(), Operation: q.Operation + strings.TrimPrefix(q.Action, "s3:"), Resource: shownS3(&q, onBucket), Given: given,
		Actions: []string{}, Holders: []Use{}, Takeovers: []Takeover{}, Assumptions: []string{},
	}
	q.Principal = w.files[base].Snapshot.Account.ARN()
	whole := a.S3(q)
	for _, p := range whole.Parts {
		if !slices.Contains(answer.Actions, p.Action) {
			answer.Actions = append(answer.Actions, p.Action)
		}
		if p.Half == "kms" {
			answer.Key = whole.Key.ARN
		}
	}
	if answer.Key != "" {
		answer.State = w.state(w.of(accountOf(answer.Key), base), answer.Key)
	}
	performers, unread := a.WhoCanS3(q)
	var undecided []access.UnreadRef
	for i := range performers {
		p := &performers[i]
		use, hidden := w.performs(p.Principal.ARN, answer.Operation, &p.Answer, w.of(p.Principal.Account, base), base, &answer.Assumptions)
		use.Paths = append([]string{}, p.Paths...)
		answer.Holders = append(answer.Holders, use)
		undecided = append(undecided, hidden...)
	}
	slices.SortFunc(undecided, func(x, y access.UnreadRef) int { return cmpStrings(x.Pointer, y.Pointer) })
	takeovers, hidden := a.S3Takeovers(q, performers)
	w.finish(answer, takeovers, slices.Concat(unread, undecided, hidden), base)
	for _, p := range whole.Parts {
		if p.Half == "kms" && (p.Key.Status == access.KeyMissing || p.Key.Status == access.KeyOtherRegion) {
			answer.Assumptions = append(answer.Assumptions, plainNote(p.Decision.Notes)...)
		}
	}
	answer.Assumptions = append(slices.Compact(answer.Assumptions),
		"the request to S3 comes over TLS; where a policy asks for a header of encryption, the answer hangs on it")
	return answer, nil
}

// plainNote are notes without the numbers of rules.
func plainNote(notes []string) []string {
	var list []string
	for _, note := range notes {
		if _, plain, found := strings.Cut(note, ": "); found {
			note = plain
		}
		list = append(list, note)
	}
	return list
}

// shownS3 is what a question of S3 is on.
func shownS3(q *access.S3Question, onBucket bool) string {
	switch {
	case onBucket:
		return q.Bucket
	case q.Object == "":
		return q.Bucket + "/*"
	}
	return q.Bucket + "/" + q.Object
}

// performs tells one answer about S3, and what was not read of it.
func (w *World) performs(who, operation string, o *access.OperationAnswer, principal, base int, assumptions *[]string) (Use, []access.UnreadRef) {
	use := Use{Who: who, Actions: []string{operation}, Verdict: o.Verdict, Paths: []string{}, By: []Statement{}, If: []string{}}
	var unread []access.UnreadRef
	for _, p := range o.Parts {
		use.Requests = append(use.Requests, Request{Action: p.Action, Resource: p.Resource, Half: p.Half, Verdict: p.Decision.Verdict})
		resource := w.of(accountOf(p.Resource), base)
		for _, s := range w.statements(p.Decision.DecidedBy, principal, resource) {
			if !slices.Contains(use.By, s) {
				use.By = append(use.By, s)
			}
		}
		use.If = append(use.If, tests(p.Decision)...)
		for _, ref := range p.Decision.Unread {
			file := resource
			if ofPrincipal(ref.Layer) {
				file = principal
			}
			if file != base {
				ref.Account = w.files[file].Snapshot.Account.ID
			}
			unread = append(unread, ref)
		}
		w.assume(assumptions, p.Decision)
	}
	slices.Sort(use.If)
	use.If = slices.Compact(use.If)
	return use, unread
}
