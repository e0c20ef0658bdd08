package facts

import (
	"reflect"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

func TestIdle(t *testing.T) {
	const text = `{"Version":"2012-10-17","Statement":[
		{"Sid":"Use","Effect":"Allow","Action":["kms:Decrypt","kms:Encrypt"],"Resource":"arn:aws:kms:us-east-1:522814710681:key/a","Condition":{"StringEquals":{"kms:ViaService":"s3.eu-west-1.amazonaws.com"}}},
		{"Sid":"Good","Effect":"Allow","Action":"kms:Decrypt","Resource":"*"},
		{"Sid":"Typo","Effect":"Deny","Action":["kms:ReEncrypt","kms:Decrypt","s3:GetObject"],"Resource":["arn:aws:kms:us-east-1:522814710681:key/a","arn:aws:kms:us-east-1:522814710681:a"]}]}`
	add := func(owner string) func(*snapshot.Snapshot) {
		return func(s *snapshot.Snapshot) {
			s.ManagedPolicies = append(s.ManagedPolicies, snapshot.ManagedPolicy{ARN: owner, Name: "ours", Document: doc(t, text)})
		}
	}
	d, _ := build(t, add(ours), Intent{})
	p := policyFact(t, d, ours)
	at := p.Place + "/document/value"
	want := &PolicyIdle{Place: at, Statements: []IdleStatement{
		{Place: at + "/Statement/0", Identity: "Use", Effect: "Allow", Whole: true, Parts: []IdlePart{{
			What: "kms:Decrypt, kms:Encrypt", Fault: "condition", Why: "its requests never meet kms:ViaService StringEquals s3.eu-west-1.amazonaws.com",
			Mend:  "take the action out of the statement, or the test out of its condition",
			Tests: []Test{{Key: "kms:ViaService", Operator: "StringEquals", Values: []string{"s3.eu-west-1.amazonaws.com"}}},
		}}},
		{Place: at + "/Statement/2", Identity: "Typo", Effect: "Deny", Parts: []IdlePart{
			{What: "arn:aws:kms:us-east-1:522814710681:a", Fault: "resource", Why: "no key and no alias has that ARN", Mend: "name a key by its ARN, arn:aws:kms:REGION:ACCOUNT:key/ID"},
			{What: "kms:ReEncrypt", Fault: "action", Why: "there is no action of that name", Mend: "write kms:ReEncryptFrom and kms:ReEncryptTo if that is meant"},
			{
				What: "s3:GetObject", Fault: "unmatched", Mend: "name what the action is on, in a statement of its own if need be",
				Why: "it is on objects, arn:aws:s3:::BUCKET/*, and the statement names other resources only",
			},
		}},
	}}
	if !reflect.DeepEqual(p.Idle, want) {
		t.Errorf("%+v", p.Idle)
	}

	const theirs = "arn:aws:iam::aws:policy/theirs"
	d, _ = build(t, add(theirs), Intent{})
	if p := policyFact(t, d, theirs); p.Idle == nil || len(p.Idle.Statements) > 0 {
		t.Errorf("a policy of AWS: %+v", p.Idle)
	}
	d, _ = build(t, func(s *snapshot.Snapshot) {
		s.ManagedPolicies = append(s.ManagedPolicies, snapshot.ManagedPolicy{ARN: ours, Name: "ours", Document: snapshot.Reading[snapshot.Document]{State: snapshot.Denied}})
	}, Intent{})
	if p := policyFact(t, d, ours); p.Idle != nil || p.Unread["idle"].State != "denied" {
		t.Errorf("not read: %+v", p)
	}
}
