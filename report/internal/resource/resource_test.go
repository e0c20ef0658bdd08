package resource_test

import (
	"testing"

	"github.com/kmsaudit/kmsaudit/report/internal/resource"
)

func TestOf(t *testing.T) {
	for arn, want := range map[string][3]string{
		"arn:aws:kms:us-east-1:1:key/a":          {"AWS::KMS::Key", "AwsKmsKey", "aws"},
		"arn:aws:kms:us-east-1:1:alias/a":        {"AWS::KMS::Alias", "Other", "aws"},
		"arn:aws-cn:s3:::bucket":                 {"AWS::S3::Bucket", "AwsS3Bucket", "aws-cn"},
		"arn:aws:s3:::bucket/a:b/c":              {"AWS::S3::Object", "AwsS3Object", "aws"},
		"arn:aws-us-gov:iam::1:role/team/a":      {"AWS::IAM::Role", "AwsIamRole", "aws-us-gov"},
		"arn:aws:iam::1:user/a":                  {"AWS::IAM::User", "AwsIamUser", "aws"},
		"arn:aws:iam::1:group/a":                 {"AWS::IAM::Group", "AwsIamGroup", "aws"},
		"arn:aws:iam::1:policy/a":                {"AWS::IAM::ManagedPolicy", "AwsIamPolicy", "aws"},
		"arn:aws:iam::1:root":                    {"AWS::::Account", "AwsAccount", "aws"},
		"arn:aws:cloudtrail:eu-west-1:1:trail/a": {"Other", "Other", "aws"},
		"":                                       {"Other", "Other", "aws"},
		"not:an:arn:at:all:x":                    {"Other", "Other", "aws"},
	} {
		kind, partition := resource.Of(arn)
		if got := [3]string{kind.CloudFormation, kind.ASFF, partition}; got != want {
			t.Errorf("%s: %v, want %v", arn, got, want)
		}
	}
}
