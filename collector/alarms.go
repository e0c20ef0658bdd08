package collector

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// alarms lists the metric alarms of one Region with what they do when they go
// off. It needs cloudwatch:DescribeAlarms.
func (c *collection) alarms(ctx context.Context, region string) {
	client := c.aws.cloudwatch(region)
	alarms := listing[snapshot.Alarm]{
		describeAlarms, region, in(c.before.Alarms, region, func(a snapshot.Alarm) string { return a.Region }),
		func(a snapshot.Alarm) string { return a.ARN }, nil,
	}.list(c, func() (alarms []snapshot.Alarm, o outcome) {
		o = list(describeAlarms, func(marker *string) (page, outcome) {
			out, o := ask(ctx, c, describeAlarms, region, func(ctx context.Context) (*cloudwatch.DescribeAlarmsOutput, error) {
				return client.DescribeAlarms(ctx, &cloudwatch.DescribeAlarmsInput{
					AlarmTypes: []types.AlarmType{types.AlarmTypeMetricAlarm}, MaxRecords: aws.Int32(100), NextToken: marker,
				})
			})
			if !o.ok() {
				return page{}, o
			}
			for _, a := range out.MetricAlarms {
				alarm := alarm(a, region)
				if !c.ours(alarm.ARN, "cloudwatch", region, "alarm:") {
					return page{}, unreadable(describeAlarms, "the answer names an alarm that cannot be one")
				}
				alarms = append(alarms, alarm)
			}
			return token(out.NextToken), o
		})
		return alarms, o
	})
	c.add(func(s *snapshot.Snapshot) { s.Alarms = append(s.Alarms, alarms...) })
}

func alarm(a types.MetricAlarm, region string) snapshot.Alarm {
	read := snapshot.Alarm{
		ARN: aws.ToString(a.AlarmArn), Name: aws.ToString(a.AlarmName), Region: region,
		Metrics: []snapshot.Metric{}, ActionsEnabled: aws.ToBool(a.ActionsEnabled),
		Actions: append([]string{}, a.AlarmActions...),
	}
	slices.Sort(read.Actions)
	if name := aws.ToString(a.MetricName); name != "" {
		read.Metrics = append(read.Metrics, snapshot.Metric{Namespace: aws.ToString(a.Namespace), Name: name})
	}
	for _, query := range a.Metrics { // of an alarm that calculates with several
		if query.MetricStat != nil && query.MetricStat.Metric != nil {
			metric := query.MetricStat.Metric
			read.Metrics = append(read.Metrics, snapshot.Metric{Namespace: aws.ToString(metric.Namespace), Name: aws.ToString(metric.MetricName)})
		}
	}
	return read
}
