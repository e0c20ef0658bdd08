package access

import (
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"github.com/kmsaudit/kmsaudit/collector/policy"
)

const (
	thisAccount  = "111122223333"
	otherAccount = "444455556666"
	aKey         = "arn:aws:kms:us-east-1:111122223333:key/k"
)

func pick(t *rapid.T, label string, from ...string) string {
	return rapid.SampledFrom(from).Draw(t, label)
}

func drawTests(t *rapid.T) []policy.Condition {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) policy.Condition {
		return policy.Condition{
			Operator: pick(t, "operator", "StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIfExists",
				"StringNotEqualsIfExists", "Null", "ForAllValues:StringEquals", "ForAnyValue:StringLike", "ForAnyValue:StringNotEquals", "Bool"),
			Key:    pick(t, "key", "a:x", "a:y", "kms:ResourceAliases"),
			Values: rapid.SliceOfN(rapid.SampledFrom([]string{"1", "2", "true", "false", "*", "1*", "${a:y}"}), 1, 2).Draw(t, "values"),
		}
	}), 0, 2).Draw(t, "tests")
}

func drawStatement(t *rapid.T, layer Layer, effects ...string) policy.Statement {
	s := policy.Statement{Effect: pick(t, "effect", effects...), Conditions: drawTests(t)}
	actions := []string{pick(t, "action", "kms:Decrypt", "kms:*", "kms:Enc*", "s3:*", "*")}
	resources := []string{pick(t, "resource", "*", aKey, "arn:aws:kms:*:*:key/*", "arn:aws:kms:*:*:alias/*", "arn:aws:kms:*:*:key/${a:x}")}
	if s.Action = actions; rapid.Bool().Draw(t, "not action") {
		s.Action, s.NotAction = nil, actions
	}
	if s.Resource = resources; rapid.Bool().Draw(t, "not resource") {
		s.Resource, s.NotResource = nil, resources
	}
	if layer != LayerResource && layer != LayerRCP {
		return s
	}
	list := rapid.SliceOfN(rapid.SampledFrom([]string{
		"*", thisAccount, otherAccount, "arn:aws:iam::111122223333:role/app", "arn:aws:iam::111122223333:user/ann",
		"arn:aws:sts::111122223333:assumed-role/app/s", "arn:aws:iam::444455556666:role/app", "AROAEXAMPLEID0000001",
	}), 1, 3).Draw(t, "principals")
	p := &policy.Principals{}
	for _, value := range list {
		p.List = append(p.List, policy.Principal{Kind: policy.KindAWS, Value: value})
	}
	if s.Principal = p; s.Effect == policy.Deny && layer == LayerResource && rapid.Bool().Draw(t, "not principal") {
		s.Principal, s.NotPrincipal = nil, p
	}
	return s
}

// world is a request and its policies as documents, so that it can be changed.
type world struct {
	req  Request
	docs map[Layer]*policy.Document
	more Policies
}

func drawWorld(t *rapid.T) *world {
	w := &world{docs: map[Layer]*policy.Document{}}
	w.req = Request{
		Principal: Caller{ARN: pick(t, "principal", "arn:aws:iam::111122223333:role/app", "arn:aws:iam::111122223333:user/ann",
			"arn:aws:sts::111122223333:assumed-role/app/s", "arn:aws:iam::111122223333:root", "arn:aws:iam::444455556666:role/app",
			"arn:aws:sts::111122223333:federated-user/f", "logs.amazonaws.com", "*")},
		Action:   pick(t, "action", "kms:Decrypt", "kms:PutKeyPolicy", "kms:ListKeys", "kms:RetireGrant", "s3:GetObject"),
		Resource: aKey, ResourceAccount: thisAccount,
	}
	if w.req.Action == "s3:GetObject" {
		w.req.Resource = "arn:aws:s3:::b/o"
	}
	for _, layer := range []Layer{LayerIdentity, LayerResource, LayerBoundary, LayerSession, LayerSCP, LayerRCP} {
		if layer != LayerIdentity && layer != LayerResource && !rapid.Bool().Draw(t, "has "+string(layer)) {
			continue
		}
		effects := []string{policy.Allow, policy.Allow, policy.Deny}
		if layer == LayerRCP {
			effects = []string{policy.Deny}
		}
		doc := &policy.Document{Version: "2012-10-17"}
		for range rapid.IntRange(1, 3).Draw(t, "statements") {
			doc.Statements = append(doc.Statements, drawStatement(t, layer, effects...))
		}
		w.docs[layer] = doc
	}
	if rapid.Bool().Draw(t, "has grant") {
		w.more.Grants = []Grant{{
			ID: "g", Grantee: pick(t, "grantee", thisAccount, "arn:aws:iam::111122223333:role/app", "arn:aws:iam::444455556666:role/app", "dynamodb.amazonaws.com"),
			Operations: []string{"Decrypt", "RetireGrant"}, IssuingAccount: thisAccount,
		}}
	}
	w.req.Context = NewContext().WithUnknown("a:x", "a:y", "kms:ResourceAliases")
	return w
}

func (w *world) policies() *Policies {
	p := w.more
	one := func(layer Layer) *Policy {
		if w.docs[layer] == nil {
			return nil
		}
		return Compile(string(layer), layer, w.docs[layer])
	}
	list := func(layer Layer) []*Policy {
		if q := one(layer); q != nil {
			return []*Policy{q}
		}
		return nil
	}
	p.Identity, p.Boundary, p.Session, p.Resource = list(LayerIdentity), list(LayerBoundary), one(LayerSession), one(LayerResource)
	if q := list(LayerSCP); q != nil {
		p.SCP = [][]*Policy{q}
	}
	if q := list(LayerRCP); q != nil {
		p.RCP = [][]*Policy{q}
	}
	return &p
}

func (w *world) verdict() Verdict { return Decide(&w.req, w.policies()).Verdict }

// rank orders verdicts by how much they let through.
func rank(v Verdict) int {
	switch v {
	case Allowed:
		return 2
	case Depends, Unknown:
		return 1
	case ExplicitlyDenied, ImplicitlyDenied:
	}
	return 0
}

func (w *world) insert(t *rapid.T, layer Layer, s policy.Statement) {
	doc := w.docs[layer]
	at := rapid.IntRange(0, len(doc.Statements)).Draw(t, "at")
	list := append([]policy.Statement{}, doc.Statements[:at]...)
	doc.Statements = append(append(list, s), doc.Statements[at:]...)
}

func (w *world) layer(t *rapid.T) Layer {
	var layers []string
	for _, layer := range []Layer{LayerIdentity, LayerResource, LayerBoundary, LayerSession, LayerSCP, LayerRCP} {
		if w.docs[layer] != nil {
			layers = append(layers, string(layer))
		}
	}
	return Layer(pick(t, "layer", layers...))
}

func TestADenyNeverAllowsMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		before := w.verdict()
		layer := w.layer(t)
		w.insert(t, layer, drawStatement(t, layer, policy.Deny))
		if after := w.verdict(); rank(after) > rank(before) {
			t.Fatalf("%s became %s", before, after)
		}
	})
}

func TestAnAllowNeverAllowsLess(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		before := w.verdict()
		layer := w.layer(t)
		w.insert(t, layer, drawStatement(t, layer, policy.Allow))
		if after := w.verdict(); rank(after) < rank(before) {
			t.Fatalf("%s became %s", before, after)
		}
	})
}

func TestOrderDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		before := w.verdict()
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		for _, doc := range w.docs {
			random.Shuffle(len(doc.Statements), func(i, j int) {
				doc.Statements[i], doc.Statements[j] = doc.Statements[j], doc.Statements[i]
			})
		}
		if after := w.verdict(); after != before {
			t.Fatalf("%s became %s", before, after)
		}
	})
}

// drawContext settles what drawWorld leaves open.
func drawContext(t *rapid.T) Context {
	ctx := NewContext()
	for _, key := range []string{"a:x", "a:y"} {
		if rapid.Bool().Draw(t, key+" is there") {
			ctx = ctx.With(key, pick(t, key, "1", "2", "true", "12"))
		}
	}
	if rapid.Bool().Draw(t, "aliases") {
		ctx = ctx.WithMany("kms:ResourceAliases", []string{"1", "2"})
	}
	return ctx
}

// TestKnowledgeSettles holds verdicts over unknown keys to what full knowledge says.
func TestKnowledgeSettles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		open := Decide(&w.req, w.policies())
		w.req.Context = drawContext(t)
		full := w.verdict()
		switch {
		case open.Verdict == Allowed && full != Allowed,
			open.Verdict.Denied() && !full.Denied(),
			open.Verdict == ExplicitlyDenied && full != ExplicitlyDenied:
			t.Fatalf("%s without the context, %s with it", open.Verdict, full)
		case open.Verdict == Depends && len(open.DependsOn) == 0:
			t.Fatalf("depends on nothing: %+v", open)
		case open.Verdict == Allowed && len(open.DecidedBy) == 0 && w.req.Principal.ARN != "arn:aws:iam::111122223333:root":
			t.Fatalf("allowed by nothing: %+v", open)
		case open.Verdict == ImplicitlyDenied && len(open.Missing) == 0:
			t.Fatalf("nothing is missing: %+v", open)
		}
	})
}

func TestEvaluateAgreesWithDecide(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		p := w.policies()
		if fast, slow := Evaluate(&w.req, p), Decide(&w.req, p).Verdict; fast != slow {
			t.Fatalf("Evaluate says %s, Decide %s", fast, slow)
		}
	})
}

func FuzzDecide(f *testing.F) {
	f.Add([]byte(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}}`))
	f.Add([]byte(`{"Statement":[{"Effect":"Deny","NotPrincipal":{"AWS":["111122223333"]},"NotAction":"k*:?","NotResource":"arn:aws:*","Condition":{"ForAllValues:StringLikeIfExists":{"aws:x":["${a, 'b'}*","${"]}}}]}`))
	f.Add([]byte(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"CanonicalUser":"c","Federated":"f","Service":"s"},"Action":[],"Resource":["arn:aws:kms:::::","${*}:${a:b}*"],"Condition":{"IpAddress":{"aws:SourceIp":["::/0","x"]},"DateLessThan":{"aws:t":["9999999999999999999"]},"Null":{"a":[true]}}}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		doc, err := policy.Decode(text)
		if err != nil {
			return
		}
		ctx := NewContext().With("aws:SourceIp", "10.0.0.1").With("aws:t", "2026-01-01").With("a", "b").WithUnknown("aws:x")
		for _, caller := range []string{"arn:aws:iam::111122223333:role/app", "arn:aws:iam::444455556666:user/ann", "logs.amazonaws.com", "*"} {
			req := &Request{Principal: Caller{ARN: caller}, Action: "kms:Decrypt", Resource: aKey, Context: ctx}
			d := Decide(req, &Policies{
				Identity: []*Policy{Compile("i", LayerIdentity, doc)}, Resource: Compile("r", LayerResource, doc),
				SCP: [][]*Policy{{Compile("s", LayerSCP, doc)}}, RCP: [][]*Policy{{Compile("c", LayerRCP, doc)}},
			})
			if d.Verdict == Depends && len(d.DependsOn) == 0 {
				t.Errorf("depends on nothing")
			}
		}
		for i := range doc.Statements {
			ExposureOf(doc, i)
		}
	})
}
