package access_test

import (
	"fmt"
	"log"

	"github.com/kmsaudit/kmsaudit/collector/policy"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/access"
)

// compile reads and compiles a policy document.
func compile(name string, layer access.Layer, text string) *access.Policy {
	doc, err := policy.Decode([]byte(text))
	if err != nil {
		panic(err)
	}
	return access.Compile(name, layer, doc)
}

// A role may use a key if its identity policy says so and the key policy lets the
// account's IAM policies decide.
func ExampleDecide() {
	policies := &access.Policies{
		Identity: []*access.Policy{compile("app", access.LayerIdentity,
			`{"Version":"2012-10-17","Statement":{"Sid":"Use","Effect":"Allow","Action":"kms:Decrypt","Resource":"*"}}`)},
		Resource: compile("", access.LayerResource,
			`{"Version":"2012-10-17","Statement":{"Sid":"Admin","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/admin"},"Action":"kms:*","Resource":"*"}}`),
	}
	request := &access.Request{
		Principal: access.Caller{ARN: "arn:aws:iam::111122223333:role/app"},
		Action:    "kms:Decrypt",
		Resource:  "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
		Context:   access.NewContext().With("kms:CallerAccount", "111122223333"),
	}
	d := access.Decide(request, policies)
	fmt.Println(d.Verdict, d.Missing)
	fmt.Println(d.Notes[0])
	// Output:
	// ImplicitlyDenied [resource]
	// K1: no key policy statement lets the account's IAM policies decide
}

// Where context keys are not known, the decision says what it depends on.
func ExampleDecide_depends() {
	policies := &access.Policies{Identity: []*access.Policy{compile("app", access.LayerIdentity, `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/team":["red","blue"]}}},
		{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":false}}}
	]}`)}}
	request := &access.Request{
		Principal: access.Caller{ARN: "arn:aws:iam::111122223333:role/app"}, Action: "s3:GetObject", Resource: "arn:aws:s3:::data/a.csv",
		Context: access.NewContext().WithUnknown("aws:PrincipalTag/*", "aws:SecureTransport"),
	}
	d := access.Decide(request, policies)
	fmt.Println(d.Verdict)
	fmt.Println(d.When)
	for _, test := range d.DependsOn {
		fmt.Println("-", test.Key, "in statement", test.Statement.Index)
	}

	request.Context = request.Context.With("aws:PrincipalTag/team", "red").With("aws:SecureTransport", "true")
	fmt.Println(access.Evaluate(request, policies))
	// Output:
	// Depends
	// aws:PrincipalTag/team StringEquals red | blue and not aws:SecureTransport Bool false
	// - aws:PrincipalTag/team in statement 0
	// - aws:SecureTransport in statement 1
	// Allowed
}

// Policies are compiled once; a verdict without evidence costs about a
// microsecond.
func ExampleEvaluate() {
	bucket := &access.Policies{Resource: compile("", access.LayerResource,
		`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"s3:Get*","Resource":"arn:aws:s3:::data/*"}}`)}
	for _, principal := range []string{"arn:aws:iam::111122223333:root", "arn:aws:iam::444455556666:root", "*"} {
		fmt.Println(principal, access.Evaluate(&access.Request{
			Principal: access.Caller{ARN: principal}, Action: "s3:GetObject", Resource: "arn:aws:s3:::data/a.csv", ResourceAccount: "111122223333",
		}, bucket))
	}
	// Output:
	// arn:aws:iam::111122223333:root Allowed
	// arn:aws:iam::444455556666:root ImplicitlyDenied
	// * ImplicitlyDenied
}

// A case is a request with its policies as JSON, as the command decide reads it.
func ExampleDecodeCase() {
	c, err := access.DecodeCase([]byte(`{
		"id": "upload", "principal": "arn:aws:iam::111122223333:user/ann", "action": "s3:PutObject", "resource": "arn:aws:s3:::data/a.csv",
		"identityPolicies": [{"name": "writers", "policy": {"Statement": {"Sid": "Write", "Effect": "Allow", "Action": "s3:Put*", "Resource": "*"}}}],
		"serviceControlPolicies": [[{"Statement": {"Effect": "Allow", "NotAction": "s3:PutObject", "Resource": "*"}}]]
	}`))
	if err != nil {
		log.Fatal(err)
	}
	d := c.Decide()
	fmt.Printf("%s %s %s\n", c.ID, d.Verdict, d.Missing)
	// Output:
	// "upload" ImplicitlyDenied [scp]
}

// Questions over a snapshot fill in what it knows, and name the statements with
// their places in it.
func ExampleAccount_Decide() {
	file, err := snapshot.ReadFile("../../testdata/reference/snapshot.json")
	if err != nil {
		log.Fatal(err)
	}
	account := access.New(file.Snapshot)
	d := account.Decide(access.Question{
		Principal: "arn:aws:iam::522814710681:role/cmtr-4n6e9j62-iam-sewk-iam_role",
		Action:    "kms:Decrypt",
		Resource:  "arn:aws:kms:us-east-1:522814710681:key/cac96933-72ff-0000-0000-000000000000",
		Stance:    access.MustBeAble,
	})
	fmt.Println(d.Verdict)
	for _, by := range d.DecidedBy {
		fmt.Println(by.Layer, by.Policy, by.Pointer)
	}
	// Output:
	// Allowed
	// identity KMSAccessPolicy /roles/1/inline_policies/value/0/document/value/Statement/0
	// resource  /keys/0/policy/value/Statement/0
}

// Who can decrypt with a key, and how.
func ExampleAccount_WhoCan() {
	file, err := snapshot.ReadFile("../../testdata/reference/snapshot.json")
	if err != nil {
		log.Fatal(err)
	}
	holders, unread := access.New(file.Snapshot).WhoCan(
		"arn:aws:kms:us-east-1:522814710681:key/cac96933-72ff-0000-0000-000000000000", []string{"kms:Decrypt"}, access.MustNotBeAble)
	for _, h := range holders {
		fmt.Println(h.Principal.ARN, h.Paths, h.By["kms:Decrypt"].Verdict)
	}
	fmt.Println(len(unread), "policies were not read")
	// Output:
	// arn:aws:iam::522814710681:role/KeyAdmin [delegation] Allowed
	// arn:aws:iam::522814710681:role/cmtr-4n6e9j62-iam-sewk-iam_role [delegation] Allowed
	// arn:aws:iam::522814710681:root [delegation] Allowed
	// 0 policies were not read
}

// An S3 operation on encrypted data needs the permission of S3 and that of KMS.
func ExampleAccount_S3() {
	file, err := snapshot.ReadFile("../../testdata/reference/snapshot.json")
	if err != nil {
		log.Fatal(err)
	}
	answer := access.New(file.Snapshot).S3(access.S3Question{
		Principal: "arn:aws:iam::522814710681:role/cmtr-4n6e9j62-iam-sewk-iam_role",
		Operation: "PutObject", Bucket: "arn:aws:s3:::bucket-695267-2", Object: "confidential_credentials.csv", Stance: access.MustBeAble,
	})
	fmt.Println(answer.Verdict)
	for _, part := range answer.Parts {
		fmt.Println(part.Half, part.Action, part.Decision.Verdict)
	}
	// Output:
	// Allowed
	// s3 s3:PutObject Allowed
	// kms kms:GenerateDataKey Allowed
}
