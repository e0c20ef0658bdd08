package why

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/rules/access"
	"github.com/kmsaudit/kmsaudit/rules/chain"
	"github.com/kmsaudit/kmsaudit/rules/facts"
)

// assumptions are what the answer takes for granted (Q5).
func (t *teller) assumptions() {
	add := func(text string) {
		if !slices.Contains(t.answer.Assumptions, text) {
			t.answer.Assumptions = append(t.answer.Assumptions, text)
		}
	}
	for _, p := range t.decided.parts {
		for _, text := range p.Decision.Assumptions {
			add(text)
		}
	}
	q := &t.Question
	if _, said := q.says(secureTransport); !said {
		add("Q5: the request comes over TLS")
	}
	if t.operation != nil && t.operation.Writes && !t.operation.Directory {
		if _, said := q.says(algorithmHeader); !said {
			add("S6: the request has no headers for encryption, so that the bucket's default counts")
		}
	}
	for _, o := range t.guessed() {
		add("S5: " + o + " was not read, and is taken to be under the bucket's default encryption, with a Bucket Key or without")
	}
	if t.bucket != "" {
		add("S2: the bucket is reached by its own name, not by an access point, and neither ACLs nor S3 Access Grants give anything")
	}
	if slices.ContainsFunc(t.decided.parts, func(p access.Part) bool { return p.Half == "kms" }) {
		add("Q5: no grant was made in the minutes before, and no grant token is used")
	}
	add("Q5: what other services keep of the data, or do with it, is not looked at")
}

// guessed are the objects that are read and of which the snapshot does not say what
// they are under.
func (t *teller) guessed() []string {
	if t.operation == nil || t.operation.Directory || t.Key != "" || t.header(customerHeader) != "" {
		return nil
	}
	var list []string
	note := func(bucket, object string) {
		b := t.bucketRecord(bucket)
		if b != nil && !slices.ContainsFunc(b.Objects, func(o snapshot.Object) bool { return o.Key == object && o.Head.State == snapshot.OK }) {
			list = append(list, t.called(named(bucket, object, access.OnObject)))
		}
	}
	if len(t.operation.KMS) > 0 && !t.operation.Writes {
		note(t.bucket, t.object)
	}
	if len(t.operation.KMSSource) > 0 {
		if t.source != nil {
			note(t.source.Bucket, t.source.Object)
		} else {
			note(t.bucket, t.object)
		}
	}
	return list
}

// called names a principal or resource in short.
func (t *teller) called(arn string) string {
	for _, f := range t.world.files {
		if short := chain.Called(arn, f.Snapshot.Account); short != arn {
			return short
		}
	}
	if field(arn, 2) == "s3" && field(arn, 4) == "" {
		return "s3://" + field(arn, 5)
	}
	if strings.HasPrefix(field(arn, 5), "assumed-role/") {
		return "session " + strings.TrimPrefix(field(arn, 5), "assumed-role/")
	}
	if arn == "" {
		return "the key"
	}
	return arn
}

// asked names one request.
func (t *teller) asked(action, resource string) string {
	if resource == "*" {
		return action
	}
	return action + " on " + t.called(resource)
}

// summary is the answer in a sentence.
func (t *teller) summary() string {
	who, what := t.called(t.Principal), t.asked(t.Operation, t.Resource)
	switch t.decided.verdict {
	case access.Allowed:
		text := who + " may perform " + what
		if len(t.answer.Obstacles) > 0 {
			text += ", and it fails all the same: " + t.answer.Obstacles[0].Text
		}
		return text
	case access.Depends:
		return "whether " + who + " may perform " + what + " depends on tests that are open"
	case access.Unknown:
		return "whether " + who + " may perform " + what + " is not known: " + t.unknown()
	case access.ExplicitlyDenied, access.ImplicitlyDenied:
	}
	text := who + " may not perform " + what
	failing := t.failing()
	p := &t.decided.parts[failing[0]]
	if len(t.decided.parts) > 1 {
		text += ": " + t.asked(p.Action, p.Resource)
	}
	text += ": " + t.whyDenied(p)
	if more := len(failing) - 1; more == 1 {
		text += ", and one more request is denied"
	} else if more > 1 {
		text += fmt.Sprintf(", and %d more requests are denied", more)
	}
	return text
}

// whyDenied says in words why a request is denied.
func (t *teller) whyDenied(p *access.Part) string {
	if p.Decision.Verdict == access.ExplicitlyDenied {
		var names []string
		for _, ref := range p.Decision.DecidedBy {
			names = append(names, t.cited(ref))
		}
		return "denied by " + strings.Join(slices.Compact(names), " and ")
	}
	if len(p.Decision.Layers) == 0 && len(p.Decision.Notes) > 0 {
		_, text, _ := strings.Cut(p.Decision.Notes[0], ": ")
		return text
	}
	if _, text := unmendable(p); text != "" {
		return text
	}
	return facts.WhyDenied(p.Resource, p.Decision)
}

// failing are the indices of the requests that are denied: explicit denials are
// no worse than others (E9).
func (t *teller) failing() []int {
	var list []int
	for i, p := range t.decided.parts {
		if p.Decision.Verdict.Denied() {
			list = append(list, i)
		}
	}
	return list
}

func (t *teller) unknown() string {
	for _, r := range t.answer.Requests {
		if len(r.Unread) > 0 {
			return r.Unread[0].Text
		}
	}
	return "the snapshot does not say"
}

// locate finds the lines of all places.
func (t *teller) locate() {
	places := t.places()
	for _, f := range t.world.files {
		var pointers []string
		for _, p := range places {
			if p.File == f.Path && p.Pointer != "" {
				pointers = append(pointers, p.Pointer)
			}
		}
		found := f.Positions(pointers)
		for _, p := range places {
			if p.File == f.Path {
				at := found[p.Pointer]
				p.Line, p.Column = at.Line, at.Column
			}
		}
	}
}

func (t *teller) places() []*report.Place {
	var all []*report.Place
	unread := func(list []Unread) {
		for i := range list {
			all = append(all, &list[i].Place)
		}
	}
	a := t.answer
	for i := range a.Requests {
		r := &a.Requests[i]
		unread(r.Unread)
		for j := range r.Layers {
			unread(r.Layers[j].Unread)
			for k := range r.Layers[j].Statements {
				all = append(all, &r.Layers[j].Statements[k].Place)
			}
		}
	}
	for i := range a.Keys {
		all = append(all, &a.Keys[i].Place)
	}
	for i := range a.Obstacles {
		all = append(all, &a.Obstacles[i].Place)
	}
	for i := range a.Causes {
		for j := range a.Causes[i].Places {
			all = append(all, &a.Causes[i].Places[j])
		}
	}
	if a.Mend != nil {
		for i := range a.Mend.Steps {
			if r := a.Mend.Steps[i].Replaces; r != nil {
				all = append(all, &r.Place)
			}
		}
	}
	return all
}

// bucketRecord is a bucket of a part, nil where no snapshot has it.
func (s *stage) bucketRecord(arn string) *snapshot.Bucket {
	i := s.world.bucketIn(arn)
	if i < 0 {
		return nil
	}
	for j := range s.parts[i].s.Buckets {
		if b := &s.parts[i].s.Buckets[j]; b.ARN == arn {
			return b
		}
	}
	return nil
}
