package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// operations are the AWS operations that each reading of the facts comes from, as
// the actions of IAM that they need.
func operations() map[string][]string {
	watched := []string{
		"cloudtrail:ListTrails", "cloudtrail:DescribeTrails", "cloudtrail:GetTrailStatus", "cloudtrail:GetEventSelectors",
		"logs:DescribeMetricFilters", "cloudwatch:DescribeAlarms", "events:ListRules", "events:ListTargetsByRule",
	}
	return map[string][]string{
		"keys.metadata":   {"kms:DescribeKey"},
		"keys.rotation":   {"kms:GetKeyRotationStatus"},
		"keys.policy":     {"kms:GetKeyPolicy"},
		"keys.membership": {"kms:GetKeyPolicy", "organizations:DescribeOrganization"},
		"keys.rotated":    {"kms:ListKeyRotations", "kms:DescribeKey", "kms:GetKeyRotationStatus"},
		"keys.used_by":    {"s3:ListAllMyBuckets", "s3:GetEncryptionConfiguration"},
		"keys.recorders": {
			"cloudtrail:ListTrails", "cloudtrail:DescribeTrails", "cloudtrail:ListEventDataStores", "cloudtrail:GetEventDataStore",
			"logs:DescribeLogGroups",
		},
		"keys.environments": {"s3:ListAllMyBuckets", "s3:GetEncryptionConfiguration", "s3:GetBucketTagging"},
		"keys.deletion":     {"kms:DescribeKey"},
		"keys.material":     {"kms:DescribeKey"},
		"keys.usage":        {"kms:GetKeyLastUsage"},
		"keys.tags":         {"kms:ListResourceTags"},
		"keys.store":        {"kms:DescribeKey"},
		"keys.aliases":      {"kms:ListAliases"},
		"keys.delegation":   {"kms:GetKeyPolicy"},
		"keys.decryptors":   {"kms:GetKeyPolicy", "iam:GetAccountAuthorizationDetails", "kms:ListGrants"},
		"keys.keepers":      {"kms:GetKeyPolicy", "iam:GetAccountAuthorizationDetails"},
		"keys.duties":       {"kms:GetKeyPolicy", "iam:GetAccountAuthorizationDetails", "kms:DescribeKey"},
		"keys.grants":       {"kms:ListGrants", "iam:GetAccountAuthorizationDetails"},
		"keys.inverted":     {"kms:GetKeyPolicy"},
		"keys.services":     {"kms:GetKeyPolicy"},
		"keys.named":        {"kms:GetKeyPolicy", "iam:GetAccountAuthorizationDetails"},
		"keys.granting":     {"kms:GetKeyPolicy", "iam:GetAccountAuthorizationDetails"},
		"keys.bypass":       {"kms:GetKeyPolicy", "iam:GetAccountAuthorizationDetails"},
		"keys.context":      {"kms:GetKeyPolicy"},
		"keys.plain":        {"kms:GetKeyPolicy"},
		"keys.home": {
			"kms:ListResourceTags", "kms:ListAliases", "s3:ListAllMyBuckets", "s3:GetEncryptionConfiguration", "s3:GetBucketTagging",
		},
		"buckets.encryption":    {"s3:GetEncryptionConfiguration"},
		"buckets.log_target":    {"s3:GetBucketPolicy"},
		"buckets.default_key":   {"s3:GetEncryptionConfiguration", "kms:ListKeys", "kms:ListAliases", "kms:DescribeKey", "kms:GetKeyPolicy"},
		"buckets.key_ref":       {"s3:GetEncryptionConfiguration", "kms:ListAliases"},
		"buckets.guards":        {"s3:GetBucketPolicy"},
		"buckets.customer_keys": {"s3:GetEncryptionConfiguration", "s3:GetBucketPolicy"},
		"buckets.tls":           {"s3:GetBucketPolicy"},
		"buckets.writers":       {"s3:GetBucketPolicy"},
		"buckets.lockout":       {"s3:GetBucketPolicy", "iam:GetAccountAuthorizationDetails"},
		"buckets.public":        {"s3:GetBucketPolicy", "s3:GetBucketPublicAccessBlock", "s3:GetBucketOwnershipControls", "s3:GetBucketAcl"},
		"buckets.replication":   {"s3:GetReplicationConfiguration", "s3:GetEncryptionConfiguration", "kms:GetKeyPolicy", "iam:GetAccountAuthorizationDetails"},
		"buckets.inventories":   {"s3:GetInventoryConfiguration", "s3:GetEncryptionConfiguration"},
		"objects.encryption":    {"s3:GetObject"},
		"objects.expected":      {"s3:GetEncryptionConfiguration"},
		"objects.key_state":     {"s3:GetObject", "kms:DescribeKey"},
		"trails.encryption":     {"cloudtrail:DescribeTrails", "cloudtrail:GetEventDataStore"},
		"trails.key_policy":     {"cloudtrail:DescribeTrails", "cloudtrail:GetEventDataStore", "kms:GetKeyPolicy"},
		"log_groups.encryption": {"logs:DescribeLogGroups"},
		"monitoring.kms_events": {
			"cloudtrail:ListTrails", "cloudtrail:DescribeTrails", "cloudtrail:GetTrailStatus", "cloudtrail:GetEventSelectors",
			"cloudtrail:ListEventDataStores", "cloudtrail:GetEventDataStore",
		},
		"monitoring.analyzers":       {"access-analyzer:ListAnalyzers"},
		"monitoring.key_alarms":      watched,
		"monitoring.bucket_alarms":   watched,
		"monitoring.identity_alarms": watched,
		"monitoring.object_events": {
			"s3:ListAllMyBuckets", "cloudtrail:ListTrails", "cloudtrail:DescribeTrails", "cloudtrail:GetTrailStatus", "cloudtrail:GetEventSelectors",
			"cloudtrail:ListEventDataStores", "cloudtrail:GetEventDataStore",
		},
		"policies.document":  {"iam:GetAccountAuthorizationDetails"},
		"policies.wildcards": {"iam:GetAccountAuthorizationDetails"},
		"policies.use":       {"iam:GetAccountAuthorizationDetails"},
		"policies.idle":      {"iam:GetAccountAuthorizationDetails"},
		"identities.inline":  {"iam:GetAccountAuthorizationDetails"},
		"roles.trust":        {"iam:GetAccountAuthorizationDetails"},
		"roles.decrypts":     {"iam:GetAccountAuthorizationDetails", "kms:GetKeyPolicy", "kms:ListKeys"},
	}
}

// comesFrom are the operations that a reading of the rule comes from.
func (u *usage) comesFrom(reading string) []string {
	var from []string
	for _, kind := range u.kinds {
		if slices.Contains(u.collections[kind], reading) {
			from = append(from, operations()[kind+"."+reading]...)
		}
	}
	return from
}

// undeclared says which reading of the rule comes from none of the operations of its
// custom.reads: what AWS refused of these is a gap of the rule, so that none may be
// missing.
func (u *usage) undeclared(reads []string) error {
	for _, reading := range u.readings {
		from := u.comesFrom(reading)
		if !slices.ContainsFunc(from, func(operation string) bool { return slices.Contains(reads, operation) }) {
			return fmt.Errorf("custom.reads lacks what the reading %s comes from: add %s", reading, strings.Join(from, " or "))
		}
	}
	return nil
}

// overdeclared says which operation of custom.reads is none that the rule's readings
// come from. Of a rule that reads rows of decisions the rows do not tell.
func (u *usage) overdeclared(reads []string) error {
	var may []string
	for _, reading := range u.readings {
		may = append(may, u.comesFrom(reading)...)
	}
	for _, operation := range reads {
		switch {
		case !operationName.MatchString(operation):
			return fmt.Errorf("custom.reads has %q, which does not look like kms:DescribeKey", operation)
		case len(may) > 0 && !slices.Contains(may, operation):
			return fmt.Errorf("custom.reads has %s, from which no reading of the rule comes: take it out", operation)
		}
	}
	return nil
}

var operationName = regexp.MustCompile(`^[a-z0-9-]+:[A-Z][A-Za-z0-9]+$`)
