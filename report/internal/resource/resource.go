// Package resource names the kind of an AWS resource by its ARN, as other tools
// call it.
//
// It promises an answer for every text: what is no known ARN is of another kind.
//
// It refuses to look into AWS.
package resource

import "strings"

// Kind is a kind of resource, under the names of CloudFormation and of the AWS
// Security Finding Format.
type Kind struct{ CloudFormation, ASFF string }

// Of is the kind of what the ARN names, and the ARN's partition, "aws" where it
// names none.
func Of(arn string) (kind Kind, partition string) {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" {
		return Kind{"Other", "Other"}, "aws"
	}
	partition = parts[1]
	service, name := parts[2], parts[5]
	first, _, sub := strings.Cut(name, "/")
	switch {
	case service == "kms" && first == "key":
		return Kind{"AWS::KMS::Key", "AwsKmsKey"}, partition
	case service == "kms" && first == "alias":
		return Kind{"AWS::KMS::Alias", "Other"}, partition
	case service == "s3" && sub:
		return Kind{"AWS::S3::Object", "AwsS3Object"}, partition
	case service == "s3":
		return Kind{"AWS::S3::Bucket", "AwsS3Bucket"}, partition
	case service == "iam" && first == "role":
		return Kind{"AWS::IAM::Role", "AwsIamRole"}, partition
	case service == "iam" && first == "user":
		return Kind{"AWS::IAM::User", "AwsIamUser"}, partition
	case service == "iam" && first == "group":
		return Kind{"AWS::IAM::Group", "AwsIamGroup"}, partition
	case service == "iam" && first == "policy":
		return Kind{"AWS::IAM::ManagedPolicy", "AwsIamPolicy"}, partition
	case service == "iam" && name == "root":
		return Kind{"AWS::::Account", "AwsAccount"}, partition
	}
	return Kind{"Other", "Other"}, partition
}
