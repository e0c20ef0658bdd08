package why

import (
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/kmsaudit/kmsaudit/collector/policy"
	"github.com/kmsaudit/kmsaudit/rules/access"
)

// What steps change.
const (
	toIdentity = "identity_policy"
	toKey      = "key_policy"
	toBucket   = "bucket_policy"
	toBoundary = "permissions_boundary"
	toSCP      = "scp"
	toRCP      = "rcp"
	toRequest  = "request"
)

const mostSteps = 24 // of a mend; more is no mend

// attempt is a mend under way: the stage and the question with the steps so far
// made, and what they lead to.
type attempt struct {
	*teller
	question Question
	also     []string
}

// mend finds changes that let a denied operation through, one denial after the
// other, and proves them: all are applied to the stage, which is decided again.
func (t *teller) mend() *Mend {
	now := &attempt{teller: t, question: t.Question}
	var made []*change
	for now.decided.verdict.Denied() && len(made) < mostSteps {
		c := now.next()
		if c == nil {
			break
		}
		if slices.ContainsFunc(made, c.repeats) {
			now.also = append(now.also, "what is added does not lead further: the conditions of other statements are in the way")
			break
		}
		made = append(made, c)
		now = now.after(c)
	}
	made = joined(made)
	proof := &attempt{teller: t, question: t.Question, also: now.also}
	for _, c := range made {
		proof = proof.after(c)
	}
	m := &Mend{LeadsTo: proof.decided.verdict, Proved: proof.decided.verdict == access.Allowed, Also: proof.also}
	for _, c := range made {
		m.Steps = append(m.Steps, c.Step)
	}
	session := strings.HasPrefix(field(t.Principal, 5), "assumed-role/")
	if session && slices.ContainsFunc(made, func(c *change) bool { return c.To != toRequest && (c.Replaces != nil || c.form.Principal == nil) }) {
		m.Also = append(m.Also, "what the role is given holds for all its sessions")
	}
	switch {
	case m.Proved, len(proof.also) > 0:
	case m.LeadsTo == access.Depends:
		m.Also = append(m.Also, "tests are still open: "+proof.openTests())
	case m.LeadsTo == access.Unknown && t.foreign():
		m.Elsewhere = proof.otherHalf()
	case m.LeadsTo == access.Unknown:
		m.Also = append(m.Also, "what was not read decides the rest")
	}
	return m
}

// after is the attempt with a change made.
func (a *attempt) after(c *change) *attempt {
	question := a.question
	if c.To == toRequest {
		question = *question.with(c.Request)
	}
	stage := a.applied(c)
	t := &teller{stage: stage, answer: a.answer, decided: stage.decide(&question)}
	return &attempt{teller: t, question: question, also: a.also}
}

// next is a change that mends one denial, nil where none can be proposed; also
// says why.
func (a *attempt) next() *change {
	for i := range a.decided.parts {
		p := &a.decided.parts[i]
		if !p.Decision.Verdict.Denied() {
			continue
		}
		_, text := unmendable(p)
		switch {
		case len(p.Decision.Layers) == 0:
			text = a.whyDenied(p)
		case text != "":
			text += ": no policy changes that"
		case p.Decision.Verdict == access.ExplicitlyDenied:
			return a.undeny(i)
		default:
			return a.allow(p)
		}
		a.also = append(a.also, text)
		return nil
	}
	return nil
}

// unmendable says what no policy changes, with the number of its rule, or "".
func unmendable(p *access.Part) (rule, text string) {
	if p.Decision.Verdict != access.ImplicitlyDenied {
		return "", ""
	}
	for _, note := range p.Decision.Notes {
		rule, text, _ = strings.Cut(note, ": ")
		if rule == "K10" || rule == "M8" || rule == "K9" && strings.HasPrefix(text, "AWS managed keys cannot") {
			return rule, strings.Replace(text, strings.ToLower(p.Action), p.Action, 1)
		}
	}
	return "", ""
}

// undeny changes the request, or the first Deny that is in its way.
func (a *attempt) undeny(i int) *change {
	if c := a.headers(i); c != nil {
		return c
	}
	p := &a.decided.parts[i]
	ref := p.Decision.DecidedBy[0]
	old := a.find(p, ref)
	cited := a.cited(ref)
	if old == nil {
		a.also = append(a.also, cited+" denies it, and AWS gives that policy")
		return nil
	}
	e := a.exception(p, ref)
	if strings.HasPrefix(a.policyOf(p, ref), "arn:"+field(a.Principal, 1)+":iam::aws:policy/") {
		a.also = append(a.also, cited+" denies it: the policy is AWS's own and can only be detached")
		return nil
	}
	list, ok := e.from(old)
	if !ok {
		a.also = append(a.also, cited+" denies it, and no exception for this request alone can be written: whoever owns the policy has to decide")
		return nil
	}
	heard := access.StatementAnswer{Ref: ref, Holds: "yes"}
	replaced := a.statement(p, heard)
	text := "if the request is not meant to be denied, except it: replace " + cited + " by statements that deny all else as before"
	if ref.Layer == access.LayerSCP || ref.Layer == access.LayerRCP {
		text += ", from the organization's management account"
	}
	if len(list) == 0 {
		text = "if the request is not meant to be denied, remove " + cited + ": it denies nothing else"
	}
	return &change{
		file: a.file(p, ref.Layer), pointer: ref.Pointer,
		Step: Step{
			Text: text,
			To:   a.toOf(p, ref.Layer), Of: a.policyOf(p, ref), Account: a.account(p, ref.Layer).ID, Statements: texts(list), Replaces: &replaced,
		},
	}
}

// exception says how the requests of the principal that a statement denies differ
// from all others.
func (a *attempt) exception(p *access.Part, ref access.StatementRef) *exception {
	e := &exception{key: "aws:PrincipalArn", value: a.principalARN()}
	switch {
	case a.Principal == "*", strings.HasPrefix(field(a.Principal, 5), "federated-user/"), e.value == "":
		e.key = ""
	case isService(a.Principal):
		e.key, e.value = "aws:PrincipalServiceName", a.Principal
	}
	part := a.parts[a.file(p, ref.Layer)]
	e.own = strings.HasPrefix(ref.Pointer, "/roles/") || strings.HasPrefix(ref.Pointer, "/users/")
	version := "2012-10-17"
	if r, ok := part.document(ref.Pointer); ok {
		if doc, ok := r.Get(); ok {
			version = doc.Policy().Version
		}
	}
	for i := range a.decided.parts {
		other := &a.decided.parts[i]
		if a.file(other, ref.Layer) != a.file(p, ref.Layer) || !slices.ContainsFunc(other.Decision.DecidedBy, func(r access.StatementRef) bool { return r.Pointer == ref.Pointer }) {
			continue
		}
		resource, ok := a.pattern(other.Resource, version)
		if !ok {
			e.key = ""
		}
		e.requests = append(e.requests, excepted{other.Action, resource})
	}
	if ref.Layer == access.LayerResource {
		e.service = field(p.Resource, 2)
		e.only = e.service == "kms"
		if e.service == "s3" {
			e.bucket, _, _ = strings.Cut(p.Resource, "/")
		}
	}
	return e
}

// pattern is a resource of a request as a pattern that matches it alone. What ends
// in a star stands for all objects, and so does the pattern.
func (s *stage) pattern(resource, version string) (string, bool) {
	open, isOpen := strings.CutSuffix(resource, "*")
	if isOpen && field(resource, 2) == "s3" && (s.object == "" && open == s.bucket+"/" || s.source != nil && s.source.Object == "" && open == s.source.Bucket+"/") {
		return resource, true
	}
	if resource == "*" || strings.HasSuffix(resource, ":key/*") {
		return resource, true
	}
	return literal(resource, version)
}

// principalARN is the value of aws:PrincipalArn in requests of the principal: of a
// session it is its role's.
func (s *stage) principalARN() string {
	if !strings.HasPrefix(field(s.Principal, 5), "assumed-role/") {
		return s.Principal
	}
	if s.home < 0 {
		return ""
	}
	for i := range s.parts[s.home].s.Roles {
		if role := &s.parts[s.home].s.Roles[i]; isSessionOf(s.Principal, role.Name) {
			return role.ARN
		}
	}
	return ""
}

// headers changes the request where a Deny tests what the client decides: the
// headers for encryption, and TLS.
func (a *attempt) headers(i int) *change {
	p := &a.decided.parts[i]
	old := a.find(p, p.Decision.DecidedBy[0])
	if old == nil || p.Half != "s3" {
		return nil
	}
	wants := map[string]string{}
	for _, c := range old.Conditions {
		switch key := strings.ToLower(c.Key); {
		case key == strings.ToLower(secureTransport):
			wants[secureTransport] = "true"
		case a.operation == nil || !a.operation.Writes || a.operation.Service != "":
		case key == strings.ToLower(algorithmHeader), key == strings.ToLower(keyHeader):
			a.encryptionHeaders(wants)
		}
	}
	if len(wants) == 0 {
		return nil
	}
	c := &change{Step: Step{Text: "send the request with other headers", To: toRequest, Of: a.Principal, Request: wants}}
	if len(wants) == 1 && wants[secureTransport] != "" {
		c.Text = "send the request over TLS"
	}
	after := a.after(c)
	if i >= len(after.decided.parts) || after.decided.parts[i].Decision.Verdict == access.ExplicitlyDenied {
		return nil
	}
	return c
}

// encryptionHeaders are those that ask for what the bucket does by default.
func (a *attempt) encryptionHeaders(wants map[string]string) {
	b := a.bucketRecord(a.bucket)
	if b == nil {
		return
	}
	encryption, _ := b.Encryption.Get()
	if len(encryption.Rules) == 0 {
		return
	}
	rule := encryption.Rules[0]
	wants[algorithmHeader] = rule.Algorithm
	if key := a.keyDefault(rule.Key); strings.HasPrefix(rule.Algorithm, "aws:kms") && key != "" {
		wants[keyHeader] = key
	}
}

// keyDefault is the ARN of the key that the bucket's default names, "" for none.
func (a *attempt) keyDefault(ref string) string {
	if ref == "" {
		return ""
	}
	if key := a.resolveKey(ref); key.ARN != "" {
		return key.ARN
	}
	return ref
}

// openTests are the tests that a decision leaves open, in words.
func (a *attempt) openTests() string {
	var words []string
	for _, p := range a.decided.parts {
		if p.Decision.When != nil {
			words = append(words, p.Action+" is allowed when "+p.Decision.When.String())
		}
	}
	return strings.Join(slices.Compact(words), "; ")
}

// joined puts statements together that differ in their actions alone.
func joined(made []*change) []*change {
	var list []*change
	for _, c := range made {
		i := slices.IndexFunc(list, func(other *change) bool { return other.joins(c) })
		if i < 0 {
			list = append(list, c)
			continue
		}
		both := *list[i]
		both.form.Action = append(slices.Clone(both.form.Action), c.form.Action...)
		both.Statements = texts([]statement{both.form})
		list[i] = &both
	}
	return list
}

// repeats reports whether a change is the same as another one.
func (c *change) repeats(other *change) bool {
	return c.Replaces == nil && other.Replaces == nil && c.To == other.To && c.Of == other.Of && maps.Equal(c.Request, other.Request) &&
		slices.EqualFunc(c.Statements, other.Statements, func(a, b jsontext.Value) bool { return string(a) == string(b) })
}

// joins reports whether a change adds the same statement with other actions.
func (c *change) joins(other *change) bool {
	if c.Replaces != nil || other.Replaces != nil || c.To == toRequest || c.To != other.To || c.Of != other.Of || c.form.Effect != policy.Allow {
		return false
	}
	same := c.form
	same.Action = other.form.Action
	return string(same.text()) == string(other.form.text()) && serviceOf(c.form.Action[0]) == serviceOf(other.form.Action[0])
}

func serviceOf(action string) string {
	service, _, _ := strings.Cut(action, ":")
	return service
}
