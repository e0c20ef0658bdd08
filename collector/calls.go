package collector

// call is one operation that the collector may use.
type call struct {
	// service and operation are the SDK's names.
	service, operation string
	// action is the IAM action that allows it, and how snapshots name the call.
	action string
	// rate is AWS's published default quota in calls per second for an account and
	// Region; 0 where AWS publishes none.
	rate float64
	// answer is the XML root element or the JSON member without which a reply is
	// not an answer of this operation; "" where the reply has no body to look at, or
	// one that is a policy.
	answer string
}

// The actions, as snapshots name them.
const (
	getCallerIdentity = "sts:GetCallerIdentity"
	listRegions       = "account:ListRegions"

	getAccountAuthorizationDetails = "iam:GetAccountAuthorizationDetails"

	listKeys             = "kms:ListKeys"
	listAliases          = "kms:ListAliases"
	describeKey          = "kms:DescribeKey"
	getKeyPolicy         = "kms:GetKeyPolicy"
	listGrants           = "kms:ListGrants"
	getKeyRotationStatus = "kms:GetKeyRotationStatus"
	listKeyRotations     = "kms:ListKeyRotations"
	listResourceTags     = "kms:ListResourceTags"

	listAllMyBuckets           = "s3:ListAllMyBuckets"
	getBucketLocation          = "s3:GetBucketLocation"
	getEncryptionConfiguration = "s3:GetEncryptionConfiguration"
	getBucketPolicy            = "s3:GetBucketPolicy"
	getBucketPublicAccessBlock = "s3:GetBucketPublicAccessBlock"
	getBucketOwnershipControls = "s3:GetBucketOwnershipControls"
	getBucketTagging           = "s3:GetBucketTagging"
	getBucketVersioning        = "s3:GetBucketVersioning"
	listBucket                 = "s3:ListBucket"
	getObject                  = "s3:GetObject"

	describeOrganization  = "organizations:DescribeOrganization"
	listParents           = "organizations:ListParents"
	listPoliciesForTarget = "organizations:ListPoliciesForTarget"
	describePolicy        = "organizations:DescribePolicy"
)

// calls is the whole of what the collector asks AWS, all of it read-only. Per
// resource: a customer managed key costs 4 calls, 5 if it can be rotated and 6 if
// it can rotate by itself (more for many grants, rotations or tags); an AWS managed
// key 1; a bucket 6, and 1 for each object and each name of a copy. Users, groups, roles and managed policies cost nothing of their
// own: 1,000 of them share a call.
var calls = [...]call{
	{"STS", "GetCallerIdentity", getCallerIdentity, 0, "GetCallerIdentityResponse"},
	{"Account", "ListRegions", listRegions, 5, "Regions"},

	{"IAM", "GetAccountAuthorizationDetails", getAccountAuthorizationDetails, 0, "GetAccountAuthorizationDetailsResponse"},

	{"KMS", "ListKeys", listKeys, 500, "Keys"},
	{"KMS", "ListAliases", listAliases, 500, "Aliases"},
	{"KMS", "DescribeKey", describeKey, 2000, "KeyMetadata"},
	{"KMS", "GetKeyPolicy", getKeyPolicy, 1000, "Policy"},
	{"KMS", "ListGrants", listGrants, 100, "Grants"},
	{"KMS", "GetKeyRotationStatus", getKeyRotationStatus, 1000, "KeyRotationEnabled"},
	{"KMS", "ListKeyRotations", listKeyRotations, 100, "Rotations"},
	{"KMS", "ListResourceTags", listResourceTags, 2000, "Tags"},

	{"S3", "ListBuckets", listAllMyBuckets, 0, "ListAllMyBucketsResult"},
	{"S3", "GetBucketLocation", getBucketLocation, 0, "LocationConstraint"},
	{"S3", "GetBucketEncryption", getEncryptionConfiguration, 0, "ServerSideEncryptionConfiguration"},
	{"S3", "GetBucketPolicy", getBucketPolicy, 0, ""},
	{"S3", "GetPublicAccessBlock", getBucketPublicAccessBlock, 0, "PublicAccessBlockConfiguration"},
	{"S3", "GetBucketOwnershipControls", getBucketOwnershipControls, 0, "OwnershipControls"},
	{"S3", "GetBucketTagging", getBucketTagging, 0, "Tagging"},
	{"S3", "GetBucketVersioning", getBucketVersioning, 0, "VersioningConfiguration"},
	{"S3", "ListObjectsV2", listBucket, 0, "ListBucketResult"},
	{"S3", "HeadObject", getObject, 0, ""},

	// AWS publishes no plain number for these; two in a second have been safe.
	{"Organizations", "DescribeOrganization", describeOrganization, 2, "Organization"},
	{"Organizations", "ListParents", listParents, 2, "Parents"},
	{"Organizations", "ListPoliciesForTarget", listPoliciesForTarget, 2, "Policies"},
	{"Organizations", "DescribePolicy", describePolicy, 2, "Policy"},
}

// known finds an operation in the table.
func known(service, operation string) (call, bool) {
	for _, c := range calls {
		if c.service == service && c.operation == operation {
			return c, true
		}
	}
	return call{}, false
}
