package why

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/policy"
	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/rules/access"
	"github.com/kmsaudit/kmsaudit/rules/chain"
)

// The kinds of causes.
const (
	causeSSEC       = "sse_c_blocked"
	causeHeader     = "deny_on_header"
	causeDeny       = "explicit_deny"
	causeSCP        = "scp"
	causeRCP        = "rcp"
	causeS3         = "s3_permission"
	causeDataKey    = "generate_data_key"
	causeDecrypt    = "decrypt"
	causeKMS        = "kms_permission"
	causeKeyPolicy  = "key_policy"
	causeBoundary   = "boundary"
	causeSession    = "session"
	causeCondition  = "condition"
	causeAlias      = "alias"
	causeKey        = "key_state"
	causeAWSManaged = "aws_managed_key"
	causeAccounts   = "not_across_accounts"
	causePublic     = "public_access_block"
	causeGrant      = "grant"
	causeOther      = "other"
)

// Kinds lists the kinds of causes in the order in which to look.
func Kinds() []string {
	return []string{
		causeSSEC, causeHeader, causeDeny, causeSCP, causeRCP, causeS3, causeDataKey, causeDecrypt, causeKMS, causeKeyPolicy, causeBoundary,
		causeSession, causeCondition, causeAlias, causeKey, causeAWSManaged, causeAccounts, causePublic, causeGrant, causeOther,
	}
}

// causes are why the operation is refused, in order.
func (t *teller) causes() {
	for _, o := range t.answer.Obstacles {
		kind := causeKey
		switch {
		case strings.Contains(o.Text, "SSE-C"):
			kind = causeSSEC
		case !strings.HasPrefix(o.Text, "key "):
			kind = causeOther
		}
		t.cause(kind, "", o.Text, o.Place)
	}
	for i := range t.answer.Requests {
		if r := &t.answer.Requests[i]; r.Verdict.Denied() {
			t.causesOf(r, &t.decided.parts[i])
		}
	}
	order := Kinds()
	slices.SortStableFunc(t.answer.Causes, func(a, b Cause) int {
		return cmp.Compare(slices.Index(order, a.Kind), slices.Index(order, b.Kind))
	})
}

func (t *teller) cause(kind, action, text string, places ...report.Place) {
	places = slices.DeleteFunc(places, func(p report.Place) bool { return p.Pointer == "" })
	if !slices.ContainsFunc(t.answer.Causes, func(c Cause) bool { return c.Kind == kind && c.Text == text }) {
		t.answer.Causes = append(t.answer.Causes, Cause{Kind: kind, Text: text, Action: action, Places: places})
	}
}

func (t *teller) causesOf(r *Request, p *access.Part) {
	if rule, text := unmendable(p); rule != "" {
		t.cause(map[string]string{"K9": causeAWSManaged, "K10": causeAccounts, "M8": causeAlias}[rule], r.Action, text)
		return
	}
	if len(r.Layers) == 0 && len(t.answer.Keys) == 0 {
		t.cause(causeOther, r.Action, t.whyDenied(p))
	}
	for _, note := range r.Notes {
		if text, tied := strings.CutPrefix(note, "U4: no outcome"); tied && r.Verdict == access.ImplicitlyDenied {
			t.tied(r, "no outcome"+text)
			return
		}
	}
	for i := range r.Layers {
		l := &r.Layers[i]
		t.denials(r, l)
		if l.Layer == "grant" && l.Says == access.SaysNothing {
			t.uncovered(r, l)
		}
		if slices.ContainsFunc(r.Missing, func(missing access.Layer) bool { return t.speaksFor(l, missing) }) {
			t.missing(r, l)
		}
	}
}

// tied are open statements that contradict each other: where one allows, another one
// denies (U4).
func (t *teller) tied(r *Request, text string) {
	var places []report.Place
	for _, l := range r.Layers {
		for _, s := range l.Statements {
			if s.Holds == "open" {
				places = append(places, s.Place)
			}
		}
	}
	t.cause(causeCondition, r.Action, text, places...)
}

// speaksFor says that a layer that is told is a part of one that decides.
func (t *teller) speaksFor(l *Layer, layer access.Layer) bool {
	switch l.Layer {
	case "key_policy", "bucket_policy", "resource_policy":
		return layer == access.LayerResource
	case "group":
		return false // told with identity
	}
	return l.Layer == string(layer)
}

// denials are the statements that deny the request.
func (t *teller) denials(r *Request, l *Layer) {
	for _, s := range l.Statements {
		if s.Effect != policy.Deny || s.Holds != "yes" {
			continue
		}
		text := s.Cited + " denies " + r.Action + ": " + s.Text
		switch {
		case l.Layer == "scp":
			t.cause(causeSCP, r.Action, text, s.Place)
		case l.Layer == "rcp":
			t.cause(causeRCP, r.Action, text, s.Place)
		case strings.Contains(s.Text, algorithmHeader):
			if encryption := t.defaultWords(); encryption != "" {
				text += "; " + encryption
			}
			t.cause(causeHeader, r.Action, text, s.Place)
		case strings.Contains(s.Text, "kms:EncryptionContext:aws:s3:arn"):
			t.cause(causeCondition, r.Action, text+"; the request has "+r.Context+t.contextWords(r), s.Place)
		case strings.Contains(s.Text, "kms:ViaService"):
			t.cause(causeCondition, r.Action, text, s.Place)
		default:
			t.cause(causeDeny, r.Action, text, s.Place)
		}
	}
}

// defaultWords says what the bucket does with uploads that have no headers.
func (t *teller) defaultWords() string {
	b := t.bucketRecord(t.bucket)
	if b == nil || t.header(algorithmHeader) != "" {
		return ""
	}
	encryption, ok := b.Encryption.Get()
	if !ok || len(encryption.Rules) == 0 {
		return "the request has no such header"
	}
	return "the request has no such header, and leaves the encryption to the bucket's default, " + encryption.Rules[0].Algorithm
}

// contextWords says by what an encryption context is that of the bucket.
func (t *teller) contextWords(r *Request) string {
	if r.Context == "" || strings.Contains(field(r.Context, 5), "/") {
		return ""
	}
	return ", because the object is under a Bucket Key"
}

// missing is a layer without the Allow that is needed.
func (t *teller) missing(r *Request, l *Layer) {
	before := len(t.answer.Causes)
	for _, s := range l.Statements {
		if s.Effect == policy.Allow && s.Holds == "no" {
			t.nearly(r, &s)
		}
	}
	nearly := slices.ContainsFunc(t.answer.Causes[before:], func(c Cause) bool { return c.Kind == causeCondition || c.Kind == causeAlias })
	who, what := t.called(t.Principal), t.asked(r.Action, r.Resource)
	switch l.Layer {
	case "identity":
		kind := causeKMS
		switch {
		case r.Half == "s3":
			kind = causeS3
		case t.bucket != "" && r.Action == "kms:GenerateDataKey":
			kind = causeDataKey
		case t.bucket != "" && r.Action == "kms:Decrypt":
			kind = causeDecrypt
		}
		text := "no identity policy of " + who + " allows " + what
		switch {
		case strings.HasPrefix(l.Why, "E7: "):
			_, text, _ = strings.Cut(l.Why, ": ")
		case nearly:
			text += " without conditions that fail"
		}
		t.cause(kind, r.Action, text)
	case "key_policy":
		t.keyPolicy(r, who)
	case "bucket_policy":
		if l.Why != "" {
			_, text, _ := strings.Cut(l.Why, ": ")
			t.cause(causePublic, r.Action, text)
			return
		}
		t.cause(causeS3, r.Action, "the bucket policy does not allow "+r.Action+" to "+who)
	case "boundary":
		t.cause(causeBoundary, r.Action, "the permissions boundary of "+who+" does not allow "+what)
	case "session":
		t.cause(causeSession, r.Action, "the session policy does not allow "+what)
	case "scp":
		if l.Says == access.SaysNothing {
			t.cause(causeSCP, r.Action, "no service control policy of "+l.Name+" allows "+r.Action)
		}
	}
}

// keyPolicy is a key policy that neither names the principal nor delegates.
func (t *teller) keyPolicy(r *Request, who string) {
	home := field(t.Principal, 4)
	switch {
	case r.Resource == "" || strings.HasSuffix(r.Resource, "key/*"):
	case home == "":
		t.cause(causeKeyPolicy, r.Action, "the key policy does not allow "+r.Action+" to "+who)
	case home == field(r.Resource, 4):
		t.cause(causeKeyPolicy, r.Action, "the key policy neither names "+who+" nor lets IAM policies of the account decide about "+r.Action)
	default:
		t.cause(causeKeyPolicy, r.Action, "the key policy lets neither "+who+" nor account "+home+" do "+r.Action)
	}
}

// uncovered are grants for the principal that do not cover the request.
func (t *teller) uncovered(r *Request, l *Layer) {
	for _, s := range l.Statements {
		t.cause(causeGrant, r.Action, s.Cited+" is for "+t.called(t.Principal)+", and does not cover the request: "+failed(s.Tests), s.Place)
	}
}

// nearly is an Allow that would be the one that is missing, but for a test.
func (t *teller) nearly(r *Request, s *Statement) {
	onResource := slices.IndexFunc(s.Tests, func(test Test) bool { return test.Key == "Resource" || test.Key == "NotResource" })
	switch {
	case onResource < 0 && len(s.Tests) > 0:
		text := s.Cited + " would allow " + r.Action + ", but " + failed(s.Tests)
		if slices.ContainsFunc(s.Tests, func(test Test) bool { return strings.EqualFold(test.Key, "kms:EncryptionContext:aws:s3:arn") }) {
			text += t.contextWords(r)
		}
		t.cause(causeCondition, r.Action, text, s.Place)
	case onResource >= 0 && slices.ContainsFunc(s.Tests[onResource].Values, isAlias):
		t.cause(causeAlias, r.Action, s.Cited+" allows "+r.Action+" on an alias, which gives nothing on the key behind it", s.Place)
	}
}

func isAlias(resource string) bool {
	return field(resource, 2) == "kms" && strings.HasPrefix(field(resource, 5), "alias/")
}

// failed says of tests what they want and what the request has.
func failed(tests []Test) string {
	var words []string
	for _, test := range tests {
		text := chain.Tested(test.Key, test.Operator, test.Values)
		switch {
		case test.Key == "Operations":
			text = "it allows " + strings.Join(test.Values, ", ")
		case len(test.Has) > 0:
			text += " fails: the request has " + strings.Join(test.Has, ", ")
		case test.Known:
			text += " fails: the request does not have it"
		default:
			text += " fails"
		}
		words = append(words, text)
	}
	return strings.Join(words, "; ")
}
