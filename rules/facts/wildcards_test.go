package facts

import (
	"reflect"
	"slices"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

func policyFact(t *testing.T, d *Document, id string) Policy {
	t.Helper()
	i := slices.IndexFunc(d.Policies, func(p Policy) bool { return p.ID == id })
	if i < 0 {
		t.Fatalf("no policy %s", id)
	}
	return d.Policies[i]
}

const ours = "arn:aws:iam::522814710681:policy/ours"

func TestWildcards(t *testing.T) {
	for name, test := range map[string]struct {
		document string
		want     []WildcardStatement
	}{
		"none": {`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}}`, nil},
		"some": {
			`{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Allow","Action":["kms:*","s3:Get*"],"Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}},{"Sid":"B","Effect":"Allow","Action":"*","Resource":"*"}]}`,
			[]WildcardStatement{
				{Place: "/Statement/0", Identity: "A", Conditional: true, Services: []string{"kms"}},
				{Place: "/Statement/1", Identity: "B", Everything: true, Services: []string{"*"}},
			},
		},
		"taken back": {`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"*","Resource":"*"}]}`, nil},
		"taken back in part": {
			`{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Allow","NotAction":"iam:*","Resource":"*"},{"Sid":"B","Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"false"}}},{"Sid":"C","Effect":"Deny","Action":"s3:*","Resource":"*"}]}`,
			[]WildcardStatement{{Place: "/Statement/0", Identity: "A", Services: []string{"*"}, But: []string{"iam:*"}}},
		},
	} {
		d, _ := build(t, func(s *snapshot.Snapshot) {
			s.ManagedPolicies = append(s.ManagedPolicies, snapshot.ManagedPolicy{ARN: ours, Name: "ours", Document: doc(t, test.document)})
		}, Intent{})
		p := policyFact(t, d, ours)
		for i := range p.Wildcards.Statements {
			one := &p.Wildcards.Statements[i]
			one.Place = one.Place[len(p.Wildcards.Place):]
			if one.Identity != test.want[i].Identity {
				t.Errorf("%s: statement %d is %q", name, i, one.Identity)
			}
		}
		if !reflect.DeepEqual(p.Wildcards.Statements, test.want) {
			t.Errorf("%s: %+v", name, p.Wildcards.Statements)
		}
	}
}

func TestPolicyUse(t *testing.T) {
	ref := snapshot.PolicyRef{ARN: ours, Name: "ours"}
	refused := snapshot.Reading[snapshot.PolicyRef]{State: snapshot.Denied}
	for name, test := range map[string]struct {
		change func(*snapshot.Snapshot)
		want   *PolicyUse
	}{
		"used by nobody": {func(*snapshot.Snapshot) {}, &PolicyUse{}},
		"boundary":       {func(s *snapshot.Snapshot) { s.Roles[0].Boundary = snapshot.Of(ref) }, &PolicyUse{BoundaryOnly: true}},
		"attached":       {func(s *snapshot.Snapshot) { s.Roles[0].AttachedPolicies = snapshot.Of([]snapshot.PolicyRef{ref}) }, &PolicyUse{}},
		"both": {func(s *snapshot.Snapshot) {
			s.Roles[0].Boundary = snapshot.Of(ref)
			s.Roles[1].AttachedPolicies = snapshot.Of([]snapshot.PolicyRef{ref})
		}, &PolicyUse{}},
		"boundary not read": {func(s *snapshot.Snapshot) { s.Roles[0].Boundary = refused }, nil},
		"attached, one unread": {func(s *snapshot.Snapshot) {
			s.Roles[0].Boundary = refused
			s.Roles[1].AttachedPolicies = snapshot.Of([]snapshot.PolicyRef{ref})
		}, &PolicyUse{}},
		"attached to a group": {func(s *snapshot.Snapshot) {
			s.Groups = append(s.Groups, snapshot.Group{ARN: "g", InlinePolicies: snapshot.Of([]snapshot.NamedPolicy{}), AttachedPolicies: snapshot.Of([]snapshot.PolicyRef{ref})})
		}, &PolicyUse{}},
		"not listed": {func(s *snapshot.Snapshot) { s.Coverage = nil }, nil},
	} {
		d, _ := build(t, func(s *snapshot.Snapshot) {
			s.ManagedPolicies = append(s.ManagedPolicies, snapshot.ManagedPolicy{ARN: ours, Name: "ours", Document: doc(t, `{"Version":"2012-10-17","Statement":[]}`)})
			test.change(s)
		}, Intent{})
		p := policyFact(t, d, ours)
		switch _, unread := p.Unread["use"]; {
		case test.want == nil && (p.Use != nil || !unread):
			t.Errorf("%s: %+v", name, p.Use)
		case test.want != nil && (p.Use == nil || p.Use.BoundaryOnly != test.want.BoundaryOnly):
			t.Errorf("%s: %+v, %+v", name, p.Use, p.Unread)
		}
	}
}

func TestIdentities(t *testing.T) {
	d, _ := build(t, func(s *snapshot.Snapshot) {
		none := snapshot.Of([]snapshot.NamedPolicy{})
		s.Users = []snapshot.User{{ARN: "u", Name: "u", InlinePolicies: none}}
		s.Groups = []snapshot.Group{{ARN: "g", Name: "g", InlinePolicies: snapshot.Reading[[]snapshot.NamedPolicy]{State: snapshot.Denied}}}
	}, Intent{})
	got := map[string][]string{}
	for _, i := range d.Identities {
		if i.Inline != nil {
			got[i.Kind+" "+i.Name] = i.Inline.Names
		} else if i.Unread["inline"].State != "denied" {
			t.Errorf("%s: %+v", i.Name, i)
		}
	}
	if want := map[string][]string{"user u": nil, "role KeyAdmin": nil, "role cmtr-4n6e9j62-iam-sewk-iam_role": {"KMSAccessPolicy", "S3Access"}}; !reflect.DeepEqual(got, want) {
		t.Errorf("identities %v", got)
	}
}
