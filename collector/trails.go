package collector

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// trails reads every trail of the account, whatever Regions were asked for: one
// listing names them all, and a trail of another Region can record this one too.
// Then it reads the metric filters and alarms of the Regions in which trails write
// to log groups: elsewhere they see nothing of CloudTrail.
// It needs cloudtrail:ListTrails, DescribeTrails, GetTrailStatus and
// GetEventSelectors, and what logs.go and alarms.go say.
func (c *collection) trails(ctx context.Context) {
	at := c.partition.home
	if len(c.opt.Regions) > 0 {
		at = c.opt.Regions[0] // the others may be closed to this identity
	}
	client := c.aws.cloudtrail(at)
	trails := listing[snapshot.Trail]{
		listTrails, "", c.before.Trails, func(t snapshot.Trail) string { return t.ARN },
		func(now *snapshot.Trail, before snapshot.Trail) { *now = before },
	}.list(c, func() (trails []snapshot.Trail, o outcome) {
		o = list(listTrails, func(marker *string) (page, outcome) {
			out, o := ask(ctx, c, listTrails, at, func(ctx context.Context) (*cloudtrail.ListTrailsOutput, error) {
				return client.ListTrails(ctx, &cloudtrail.ListTrailsInput{NextToken: marker})
			})
			if !o.ok() {
				return page{}, o
			}
			for _, t := range out.Trails {
				trail := snapshot.Trail{ARN: aws.ToString(t.TrailARN), Name: aws.ToString(t.Name), HomeRegion: aws.ToString(t.HomeRegion)}
				if !c.ours(trail.ARN, "cloudtrail", trail.HomeRegion, "trail/") {
					return page{}, unreadable(listTrails, "the answer names a trail that cannot be one")
				}
				trails = append(trails, trail)
			}
			return token(out.NextToken), o
		})
		return trails, o
	})
	c.tally.found(len(trails))

	homes := map[string][]*snapshot.Trail{}
	for i := range trails {
		homes[trails[i].HomeRegion] = append(homes[trails[i].HomeRegion], &trails[i])
	}
	var parts sync.WaitGroup
	for region, list := range homes {
		parts.Go(func() { trailReader{c, c.aws.cloudtrail(region), region}.read(ctx, list) })
	}
	parts.Wait()
	trails = slices.DeleteFunc(trails, func(t snapshot.Trail) bool { return t.ARN == "" }) // gone
	c.add(func(s *snapshot.Snapshot) { s.Trails = trails })

	for _, region := range c.logRegions(trails) {
		parts.Go(func() { c.metricFilters(ctx, region) })
		parts.Go(func() { c.alarms(ctx, region) })
	}
	parts.Wait()
}

// logRegions are the Regions of this account's log groups that trails write to.
func (c *collection) logRegions(trails []snapshot.Trail) []string {
	regions := map[string]bool{}
	for _, t := range trails {
		settings, _ := t.Settings.Get()
		parts := strings.Split(settings.LogGroup, ":")
		if len(parts) > 4 && snapshot.IsRegion(parts[3]) && parts[4] == c.s.Account.ID {
			regions[parts[3]] = true
		}
	}
	return slices.Sorted(maps.Keys(regions))
}

// trailReader asks about the trails of one home Region.
type trailReader struct {
	c      *collection
	client *cloudtrail.Client
	region string
}

func (r trailReader) read(ctx context.Context, trails []*snapshot.Trail) {
	r.settings(ctx, trails)
	for _, t := range trails {
		for _, step := range [...]struct {
			before snapshot.State
			ask    func(context.Context, *snapshot.Trail) outcome
		}{{t.Status.State, r.status}, {t.EventSelectors.State, r.selectors}} {
			if step.before.Answer() {
				continue
			}
			if o := step.ask(ctx, t); o.gone() {
				r.c.gone(r.region, t.ARN, o)
				t.ARN = ""
				break
			}
		}
		r.c.tally.read()
	}
}

// settings asks about all trails of the Region in one call, by their ARNs: without
// them AWS would leave out those of the organization.
func (r trailReader) settings(ctx context.Context, trails []*snapshot.Trail) {
	trails = slices.DeleteFunc(slices.Clone(trails), func(t *snapshot.Trail) bool { return t.Settings.State.Answer() })
	if len(trails) == 0 {
		return
	}
	arns := make([]string, 0, len(trails))
	for _, t := range trails {
		arns = append(arns, t.ARN)
	}
	out, o := ask(ctx, r.c, describeTrails, r.region, func(ctx context.Context) (*cloudtrail.DescribeTrailsOutput, error) {
		return r.client.DescribeTrails(ctx, &cloudtrail.DescribeTrailsInput{TrailNameList: arns})
	})
	if o.ok() {
		o = outcome{describeTrails, snapshot.Failed, codeNotListed, "the trail is listed and was not described"}
	} else {
		out = &cloudtrail.DescribeTrailsOutput{}
	}
	for _, t := range trails {
		t.Settings = reading[snapshot.TrailSettings](o)
		for _, described := range out.TrailList {
			if aws.ToString(described.TrailARN) == t.ARN {
				t.Settings = snapshot.Of(trailSettings(described))
			}
		}
	}
}

func trailSettings(t types.Trail) snapshot.TrailSettings {
	return snapshot.TrailSettings{
		Bucket:            aws.ToString(t.S3BucketName),
		Key:               aws.ToString(t.KmsKeyId),
		LogGroup:          strings.TrimSuffix(aws.ToString(t.CloudWatchLogsLogGroupArn), ":*"),
		MultiRegion:       aws.ToBool(t.IsMultiRegionTrail),
		OrganizationTrail: aws.ToBool(t.IsOrganizationTrail),
		GlobalEvents:      aws.ToBool(t.IncludeGlobalServiceEvents),
		LogFileValidation: aws.ToBool(t.LogFileValidationEnabled),
	}
}

func (r trailReader) status(ctx context.Context, t *snapshot.Trail) outcome {
	out, o := ask(ctx, r.c, getTrailStatus, r.region, func(ctx context.Context) (*cloudtrail.GetTrailStatusOutput, error) {
		return r.client.GetTrailStatus(ctx, &cloudtrail.GetTrailStatusInput{Name: &t.ARN})
	})
	t.Status = reading[snapshot.TrailStatus](o)
	if o.ok() {
		t.Status = snapshot.Of(snapshot.TrailStatus{Logging: aws.ToBool(out.IsLogging)})
	}
	return o
}

func (r trailReader) selectors(ctx context.Context, t *snapshot.Trail) outcome {
	out, o := ask(ctx, r.c, getEventSelectors, r.region, func(ctx context.Context) (*cloudtrail.GetEventSelectorsOutput, error) {
		return r.client.GetEventSelectors(ctx, &cloudtrail.GetEventSelectorsInput{TrailName: &t.ARN})
	})
	if !o.ok() {
		t.EventSelectors = reading[[]snapshot.EventSelector](o)
		return o
	}
	selectors := advancedSelectors(out.AdvancedEventSelectors)
	for _, s := range out.EventSelectors {
		selector := snapshot.EventSelector{
			ReadWriteType:           string(s.ReadWriteType),
			IncludeManagementEvents: aws.ToBool(s.IncludeManagementEvents),
			ExcludedSources:         s.ExcludeManagementEventSources,
		}
		for _, resource := range s.DataResources {
			selector.DataResources = append(selector.DataResources, snapshot.DataResource{
				Type: aws.ToString(resource.Type), Values: append([]string{}, resource.Values...),
			})
		}
		selectors = append(selectors, selector)
	}
	t.EventSelectors = snapshot.Of(selectors)
	return o
}

func advancedSelectors(list []types.AdvancedEventSelector) []snapshot.EventSelector {
	selectors := make([]snapshot.EventSelector, 0, len(list))
	for _, s := range list {
		selector := snapshot.EventSelector{Name: aws.ToString(s.Name)}
		for _, f := range s.FieldSelectors {
			selector.Fields = append(selector.Fields, snapshot.FieldSelector{
				Field: aws.ToString(f.Field), Equals: f.Equals, StartsWith: f.StartsWith, EndsWith: f.EndsWith,
				NotEquals: f.NotEquals, NotStartsWith: f.NotStartsWith, NotEndsWith: f.NotEndsWith,
			})
		}
		selectors = append(selectors, selector)
	}
	return selectors
}
