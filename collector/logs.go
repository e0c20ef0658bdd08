package collector

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// logGroups lists the log groups of one Region with their keys. It needs
// logs:DescribeLogGroups.
func (c *collection) logGroups(ctx context.Context, region string) {
	client := c.aws.logs(region)
	groups := listing[snapshot.LogGroup]{
		describeLogGroups, region, in(c.before.LogGroups, region, func(g snapshot.LogGroup) string { return g.Region }),
		func(g snapshot.LogGroup) string { return g.ARN }, nil,
	}.list(c, func() (groups []snapshot.LogGroup, o outcome) {
		o = list(describeLogGroups, func(marker *string) (page, outcome) {
			out, o := ask(ctx, c, describeLogGroups, region, func(ctx context.Context) (*cloudwatchlogs.DescribeLogGroupsOutput, error) {
				return client.DescribeLogGroups(ctx, &cloudwatchlogs.DescribeLogGroupsInput{Limit: aws.Int32(50), NextToken: marker})
			})
			if !o.ok() {
				return page{}, o
			}
			for _, g := range out.LogGroups {
				group := snapshot.LogGroup{
					ARN:  strings.TrimSuffix(aws.ToString(g.Arn), ":*"), // of the group, not of its streams
					Name: aws.ToString(g.LogGroupName), Region: region, Key: aws.ToString(g.KmsKeyId),
				}
				if !c.ours(group.ARN, "logs", region, "log-group:") {
					return page{}, unreadable(describeLogGroups, "the answer names a log group that cannot be one")
				}
				groups = append(groups, group)
			}
			return token(out.NextToken), o
		})
		return groups, o
	})
	c.add(func(s *snapshot.Snapshot) { s.LogGroups = append(s.LogGroups, groups...) })
}

// metricFilters lists the metric filters of one Region. It needs
// logs:DescribeMetricFilters.
func (c *collection) metricFilters(ctx context.Context, region string) {
	client := c.aws.logs(region)
	filters := listing[snapshot.MetricFilter]{
		describeMetricFilters, region, in(c.before.MetricFilters, region, func(f snapshot.MetricFilter) string { return f.Region }),
		func(f snapshot.MetricFilter) string { return f.LogGroup + "\x00" + f.Name }, nil,
	}.list(c, func() (filters []snapshot.MetricFilter, o outcome) {
		o = list(describeMetricFilters, func(marker *string) (page, outcome) {
			out, o := ask(ctx, c, describeMetricFilters, region, func(ctx context.Context) (*cloudwatchlogs.DescribeMetricFiltersOutput, error) {
				return client.DescribeMetricFilters(ctx, &cloudwatchlogs.DescribeMetricFiltersInput{Limit: aws.Int32(50), NextToken: marker})
			})
			if !o.ok() {
				return page{}, o
			}
			for _, f := range out.MetricFilters {
				filter := snapshot.MetricFilter{
					Name: aws.ToString(f.FilterName), LogGroup: aws.ToString(f.LogGroupName), Region: region,
					Pattern: aws.ToString(f.FilterPattern), Metrics: []snapshot.Metric{},
				}
				for _, t := range f.MetricTransformations {
					filter.Metrics = append(filter.Metrics, snapshot.Metric{Namespace: aws.ToString(t.MetricNamespace), Name: aws.ToString(t.MetricName)})
				}
				filters = append(filters, filter)
			}
			return token(out.NextToken), o
		})
		return filters, o
	})
	c.add(func(s *snapshot.Snapshot) { s.MetricFilters = append(s.MetricFilters, filters...) })
}
