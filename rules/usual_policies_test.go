package rules

import (
	"slices"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// usual are statements as AWS's consoles and pages write them into key policies
// beside the default one. Nobody wants to read that they are wrong.
var usual = map[string]string{
	"administrators of the console": `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::522814710681:role/KeyAdmin"},"Action":["kms:Create*","kms:Describe*","kms:Enable*","kms:List*","kms:Put*","kms:Update*","kms:Revoke*","kms:Disable*","kms:Get*","kms:Delete*","kms:TagResource","kms:UntagResource","kms:ScheduleKeyDeletion","kms:CancelKeyDeletion","kms:RotateKeyOnDemand"],"Resource":"*"}`,
	"users of the console": `{"Effect":"Allow","Principal":{"AWS":"` + sewkRole + `"},"Action":["kms:Encrypt","kms:Decrypt","kms:ReEncrypt*","kms:GenerateDataKey*","kms:DescribeKey"],"Resource":"*"},
		{"Effect":"Allow","Principal":{"AWS":"` + sewkRole + `"},"Action":["kms:CreateGrant","kms:ListGrants","kms:RevokeGrant"],"Resource":"*","Condition":{"Bool":{"kms:GrantIsForAWSResource":"true"}}}`,
	"log groups": `{"Effect":"Allow","Principal":{"Service":"logs.us-east-1.amazonaws.com"},"Action":["kms:Encrypt*","kms:Decrypt*","kms:ReEncrypt*","kms:GenerateDataKey*","kms:Describe*"],"Resource":"*","Condition":{"ArnLike":{"kms:EncryptionContext:aws:logs:arn":"arn:aws:logs:us-east-1:522814710681:*"}}}`,
	"a trail": `{"Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"kms:GenerateDataKey*","Resource":"*","Condition":{"StringEquals":{"aws:SourceArn":"arn:aws:cloudtrail:us-east-1:522814710681:trail/t"},"StringLike":{"kms:EncryptionContext:aws:cloudtrail:arn":"arn:aws:cloudtrail:*:522814710681:trail/*"}}},
		{"Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"kms:DescribeKey","Resource":"*"},
		{"Effect":"Allow","Principal":{"AWS":"*"},"Action":["kms:Decrypt","kms:ReEncryptFrom"],"Resource":"*","Condition":{"StringEquals":{"kms:CallerAccount":"522814710681"},"StringLike":{"kms:EncryptionContext:aws:cloudtrail:arn":"arn:aws:cloudtrail:*:522814710681:trail/*"}}}`,
	"a table": `{"Effect":"Allow","Principal":{"Service":"dynamodb.amazonaws.com"},"Action":["kms:Describe*","kms:Get*","kms:List*"],"Resource":"*"},
		{"Effect":"Allow","Principal":{"AWS":"` + sewkRole + `"},"Action":["kms:Encrypt","kms:Decrypt","kms:ReEncrypt*","kms:GenerateDataKey*","kms:DescribeKey","kms:CreateGrant"],"Resource":"*","Condition":{"StringLike":{"kms:ViaService":"dynamodb.*.amazonaws.com"}}}`,
	"a scaling group":             `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::522814710681:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"},"Action":"kms:CreateGrant","Resource":"*","Condition":{"Bool":{"kms:GrantIsForAWSResource":true}}}`,
	"everybody through a service": `{"Effect":"Allow","Principal":{"AWS":"*"},"Action":["kms:Encrypt","kms:Decrypt","kms:ReEncrypt*","kms:GenerateDataKey*","kms:CreateGrant","kms:DescribeKey"],"Resource":"*","Condition":{"StringEquals":{"kms:CallerAccount":"522814710681","kms:ViaService":"secretsmanager.us-east-1.amazonaws.com"}}}`,
	"messages to a queue":         `{"Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},"Action":["kms:Decrypt","kms:GenerateDataKey*"],"Resource":"*","Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:sns:*:522814710681:*"},"StringEquals":{"aws:SourceAccount":"522814710681"}}}`,
	"access logs":                 `{"Effect":"Allow","Principal":{"Service":"logging.s3.amazonaws.com"},"Action":["kms:GenerateDataKey*","kms:Encrypt","kms:ReEncrypt*","kms:DescribeKey"],"Resource":"*","Condition":{"StringEquals":{"aws:SourceAccount":["522814710681"]}}}`,
	"a perimeter":                 `{"Effect":"Deny","Principal":"*","Action":"kms:*","Resource":"*","Condition":{"StringNotEqualsIfExists":{"aws:PrincipalAccount":"522814710681"},"BoolIfExists":{"aws:PrincipalIsAWSService":"false"}}}`,
}

func TestUsualKeyPolicies(t *testing.T) {
	judging := []string{"POL-001", "POL-002", "POL-003", "POL-004", "POL-006", "POL-008", "POL-009", "POL-011", "GRT-007"}
	e, err := catalogue(t).Compile(t.Context(), func(r *Rule) bool { return slices.Contains(judging, r.ID) })
	if err != nil {
		t.Fatal(err)
	}
	for name, statements := range usual {
		file := changed(t, func(s *snapshot.Snapshot) {
			s.Roles = append(s.Roles, snapshot.Role{
				ARN:  "arn:aws:iam::522814710681:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",
				Name: "AWSServiceRoleForAutoScaling", Path: "/aws-service-role/autoscaling.amazonaws.com/",
			})
			policyOf(statements)(t, s)
		})
		r, err := e.Audit(t.Context(), []*snapshot.File{file}, Settings{})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range r.Findings {
			t.Errorf("%s: %s: %s", name, f.Rule, f.Msg)
		}
		for _, u := range r.Unknown {
			t.Errorf("%s: %s is not known: %s", name, u.Rule, u.Msg)
		}
	}
}
