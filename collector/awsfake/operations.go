package awsfake

import "cmp"

// operations is everything that this AWS can do, all of it read-only.
var operations = map[string]func(*request) reply{
	"sts GetCallerIdentity": (*request).getCallerIdentity,
	"account ListRegions":   (*request).listRegions,

	"iam GetAccountAuthorizationDetails": (*request).getAccountAuthorizationDetails,

	"kms ListKeys":             (*request).listKeys,
	"kms ListAliases":          (*request).listAliases,
	"kms DescribeKey":          onKey((*request).describeKey),
	"kms GetKeyPolicy":         onKey((*request).getKeyPolicy),
	"kms ListGrants":           onKey((*request).listGrants),
	"kms GetKeyRotationStatus": onKey((*request).getKeyRotationStatus),
	"kms ListKeyRotations":     onKey((*request).listKeyRotations),
	"kms ListResourceTags":     onKey((*request).listResourceTags),
	"kms GetKeyLastUsage":      onKey((*request).getKeyLastUsage),

	"kms DescribeCustomKeyStores": (*request).describeCustomKeyStores,

	"s3 ListBuckets":                (*request).listBuckets,
	"s3 GetBucketLocation":          onBucket((*request).getBucketLocation),
	"s3 GetBucketEncryption":        onBucket((*request).getBucketEncryption),
	"s3 GetBucketPolicy":            onBucket((*request).getBucketPolicy),
	"s3 GetPublicAccessBlock":       onBucket((*request).getPublicAccessBlock),
	"s3 GetBucketOwnershipControls": onBucket((*request).getBucketOwnershipControls),
	"s3 GetBucketAcl":               onBucket((*request).getBucketACL),
	"s3 GetBucketTagging":           onBucket((*request).getBucketTagging),
	"s3 GetBucketVersioning":        onBucket((*request).getBucketVersioning),
	"s3 GetBucketReplication":       onBucket((*request).getBucketReplication),
	"s3 GetBucketLogging":           onBucket((*request).getBucketLogging),
	"s3 ListObjectsV2":              onBucket((*request).listObjects),
	"s3 HeadObject":                 onBucket((*request).headObject),

	"s3 ListBucketInventoryConfigurations": onBucket((*request).listInventories),

	"cloudtrail ListTrails":          (*request).listTrails,
	"cloudtrail DescribeTrails":      (*request).describeTrails,
	"cloudtrail GetTrailStatus":      onTrail("Name", (*request).getTrailStatus),
	"cloudtrail GetEventSelectors":   onTrail("TrailName", (*request).getEventSelectors),
	"cloudtrail ListEventDataStores": (*request).listEventDataStores,
	"cloudtrail GetEventDataStore":   (*request).getEventDataStore,

	"logs DescribeLogGroups":     (*request).describeLogGroups,
	"logs DescribeMetricFilters": (*request).describeMetricFilters,
	"monitoring DescribeAlarms":  (*request).describeAlarms,
	"events ListRules":           (*request).listRules,
	"events ListTargetsByRule":   (*request).listTargetsByRule,

	"access-analyzer ListAnalyzers": (*request).listAnalyzers,

	"organizations DescribeOrganization":  (*request).describeOrganization,
	"organizations ListParents":           (*request).listParents,
	"organizations ListPoliciesForTarget": (*request).listPoliciesForTarget,
	"organizations DescribePolicy":        (*request).describePolicy,

	"organizations ListRoots":                        inDirectory((*request).listRoots),
	"organizations ListOrganizationalUnitsForParent": inDirectory((*request).listUnits),
	"organizations ListAccountsForParent":            inDirectory((*request).listAccountsForParent),
	"organizations ListPolicies":                     inDirectory((*request).listPolicies),
	"organizations ListTargetsForPolicy":             inDirectory((*request).listTargets),
	"organizations ListTagsForResource":              inDirectory((*request).listAccountTags),

	"sts AssumeRole": (*request).assumeRole,
}

// resource is what a request asks about.
func (r *request) resource() string {
	switch r.Service {
	case "kms":
		return r.text("KeyId")
	case "cloudtrail":
		return cmp.Or(r.text("Name"), r.text("TrailName"), r.text("EventDataStore"))
	case "events":
		return r.text("Rule")
	case "organizations":
		switch r.Operation {
		case "ListParents":
			return r.text("ChildId")
		case "ListPoliciesForTarget":
			return r.text("TargetId") + "/" + r.text("Filter")
		case "DescribePolicy", "ListTargetsForPolicy":
			return r.text("PolicyId")
		case "ListOrganizationalUnitsForParent", "ListAccountsForParent":
			return r.text("ParentId")
		case "ListPolicies":
			return r.text("Filter")
		case "ListTagsForResource":
			return r.text("ResourceId")
		}
	}
	if r.Operation == "AssumeRole" {
		return r.query.Get("RoleArn")
	}
	return r.Resource
}

// marker is where a listing is to go on.
func (r *request) marker() string {
	for _, name := range []string{"Marker", "NextToken", "nextToken", "continuation-token", "start-after"} {
		if text := r.text(name); text != "" {
			return text
		}
		if text := r.query.Get(name); text != "" {
			return text
		}
	}
	return ""
}
