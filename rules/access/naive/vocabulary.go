package naive

// The vocabulary is small, so that the statements of a case have to do with
// each other.
const (
	home   = "111122223333"
	away   = "444455556666"
	key    = "arn:aws:kms:us-east-1:" + home + ":key/1234abcd-12ab-34cd-56ef-1234567890ab"
	other  = "arn:aws:kms:us-east-1:" + home + ":key/mrk-00000000000000000000000000000000"
	alias  = "arn:aws:kms:us-east-1:" + home + ":alias/app"
	bucket = "arn:aws:s3:::app"
	object = "arn:aws:s3:::app/logs/app.txt"
	roleID = "AROAEXAMPLEROLE000000"
	userID = "AIDAEXAMPLEUSER000000"
)

var callers = []string{
	"arn:aws:iam::" + home + ":user/app",
	"arn:aws:iam::" + home + ":user/team/app",
	"arn:aws:iam::" + home + ":role/app",
	"arn:aws:iam::" + home + ":role/app",
	"arn:aws:iam::" + home + ":role/team/app",
	"arn:aws:sts::" + home + ":assumed-role/app/one",
	"arn:aws:sts::" + home + ":assumed-role/app/one",
	"arn:aws:sts::" + home + ":federated-user/app",
	"arn:aws:iam::" + home + ":root",
	"arn:aws:sts::" + home + ":assumed-role/AWSServiceRoleForApp/one",
	"arn:aws:iam::" + home + ":role/aws-service-role/app.amazonaws.com/AWSServiceRoleForApp",
	"arn:aws:iam::" + away + ":user/app",
	"arn:aws:iam::" + away + ":role/app",
	"arn:aws:iam::" + away + ":role/app",
	"arn:aws:sts::" + away + ":assumed-role/app/one",
	"arn:aws:sts::" + away + ":federated-user/app",
	"arn:aws:iam::" + away + ":root",
	"logs.us-east-1.amazonaws.com",
}

// strangers are principals that policies name beside the caller.
var strangers = []string{
	"arn:aws:iam::" + home + ":user/App",
	"arn:aws:iam::" + home + ":role/*",
	"arn:aws:iam::" + home + ":role/other/app",
	"arn:aws:iam::" + away + ":role/ops",
	"arn:aws:sts::" + home + ":assumed-role/app/two",
	"arn:aws-cn:iam::" + home + ":role/app",
	"AROAEXAMPLEGONE000000", roleID, userID, home, away,
	"arn:aws:iam::" + home + ":root",
	"arn:aws:iam::" + away + ":root",
}

var keyActions = []string{
	"kms:Decrypt", "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:DescribeKey", "kms:CreateGrant",
	"kms:PutKeyPolicy", "kms:ListGrants", "kms:RetireGrant", "kms:Sign", "KMS:decrypt", "kms:GetPublicKey",
}

var (
	aliasActions  = []string{"kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"}
	noKeyActions  = []string{"kms:CreateKey", "kms:ListKeys", "kms:ListAliases", "kms:GenerateRandom"}
	bucketActions = []string{"s3:ListBucket", "s3:GetBucketPolicy"}
	objectActions = []string{"s3:GetObject", "s3:PutObject"}
)

// patterns of actions, beside the request's own.
var patterns = []string{
	"kms:*", "kms:Enc*", "kms:De*", "kms:Decryp?", "kms:*Key", "kms:generatedatakey*", "kms:Re*", "kms:List*", "kms:Create*",
	"s3:*", "s3:Get*", "s3:Put?bject", "s3:*Bucket*", "k*:Decrypt", "ec2:*", "*:*", "**", "kms:", "kms", "Decrypt", "kms:Get*", "kms:D*t", "kms:?ecrypt",
}

var resources = []string{
	"*", key, other, alias, bucket, object,
	"arn:aws:kms:*:*:key/*", "arn:aws:kms:us-east-1:" + home + ":key/*", "arn:aws:kms:us-east-1:" + home + ":*",
	"arn:aws:kms:us-east-1:" + away + ":*", "arn:aws:kms:*", "arn:aws:*", "arn:aws:kms:us-east-?:*:key/1234????-*",
	"arn:aws:kms:*:*:alias/*", "arn:aws:s3:::*", "arn:aws:s3:::app/*", "arn:aws:s3:::app*", "arn:aws:s3:::app/*/app.txt",
	"arn:*:*:*:*:*", "arn:aws:s3:::${aws:PrincipalTag/team}/*", "arn:aws:s3:::${aws:PrincipalTag/team, 'app'}/*",
	"arn:aws:kms:*:*:key/${aws:PrincipalTag/team}*", "arn:aws:s3:::app/logs/${aws:username}.txt",
	"arn:aws:S3:::app/*", "arn:aws:s3:::app/${*}", "arn:aws:s3:::${kms:ResourceAliases}*",
	"arn:aws:s3:::app/${aws:PrincipalTag/team, \"logs\"}/*", "arn:aws:s3:${aws:RequestedRegion}::app/*", "**", "app",
}

// topic is a context key with values of requests and of policies.
type topic struct {
	key       string
	operators []string
	values    []string // of requests
	asked     []string // of policies
}

var (
	onStrings = []string{
		"StringEquals", "StringNotEquals", "StringLike", "StringNotLike",
		"StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "stringequals",
	}
	onARNs    = []string{"ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "StringLike", "StringEquals"}
	onNumbers = []string{
		"NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan",
		"NumericGreaterThanEquals",
	}
	onDates = []string{
		"DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals",
	}
)

var topics = []topic{
	{
		"kms:ViaService", onStrings,
		[]string{"s3.us-east-1.amazonaws.com", "ec2.us-east-1.amazonaws.com"},
		[]string{"s3.us-east-1.amazonaws.com", "S3.us-east-1.amazonaws.com", "s3.*.amazonaws.com", "*", "ec?.*"},
	},
	{"aws:RequestedRegion", onStrings, []string{"us-east-1", "eu-west-1"}, []string{"us-east-1", "eu-*", "us-*"}},
	{"kms:CallerAccount", onStrings, []string{home, away}, []string{home, away, "1111*"}},
	{
		"aws:PrincipalTag/team", onStrings,
		[]string{"app", "App", "*", "ops"},
		[]string{"app", "ops", "a??", "${aws:username}", "${aws:username, 'app'}", "${*}", "a${?}p", "x${$}", "*", ""},
	},
	{
		"aws:username", onStrings,
		[]string{"app", "ops"},
		[]string{"app", "APP", "a*", "${aws:PrincipalTag/team}", "${AWS:principaltag/TEAM}*", "${aws:TagKeys}"},
	},
	{
		"aws:PrincipalArn", onARNs, callers[:12],
		[]string{
			"arn:aws:iam::" + home + ":role/app", "arn:aws:iam::*:role/*", "arn:aws:iam::" + home + ":user/*", "*", "arn:aws:iam::*",
			"arn:aws:iam::" + away + ":*", "${aws:SourceArn}", "arn:aws:iam::" + home + ":role/${aws:username}",
		},
	},
	{
		"aws:SourceArn", onARNs,
		[]string{bucket, object, "arn:aws:iam::" + home + ":role/app", "app"},
		[]string{bucket, "arn:aws:s3:::*", "arn:aws:s3:::app/*", "app", "arn:aws:s3:::${aws:PrincipalTag/team}", "${aws:PrincipalArn}"},
	},
	{
		"aws:SourceIp",
		[]string{"IpAddress", "NotIpAddress", "StringLike"},
		[]string{"10.0.0.7", "10.1.2.3", "192.0.2.1", "2001:db8::7", "::ffff:10.1.2.3", "10.0.0.0/8", "here"},
		[]string{"10.0.0.0/8", "10.0.0.7", "10.0.0.9/24", "2001:db8::/32", "here", "0.0.0.0/0", "192.0.2.1/32", "::/0", "2001:0DB8:0::7"},
	},
	{"aws:SecureTransport", []string{"Bool", "Bool", "StringEquals"}, []string{"true", "false"}, []string{"true", "false", "True", "yes"}},
	{"kms:RotationPeriodInDays", onNumbers, []string{"90", "365", "90.5", "0", "many"}, []string{"90", "90.0", "9e1", "180", "365", "many", "0", "-1"}},
	{
		"aws:CurrentTime", onDates,
		[]string{"2026-01-01T00:00:00Z", "2026-06-01T12:00:00Z", "1767225600", "never"},
		[]string{"2026-01-01T00:00:00Z", "2026-01-01", "1767225600", "2026-03-01T00:00:00+02:00", "never", "1780315200.5"},
	},
	{"kms:EncryptionContext:dept", onStrings, []string{"it", "hr", "IT"}, []string{"it", "IT", "h*", "*"}},
	{"kms:EncryptionContext:aws:s3:arn", onARNs, []string{bucket, object}, []string{bucket, object, "arn:aws:s3:::app*", "arn:aws:s3:::app/*"}},
	{"kms:ResourceAliases", onStrings, []string{"alias/app", "alias/ops", "alias/x"}, []string{"alias/app", "alias/*", "alias/ops", "alias/${aws:username}"}},
	{
		"aws:userid", onStrings,
		[]string{roleID + ":one", userID, "AROAEXAMPLEGONE000000:one"},
		[]string{roleID + ":*", userID, roleID + ":${aws:username}"},
	},
	{"aws:TagKeys", onStrings, []string{"team", "Team", "cost"}, []string{"team", "t*", "cost", "*"}},
	{"kms:GrantOperations", onStrings, []string{"Decrypt", "Encrypt"}, []string{"Decrypt", "Encrypt", "*crypt"}},
	{"kms:PublicKeyHash", []string{"BinaryEquals"}, []string{"QUJD", "QUJE", "?"}, []string{"QUJD", "QUJE", "no"}},
}
