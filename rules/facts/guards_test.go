package facts

import (
	"slices"
	"strings"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// TestPoliciesThatAskForHeaders gives bucket policies that deny uploads by their
// headers or over plain HTTP: whoever can send the right request is able to.
func TestPoliciesThatAskForHeaders(t *testing.T) {
	deny := func(condition string) string {
		return `{"Version":"2012-10-17","Statement":[{"Sid":"No","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::bucket-695267-2","arn:aws:s3:::bucket-695267-2/*"],"Condition":` + condition + `}]}`
	}
	put := func(policy string) Operation {
		d, _ := build(t, func(s *snapshot.Snapshot) { s.Buckets[1].Policy = doc(t, policy) }, intent())
		return d.Operations[1]
	}
	for name, condition := range map[string]string{
		"TLS":                `{"Bool":{"aws:SecureTransport":"false"}}`,
		"header if it is":    `{"StringNotEqualsIfExists":{"s3:x-amz-server-side-encryption":"aws:kms"}}`,
		"header must be":     `{"StringNotEquals":{"s3:x-amz-server-side-encryption":"aws:kms"}}`,
		"key header must be": `{"StringNotEquals":{"s3:x-amz-server-side-encryption-aws-kms-key-id":"` + theKey + `"}}`,
	} {
		if row := put(deny(condition)); len(row.Allowed) != 2 {
			t.Errorf("%s: %+v", name, row)
		}
	}
	if row := put(deny(`{"StringNotEquals":{"s3:x-amz-server-side-encryption-aws-kms-key-id":"arn:aws:kms:us-east-1:522814710681:key/other"}}`)); len(row.Denied) != 1 {
		t.Errorf("another key must be named: %+v", row)
	}
	if row := put(deny(`{"StringNotEquals":{"aws:SourceVpce":"vpce-1"}}`)); len(row.Depends) != 1 {
		t.Errorf("the network decides: %+v", row)
	}
}

func TestGuards(t *testing.T) {
	both := `["arn:aws:s3:::bucket-695267-2","arn:aws:s3:::bucket-695267-2/*"]`
	statement := func(principal, action, resource, condition string) string {
		return `{"Version":"2012-10-17","Statement":[{"Sid":"No","Effect":"Deny","Principal":` + principal + `,"Action":` + action + `,"Resource":` + resource + `,"Condition":` + condition + `}]}`
	}
	noTLS := `{"Bool":{"aws:SecureTransport":"false"}}`
	tests := []struct {
		name, policy         string
		open                 int
		algorithm, key, none string
		customer             string
	}{
		{"no policy", "", 18, "allowed", "allowed", "allowed", "bucket"},
		{"tls", statement(`"*"`, `"s3:*"`, both, noTLS), 0, "allowed", "allowed", "allowed", "bucket"},
		{"tls as a list", statement(`{"AWS":["*"]}`, `["s3:*"]`, both, `{"Bool":{"aws:SecureTransport":["false"]}}`), 0, "allowed", "allowed", "allowed", "bucket"},
		{"tls for objects only", statement(`"*"`, `"s3:*"`, `"arn:aws:s3:::bucket-695267-2/*"`, noTLS), 9, "allowed", "allowed", "allowed", "bucket"},
		{"tls for reads only", statement(`"*"`, `"s3:Get*"`, both, noTLS), 12, "allowed", "allowed", "allowed", "bucket"},
		{"tls for the account only", statement(`{"AWS":"522814710681"}`, `"s3:*"`, both, noTLS), 12, "allowed", "allowed", "allowed", "bucket"},
		{"tls of another bucket", statement(`"*"`, `"s3:*"`, `"arn:aws:s3:::other/*"`, noTLS), 18, "allowed", "allowed", "allowed", "bucket"},
		{"algorithm", statement(`"*"`, `"s3:PutObject"`, both, `{"StringNotEquals":{"s3:x-amz-server-side-encryption":"aws:kms"},"Null":{"s3:x-amz-server-side-encryption":"false"}}`), 18, "denied", "allowed", "allowed", "bucket"},
		// IfExists holds when the header is absent (rule C6), and so denies then.
		{"algorithm if it exists", statement(`"*"`, `"s3:PutObject"`, both, `{"StringNotEqualsIfExists":{"s3:x-amz-server-side-encryption":"aws:kms"}}`), 18, "denied", "allowed", "denied", "bucket"},
		{"algorithm always", statement(`"*"`, `"s3:PutObject"`, both, `{"StringNotEquals":{"s3:x-amz-server-side-encryption":"aws:kms"}}`), 18, "denied", "allowed", "denied", "bucket"},
		{"key", statement(`"*"`, `"s3:PutObject"`, both, `{"StringNotEquals":{"s3:x-amz-server-side-encryption-aws-kms-key-id":"`+theKey+`"},"Null":{"s3:x-amz-server-side-encryption-aws-kms-key-id":"false"}}`), 18, "allowed", "denied", "allowed", "bucket"},
		{"never", statement(`"*"`, `"s3:PutObject"`, both, `{"StringNotEquals":{"s3:x-amz-server-side-encryption":"aws:kms"},"Null":{"s3:x-amz-server-side-encryption":"true"}}`), 18, "allowed", "allowed", "denied", "bucket"},
		{"from a network", statement(`"*"`, `"s3:*"`, both, `{"Bool":{"aws:SecureTransport":"false"},"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}}`), 18, "allowed", "allowed", "allowed", "bucket"},
	}
	for _, test := range tests {
		d, _ := build(t, func(s *snapshot.Snapshot) {
			if test.policy != "" {
				s.Buckets[1].Policy = doc(t, test.policy)
			}
		}, intent())
		g := d.Buckets[1].Guards
		if len(g.OpenToHTTP) != test.open || g.OtherAlgorithm != test.algorithm || g.OtherKey != test.key || g.NoHeader != test.none ||
			d.Buckets[1].CustomerKeys.By != test.customer {
			t.Errorf("%s: %+v", test.name, g)
		}
	}
	d, _ := build(t, func(s *snapshot.Snapshot) {
		s.Buckets[0].Policy = doc(t, strings.ReplaceAll(statement(`"*"`, `"s3:PutObject"`, both,
			`{"Null":{"s3:x-amz-server-side-encryption-customer-algorithm":"false"}}`), "695267-2", "695267-1"))
		s.Buckets[1].Encryption.Value.Rules[0].BlockedTypes = nil
	}, intent())
	if got := d.Buckets[0].CustomerKeys; got == nil || got.By != "policy" {
		t.Errorf("SSE-C denied by the policy: %+v", got)
	}
	if got := d.Buckets[1]; got.CustomerKeys != nil || got.Unread["customer_keys"].Code != "BlockedEncryptionTypesNotGiven" {
		t.Errorf("a configuration that does not say is no proof: %+v", got)
	}
}

// TestGuardsWithHoles gives denials that cover nearly everything.
func TestGuardsWithHoles(t *testing.T) {
	const whole = `"Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::bucket-695267-2","arn:aws:s3:::bucket-695267-2/*"]`
	change := func(old, new string) string { return strings.Replace(whole, old, new, 1) }
	const resource = `"Resource":["arn:aws:s3:::bucket-695267-2","arn:aws:s3:::bucket-695267-2/*"]`
	for name, test := range map[string]struct{ elements, condition, by string }{
		"none":               {whole, "", ""},
		"some objects":       {change(resource, `"NotResource":"arn:aws:s3:::bucket-695267-2/public/*"`), "", "s3:GetObject by anybody"},
		"one object":         {change(resource, `"NotResource":"arn:aws:s3:::bucket-695267-2/a.csv"`), "", "s3:GetObject by anybody"},
		"an action":          {change(`"Action":"s3:*"`, `"NotAction":"s3:GetObjectVersion"`), "", "s3:GetObjectVersion by anybody"},
		"listed actions":     {change(`"s3:*"`, `["s3:GetObject","s3:PutObject","s3:DeleteObject","s3:ListBucket","s3:GetBucketPolicy"]`), "", "some other action by anybody"},
		"a foreign account":  {change(`"Principal":"*"`, `"NotPrincipal":{"AWS":"arn:aws:iam::999999999999:root"}`), "", "s3:GetObject by account 999999999999"},
		"a role":             {change(`"Principal":"*"`, `"NotPrincipal":{"AWS":["`+theRole+`"]}`), "", "s3:GetObject by " + theRole},
		"a role's condition": {whole, `,"ArnNotLike":{"aws:PrincipalArn":"` + theRole + `"}`, "s3:GetObject by " + theRole},
	} {
		d, _ := build(t, func(s *snapshot.Snapshot) {
			s.Buckets[1].Policy = doc(t, `{"Version":"2012-10-17","Statement":[{"Effect":"Deny",`+test.elements+`,"Condition":{"Bool":{"aws:SecureTransport":"false"}`+test.condition+`}}]}`)
		}, intent())
		open := d.Buckets[1].Guards.OpenToHTTP
		if test.by == "" && name == "none" && len(open) != 0 || test.by != "" && !slices.Contains(open, test.by) {
			t.Errorf("%s: %v", name, open)
		}
		if name == "a role's condition" && slices.Contains(open, "s3:GetObject by anybody") {
			t.Errorf("%s: a caller without a name is not that role: %v", name, open)
		}
	}
}

func TestMembership(t *testing.T) {
	allow := func(condition string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"kms:Decrypt","Resource":"*","Condition":` + condition + `}]}`
	}
	own := snapshot.Of(snapshot.Organization{ID: "o-own", ManagementAccount: "999999999999"})
	tests := []struct {
		name, policy string
		organization snapshot.Reading[snapshot.Organization]
		foreign      int
		unread       bool
	}{
		{"none named", allow(`{"StringEquals":{"kms:CallerAccount":"522814710681"}}`), snapshot.Reading[snapshot.Organization]{}, 0, false},
		{"own", allow(`{"StringEquals":{"aws:PrincipalOrgID":"o-own"}}`), own, 0, false},
		{"another", allow(`{"StringEquals":{"aws:PrincipalOrgID":"o-stranger"}}`), own, 1, false},
		{"paths", allow(`{"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-stranger/*"}}`), own, 1, false},
		{"in no organization", allow(`{"StringEquals":{"aws:PrincipalOrgID":"o-stranger"}}`), snapshot.None[snapshot.Organization]("o", "c"), 1, false},
		{"not read", allow(`{"StringEquals":{"aws:PrincipalOrgID":"o-own"}}`), snapshot.Reading[snapshot.Organization]{State: snapshot.Denied}, 0, true},
	}
	for _, test := range tests {
		d, _ := build(t, func(s *snapshot.Snapshot) {
			s.Keys[0].Policy, s.Organization = doc(t, test.policy), test.organization
		}, Intent{})
		k := d.Keys[0]
		_, unread := k.Unread["membership"]
		if unread != test.unread || !unread && len(k.Membership.Foreign) != test.foreign {
			t.Errorf("%s: %+v, unread %v", test.name, k.Membership, unread)
		}
	}
}

func TestWhatIsLeftOutIsNotKnown(t *testing.T) {
	for name, change := range map[string]func(*snapshot.KeyMetadata){
		"state":     func(m *snapshot.KeyMetadata) { m.State = "" },
		"new state": func(m *snapshot.KeyMetadata) { m.State = "Resting" },
		"spec":      func(m *snapshot.KeyMetadata) { m.Spec = "" },
		"origin":    func(m *snapshot.KeyMetadata) { m.Origin = "" },
	} {
		d, _ := build(t, func(s *snapshot.Snapshot) { change(s.Keys[0].Metadata.Value) }, intent())
		if k := d.Keys[0]; k.Metadata != nil || k.Unread["metadata"].State != "failed" {
			t.Errorf("without %s: %+v", name, k.Metadata)
		}
		if b := d.Buckets[1]; b.DefaultKey != nil {
			t.Errorf("without %s the default key is %+v", name, b.DefaultKey)
		}
	}
	d, _ := build(t, func(s *snapshot.Snapshot) {
		*s.Roles[1].AttachedPolicies.Value = append(*s.Roles[1].AttachedPolicies.Value, snapshot.PolicyRef{ARN: "arn:aws:iam::522814710681:policy/X", Name: "X"})
		s.Roles[0].AttachedPolicies = snapshot.Reading[[]snapshot.PolicyRef]{State: snapshot.Denied}
	}, Intent{})
	unread := 0
	for _, p := range d.Policies {
		if p.Document == nil {
			unread++
		}
	}
	if unread != 2 {
		t.Errorf("%d policies are not known, want 2", unread)
	}
}

// TestRequiredThingsAreLookedFor gives requirements that ask for nothing but that
// something is there.
func TestRequiredThingsAreLookedFor(t *testing.T) {
	gone := strings.Replace(theKey, "cac96933", "00000000", 1)
	for name, requirement := range map[string]Requirement{
		"key":       {Name: "x", Key: gone, Exclusive: true},
		"principal": {Name: "x", Key: theKey, Principals: []string{theRole + "x"}},
		"bucket":    {Name: "x", Key: theKey, Buckets: []RequiredBucket{{Name: "nowhere"}}},
	} {
		d, _ := build(t, nil, Intent{Requirements: []Requirement{requirement}})
		denied := 0
		for _, row := range d.Access {
			denied += len(row.Denied)
		}
		for _, row := range d.Operations {
			denied += len(row.Denied)
		}
		if denied != 1 || len(d.Exclusive) != 0 {
			t.Errorf("%s: access %+v, operations %+v", name, d.Access, d.Operations)
		}
	}
}
