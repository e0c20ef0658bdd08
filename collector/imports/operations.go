package imports

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/account"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// operation is an operation whose output can be imported.
type operation struct {
	service, name string // the SDK's names
	// member is what no output of the operation lacks; "" where it may be empty.
	member string
	// regional says that a Region belongs to the question.
	regional bool
	// about are the members of the input that say what it is asked about.
	about  []string
	output func() any
}

// cli is how the AWS CLI calls the operation.
func (o *operation) cli() string {
	service := map[string]string{"S3": "s3api"}[o.service]
	if service == "" {
		service = strings.ToLower(o.service)
	}
	var b strings.Builder
	for i, r := range o.name {
		if 'A' <= r && r <= 'Z' {
			if i > 0 {
				b.WriteByte('-')
			}
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return service + " " + b.String()
}

var (
	key    = []string{"KeyId"}
	bucket = []string{"Bucket"}
)

var operations = [...]operation{
	{"STS", "GetCallerIdentity", "Account", false, nil, func() any { return new(sts.GetCallerIdentityOutput) }},
	{"Account", "ListRegions", "Regions", false, nil, func() any { return new(account.ListRegionsOutput) }},

	{"IAM", "GetAccountAuthorizationDetails", "", false, nil, func() any { return new(iam.GetAccountAuthorizationDetailsOutput) }},

	{"KMS", "ListKeys", "Keys", true, nil, func() any { return new(kms.ListKeysOutput) }},
	{"KMS", "ListAliases", "Aliases", true, nil, func() any { return new(kms.ListAliasesOutput) }},
	{"KMS", "DescribeKey", "KeyMetadata", true, key, func() any { return new(kms.DescribeKeyOutput) }},
	{"KMS", "GetKeyPolicy", "Policy", true, key, func() any { return new(kms.GetKeyPolicyOutput) }},
	{"KMS", "ListGrants", "Grants", true, key, func() any { return new(kms.ListGrantsOutput) }},
	{"KMS", "GetKeyRotationStatus", "KeyRotationEnabled", true, key, func() any { return new(kms.GetKeyRotationStatusOutput) }},
	{"KMS", "ListKeyRotations", "Rotations", true, key, func() any { return new(kms.ListKeyRotationsOutput) }},
	{"KMS", "ListResourceTags", "Tags", true, key, func() any { return new(kms.ListResourceTagsOutput) }},

	{"S3", "ListBuckets", "Buckets", false, nil, func() any { return new(s3.ListBucketsOutput) }},
	{"S3", "GetBucketLocation", "LocationConstraint", false, bucket, func() any { return new(s3.GetBucketLocationOutput) }},
	{"S3", "GetBucketEncryption", "ServerSideEncryptionConfiguration", false, bucket, func() any { return new(s3.GetBucketEncryptionOutput) }},
	{"S3", "GetBucketPolicy", "Policy", false, bucket, func() any { return new(s3.GetBucketPolicyOutput) }},
	{"S3", "GetPublicAccessBlock", "PublicAccessBlockConfiguration", false, bucket, func() any { return new(s3.GetPublicAccessBlockOutput) }},
	{"S3", "GetBucketOwnershipControls", "OwnershipControls", false, bucket, func() any { return new(s3.GetBucketOwnershipControlsOutput) }},
	{"S3", "GetBucketTagging", "TagSet", false, bucket, func() any { return new(s3.GetBucketTaggingOutput) }},
	{"S3", "GetBucketVersioning", "Status", false, bucket, func() any { return new(s3.GetBucketVersioningOutput) }},
	{"S3", "HeadObject", "LastModified", false, []string{"Bucket", "Key"}, func() any { return new(s3.HeadObjectOutput) }},

	{"Organizations", "DescribeOrganization", "Organization", false, nil, func() any { return new(organizations.DescribeOrganizationOutput) }},
	{"Organizations", "ListParents", "Parents", false, []string{"ChildId"}, func() any { return new(organizations.ListParentsOutput) }},
	{"Organizations", "ListPoliciesForTarget", "Policies", false, []string{"TargetId", "Filter"}, func() any { return new(organizations.ListPoliciesForTargetOutput) }},
	{"Organizations", "DescribePolicy", "Policy", false, []string{"PolicyId"}, func() any { return new(organizations.DescribePolicyOutput) }},
}

// sdk finds an operation by the SDK's names.
func sdk(service, name string) *operation {
	for i := range operations {
		if o := &operations[i]; o.service == service && o.name == name {
			return o
		}
	}
	return nil
}

// cli finds an operation as the AWS CLI calls it, such as "kms describe-key".
func cli(command string) *operation {
	for i := range operations {
		if o := &operations[i]; o.cli() == command {
			return o
		}
	}
	return nil
}

// Operations lists the commands of the AWS CLI whose output can be imported.
func Operations() []string {
	var list []string
	for i := range operations {
		list = append(list, operations[i].cli())
	}
	return list
}
