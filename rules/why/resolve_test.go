package why

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/access"
	"github.com/kmsaudit/kmsaudit/rules/chain"
)

// TestNames holds names to what they stand for.
func TestNames(t *testing.T) {
	f := reference(t)
	for _, tc := range []struct{ principal, operation, resource, wantPrincipal, wantOperation, wantResource string }{
		{"cmtr-4n6e9j62-iam-sewk-iam_role", "s3:putobject", theObject, theRole, "PutObject", theObject},
		{"role/KeyAdmin", "KMS:decrypt", "cac96933-72ff-0000-0000-000000000000", "arn:aws:iam::522814710681:role/KeyAdmin", "kms:Decrypt", theKey},
		{"522814710681", "kms:Decrypt", "arn:aws:kms:us-east-1:522814710681:alias/confidential", "arn:aws:iam::522814710681:root", "kms:Decrypt", theKey},
		{theRole, "s3:ListBucket", "s3://bucket-695267-2", theRole, "s3:ListBucket", theBucket},
		{theRole, "GetObject", "s3://bucket-695267-2", theRole, "GetObject", theBucket + "/*"},
		{theRole, "GetObject", "s3://bucket-695267-2/*", theRole, "GetObject", theBucket + "/*"},
		{theRole, "kms:ListKeys", "", theRole, "kms:ListKeys", "*"},
		{theRole, "s3:ListAllMyBuckets", "", theRole, "s3:ListAllMyBuckets", "*"},
		{"", "InventoryDelivery", theBucket + "/inventory", "s3.amazonaws.com", "InventoryDelivery", theBucket + "/inventory"},
		{roleID(f), "kms:DescribeKey", theKey, theRole, "kms:DescribeKey", theKey},
		{theRole, "CreateSession", "arn:aws:s3express:us-east-1:522814710681:bucket/b--use1-az4--x-s3", theRole, "CreateSession", "arn:aws:s3express:us-east-1:522814710681:bucket/b--use1-az4--x-s3"},
		{theRole, "kms:Decrypt", "arn:aws:kms:us-east-1:444455556666:key/k", theRole, "kms:Decrypt", "arn:aws:kms:us-east-1:444455556666:key/k"},
	} {
		a, err := New(f).Ask(Question{Principal: tc.principal, Operation: tc.operation, Resource: tc.resource})
		if err != nil {
			t.Errorf("%v: %v", tc, err)
			continue
		}
		if q := a.Question; q.Principal != tc.wantPrincipal || q.Operation != tc.wantOperation || q.Resource != tc.wantResource {
			t.Errorf("%v: got %+v", tc, q)
		}
	}
}

func roleID(f *snapshot.File) string { return roleOf(f.Snapshot).ID }

// TestWrongQuestions holds questions that mean nothing to saying why, and names
// that are not there to what could have been meant.
func TestWrongQuestions(t *testing.T) {
	unlisted := func(operation string) func(*snapshot.Snapshot) {
		return func(s *snapshot.Snapshot) {
			s.Coverage = slices.DeleteFunc(s.Coverage, func(c snapshot.Coverage) bool { return c.Operation == operation })
		}
	}
	for _, tc := range []struct {
		q      Question
		change func(*snapshot.Snapshot)
		says   string
		known  string // that could have been meant
		unread bool
	}{
		{q: Question{Operation: "kms:Decryt", Resource: theKey}, says: "no action of KMS or S3", known: "kms:Decrypt"},
		{q: Question{Operation: "s3:PutObjekt", Resource: theObject}, says: "no action of KMS or S3", known: "s3:PutObject"},
		{q: Question{Operation: "Replicate", Resource: theObject}, says: "no action of KMS or S3", known: "Replication"},
		{q: Question{Principal: "role/KeyAdmn", Operation: "kms:Decrypt", Resource: theKey}, says: "no role KeyAdmn is in the snapshot", known: "KeyAdmin"},
		{q: Question{Principal: theRole + "x", Operation: "kms:Decrypt", Resource: theKey}, says: "no role arn", known: theRole},
		{q: Question{Principal: "arn:aws:sts::522814710681:assumed-role/KeyAdmn/x", Operation: "kms:Decrypt", Resource: theKey}, says: "no role KeyAdmn", known: "KeyAdmin"},
		{q: Question{Principal: "arn:aws:iam::522814710681:group/x", Operation: "kms:Decrypt", Resource: theKey}, says: "is not the ARN of a role, user"},
		{q: Question{Principal: "someone", Operation: "kms:Decrypt", Resource: theKey}, change: unlisted(identityListing), says: "whether there is one is not known", unread: true},
		{q: Question{Operation: "kms:Decrypt", Resource: "alias/confidental"}, says: "no key alias/confidental is in the snapshot", known: "alias/confidential"},
		{q: Question{Operation: "kms:Decrypt", Resource: "alias/x"}, change: unlisted("kms:ListAliases"), says: "whether there is one is not known", unread: true},
		{q: Question{Operation: "kms:Decrypt"}, says: "a key is missing"},
		{q: Question{Operation: "kms:Decrypt", Resource: theBucket}, says: "is not the ARN of a key"},
		{q: Question{Operation: "kms:Decrypt", Resource: "arn:aws:kms:us-east-1:444455556666:alias/x"}, says: "give the ARN of its key"},
		{q: Question{Operation: "kms:ListKeys", Resource: theKey}, says: "has no resource"},
		{q: Question{Operation: "kms:ReEncrypt", Resource: theKey}, says: "needs a source"},
		{q: Question{Operation: "kms:Decrypt", Resource: theKey, Source: theKey}, says: "copies nothing"},
		{q: Question{Operation: "GetObject", Resource: theObject, Source: theObject}, says: "copies nothing"},
		{q: Question{Operation: "kms:CreateAlias", Resource: "alias/new"}, says: "needs the key"},
		{q: Question{Operation: "kms:DeleteAlias", Resource: theKey}, says: "needs an alias"},
		{q: Question{Operation: "PutObject", Resource: "s3://bucket-695267-3/x"}, says: "no bucket arn:aws:s3:::bucket-695267-3", known: theBucket},
		{q: Question{Operation: "PutObject", Resource: "bucket-695267-2"}, says: "is not the ARN of a bucket or object"},
		{q: Question{Operation: "s3:ListBucket", Resource: theObject}, says: "is on a bucket"},
		{q: Question{Operation: "s3:GetAccessPoint" + "Policy", Resource: "x"}, says: "needs the ARN"},
		{q: Question{Principal: theRole, Operation: "InventoryDelivery", Resource: theObject}, says: "is done by the service s3.amazonaws.com"},
		{q: Question{Operation: "CreateSession", Resource: theBucket}, says: "is not the ARN of a directory bucket"},
	} {
		if tc.q.Principal == "" {
			tc.q.Principal = theRole
		}
		change := tc.change
		if change == nil {
			change = func(*snapshot.Snapshot) {}
		}
		_, err := New(reference(t, change)).Ask(tc.q)
		if err == nil || !strings.Contains(err.Error(), tc.says) {
			t.Errorf("%+v: %v", tc.q, err)
			continue
		}
		var missing *chain.Missing
		if found := errors.As(err, &missing); tc.known != "" && (!found || !slices.Contains(missing.Known, tc.known)) || tc.unread && missing.Unread == "" {
			t.Errorf("%+v: %+v", tc.q, missing)
		}
	}
}

// TestTwoOfAName holds a name that two have to being ambiguous.
func TestTwoOfAName(t *testing.T) {
	_, err := New(reference(t, func(s *snapshot.Snapshot) {
		s.Users = []snapshot.User{{ARN: "arn:aws:iam::522814710681:user/KeyAdmin", Name: "KeyAdmin", ID: "AIDAEXAMPLEEXAMPLE00", Path: "/"}}
	})).Ask(Question{Principal: "KeyAdmin", Operation: "kms:Decrypt", Resource: theKey})
	var ambiguous *chain.Ambiguous
	if !errors.As(err, &ambiguous) || len(ambiguous.Candidates) != 2 {
		t.Errorf("got %v", err)
	}
}

// TestSeveralRequests holds operations of KMS that are several requests to each of
// them (Q1, M8, K11, K12).
func TestSeveralRequests(t *testing.T) {
	second := func(s *snapshot.Snapshot) {
		k := s.Keys[0]
		k.ARN, k.ID = strings.Replace(theKey, "cac96933", "dac96933", 1), "dac96933-72ff-0000-0000-000000000000"
		s.Keys = append(s.Keys, k)
	}
	other := strings.Replace(theKey, "cac96933", "dac96933", 1)
	const alias = "arn:aws:kms:us-east-1:522814710681:alias/confidential"
	for _, tc := range []struct {
		q    Question
		want []string
	}{
		{Question{Operation: "kms:ReEncrypt", Source: theKey, Resource: other}, []string{"kms:ReEncryptFrom " + theKey, "kms:ReEncryptTo " + other}},
		{Question{Operation: "kms:CreateAlias", Resource: "alias/new", Key: other}, []string{"kms:CreateAlias " + strings.Replace(alias, "confidential", "new", 1), "kms:CreateAlias " + other}},
		{Question{Operation: "kms:UpdateAlias", Resource: "alias/confidential", Key: other}, []string{"kms:UpdateAlias " + alias, "kms:UpdateAlias " + theKey, "kms:UpdateAlias " + other}},
		{Question{Operation: "kms:DeleteAlias", Resource: alias}, []string{"kms:DeleteAlias " + alias, "kms:DeleteAlias " + theKey}},
		{Question{Operation: "kms:ReplicateKey", Resource: theKey}, []string{"kms:ReplicateKey " + theKey, "kms:CreateKey *"}},
	} {
		tc.q.Principal = "arn:aws:iam::522814710681:role/KeyAdmin"
		a := ask(t, tc.q, reference(t, second))
		var got []string
		for _, r := range a.Requests {
			got = append(got, r.Action+" "+r.Resource)
		}
		if a.Verdict != access.Allowed || !slices.Equal(got, tc.want) {
			t.Errorf("%+v: %s %q", tc.q, a.Verdict, got)
		}
		tc.q.Principal = theRole
		if a = ask(t, tc.q, reference(t, second, policies(useS3))); stepsOf(a)[:6] != "proved" {
			t.Errorf("%+v: %s %s", tc.q, stepsOf(a), also(a))
		}
	}
}

// TestByAlias holds a key that is named by its alias to that alias (C20).
func TestByAlias(t *testing.T) {
	f := reference(t, policies(`{"Effect":"Allow","Action":"kms:*","Resource":"*","Condition":{"StringEquals":{"kms:RequestAlias":"alias/confidential"}}}`))
	for resource, want := range map[string]access.Verdict{"alias/confidential": access.Allowed, theKey: access.Depends} {
		if a := ask(t, Question{Operation: "kms:Decrypt", Resource: resource}, f); a.Verdict != want {
			t.Errorf("%s: got %s, want %s", resource, a.Verdict, want)
		}
	}
}

// TestHeaders holds the headers of an upload to saying which key is used.
func TestHeaders(t *testing.T) {
	f := reference(t, policies(allowAll))
	for _, tc := range []struct {
		headers map[string][]string
		bucket  string
		key     string
	}{
		{nil, theBucket, theKey},
		{nil, "arn:aws:s3:::bucket-695267-1", ""},
		{map[string][]string{algorithmHeader: {"AES256"}}, theBucket, ""},
		{map[string][]string{customerHeader: {"AES256"}}, theBucket, ""},
		{map[string][]string{algorithmHeader: {"aws:kms"}, keyHeader: {"alias/confidential"}}, "arn:aws:s3:::bucket-695267-1", theKey},
		{map[string][]string{algorithmHeader: {"aws:kms"}}, theBucket, "arn:aws:kms:us-east-1:522814710681:key/*"},
	} {
		a := ask(t, Question{Operation: "PutObject", Resource: tc.bucket + "/x", Context: tc.headers}, f)
		key := ""
		if len(a.Keys) > 0 {
			key = a.Keys[0].ARN
		}
		if a.Verdict != access.Allowed || key != tc.key {
			t.Errorf("%v: %s with %q, want %q", tc.headers, a.Verdict, key, tc.key)
		}
	}
}
