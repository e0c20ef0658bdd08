package imports

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer"
	"github.com/aws/aws-sdk-go-v2/service/account"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
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
	service := map[string]string{"S3": "s3api", "CloudWatch Logs": "logs", "EventBridge": "events"}[o.service]
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
	{"KMS", "GetKeyLastUsage", "TrackingStartDate", true, key, func() any { return new(kms.GetKeyLastUsageOutput) }},
	{"KMS", "DescribeCustomKeyStores", "CustomKeyStores", true, nil, func() any { return new(kms.DescribeCustomKeyStoresOutput) }},

	{"S3", "ListBuckets", "Buckets", false, nil, func() any { return new(s3.ListBucketsOutput) }},
	{"S3", "GetBucketLocation", "LocationConstraint", false, bucket, func() any { return new(s3.GetBucketLocationOutput) }},
	{"S3", "GetBucketEncryption", "ServerSideEncryptionConfiguration", false, bucket, func() any { return new(s3.GetBucketEncryptionOutput) }},
	{"S3", "GetBucketPolicy", "Policy", false, bucket, func() any { return new(s3.GetBucketPolicyOutput) }},
	{"S3", "GetPublicAccessBlock", "PublicAccessBlockConfiguration", false, bucket, func() any { return new(s3.GetPublicAccessBlockOutput) }},
	{"S3", "GetBucketOwnershipControls", "OwnershipControls", false, bucket, func() any { return new(s3.GetBucketOwnershipControlsOutput) }},
	{"S3", "GetBucketAcl", "Owner", false, bucket, func() any { return new(s3.GetBucketAclOutput) }},
	{"S3", "GetBucketTagging", "TagSet", false, bucket, func() any { return new(s3.GetBucketTaggingOutput) }},
	{"S3", "GetBucketVersioning", "Status", false, bucket, func() any { return new(s3.GetBucketVersioningOutput) }},
	{"S3", "GetBucketReplication", "ReplicationConfiguration", false, bucket, func() any { return new(s3.GetBucketReplicationOutput) }},
	{"S3", "GetBucketLogging", "", false, bucket, func() any { return new(s3.GetBucketLoggingOutput) }},
	{"S3", "ListBucketInventoryConfigurations", "", false, bucket, func() any { return new(s3.ListBucketInventoryConfigurationsOutput) }},
	{"S3", "HeadObject", "LastModified", false, []string{"Bucket", "Key"}, func() any { return new(s3.HeadObjectOutput) }},

	{"CloudTrail", "ListTrails", "Trails", false, nil, func() any { return new(cloudtrail.ListTrailsOutput) }},
	{"CloudTrail", "DescribeTrails", "TrailList", true, nil, func() any { return new(cloudtrail.DescribeTrailsOutput) }},
	{"CloudTrail", "GetTrailStatus", "IsLogging", true, []string{"Name"}, func() any { return new(cloudtrail.GetTrailStatusOutput) }},
	{"CloudTrail", "GetEventSelectors", "TrailARN", true, []string{"TrailName"}, func() any { return new(cloudtrail.GetEventSelectorsOutput) }},
	{"CloudTrail", "ListEventDataStores", "EventDataStores", true, nil, func() any { return new(cloudtrail.ListEventDataStoresOutput) }},
	{"CloudTrail", "GetEventDataStore", "EventDataStoreArn", true, []string{"EventDataStore"}, func() any { return new(cloudtrail.GetEventDataStoreOutput) }},

	{"CloudWatch Logs", "DescribeLogGroups", "LogGroups", true, nil, func() any { return new(cloudwatchlogs.DescribeLogGroupsOutput) }},
	{"CloudWatch Logs", "DescribeMetricFilters", "MetricFilters", true, nil, func() any { return new(cloudwatchlogs.DescribeMetricFiltersOutput) }},
	{"CloudWatch", "DescribeAlarms", "MetricAlarms", true, nil, func() any { return new(cloudwatch.DescribeAlarmsOutput) }},
	{"EventBridge", "ListRules", "Rules", true, nil, func() any { return new(eventbridge.ListRulesOutput) }},
	{"EventBridge", "ListTargetsByRule", "Targets", true, []string{"Rule"}, func() any { return new(eventbridge.ListTargetsByRuleOutput) }},
	{"AccessAnalyzer", "ListAnalyzers", "Analyzers", true, nil, func() any { return new(accessanalyzer.ListAnalyzersOutput) }},

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
