package moto

import (
	"regexp"
	"strings"
)

// difference is a place where moto's account is collected otherwise than ours.
type difference struct {
	place      string
	fake, moto any // nil is "not there"
}

// allowance is a difference that is known, and moto's doing.
type allowance struct {
	name   string
	place  *regexp.Regexp
	fits   func(difference) bool
	reason string
}

// motoHas takes a difference only if moto says just this.
func motoHas(value any) func(difference) bool {
	return func(d difference) bool { return d.moto == value }
}

// allowed are all the differences that may be. Each of them has to show.
var allowed = []allowance{
	{
		"caller", regexp.MustCompile(`^/collected_by$`),
		motoHas("arn:aws:sts::123456789012:user/moto"),
		"moto has one caller for all credentials",
	},
	{
		"aliases of AWS", regexp.MustCompile(`^/aliases/alias/aws/[a-z0-9]+$`),
		func(d difference) bool { return d.fake == nil },
		"ListAliases makes up aliases of AWS managed keys, whose targets do not exist; AWS has them once a service has used one",
	},
	{
		"ids of managed policies", regexp.MustCompile(`^/managed_policies/policy/(AdministratorAccess|Keys)/id$`),
		motoHas(nil),
		"GetAccountAuthorizationDetails gives managed policies neither name nor id; the name is in the ARN",
	},
	{
		"encryption of a new bucket", regexp.MustCompile(`^/buckets/bucket-695267-1/encryption/(state|value|operation|code)$`),
		func(d difference) bool {
			return !strings.HasSuffix(d.place, "/state") || d.moto == "absent"
		},
		"a bucket nobody configured answers 404 as before 2023; AWS answers with its default, AES256",
	},
	{
		"blocked encryption types", regexp.MustCompile(`^/buckets/bucket-695267-2/encryption/value/rules/0/blocked_types$`),
		motoHas(nil),
		"PutBucketEncryption drops BlockedEncryptionTypes",
	},
	{
		"versioning", regexp.MustCompile(`^/buckets/[a-z0-9-]+/versioning/(state|value|operation|code)$`),
		func(d difference) bool { return !strings.HasSuffix(d.place, "/code") || d.moto == "UnreadableAnswer" },
		"the answer's root is GetBucketVersioningResponse; AWS's is VersioningConfiguration, and any other root could be anything's answer",
	},
	{
		"ids of users and groups", regexp.MustCompile(`^/(users|groups)/[a-z/]+/id$`),
		func(d difference) bool { id, ok := d.moto.(string); return ok && len(id) == 20 },
		"the ids are random letters without AIDA or AGPA in front",
	},
	{
		"boundaries of users", regexp.MustCompile(`^/users/user/team/ann/boundary/(state|value|operation)$`),
		func(d difference) bool { return !strings.HasSuffix(d.place, "/state") || d.moto == "absent" },
		"GetAccountAuthorizationDetails leaves a user's boundary out, though it has a role's",
	},
	{
		"grants", regexp.MustCompile(`^/keys/key/[0-9-]+/grants/value/one/(issuing_account|created_at)$`),
		motoHas(nil),
		"ListGrants gives neither date nor issuing account",
	},
	{
		"ids of grants", regexp.MustCompile(`^/keys/key/[0-9-]+/grants/value/one/id$`),
		func(d difference) bool { id, ok := d.moto.(string); return ok && len(id) == 8 },
		"a grant's id has 8 digits, AWS's has 64",
	},
	{
		"operations that it lacks", regexp.MustCompile(`^/coverage/(DescribeCustomKeyStores|ListEventDataStores|ListAnalyzers)/(state|code)$`),
		func(d difference) bool { return d.moto == "failed" || d.moto == notImplemented },
		"moto answers with a page about an internal error",
	},
	{
		"alarms", regexp.MustCompile(`^/coverage/DescribeAlarms/(state|code)$`),
		func(d difference) bool { return d.moto == "failed" || d.moto == "HTTP404" },
		"moto does not speak CBOR, which CloudWatch speaks with this SDK",
	},
	{
		"inventories", regexp.MustCompile(`^/buckets/[a-z0-9-]+/inventories/(state|value|operation|code)$`),
		func(d difference) bool { return !strings.HasSuffix(d.place, "/code") || d.moto == "UnreadableAnswer" },
		"the root of the answer is named after the operation; AWS's is ListInventoryConfigurationsResult, and any other root could be anything's answer",
	},
	{
		"replication", regexp.MustCompile(`^/buckets/varied-bucket/replication/value/rules/0/(prefix|kms_encrypted_objects)$`),
		motoHas(nil),
		"GetBucketReplication leaves out the filter and what is selected",
	},
	{
		"access logs", regexp.MustCompile(`^/buckets/varied-logs/(objects/|sample/value/)`),
		func(difference) bool { return true },
		"moto writes access logs into the bucket while it is read; AWS takes hours",
	},
	{
		"rotation period", regexp.MustCompile(`^/keys/key/[0-9-]+/rotation/value/(period_days|next_at)$`),
		motoHas(nil),
		"EnableKeyRotation forgets the period, and GetKeyRotationStatus says no next date",
	},
}
