package collector

// call is one operation that the collector may use, and what for.
type call struct {
	// service and operation are the SDK's names.
	service, operation string
	// action is the IAM action that allows it, and how snapshots name the call.
	action string
	// rate is AWS's published default quota in calls per second for an account and
	// Region; 0 where AWS publishes none.
	rate float64
	// answer is the XML root element or the JSON member without which a reply is
	// not an answer of this operation; "" where the reply has no body to look at, one
	// that is a policy, or one whose protocol says what it is.
	answer string
	// per is what it is asked once for, page the most elements that a page of the
	// answer has: one more call for every further page. 0 is an answer without pages,
	// anyPage one whose pages are as long as AWS likes.
	per  unit
	page int
}

const anyPage = 1 << 30

// unit is what calls are counted by.
type unit string

// The units. A collection makes a call once for each of them, and asks nothing
// twice.
const (
	perAccount unit = "account"
	perRegion  unit = "Region"

	perKey            unit = "key"
	perCustomerKey    unit = "customer managed key"
	perSelfRotating   unit = "key that can rotate by itself"
	perRotatableKey   unit = "key that can be rotated"
	perUsedKey        unit = "customer managed key, with --last-usage"
	perBucket         unit = "bucket"
	perListedBucket   unit = "bucket whose access control list counts"
	perUnplacedBucket unit = "bucket that is listed without its Region"
	perSampledBucket  unit = "bucket, with --sample-objects"
	perObject         unit = "object asked for, and bucket and name of a copy"

	perTrail        unit = "trail"
	perTrailRegion  unit = "home Region of trails"
	perFilterRegion unit = "Region of log groups that trails write to"
	perEventStore   unit = "event data store"
	perEventRule    unit = "event rule that may match events of KMS, S3 or IAM"
	perLevel        unit = "level below the organization's root"
	perLevelAndKind unit = "level of the organization and kind of policy"
	perPolicy       unit = "policy on the account's chain"

	perOrganization unit = "organization"
	perParent       unit = "root or unit of the organization"
	perKind         unit = "kind of policy of the organization"
	perControl      unit = "policy of the organization"
	perTaggedMember unit = "account chosen by its tags"
)

// The actions, as snapshots name them.
const (
	getCallerIdentity = "sts:GetCallerIdentity"
	listRegions       = "account:ListRegions"

	getAccountAuthorizationDetails = "iam:GetAccountAuthorizationDetails"

	listKeys                = "kms:ListKeys"
	listAliases             = "kms:ListAliases"
	describeCustomKeyStores = "kms:DescribeCustomKeyStores"
	describeKey             = "kms:DescribeKey"
	getKeyPolicy            = "kms:GetKeyPolicy"
	listGrants              = "kms:ListGrants"
	getKeyRotationStatus    = "kms:GetKeyRotationStatus"
	listKeyRotations        = "kms:ListKeyRotations"
	listResourceTags        = "kms:ListResourceTags"
	getKeyLastUsage         = "kms:GetKeyLastUsage"

	listAllMyBuckets            = "s3:ListAllMyBuckets"
	getBucketLocation           = "s3:GetBucketLocation"
	getEncryptionConfiguration  = "s3:GetEncryptionConfiguration"
	getBucketPolicy             = "s3:GetBucketPolicy"
	getBucketPublicAccessBlock  = "s3:GetBucketPublicAccessBlock"
	getBucketOwnershipControls  = "s3:GetBucketOwnershipControls"
	getBucketACL                = "s3:GetBucketAcl"
	getBucketTagging            = "s3:GetBucketTagging"
	getBucketVersioning         = "s3:GetBucketVersioning"
	getReplicationConfiguration = "s3:GetReplicationConfiguration"
	getBucketLogging            = "s3:GetBucketLogging"
	getInventoryConfiguration   = "s3:GetInventoryConfiguration"
	listBucket                  = "s3:ListBucket"
	getObject                   = "s3:GetObject"

	listTrails          = "cloudtrail:ListTrails"
	describeTrails      = "cloudtrail:DescribeTrails"
	getTrailStatus      = "cloudtrail:GetTrailStatus"
	getEventSelectors   = "cloudtrail:GetEventSelectors"
	listEventDataStores = "cloudtrail:ListEventDataStores"
	getEventDataStore   = "cloudtrail:GetEventDataStore"

	describeLogGroups     = "logs:DescribeLogGroups"
	describeMetricFilters = "logs:DescribeMetricFilters"
	describeAlarms        = "cloudwatch:DescribeAlarms"
	listRules             = "events:ListRules"
	listTargetsByRule     = "events:ListTargetsByRule"
	listAnalyzers         = "access-analyzer:ListAnalyzers"

	describeOrganization  = "organizations:DescribeOrganization"
	listParents           = "organizations:ListParents"
	listPoliciesForTarget = "organizations:ListPoliciesForTarget"
	describePolicy        = "organizations:DescribePolicy"

	listRoots            = "organizations:ListRoots"
	listUnits            = "organizations:ListOrganizationalUnitsForParent"
	listAccounts         = "organizations:ListAccountsForParent"
	listPolicies         = "organizations:ListPolicies"
	listTargets          = "organizations:ListTargetsForPolicy"
	listOrganizationTags = "organizations:ListTagsForResource"
)

// calls is the whole of what the collector asks AWS, all of it read-only, how
// often and how fast. The quotas are those of the services' pages of quotas (KMS:
// "Request quotas"; CloudTrail: "get, describe and list APIs"; EventBridge: "all
// other API requests"), the sizes of pages those of the API references.
var calls = [...]call{
	{"STS", "GetCallerIdentity", getCallerIdentity, 0, "GetCallerIdentityResponse", perAccount, 0},
	{"Account", "ListRegions", listRegions, 5, "Regions", perAccount, 50},

	// Users, groups, roles and managed policies share the pages of one listing.
	{"IAM", "GetAccountAuthorizationDetails", getAccountAuthorizationDetails, 0, "GetAccountAuthorizationDetailsResponse", perAccount, 1000},

	{"KMS", "ListKeys", listKeys, 500, "Keys", perRegion, 1000},
	{"KMS", "ListAliases", listAliases, 500, "Aliases", perRegion, 100},
	{"KMS", "DescribeCustomKeyStores", describeCustomKeyStores, 5, "CustomKeyStores", perRegion, 1000},
	{"KMS", "DescribeKey", describeKey, 2000, "KeyMetadata", perKey, 0},
	{"KMS", "GetKeyPolicy", getKeyPolicy, 1000, "Policy", perCustomerKey, 0},
	{"KMS", "ListGrants", listGrants, 100, "Grants", perCustomerKey, 100},
	{"KMS", "GetKeyRotationStatus", getKeyRotationStatus, 1000, "KeyRotationEnabled", perSelfRotating, 0},
	{"KMS", "ListKeyRotations", listKeyRotations, 100, "Rotations", perRotatableKey, 1000},
	{"KMS", "ListResourceTags", listResourceTags, 2000, "Tags", perCustomerKey, 50},
	{"KMS", "GetKeyLastUsage", getKeyLastUsage, 5, "TrackingStartDate", perUsedKey, 0},

	{"S3", "ListBuckets", listAllMyBuckets, 0, "ListAllMyBucketsResult", perAccount, 10000},
	{"S3", "GetBucketLocation", getBucketLocation, 0, "LocationConstraint", perUnplacedBucket, 0},
	{"S3", "GetBucketEncryption", getEncryptionConfiguration, 0, "ServerSideEncryptionConfiguration", perBucket, 0},
	{"S3", "GetBucketPolicy", getBucketPolicy, 0, "", perBucket, 0},
	{"S3", "GetPublicAccessBlock", getBucketPublicAccessBlock, 0, "PublicAccessBlockConfiguration", perBucket, 0},
	{"S3", "GetBucketOwnershipControls", getBucketOwnershipControls, 0, "OwnershipControls", perBucket, 0},
	{"S3", "GetBucketAcl", getBucketACL, 0, "AccessControlPolicy", perListedBucket, 0},
	{"S3", "GetBucketTagging", getBucketTagging, 0, "Tagging", perBucket, 0},
	{"S3", "GetBucketVersioning", getBucketVersioning, 0, "VersioningConfiguration", perBucket, 0},
	{"S3", "GetBucketReplication", getReplicationConfiguration, 0, "ReplicationConfiguration", perBucket, 0},
	{"S3", "GetBucketLogging", getBucketLogging, 0, "BucketLoggingStatus", perBucket, 0},
	{"S3", "ListBucketInventoryConfigurations", getInventoryConfiguration, 0, "ListInventoryConfigurationsResult", perBucket, 100},
	// A sample of a bucket with more than a page of objects takes eight pages more.
	{"S3", "ListObjectsV2", listBucket, 0, "ListBucketResult", perSampledBucket, 0},
	{"S3", "HeadObject", getObject, 0, "", perObject, 0},

	{"CloudTrail", "ListTrails", listTrails, 10, "Trails", perAccount, anyPage},
	{"CloudTrail", "DescribeTrails", describeTrails, 10, "trailList", perTrailRegion, 0},
	{"CloudTrail", "GetTrailStatus", getTrailStatus, 10, "IsLogging", perTrail, 0},
	{"CloudTrail", "GetEventSelectors", getEventSelectors, 10, "TrailARN", perTrail, 0},
	{"CloudTrail", "ListEventDataStores", listEventDataStores, 10, "EventDataStores", perRegion, 1000},
	{"CloudTrail", "GetEventDataStore", getEventDataStore, 10, "EventDataStoreArn", perEventStore, 0},

	{"CloudWatch Logs", "DescribeLogGroups", describeLogGroups, 10, "logGroups", perRegion, 50},
	{"CloudWatch Logs", "DescribeMetricFilters", describeMetricFilters, 5, "metricFilters", perFilterRegion, 50},
	{"CloudWatch", "DescribeAlarms", describeAlarms, 9, "", perFilterRegion, 100},
	{"EventBridge", "ListRules", listRules, 50, "Rules", perRegion, 100},
	{"EventBridge", "ListTargetsByRule", listTargetsByRule, 50, "Targets", perEventRule, 100},
	{"AccessAnalyzer", "ListAnalyzers", listAnalyzers, 0, "analyzers", perRegion, anyPage},

	// AWS publishes no plain number for these; two in a second have been safe.
	{"Organizations", "DescribeOrganization", describeOrganization, 2, "Organization", perAccount, 0},
	{"Organizations", "ListParents", listParents, 2, "Parents", perLevel, anyPage},
	{"Organizations", "ListPoliciesForTarget", listPoliciesForTarget, 2, "Policies", perLevelAndKind, 20},
	{"Organizations", "DescribePolicy", describePolicy, 2, "Policy", perPolicy, 0},

	// About the whole organization (see Tree).
	{"Organizations", "ListRoots", listRoots, 2, "Roots", perOrganization, 20},
	{"Organizations", "ListOrganizationalUnitsForParent", listUnits, 2, "OrganizationalUnits", perParent, 20},
	{"Organizations", "ListAccountsForParent", listAccounts, 2, "Accounts", perParent, 20},
	{"Organizations", "ListPolicies", listPolicies, 2, "Policies", perKind, 20},
	{"Organizations", "ListTargetsForPolicy", listTargets, 2, "Targets", perControl, 20},
	{"Organizations", "ListTagsForResource", listOrganizationTags, 2, "Tags", perTaggedMember, anyPage},
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
