package moto

import (
	"context"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	trailtypes "github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	logtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	eventtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/kmsaudit/kmsaudit/collector/awsfake"
)

// seedLogging makes what records and reports.
func seedLogging(ctx context.Context, t *testing.T, cfg aws.Config, w *awsfake.World, given func(string) string) {
	t.Helper()
	logs := cloudwatchlogs.NewFromConfig(cfg)
	for _, g := range w.LogGroups {
		_, err := logs.CreateLogGroup(ctx, &cloudwatchlogs.CreateLogGroupInput{LogGroupName: &g.Name, KmsKeyId: optional(given(g.Key))})
		must(t, err)
	}
	for _, f := range w.Filters {
		_, err := logs.PutMetricFilter(ctx, &cloudwatchlogs.PutMetricFilterInput{
			FilterName: &f.Name, LogGroupName: &f.Group, FilterPattern: &f.Pattern,
			MetricTransformations: []logtypes.MetricTransformation{{MetricName: &f.Name, MetricNamespace: &f.Namespace, MetricValue: aws.String("1")}},
		})
		must(t, err)
	}
	seedTrails(ctx, t, cloudtrail.NewFromConfig(cfg), w, given)
	events := eventbridge.NewFromConfig(cfg)
	for _, e := range w.EventRules {
		_, err := events.PutRule(ctx, &eventbridge.PutRuleInput{Name: &e.Name, EventPattern: &e.Pattern, State: eventtypes.RuleState(e.State)})
		must(t, err)
		var targets []eventtypes.Target
		for i, target := range e.Targets {
			targets = append(targets, eventtypes.Target{Id: aws.String(string(rune('a' + i))), Arn: &target})
		}
		_, err = events.PutTargets(ctx, &eventbridge.PutTargetsInput{Rule: &e.Name, Targets: targets})
		must(t, err)
	}
}

func seedTrails(ctx context.Context, t *testing.T, client *cloudtrail.Client, w *awsfake.World, given func(string) string) {
	t.Helper()
	for _, trail := range w.Trails {
		_, err := client.CreateTrail(ctx, &cloudtrail.CreateTrailInput{
			Name: &trail.Name, S3BucketName: &trail.Bucket, KmsKeyId: optional(given(trail.Key)), IsMultiRegionTrail: &trail.MultiRegion,
			IncludeGlobalServiceEvents: &trail.MultiRegion, EnableLogFileValidation: aws.Bool(true),
			CloudWatchLogsLogGroupArn: optional(trail.LogGroup), CloudWatchLogsRoleArn: optional(strings.Repeat("r", min(1, len(trail.LogGroup)))),
		})
		must(t, err)
		if !trail.Stopped {
			_, err := client.StartLogging(ctx, &cloudtrail.StartLoggingInput{Name: &trail.Name})
			must(t, err)
		}
		input := &cloudtrail.PutEventSelectorsInput{TrailName: &trail.Name}
		for _, s := range trail.Selectors {
			if s.Fields == nil {
				input.EventSelectors = append(input.EventSelectors, trailtypes.EventSelector{
					ReadWriteType: trailtypes.ReadWriteType(s.ReadWrite), IncludeManagementEvents: &s.Management, ExcludeManagementEventSources: s.Excluded,
				})
				continue
			}
			selector := trailtypes.AdvancedEventSelector{Name: &s.Name}
			for field, tests := range s.Fields {
				selector.FieldSelectors = append(selector.FieldSelectors, trailtypes.AdvancedFieldSelector{
					Field: &field, Equals: tests["Equals"], NotEquals: tests["NotEquals"],
				})
			}
			input.AdvancedEventSelectors = append(input.AdvancedEventSelectors, selector)
		}
		_, err = client.PutEventSelectors(ctx, input)
		must(t, err)
	}
}

// seedFlows makes what a bucket sends elsewhere. The buckets are there.
func seedFlows(ctx context.Context, t *testing.T, store *s3.Client, bucket awsfake.Bucket, given func(string) string) {
	t.Helper()
	if bucket.LogTarget != "" {
		_, err := store.PutBucketLogging(ctx, &s3.PutBucketLoggingInput{Bucket: &bucket.Name, BucketLoggingStatus: &types.BucketLoggingStatus{
			LoggingEnabled: &types.LoggingEnabled{TargetBucket: &bucket.LogTarget, TargetPrefix: &bucket.LogPrefix},
		}})
		must(t, err)
	}
	if bucket.Replication != nil {
		configuration := &types.ReplicationConfiguration{Role: &bucket.Replication.Role}
		for _, rule := range bucket.Replication.Rules {
			configuration.Rules = append(configuration.Rules, types.ReplicationRule{
				ID: &rule.ID, Status: types.ReplicationRuleStatus(rule.Status), Priority: aws.Int32(1),
				Filter:                  &types.ReplicationRuleFilter{Prefix: &rule.Prefix},
				DeleteMarkerReplication: &types.DeleteMarkerReplication{Status: types.DeleteMarkerReplicationStatusDisabled},
				SourceSelectionCriteria: &types.SourceSelectionCriteria{SseKmsEncryptedObjects: &types.SseKmsEncryptedObjects{Status: types.SseKmsEncryptedObjectsStatus(rule.KMSObjects)}},
				Destination: &types.Destination{
					Bucket: &rule.Bucket, EncryptionConfiguration: &types.EncryptionConfiguration{ReplicaKmsKeyID: aws.String(given(rule.Key))},
				},
			})
		}
		_, err := store.PutBucketReplication(ctx, &s3.PutBucketReplicationInput{Bucket: &bucket.Name, ReplicationConfiguration: configuration})
		must(t, err)
	}
}
