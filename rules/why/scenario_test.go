package why

import (
	"slices"
	"strings"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/access"
)

func scenariosOf(a *Answer) string {
	var words []string
	for _, s := range a.Scenarios {
		words = append(words, s.Name+": "+s.Verdict.String())
	}
	return strings.Join(words, "; ")
}

// TestScenarios holds open verdicts to how they fall in the usual situations (U5).
func TestScenarios(t *testing.T) {
	when := func(more string) func(*snapshot.Snapshot) {
		return keyPolicy(strings.TrimSuffix(delegate, "}") + `,"Condition":{` + more + `}}`)
	}
	decrypt := Question{Operation: "kms:Decrypt", Resource: "alias/confidential"}
	const via = `"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com"}`
	const objects = `"StringLike":{"kms:EncryptionContext:aws:s3:arn":"` + theBucket + `/*"}`
	for _, tc := range []struct {
		name   string
		change []func(*snapshot.Snapshot)
		q      Question
		want   string
	}{
		{
			"through S3 only",
			[]func(*snapshot.Snapshot){when(via)},
			decrypt,
			"direct: ImplicitlyDenied; through S3 without a Bucket Key, bucket bucket-695267-2: Allowed; through S3 with a Bucket Key, bucket bucket-695267-2: Allowed",
		},
		{
			"of objects only",
			[]func(*snapshot.Snapshot){when(objects)},
			decrypt,
			"direct: Depends; through S3 without a Bucket Key, bucket bucket-695267-2: Allowed; through S3 with a Bucket Key, bucket bucket-695267-2: ImplicitlyDenied",
		},
		{
			"no bucket has the key",
			[]func(*snapshot.Snapshot){when(objects), defaultKey("")},
			decrypt,
			"direct: Depends; through S3 without a Bucket Key: Depends; through S3 with a Bucket Key: Depends",
		},
		{"an action that S3 does not use", []func(*snapshot.Snapshot){when(via)}, Question{Operation: "kms:DescribeKey", Resource: theKey}, "direct: ImplicitlyDenied"},
		{"something else is open", []func(*snapshot.Snapshot){when(`"StringEquals":{"aws:SourceVpce":"vpce-1"}`)}, decrypt, ""},
	} {
		a := ask(t, tc.q, reference(t, tc.change...))
		if a.Verdict != access.Depends || scenariosOf(a) != tc.want {
			t.Errorf("%s: %s\n got %s\nwant %s", tc.name, a.Verdict, scenariosOf(a), tc.want)
		}
	}
}

// TestBucketKeyScenarios holds reads of objects of which nobody knows whether they
// are under a Bucket Key to both.
func TestBucketKeyScenarios(t *testing.T) {
	const either = `"Condition":{"StringLike":{"kms:EncryptionContext:aws:s3:arn":"` + theBucket + `/*"},"StringEquals":{"aws:SourceVpce":"vpce-1"}}`
	f := reference(t, keyPolicy(strings.TrimSuffix(delegate, "}")+`,"Condition":{"StringLike":{"kms:EncryptionContext:aws:s3:arn":"`+theBucket+`/*"}}}`),
		policies(useS3, strings.TrimSuffix(useKMS, "}")+","+strings.Replace(either, `"StringLike":{"kms:EncryptionContext:aws:s3:arn":"`+theBucket+`/*"},`, "", 1)+"}"))
	q := Question{Operation: "GetObject", Resource: theBucket + "/*"}
	a := ask(t, q, f)
	if a.Verdict != access.ImplicitlyDenied || len(a.Requests) != 3 || a.Requests[1].Verdict == a.Requests[2].Verdict {
		t.Errorf("%s: %d requests", a.Verdict, len(a.Requests))
	}
	on := true
	q.BucketKey = &on
	if a = ask(t, q, f); a.Verdict != access.ImplicitlyDenied || len(a.Requests) != 2 {
		t.Errorf("with a Bucket Key: %s", a.Verdict)
	}
	off := false
	q.BucketKey = &off
	if a = ask(t, q, f); a.Verdict != access.Depends || len(a.Requests) != 2 || !slices.ContainsFunc(a.Requests[1].DependsOn, func(x Test) bool { return x.Key == "aws:SourceVpce" }) {
		t.Errorf("without: %s %+v", a.Verdict, a.Requests)
	}
}

// TestAssumptions holds what is taken for granted to being said, and to ending
// where the question says it.
func TestAssumptions(t *testing.T) {
	has := func(a *Answer, text string) bool {
		return slices.ContainsFunc(a.Assumptions, func(s string) bool { return strings.Contains(s, text) })
	}
	a := ask(t, upload(), reference(t))
	for _, text := range []string{"session policy", "VPC endpoint policy", "over TLS", "no headers for encryption", "access point", "ACLs", "Access Grants", "grant token", "other services"} {
		if !has(a, text) {
			t.Errorf("%q is not said", text)
		}
	}
	for _, tc := range []struct {
		q    Question
		want string
	}{
		{download(), ""},
		{Question{Operation: "GetObject", Resource: theBucket + "/*"}, "s3://bucket-695267-2/* was not read"},
		{Question{Operation: "CopyObject", Resource: theObject, Source: theBucket + "/other"}, "s3://bucket-695267-2/other was not read"},
		{Question{Operation: "GetObject", Resource: theBucket + "/other", Key: theKey}, ""},
	} {
		a := ask(t, tc.q, reference(t))
		if got := slices.IndexFunc(a.Assumptions, func(s string) bool { return strings.HasPrefix(s, "S5: ") }); (got >= 0) != (tc.want != "") || got >= 0 && !has(a, tc.want) {
			t.Errorf("%+v: %q", tc.q, a.Assumptions)
		}
	}
	q := upload()
	q.Context = map[string][]string{secureTransport: {"true"}, algorithmHeader: {"aws:kms"}, "aws:SourceIp": {"10.0.0.1"}}
	a = ask(t, q, reference(t))
	if has(a, "over TLS") || has(a, "no headers") {
		t.Errorf("what the question says is taken for granted: %q", a.Assumptions)
	}
	if strings.Join(a.Untested, " ") != "aws:SecureTransport aws:SourceIp" {
		t.Errorf("untested: %q", a.Untested)
	}
}

// TestUnreadOrganization holds SCPs and RCPs that were not read to being taken as
// not restricting, and to being named (O7).
func TestUnreadOrganization(t *testing.T) {
	unread := func(s *snapshot.Snapshot) {
		s.Organization = snapshot.Reading[snapshot.Organization]{State: snapshot.Denied, Operation: "organizations:DescribeOrganization"}
	}
	a := ask(t, download(), reference(t, unread))
	if a.Verdict != access.Allowed || len(a.RestsOn) != 2 {
		t.Errorf("%s rests on %v", a.Verdict, a.RestsOn)
	}
	for _, l := range a.Requests[0].Layers {
		if (l.Layer == "scp" || l.Layer == "rcp") && l.Says != access.SaysUnread {
			t.Errorf("%s says %s", l.Layer, l.Says)
		}
	}
	if a = ask(t, download(), reference(t, unread, policies(useS3))); a.Verdict != access.ImplicitlyDenied || stepsOf(a) != "proved identity_policy" || len(a.RestsOn) != 0 {
		t.Errorf("a denial: %s %s %v", a.Verdict, stepsOf(a), a.RestsOn)
	}
	q := download()
	q.Principal = stranger
	if a = ask(t, q, reference(t, unread, keyPolicy(`{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}`),
		bucketPolicy(`{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"`+theBucket+`/*"}`), func(s *snapshot.Snapshot) {
			bucketOf(s, theBucket).PublicAccessBlock = snapshot.None[snapshot.PublicAccessBlock]("x", "x")
		})); a.Verdict != access.Unknown || len(a.RestsOn) != 0 || !strings.Contains(a.Summary, "444455556666 was not read") {
		t.Errorf("a stranger: %s %v %s", a.Verdict, a.RestsOn, a.Summary)
	}
}

// TestReplication holds replication to the rule of the source's bucket.
func TestReplication(t *testing.T) {
	rule := snapshot.ReplicationRule{ID: "all", Status: "Enabled", Bucket: theBucket, ReplicaKey: "alias/confidential", KMSEncryptedObjects: "Enabled"}
	replicates := func(change func(*snapshot.Replication)) *snapshot.File {
		return reference(t, policies(allowAll), func(s *snapshot.Snapshot) {
			r := snapshot.Replication{Role: theRole, Rules: []snapshot.ReplicationRule{rule}}
			change(&r)
			from := bucketOf(s, "arn:aws:s3:::bucket-695267-1")
			from.Replication = snapshot.Of(r)
			from.Encryption = bucketOf(s, theBucket).Encryption
			from.Objects = nil
		})
	}
	q := Question{Operation: "Replication", Source: "s3://bucket-695267-1/in/a.csv", Resource: theBucket + "/in/a.csv"}
	a := ask(t, q, replicates(func(*snapshot.Replication) {}))
	var kms []string
	for _, r := range a.Requests {
		if r.Half == "kms" {
			kms = append(kms, r.Action+" "+strings.TrimPrefix(r.Context, "arn:aws:s3:::"))
		}
	}
	if a.Verdict != access.Allowed || strings.Join(kms, "; ") != "kms:Decrypt bucket-695267-1/in/a.csv; kms:Decrypt bucket-695267-1; kms:Encrypt bucket-695267-2; kms:Decrypt bucket-695267-2" || len(a.Obstacles) != 0 {
		t.Errorf("%s %q %+v", a.Verdict, kms, a.Obstacles)
	}
	for name, change := range map[string]func(*snapshot.Replication){
		"leaves out objects under SSE-KMS": func(r *snapshot.Replication) { r.Rules[0].KMSEncryptedObjects = "Disabled" },
		"replicates as":                    func(r *snapshot.Replication) { r.Role = stranger },
	} {
		if a = ask(t, q, replicates(change)); len(a.Obstacles) != 1 || !strings.Contains(a.Obstacles[0].Text, name) {
			t.Errorf("%s: %+v", name, a.Obstacles)
		}
	}
}

// TestFormula holds an open verdict to what has to be so, as an and/or of tests
// (U5).
func TestFormula(t *testing.T) {
	f := reference(t, keyPolicy(delegate, `{"Sid":"Away","Effect":"Deny","Principal":"*","Action":"kms:*","Resource":"*","Condition":{"StringEquals":{"aws:SourceVpc":"vpc-1"}}}`),
		policies(strings.TrimSuffix(useKMS, "}")+`,"Condition":{"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com"}}}`,
			strings.TrimSuffix(useKMS, "}")+`,"Condition":{"StringEquals":{"aws:SourceVpce":"vpce-1"}}}`))
	a := ask(t, Question{Operation: "kms:Decrypt", Resource: theKey}, f)
	var draw func(*Formula) string
	draw = func(f *Formula) string {
		if f.Test != nil {
			return map[bool]string{true: "not "}[f.Fails] + f.Test.Key
		}
		var parts []string
		for i := range f.All {
			parts = append(parts, draw(&f.All[i]))
		}
		if len(f.All) > 0 {
			return "(" + strings.Join(parts, " and ") + ")"
		}
		for i := range f.Any {
			parts = append(parts, draw(&f.Any[i]))
		}
		return "(" + strings.Join(parts, " or ") + ")"
	}
	if a.Verdict != access.Depends || a.Requests[0].When == nil {
		t.Fatalf("%s %+v", a.Verdict, a.Requests)
	}
	if got := draw(a.Requests[0].When); got != "((kms:ViaService or aws:SourceVpce) and not aws:SourceVpc)" {
		t.Errorf("got %s", got)
	}
}

// TestTied holds statements that contradict each other to being the cause, and what
// leaves them as they are to being no cure.
func TestTied(t *testing.T) {
	f := reference(t, policies(strings.TrimSuffix(useKMS, "}")+`,"Condition":{"StringEquals":{"aws:SourceVpce":"vpce-1"}}}`),
		keyPolicy(delegate, `{"Sid":"Away","Effect":"Deny","Principal":"*","Action":"kms:*","Resource":"*","Condition":{"StringEquals":{"aws:SourceVpce":"vpce-1"}}}`))
	a := ask(t, Question{Operation: "kms:Decrypt", Resource: theKey}, f)
	if a.Verdict != access.ImplicitlyDenied || kinds(a) != "condition" || len(a.Causes[0].Places) != 2 {
		t.Errorf("%s %s %+v", a.Verdict, kinds(a), a.Causes)
	}
	if a.Mend.Proved || a.Mend.LeadsTo != access.Depends || !strings.Contains(also(a), "tests are still open") {
		t.Errorf("%s %s", stepsOf(a), also(a))
	}
}
