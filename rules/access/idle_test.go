package access

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/kmsaudit/kmsaudit/collector/policy"
)

const anyKey = "arn:aws:kms:eu-west-1:111122223333:key/3b7d0c5e-5f0a-4c4e-9a51-6e0f7c1d2b3a"

// TestIdle: each statement with the faults that it has; whole is written first.
func TestIdle(t *testing.T) {
	on := func(action, resource, condition string) string {
		if condition != "" {
			condition = `,"Condition":{` + condition + `}`
		}
		return fmt.Sprintf(`"Action":%s,"Resource":%s%s`, action, resource, condition)
	}
	decrypt := func(condition string) string { return on(`"kms:Decrypt"`, `"`+anyKey+`"`, condition) }
	const via = `{"kms:ViaService":`
	for _, c := range []struct{ name, statement, want string }{
		{"nothing", decrypt(""), ""},
		{"every key", on(`["kms:*","s3:*"]`, `"*"`, ""), ""},
		{"another service", on(`["sqs:Sendmessage","logs:Put*"]`, `"`+anyKey+`"`, ""), ""},
		{"misspelt", on(`"kms:Decypt"`, `"*"`, ""), "whole kms:Decypt action kms:Decrypt"},
		{"misspelt among others", on(`["kms:Decrypt","kms:GenerateDatakeys*"]`, `"*"`, ""), "kms:GenerateDatakeys* action kms:GenerateDataKey"},
		{"an operation", on(`["kms:ReEncrypt","s3:HeadObject","s3:ListObjectsV2"]`, `"*"`, ""), "whole kms:ReEncrypt action kms:ReEncryptFrom kms:ReEncryptTo, s3:HeadObject action s3:GetObject, s3:ListObjectsV2 action s3:ListBucket"},
		{"what AWS may have", on(`["kms:Teleport","kms:X","s3:Teleport*"]`, `"*"`, ""), ""},
		{"other case", on(`"KMS:decrypt"`, `"`+anyKey+`"`, ""), ""},
		{"no resource", on(`["kms:ListKeys","kms:ListAliases"]`, `"`+anyKey+`"`, ""), "whole kms:ListKeys unmatched *, kms:ListAliases unmatched *"},
		{"no resource, every key", on(`"kms:ListKeys"`, `"arn:aws:kms:*:111122223333:key/*"`, ""), "whole kms:ListKeys unmatched *"},
		{"no resource, the account", on(`"kms:ListKeys"`, `"arn:aws:kms:*:111122223333:*"`, ""), ""},
		{"list anything", on(`"kms:List*"`, `"`+anyKey+`"`, ""), ""},
		{"an alias", on(`"kms:Decrypt"`, `"arn:aws:kms:eu-west-1:111122223333:alias/a"`, ""), ""},
		{"a bucket for a key", on(`"kms:Decrypt"`, `"arn:aws:s3:::b/*"`, ""), "whole kms:Decrypt unmatched key"},
		{"another partition", on(`"kms:Decrypt"`, `"arn:aws-cn:kms:cn-north-1:111122223333:key/*"`, ""), "whole kms:Decrypt unmatched key"},
		{"both partitions", on(`"kms:Decrypt"`, `["arn:aws-cn:kms:*:*:key/*","arn:aws:kms:*:*:key/*"]`, ""), ""},
		{"no ARN of a key", on(`"kms:Decrypt"`, `"arn:aws:kms:eu-west-1:111122223333:3b7d0c5e"`, ""), "whole arn:aws:kms:eu-west-1:111122223333:3b7d0c5e resource, kms:Decrypt unmatched key"},
		{"no Region", on(`"kms:Decrypt"`, `["arn:aws:kms::111122223333:key/*","`+anyKey+`"]`, ""), "arn:aws:kms::111122223333:key/* resource"},
		{"no account", on(`"kms:Decrypt"`, `"arn:aws:kms:eu-west-1::key/*"`, ""), "whole arn:aws:kms:eu-west-1::key/* resource, kms:Decrypt unmatched key"},
		{"short", on(`"kms:Decrypt"`, `"arn:aws:kms:*"`, ""), ""},
		{"a variable", on(`["kms:Decrypt","s3:ListBucket"]`, `["arn:aws:kms:eu-west-1:111122223333:${aws:PrincipalTag/key}","arn:aws:s3:::${aws:username}"]`, ""), ""},
		{"a variable for an account", on(`"kms:Decrypt"`, `"arn:*:kms:*:${aws:PrincipalAccount}:key/*"`, ""), ""},
		{"a variable for an ARN", on(`"kms:Decrypt"`, `"${aws:PrincipalTag/key}"`, ""), "whole kms:Decrypt unmatched key"},
		{"an object action on a bucket", on(`["s3:GetObject","s3:PutObject*"]`, `"arn:aws:s3:::b"`, ""), "whole s3:GetObject unmatched object, s3:PutObject* unmatched object"},
		{"a bucket action on objects", on(`["s3:GetObject","s3:ListBucket"]`, `"arn:aws:s3:::b/*"`, ""), "s3:ListBucket unmatched bucket"},
		{"both", on(`["s3:GetObject","s3:ListBucket"]`, `["arn:aws:s3:::b/*","arn:aws:s3:::b"]`, ""), ""},
		{"a bucket's name begun", on(`["s3:GetObject","s3:ListBucket"]`, `"arn:aws:s3:::b*"`, ""), ""},
		{"every bucket", on(`["s3:ListAllMyBuckets","s3:GetObject"]`, `"arn:aws:s3:::*"`, ""), ""},
		{"an access point", on(`["s3:GetObject","s3:ListBucket"]`, `"arn:aws:s3:eu-west-1:111122223333:accesspoint/a/object/*"`, ""), ""},
		{"a Region in S3", on(`"s3:GetObject"`, `"arn:aws:s3:eu-west-1:111122223333:b/*"`, ""), "whole s3:GetObject unmatched object"},
		{"a tag of whatever", on(`["s3:TagResource","s3:GetAccessGrant"]`, `"arn:aws:s3:::b"`, ""), ""},
		{"NotResource", `"Action":"kms:ListKeys","NotResource":"` + anyKey + `"`, ""},
		{"NotAction", `"NotAction":"kms:Decypt","Resource":"arn:aws:s3:::b"`, ""},
		{"no Resource", `"Action":"kms:Decrypt"`, "whole kms:Decrypt unmatched key"},

		{"through S3", decrypt(`"StringEquals":` + via + `"s3.eu-west-1.amazonaws.com"}`), ""},
		{"another Region", decrypt(`"StringEquals":` + via + `"s3.us-east-1.amazonaws.com"}`), "whole kms:Decrypt condition StringEquals kms:ViaService"},
		{"another Region of all", on(`"kms:Decrypt"`, `"arn:aws:kms:*:111122223333:key/*"`, `"StringEquals":`+via+`"s3.us-east-1.amazonaws.com"}`), ""},
		{"one of two Regions", decrypt(`"StringEquals":` + via + `["s3.us-east-1.amazonaws.com","s3.eu-west-1.amazonaws.com"]}`), ""},
		{"like another Region", decrypt(`"StringLike":` + via + `"*.us-east-1.amazonaws.com"}`), "whole kms:Decrypt condition StringLike kms:ViaService"},
		{"like any Region", decrypt(`"StringLike":` + via + `"s3.*.amazonaws.com"}`), ""},
		{"no Region in the service", decrypt(`"StringEquals":` + via + `"s3.amazonaws.com"}`), "whole kms:Decrypt condition StringEquals kms:ViaService"},
		{"not through S3", decrypt(`"StringNotEquals":` + via + `"s3.us-east-1.amazonaws.com"}`), ""},
		{"another Region if at all", decrypt(`"StringEqualsIfExists":` + via + `"s3.us-east-1.amazonaws.com"}`), ""},
		{"KMS key for S3", on(`["s3:GetObject","kms:Decrypt"]`, `"*"`, `"StringEquals":`+via+`"s3.eu-west-1.amazonaws.com"}`), "s3:GetObject condition StringEquals kms:ViaService"},
		{"context of DescribeKey", on(`["kms:Decrypt","kms:DescribeKey"]`, `"*"`, `"StringEquals":{"kms:EncryptionContext:a":"b"}`), "kms:DescribeKey condition StringEquals kms:EncryptionContext:a"},
		{"context of all", on(`"kms:*"`, `"*"`, `"StringEquals":{"kms:EncryptionContext:a":"b"}`), ""},
		{"for AWS resources", on(`["kms:CreateGrant","kms:Decrypt"]`, `"*"`, `"Bool":{"kms:GrantIsForAWSResource":"true"}`), "kms:Decrypt condition Bool kms:GrantIsForAWSResource"},
		{"an ARN for an alias", decrypt(`"StringEquals":{"kms:RequestAlias":"arn:aws:kms:eu-west-1:111122223333:alias/a"}`), "whole kms:Decrypt condition StringEquals kms:RequestAlias"},
		{"an alias", decrypt(`"ForAnyValue:StringLike":{"kms:ResourceAliases":"alias/a*"}`), ""},
		{"a name for aliases", decrypt(`"ForAnyValue:StringEquals":{"kms:ResourceAliases":"a"}`), "whole kms:Decrypt condition ForAnyValue:StringEquals kms:ResourceAliases"},
		{"a plain operator on many", decrypt(`"StringEquals":{"kms:ResourceAliases":"alias/a"}`), ""},
		{"another caller", decrypt(`"StringEquals":{"kms:CallerAccount":"444455556666"}`), "whole kms:Decrypt condition StringEquals kms:CallerAccount"},
		{"another owner", decrypt(`"StringEquals":{"aws:ResourceAccount":"444455556666"}`), "whole kms:Decrypt condition StringEquals aws:ResourceAccount"},
		{"absent and equal", decrypt(`"Null":` + via + `"true"},"StringEquals":` + via + `"s3.eu-west-1.amazonaws.com"}`), "whole kms:Decrypt condition Null kms:ViaService StringEquals kms:ViaService"},
		{"absent and unequal", decrypt(`"Null":` + via + `"true"},"StringNotEquals":` + via + `"s3.eu-west-1.amazonaws.com"}`), ""},
		{"one and another", decrypt(`"StringEquals":{"aws:SourceVpc":"a"},"StringNotEquals":{"aws:SourceVpc":["a","b"]}`), "whole kms:Decrypt condition StringEquals aws:SourceVpc StringNotEquals aws:SourceVpc"},
		{"one of two", decrypt(`"StringEquals":{"aws:SourceVpc":["a","c"]},"StringNotEquals":{"aws:SourceVpc":["a","b"]}`), ""},
		{"an unknown operator", decrypt(`"StringSounds":{"aws:SourceVpc":"a"}`), ""},
	} {
		doc, err := policy.Decode([]byte(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` + c.statement + `}]}`))
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if got := told(NewIdleFinder("aws", thisAccount).Of(doc, 0)); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func told(idle Idle) string {
	var parts []string
	for _, p := range idle.Parts {
		words := append([]string{p.What, string(p.Fault)}, p.Meant...)
		for _, test := range p.Tests {
			words = append(words, test.Operator, test.Key)
		}
		if p.Needs != "" {
			words = append(words, p.Needs)
		}
		parts = append(parts, strings.Join(words, " "))
	}
	if idle.Whole {
		return "whole " + strings.Join(parts, ", ")
	}
	return strings.Join(parts, ", ")
}

// TestIdleNeverAllows holds what is found to the decisions: a principal whose only
// policy is a statement of idle actions is allowed nothing, whatever the request.
func TestIdleNeverAllows(t *testing.T) {
	actions := []string{
		"kms:Decrypt", "kms:DescribeKey", "kms:CreateGrant", "kms:ListKeys", "kms:Decypt", "kms:GenerateDataKey*", "kms:*", "s3:GetObject", "s3:ListBucket",
		"s3:ListAllMyBuckets", "s3:HeadObject", "s3:*Object",
	}
	resources := []string{
		"*", anyKey, "arn:aws:kms:us-east-1:111122223333:key/*", "arn:aws:kms:*:*:alias/*", "arn:aws:kms:*:111122223333:*", "arn:aws:s3:::b",
		"arn:aws:s3:::b/*", "arn:aws:s3:::b*", "arn:aws:s3:::*", "arn:aws-cn:kms:*:*:key/*", "arn:aws:kms:*:*:${aws:username}",
	}
	conditions := []string{
		"", `"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com"}`, `"StringNotEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com"}`,
		`"Null":{"kms:ViaService":"true"},"StringLike":{"kms:ViaService":"s3.*"}`, `"StringEquals":{"kms:EncryptionContext:a":"b"}`,
		`"StringEqualsIfExists":{"kms:EncryptionContext:a":"b"}`, `"Null":{"kms:EncryptionContext:a":"true"},"StringEquals":{"kms:EncryptionContext:a":["b","c"]}`,
		`"Bool":{"kms:GrantIsForAWSResource":"true"}`, `"StringEquals":{"aws:ResourceAccount":"444455556666"}`, `"StringEquals":{"kms:RequestAlias":"alias/a"}`,
	}
	asked := []struct{ action, resource string }{
		{"kms:Decrypt", anyKey},
		{"kms:DescribeKey", anyKey},
		{"kms:CreateGrant", anyKey},
		{"kms:GenerateDataKey", anyKey},
		{"kms:ListKeys", "*"},
		{"kms:CreateAlias", "arn:aws:kms:eu-west-1:111122223333:alias/a"},
		{"kms:Decrypt", strings.Replace(anyKey, "eu-west-1", "us-east-1", 1)},
		{"s3:GetObject", "arn:aws:s3:::b/o"},
		{"s3:PutObject", "arn:aws:s3:::b/o"},
		{"s3:ListBucket", "arn:aws:s3:::b"},
		{"s3:ListAllMyBuckets", "*"},
	}
	key := mustCompile(t, LayerResource, `{"Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":["kms:*","s3:*"],"Resource":"*"}}`)
	found := 0
	rapid.Check(t, func(t *rapid.T) {
		text := fmt.Sprintf(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":[%q,%q],"Resource":[%q,%q],"Condition":{%s}}}`,
			rapid.SampledFrom(actions).Draw(t, "action"), rapid.SampledFrom(actions).Draw(t, "another"),
			rapid.SampledFrom(resources).Draw(t, "resource"), rapid.SampledFrom(resources).Draw(t, "more"), rapid.SampledFrom(conditions).Draw(t, "condition"))
		doc, err := policy.Decode([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		idle := NewIdleFinder("aws", thisAccount).Of(doc, 0)
		if again := NewIdleFinder("aws", thisAccount).Of(doc, 0); !reflect.DeepEqual(idle, again) {
			t.Fatalf("%s: %+v and then %+v", text, idle, again)
		}
		var dead []string
		for _, part := range idle.Parts {
			if part.Fault != FaultResource {
				dead = append(dead, part.What)
			}
		}
		if len(dead) == 0 {
			return
		}
		found++
		doc.Statements[0].Action = dead
		p := Compile("", LayerIdentity, doc)
		for _, ask := range asked {
			ctx := NewContext().WithUnknown("*")
			r := Request{Principal: Caller{ARN: "arn:aws:iam::111122223333:user/u"}, Action: ask.action, Resource: ask.resource, ResourceAccount: thisAccount, Context: ctx}
			r.Context.under = [4]*facts{actionFacts(strings.ToLower(ask.action)), nil, callerFacts(thisAccount), resourceFacts(ask.resource)}
			policies := Policies{Identity: []*Policy{p}, Resource: key}
			if got := Decide(&r, &policies); !got.Verdict.Denied() && !strings.Contains(text, "ViaService") {
				t.Fatalf("%s: %s on %s is %s", text, ask.action, ask.resource, got.Verdict)
			}
			for _, service := range []string{"", "s3.us-east-1.amazonaws.com", "s3.eu-west-1.amazonaws.com"} {
				via := r
				if service != "" {
					if region := strings.Split(service, ".")[1]; strings.HasPrefix(ask.action, "s3:") || !strings.Contains(ask.resource, region) {
						continue
					}
					via.Context = r.Context.With("kms:ViaService", service)
				} else {
					via.Context = r.Context.WithAbsent("kms:ViaService")
				}
				if got := Decide(&via, &policies); !got.Verdict.Denied() {
					t.Fatalf("%s: %s on %s through %q is %s", text, ask.action, ask.resource, service, got.Verdict)
				}
			}
		}
	})
	if found == 0 {
		t.Error("no statement was idle")
	}
}

// TestPlainShapesAgree holds the shapes of resources without wildcards to those that
// are found by compiling them.
func TestPlainShapesAgree(t *testing.T) {
	met := map[shape]bool{}
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join([]string{
			pick(t, "arn", "arn", "arn", "arn", "ARN", ""), pick(t, "partition", "aws", "aws", "aws-cn", ""), pick(t, "service", "kms", "s3", "s3", "sqs", ""),
			pick(t, "region", "", "eu-west-1"), pick(t, "account", "", thisAccount, "12"),
			pick(t, "resource", "key/a", "alias/a", "key/", "key", "b", "b/o", "accesspoint/a", "", "a:b"),
		}, ":")
		text = text[:rapid.SampledFrom([]int{len(text), len(text), len(text), len(text) * 2 / 3}).Draw(t, "length")]
		got := plainShape(text, "aws")
		if want := shapeOf(text, "aws", rapid.Bool().Draw(t, "vars")); got != want {
			t.Fatalf("%s: %b, want %b", text, got, want)
		}
		met[got] = true
	})
	if len(met) < 4 {
		t.Errorf("few shapes were met: %v", met)
	}
}
