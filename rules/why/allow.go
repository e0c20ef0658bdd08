package why

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/policy"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/access"
)

// allow adds an Allow in one of the layers where it is missing: guard rails first,
// then the resource's side, then the principal's.
func (a *attempt) allow(p *access.Part) *change {
	missing := p.Decision.Missing
	has := func(layer access.Layer) bool { return slices.Contains(missing, layer) }
	switch {
	case has(access.LayerSCP):
		return a.inSCP(p)
	case has(access.LayerBoundary):
		return a.inBoundary(p)
	case has(access.LayerSession):
		a.also = append(a.also, "the session policy has to allow it, which whoever starts the session writes")
		return nil
	case has(access.LayerIdentity) && !has(access.LayerResource) && a.editable():
		return a.inIdentity(p)
	case has(access.LayerResource), has(access.LayerIdentity):
		return a.inResource(p)
	}
	a.also = append(a.also, a.whyDenied(p))
	return nil
}

// editable says that the principal's own policies can be changed by whoever has
// its account.
func (s *stage) editable() bool {
	kind, _, _ := strings.Cut(field(s.Principal, 5), "/")
	return s.home >= 0 && !strings.Contains(s.principalARN(), ":role/aws-service-role/") &&
		(kind == "role" || kind == "user" || kind == "assumed-role")
}

// statement is the Allow of exactly the request of a part, on the principal's side.
func (a *attempt) allowing(p *access.Part) (statement, bool) {
	resource, ok := a.pattern(p.Resource, "2012-10-17")
	s := statement{Effect: policy.Allow, Action: []string{p.Action}, Resource: []string{resource}}
	return a.narrowed(s, p), ok
}

// narrowed confines a statement to the way in which the request comes.
func (a *attempt) narrowed(s statement, p *access.Part) statement {
	byS3 := p.Half == "kms" && a.bucket != "" && a.operation.Service == "" && !a.operation.Directory
	if region := field(p.Resource, 3); byS3 && region != "" {
		s = s.when("StringEquals", "kms:ViaService", "s3."+region+".amazonaws.com")
	}
	if isService(a.Principal) {
		ctx := a.sourceOf()
		for _, key := range []string{"aws:SourceAccount", "aws:SourceArn"} {
			if value := ctx[key]; value != "" {
				operator := "StringEquals"
				if key == "aws:SourceArn" {
					operator = "ArnEquals"
				}
				s = s.when(operator, key, value)
			}
		}
	}
	if a.bucket != "" {
		return s
	}
	for key, values := range a.question.Context {
		lower := strings.ToLower(key)
		if (lower == "kms:viaservice" || strings.HasPrefix(lower, "kms:encryptioncontext:")) && len(values) == 1 {
			s = s.when("StringEquals", key, values[0])
		}
	}
	return s
}

// sourceOf is for whom a service acts, as far as the question says.
func (a *attempt) sourceOf() map[string]string {
	source := map[string]string{}
	if a.source != nil {
		source["aws:SourceArn"] = a.source.Bucket
		if i := a.world.bucketIn(a.source.Bucket); i >= 0 {
			source["aws:SourceAccount"] = a.world.files[i].Snapshot.Account.ID
		}
	}
	for key, values := range a.question.Context {
		for _, name := range []string{"aws:SourceAccount", "aws:SourceArn"} {
			if strings.EqualFold(key, name) && len(values) == 1 {
				source[name] = values[0]
			}
		}
	}
	return source
}

// forThis confines a statement that binds several principals to the one.
func (a *attempt) forThis(s statement) statement {
	return s.when("ArnEquals", "aws:PrincipalArn", a.principalARN())
}

func (a *attempt) inIdentity(p *access.Part) *change {
	s, ok := a.allowing(p)
	pointer := a.pointerOfPrincipal()
	if !ok || pointer == "" {
		a.also = append(a.also, "an identity policy of "+a.called(a.Principal)+" has to allow "+p.Action)
		return nil
	}
	arn := a.principalARN()
	text := "add a statement to an identity policy of " + a.called(arn)
	if strings.Contains(arn, ":role/aws-reserved/") {
		text += ", by its permission set"
	}
	return a.adding(a.home, pointer, Step{Text: text, To: toIdentity, Of: arn}, s)
}

func (a *attempt) adding(file int, pointer string, step Step, s statement) *change {
	step.Account = a.parts[file].s.Account.ID
	step.Statements = texts([]statement{s})
	return &change{Step: step, file: file, pointer: pointer, form: s}
}

// pointerOfPrincipal is where the principal, or its role, stands in its part.
func (s *stage) pointerOfPrincipal() string {
	arn, own := s.principalARN(), s.parts[s.home].s
	for i := range own.Users {
		if own.Users[i].ARN == arn {
			return fmt.Sprintf("/users/%d", i)
		}
	}
	for i := range own.Roles {
		if own.Roles[i].ARN == arn {
			return fmt.Sprintf("/roles/%d", i)
		}
	}
	return ""
}

// boundary is the ARN of the principal's permissions boundary.
func (s *stage) boundary() string {
	arn, own := s.principalARN(), s.parts[s.home].s
	for i := range own.Users {
		if ref, ok := own.Users[i].Boundary.Get(); ok && own.Users[i].ARN == arn {
			return ref.ARN
		}
	}
	for i := range own.Roles {
		if ref, ok := own.Roles[i].Boundary.Get(); ok && own.Roles[i].ARN == arn {
			return ref.ARN
		}
	}
	return ""
}

func (a *attempt) inBoundary(p *access.Part) *change {
	if a.home < 0 {
		return nil
	}
	boundary := a.boundary()
	own := a.parts[a.home].s
	i := slices.IndexFunc(own.ManagedPolicies, func(m snapshot.ManagedPolicy) bool { return m.ARN == boundary })
	s, ok := a.allowing(p)
	switch {
	case field(boundary, 4) == "aws":
		a.also = append(a.also, "the permissions boundary is "+boundary+", AWS's own: it would have to be another one")
		return nil
	case i < 0 || !ok:
		a.also = append(a.also, "the permissions boundary "+boundary+" has to allow "+p.Action)
		return nil
	}
	document, _ := own.ManagedPolicies[i].Document.Get()
	if document.Policy() != nil && document.Policy().Version != "2012-10-17" && strings.Contains(s.Resource[0], "${") {
		a.also = append(a.also, "the permissions boundary "+boundary+" has to allow "+p.Action)
		return nil
	}
	return a.adding(a.home, fmt.Sprintf("/managed_policies/%d", i), Step{
		Text: "add a statement to the permissions boundary " + boundary, To: toBoundary, Of: boundary,
	}, a.forThis(s))
}

func (a *attempt) inSCP(p *access.Part) *change {
	s, ok := a.allowing(p)
	for _, l := range p.Decision.Layers {
		if l.Layer == access.LayerSCP && l.Says == access.SaysNothing && ok {
			return a.adding(a.home, "/organization/value", Step{
				Text: "attach a service control policy with this statement to " + l.Level + ", from the organization's management account",
				To:   toSCP, Of: l.Level,
			}, a.forThis(s))
		}
	}
	a.also = append(a.also, "the service control policies have to allow "+p.Action)
	return nil
}

// inResource names the principal in the key or bucket policy: that opens it to
// nobody else.
func (a *attempt) inResource(p *access.Part) *change {
	file := a.owner(p.Resource)
	own := a.parts[file].s
	key := slices.IndexFunc(own.Keys, func(k snapshot.Key) bool { return k.ARN == p.Resource })
	name, _, _ := strings.Cut(p.Resource, "/")
	bucket := slices.IndexFunc(own.Buckets, func(b snapshot.Bucket) bool { return b.ARN == name })
	principal, narrow, ok := a.named()
	for _, l := range p.Decision.Layers {
		if l.Layer == access.LayerResource && strings.HasPrefix(l.Why, "S2: ") {
			_, text, _ := strings.Cut(l.Why, ": ")
			a.also = append(a.also, text+"; make the policy one that is not public, and name the principal in it")
			return nil
		}
	}
	switch {
	case !ok:
		a.also = append(a.also, "nothing is proposed that would open "+p.Resource+" to everybody")
	case key >= 0 && awsManaged(&own.Keys[key]), p.Key.Status == access.KeyAWSManaged:
		a.also = append(a.also, "AWS manages "+a.called(p.Resource)+", and its policy cannot be changed")
	case key >= 0:
		s := narrow(a.narrowed(statement{Effect: policy.Allow, Principal: principal, Action: []string{p.Action}, Resource: []string{"*"}}, p))
		return a.adding(file, fmt.Sprintf("/keys/%d", key), Step{
			Text: "add a statement to the key policy of " + a.called(p.Resource), To: toKey, Of: p.Resource,
		}, s)
	case bucket >= 0:
		version := "2012-10-17"
		if document, ok := own.Buckets[bucket].Policy.Get(); ok {
			version = document.Policy().Version
		}
		if resource, ok := a.pattern(p.Resource, version); ok {
			s := narrow(a.narrowed(statement{Effect: policy.Allow, Principal: principal, Action: []string{p.Action}, Resource: []string{resource}}, p))
			return a.adding(file, fmt.Sprintf("/buckets/%d", bucket), Step{
				Text: "add a statement to the bucket policy of " + field(name, 5), To: toBucket, Of: name,
			}, s)
		}
		a.also = append(a.also, "the bucket policy has to allow "+p.Action+", and its version has no way to name this object alone")
	default:
		a.also = append(a.also, a.whyDenied(p))
	}
	return nil
}

func awsManaged(k *snapshot.Key) bool {
	m, ok := k.Metadata.Get()
	return ok && m.Manager == "AWS"
}

// named is the principal as a resource policy names it, and what narrows that to
// it; false for everybody.
func (a *attempt) named() (map[string][]string, func(statement) statement, bool) {
	as := func(s statement) statement { return s }
	switch {
	case a.Principal == "*":
		return nil, nil, false
	case isService(a.Principal):
		return map[string][]string{policy.KindService: {a.Principal}}, as, true
	case strings.HasSuffix(a.Principal, ":root"): // which stands for the account
		as = a.forThis
	}
	return map[string][]string{policy.KindAWS: {a.Principal}}, as, true
}

// toOf is what a step changes that is about a statement of a layer.
func (a *attempt) toOf(p *access.Part, layer access.Layer) string {
	switch layer {
	case access.LayerResource:
		return a.kind(p, layer)
	case access.LayerBoundary:
		return toBoundary
	case access.LayerSCP:
		return toSCP
	case access.LayerRCP:
		return toRCP
	case access.LayerIdentity, access.LayerSession, access.LayerGrant:
	}
	return toIdentity
}

// policyOf is what a policy hangs on, or its ARN.
func (a *attempt) policyOf(p *access.Part, ref access.StatementRef) string {
	part := a.parts[a.file(p, ref.Layer)]
	i := indexIn(ref.Pointer)
	switch {
	case strings.HasPrefix(ref.Pointer, "/users/"):
		return part.s.Users[i].ARN
	case strings.HasPrefix(ref.Pointer, "/groups/"):
		return part.s.Groups[i].ARN
	case strings.HasPrefix(ref.Pointer, "/roles/"):
		return part.s.Roles[i].ARN
	case strings.HasPrefix(ref.Pointer, "/managed_policies/"):
		return part.s.ManagedPolicies[i].ARN
	case strings.HasPrefix(ref.Pointer, "/keys/"), strings.HasPrefix(ref.Pointer, "/buckets/"):
		if ref.Pointer[:6] == "/keys/" {
			return part.s.Keys[i].ARN
		}
		return part.s.Buckets[i].ARN
	}
	return ref.Policy
}

// otherHalf is what the account of a foreign principal has to allow.
func (a *attempt) otherHalf() []Step {
	account := field(a.Principal, 4)
	var needed []*change
	for i := range a.decided.parts {
		if s, ok := a.allowing(&a.decided.parts[i]); ok {
			needed = append(needed, &change{form: s, Step: Step{
				Text: "an identity policy of " + a.Principal + " has to allow it", To: toIdentity, Of: a.Principal, Account: account,
				Statements: texts([]statement{s}),
			}})
		}
	}
	var steps []Step
	for _, c := range joined(needed) {
		steps = append(steps, c.Step)
	}
	return steps
}
