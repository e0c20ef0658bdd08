package collector_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kmsaudit/kmsaudit/collector"
	"github.com/kmsaudit/kmsaudit/collector/awsfake"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// small is a world with one of each, to be changed by a test.
func small(t testing.TB) *awsfake.World {
	return &awsfake.World{
		T: t, Account: account, Caller: "arn:aws:iam::111122223333:user/auditor", Regions: []string{"us-east-1"},
		Roles:   []awsfake.Role{{Name: "r", ID: "AROA1", Trust: allow("sts:AssumeRole")}},
		Keys:    []awsfake.Key{{ID: "k", Region: "us-east-1"}},
		Buckets: []awsfake.Bucket{{Name: "b", Region: "us-east-1"}},
	}
}

func run(t testing.TB, w *awsfake.World, opt collector.Options) *snapshot.Snapshot {
	t.Helper()
	s, err := collector.Collect(t.Context(), w.Config(), opt)
	if err != nil {
		t.Fatal(err)
	}
	text, err := snapshot.Encode(s)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := snapshot.Decode("s", text); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestTexts: a policy comes out as it went in, whatever characters are in it.
func TestTexts(t *testing.T) {
	long := `{"Statement":[{"Effect":"Allow","Action":"kms:*","Resource":["` + strings.Repeat(`arn:aws:kms:*:*:key/x","`, 1400) + `*"]}]}`
	for name, text := range map[string]string{
		"plus":      `{"Statement":[{"Sid":"a+b c%20d%2Be","Effect":"Allow","Action":"kms:*","Resource":"*"}]}`,
		"utf-8":     `{"Statement":[{"Sid":"ü€😀","Effect":"Allow","Action":"kms:*","Resource":"*"}]}`,
		"object":    `{"Statement":{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}}`,
		"markup":    `{"Statement":[{"Sid":"<&>\"]]>","Effect":"Allow","Action":"kms:*","Resource":"*"}]}`,
		"long":      long,
		"duplicate": `{"Statement":[{"Effect":"Allow","Action":"kms:Decrypt","Action":"kms:Encrypt","Resource":"*"}]}`,
		"indented":  "\n {\"Statement\" : [ ] }\n",
	} {
		t.Run(name, func(t *testing.T) {
			w := small(t)
			w.Roles[0].Trust, w.Roles[0].Inline = text, map[string]string{"p": text}
			w.Keys[0].Policy, w.Buckets[0].Policy = text, text
			s := run(t, w, collector.Options{})
			inline, _ := s.Roles[0].InlinePolicies.Get()
			want := snapshot.ReadDocument("kms:GetKeyPolicy", text)
			for where, got := range map[string]snapshot.Reading[snapshot.Document]{
				"trust": s.Roles[0].TrustPolicy, "inline": inline[0].Document, "key": s.Keys[0].Policy, "bucket": s.Buckets[0].Policy,
			} {
				if got.State != snapshot.OK || string(got.Value.JSON()) != string(want.Value.JSON()) || got.Text != want.Text {
					t.Errorf("%s is %v %.200s, kept %.200s", where, got.State, got.Message, got.Text)
				}
			}
		})
	}
	w := small(t)
	w.Keys[0].Policy, w.Roles[0].Trust = "no policy", "%zz"
	s := run(t, w, collector.Options{})
	for _, got := range []snapshot.Reading[snapshot.Document]{s.Keys[0].Policy, s.Roles[0].TrustPolicy} {
		if got.State != snapshot.Failed || got.Text == "" {
			t.Errorf("what is no policy is %+v", got)
		}
	}
}

func TestEncryptionShapes(t *testing.T) {
	const arn = "arn:aws:kms:us-east-1:444455556666:key/other"
	failed := snapshot.Reading[snapshot.Encryption]{State: snapshot.Failed, Operation: "s3:GetEncryptionConfiguration", Code: "UnreadableAnswer", Message: "the answer has no rule with an algorithm"}
	tests := []struct {
		name  string
		rules []awsfake.EncryptionRule
		want  snapshot.Reading[snapshot.Encryption]
	}{
		{"none", []awsfake.EncryptionRule{}, failed},
		{"without algorithm", []awsfake.EncryptionRule{{BucketKey: true}}, failed},
		{"default", nil, encryption(snapshot.EncryptionRule{Algorithm: "AES256"})},
		{"aws/s3", []awsfake.EncryptionRule{{Algorithm: "aws:kms"}}, encryption(snapshot.EncryptionRule{Algorithm: "aws:kms"})},
		{"bare id", []awsfake.EncryptionRule{{Algorithm: "aws:kms", Key: "k"}}, encryption(snapshot.EncryptionRule{Algorithm: "aws:kms", Key: "k"})},
		{"alias", []awsfake.EncryptionRule{{Algorithm: "aws:kms:dsse", Key: "alias/k"}}, encryption(snapshot.EncryptionRule{Algorithm: "aws:kms:dsse", Key: "alias/k"})},
		{"two", []awsfake.EncryptionRule{{Algorithm: "aws:kms", Key: arn, BucketKey: true, Blocked: []string{"SSE-C"}}, {Algorithm: "AES256", Blocked: []string{"NONE"}}}, encryption(
			snapshot.EncryptionRule{Algorithm: "aws:kms", Key: arn, BucketKey: true, BlockedTypes: []string{"SSE-C"}},
			snapshot.EncryptionRule{Algorithm: "AES256", BlockedTypes: []string{"NONE"}})},
	}
	for _, test := range tests {
		w := small(t)
		w.Buckets[0].Encryption = test.rules
		if diff := cmp.Diff(test.want, run(t, w, collector.Options{}).Buckets[0].Encryption); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func encryption(rules ...snapshot.EncryptionRule) snapshot.Reading[snapshot.Encryption] {
	return snapshot.Of(snapshot.Encryption{Rules: rules})
}

// TestKeyStates: every kind of key is described in AWS's words, and asked about
// rotation only where it can rotate by itself, about rotations only where it can
// be rotated.
func TestKeyStates(t *testing.T) {
	const no = snapshot.Unsupported
	tests := []struct {
		key                 awsfake.Key
		rotation, rotations snapshot.State
	}{
		{awsfake.Key{State: "Creating"}, snapshot.OK, no},
		{awsfake.Key{State: "Enabled"}, snapshot.OK, snapshot.OK},
		{awsfake.Key{State: "Disabled"}, snapshot.OK, snapshot.OK},
		{awsfake.Key{State: "Unavailable"}, snapshot.OK, no},
		{awsfake.Key{State: "Updating"}, snapshot.OK, no},
		{awsfake.Key{State: "Enabled", MultiRegionType: "PRIMARY"}, snapshot.OK, snapshot.OK},
		{awsfake.Key{State: "PendingReplicaDeletion", MultiRegionType: "PRIMARY"}, snapshot.OK, no},
		{awsfake.Key{State: "PendingDeletion", Rotation: true, Deletion: day}, snapshot.OK, no},
		{awsfake.Key{State: "Enabled", Origin: "EXTERNAL"}, no, snapshot.OK},
		{awsfake.Key{State: "Disabled", Origin: "EXTERNAL"}, no, snapshot.OK},
		{awsfake.Key{State: "PendingImport", Origin: "EXTERNAL"}, no, no},
		{awsfake.Key{Origin: "AWS_CLOUDHSM", CustomKeyStore: "cks-1", CloudHSMCluster: "cluster-1"}, no, no},
		{awsfake.Key{Origin: "EXTERNAL_KEY_STORE", CustomKeyStore: "cks-2", XksKey: "x"}, no, no},
		{awsfake.Key{Spec: "HMAC_256", Usage: "GENERATE_VERIFY_MAC"}, no, no},
		{awsfake.Key{Spec: "RSA_4096"}, no, no},
		{awsfake.Key{Spec: "ML_DSA_65", Usage: "SIGN_VERIFY"}, no, no},
		{awsfake.Key{Manager: "AWS"}, snapshot.NotCollected, snapshot.NotCollected},
	}
	for _, test := range tests {
		w := small(t)
		test.key.ID, test.key.Region = "k", "us-east-1"
		w.Keys[0] = test.key
		s := run(t, w, collector.Options{})
		k := s.Keys[0]
		m, ok := k.Metadata.Get()
		for _, pair := range [][2]string{{m.State, test.key.State}, {m.Origin, test.key.Origin}, {m.Spec, test.key.Spec}, {m.Manager, test.key.Manager}} {
			if !ok || pair[1] != "" && pair[0] != pair[1] {
				t.Errorf("%+v is described as %+v", test.key, m)
			}
		}
		if k.Rotation.State != test.rotation || k.Rotations.State != test.rotations || !collector.Complete(s) {
			t.Errorf("%+v: rotation %+v, rotations %+v, gaps %+v", test.key, k.Rotation, k.Rotations, collector.Gaps(s))
		}
		for operation, state := range map[string]snapshot.State{"GetKeyRotationStatus": test.rotation, "ListKeyRotations": test.rotations} {
			asked := w.Count("kms", operation)
			if wanted := map[bool]int{true: 1}[state == snapshot.OK]; asked != wanted {
				t.Errorf("%+v: %s was asked %d times", test.key, operation, asked)
			}
		}
	}
}

// TestRotations: newest first, each once, whole or not known.
func TestRotations(t *testing.T) {
	first := awsfake.Rotation{At: day, Type: "AUTOMATIC"}
	second := awsfake.Rotation{At: day.AddDate(1, 0, 0), Type: "ON_DEMAND"}
	third := awsfake.Rotation{At: day.AddDate(2, 0, 0), Type: "AUTOMATIC"}
	event := func(r awsfake.Rotation) snapshot.RotationEvent { return snapshot.RotationEvent{At: r.At, Type: r.Type} }
	ordered := snapshot.Of([]snapshot.RotationEvent{event(third), event(second), event(first)})
	failed := snapshot.Reading[[]snapshot.RotationEvent]{
		State: snapshot.Failed, Operation: "kms:ListKeyRotations", Code: "UnreadableAnswer", Message: "a rotation has no date or no type",
	}
	for name, test := range map[string]struct {
		listed []awsfake.Rotation
		want   snapshot.Reading[[]snapshot.RotationEvent]
	}{
		"none":         {nil, snapshot.Of([]snapshot.RotationEvent{})},
		"oldest first": {[]awsfake.Rotation{first, second, third}, ordered},
		"newest first": {[]awsfake.Rotation{third, second, first}, ordered},
		"one twice":    {[]awsfake.Rotation{second, first, third, first}, ordered},
		"no date":      {[]awsfake.Rotation{first, {Type: "AUTOMATIC"}}, failed},
		"no type":      {[]awsfake.Rotation{{At: day}, first}, failed},
	} {
		for _, size := range []int{0, 1} {
			w := small(t)
			w.PageSize, w.Keys[0].Rotations = size, test.listed
			if diff := cmp.Diff(test.want, run(t, w, collector.Options{}).Keys[0].Rotations); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
	}
}

// TestPages: listings of 0, 1, one page, one page and one element.
func TestPages(t *testing.T) {
	for _, n := range []int{0, 1, 99, 100, 101, 1000, 1001} {
		w := &awsfake.World{T: t, Account: account, Caller: "arn:aws:iam::111122223333:user/auditor"}
		for i := range n {
			id := strings.Repeat("0", 5) + string(rune('a'+i%26)) + strings.Repeat("x", i/26)
			w.Aliases = append(w.Aliases, awsfake.Alias{Name: "alias/" + id, Region: "us-east-1"})
			w.Roles = append(w.Roles, awsfake.Role{Name: id, ID: "AROA1", Trust: allow("sts:AssumeRole")})
		}
		s := run(t, w, collector.Options{Regions: []string{"us-east-1"}})
		if len(s.Aliases) != n || len(s.Roles) != n || !collector.Complete(s) {
			t.Errorf("%d: %d aliases, %d roles", n, len(s.Aliases), len(s.Roles))
		}
		pages := func(limit int) int { return max(1, (n+limit-1)/limit) }
		if a, i := w.Count("kms", "ListAliases"), w.Count("iam", "GetAccountAuthorizationDetails"); a != pages(100) || i != pages(1000) {
			t.Errorf("%d: %d pages of aliases, %d of roles", n, a, i)
		}
	}
}

// TestUnlistedPolicy: a managed policy that a role refers to and that IAM did not
// list is not known, which is not the same as not there.
func TestUnlistedPolicy(t *testing.T) {
	w := small(t)
	w.Roles[0].Attached = []string{"arn:aws:iam::aws:policy/path/Hidden"}
	s := run(t, w, collector.Options{})
	if len(s.ManagedPolicies) != 1 || s.ManagedPolicies[0].Name != "Hidden" || s.ManagedPolicies[0].Document.State != snapshot.Failed || collector.Complete(s) {
		t.Errorf("%+v", s.ManagedPolicies)
	}
}

func TestProgress(t *testing.T) {
	w := small(t)
	var seen []collector.Progress
	run(t, w, collector.Options{Progress: func(p collector.Progress) { seen = append(seen, p) }, Now: func() time.Time { return day }})
	last := seen[len(seen)-1]
	calls := 0
	for _, times := range w.Calls() {
		calls += times
	}
	if last.Calls != calls || last.Found != 3 || last.Read != 3 || last.Operation == "" {
		t.Errorf("the last of %d is %+v, %d calls", len(seen), last, calls)
	}
}
