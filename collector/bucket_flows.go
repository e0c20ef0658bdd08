package collector

import (
	"cmp"
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// What a bucket sends elsewhere, which is encrypted anew where it arrives:
// replicas, access logs, inventories.

func (r *bucketReader) replication(ctx context.Context) {
	out, o := askBucket(ctx, r, getReplicationConfiguration, func(ctx context.Context, client *s3.Client) (*s3.GetBucketReplicationOutput, error) {
		return client.GetBucketReplication(ctx, &s3.GetBucketReplicationInput{Bucket: &r.bucket.Name})
	})
	if o.ok() && (out.ReplicationConfiguration == nil || len(out.ReplicationConfiguration.Rules) == 0) {
		o = unreadable(getReplicationConfiguration, "the answer has no rule")
	}
	if !o.ok() {
		r.bucket.Replication = reading[snapshot.Replication](o)
		return
	}
	read := snapshot.Replication{Role: aws.ToString(out.ReplicationConfiguration.Role)}
	for _, rule := range out.ReplicationConfiguration.Rules {
		if rule.Destination == nil || aws.ToString(rule.Destination.Bucket) == "" {
			r.bucket.Replication = reading[snapshot.Replication](unreadable(getReplicationConfiguration, "a rule has no destination"))
			return
		}
		read.Rules = append(read.Rules, replicationRule(rule))
	}
	r.bucket.Replication = snapshot.Of(read)
}

func replicationRule(rule types.ReplicationRule) snapshot.ReplicationRule {
	read := snapshot.ReplicationRule{
		ID:      aws.ToString(rule.ID),
		Status:  string(rule.Status),
		Prefix:  aws.ToString(rule.Prefix), //nolint:staticcheck // SA1019: rules of the first version have it
		Bucket:  aws.ToString(rule.Destination.Bucket),
		Account: aws.ToString(rule.Destination.Account),
	}
	if filter := rule.Filter; filter != nil {
		read.Prefix = cmp.Or(aws.ToString(filter.Prefix), read.Prefix)
		if filter.And != nil {
			read.Prefix = cmp.Or(aws.ToString(filter.And.Prefix), read.Prefix)
		}
	}
	if encryption := rule.Destination.EncryptionConfiguration; encryption != nil {
		read.ReplicaKey = aws.ToString(encryption.ReplicaKmsKeyID)
	}
	if sources := rule.SourceSelectionCriteria; sources != nil && sources.SseKmsEncryptedObjects != nil {
		read.KMSEncryptedObjects = string(sources.SseKmsEncryptedObjects.Status)
	}
	return read
}

// logging asks where the access logs go. S3 answers for a bucket without them
// with an empty element.
func (r *bucketReader) logging(ctx context.Context) {
	out, o := askBucket(ctx, r, getBucketLogging, func(ctx context.Context, client *s3.Client) (*s3.GetBucketLoggingOutput, error) {
		return client.GetBucketLogging(ctx, &s3.GetBucketLoggingInput{Bucket: &r.bucket.Name})
	})
	switch {
	case !o.ok():
		r.bucket.Logging = reading[snapshot.Logging](o)
	case out.LoggingEnabled == nil:
		r.bucket.Logging = snapshot.None[snapshot.Logging](getBucketLogging, "")
	case aws.ToString(out.LoggingEnabled.TargetBucket) == "":
		r.bucket.Logging = reading[snapshot.Logging](unreadable(getBucketLogging, "the logs have no destination"))
	default:
		r.bucket.Logging = snapshot.Of(snapshot.Logging{
			TargetBucket: aws.ToString(out.LoggingEnabled.TargetBucket), TargetPrefix: aws.ToString(out.LoggingEnabled.TargetPrefix),
		})
	}
}

func (r *bucketReader) inventories(ctx context.Context) {
	inventories := []snapshot.InventoryConfig{}
	o := list(getInventoryConfiguration, func(marker *string) (page, outcome) {
		out, o := askBucket(ctx, r, getInventoryConfiguration, func(ctx context.Context, client *s3.Client) (*s3.ListBucketInventoryConfigurationsOutput, error) {
			return client.ListBucketInventoryConfigurations(ctx, &s3.ListBucketInventoryConfigurationsInput{
				Bucket: &r.bucket.Name, ContinuationToken: marker,
			})
		})
		if !o.ok() {
			return page{}, o
		}
		for _, configuration := range out.InventoryConfigurationList {
			if configuration.Destination == nil || configuration.Destination.S3BucketDestination == nil {
				return page{}, unreadable(getInventoryConfiguration, "an inventory has no destination")
			}
			inventories = append(inventories, inventory(configuration))
		}
		return page{aws.ToBool(out.IsTruncated), out.NextContinuationToken}, o
	})
	if !o.ok() {
		r.bucket.Inventories = reading[[]snapshot.InventoryConfig](o)
		return
	}
	inventories = unique(inventories, func(i snapshot.InventoryConfig) string { return i.ID })
	slices.SortFunc(inventories, func(a, b snapshot.InventoryConfig) int { return cmp.Compare(a.ID, b.ID) })
	r.bucket.Inventories = snapshot.Of(inventories)
}

func inventory(c types.InventoryConfiguration) snapshot.InventoryConfig {
	destination := c.Destination.S3BucketDestination
	read := snapshot.InventoryConfig{
		ID:                aws.ToString(c.Id),
		Enabled:           aws.ToBool(c.IsEnabled),
		DestinationBucket: aws.ToString(destination.Bucket),
		Format:            string(destination.Format),
	}
	if c.Schedule != nil {
		read.Frequency = string(c.Schedule.Frequency)
	}
	switch encryption := destination.Encryption; {
	case encryption == nil:
	case encryption.SSEKMS != nil:
		read.Encryption, read.Key = "SSE-KMS", aws.ToString(encryption.SSEKMS.KeyId)
	case encryption.SSES3 != nil:
		read.Encryption = "SSE-S3"
	}
	for _, field := range c.OptionalFields {
		read.Fields = append(read.Fields, string(field))
	}
	slices.Sort(read.Fields)
	return read
}
