package collector

import (
	"context"
	"slices"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/account"
	"github.com/aws/aws-sdk-go-v2/service/account/types"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// regions collects the parts that exist once in every Region.
func (c *collection) regions(ctx context.Context) {
	names := c.names(ctx)
	c.add(func(s *snapshot.Snapshot) { s.Regions = names })
	var parts sync.WaitGroup
	for _, region := range names {
		for _, part := range [...]func(context.Context, string){c.kms, c.eventStores, c.logGroups, c.eventRules, c.analyzers} {
			parts.Go(func() { part(ctx, region) })
		}
	}
	parts.Wait()
}

// names are the Regions to ask: those of an earlier collection stay.
func (c *collection) names(ctx context.Context) []string {
	entry, i := c.before.Listed(listRegions, "")
	listed := i >= 0 && entry.State.Answer()
	if listed {
		c.cover(entry)
	} else if len(c.opt.Regions) == 0 {
		return c.enabled(ctx)
	}
	names := slices.Concat(c.opt.Regions, c.before.Regions)
	slices.Sort(names)
	return slices.Compact(names)
}

// enabled lists the Regions that are enabled in the account. It needs
// account:ListRegions; without it the Regions that nobody can switch off are
// taken, and the coverage says that there may be more.
func (c *collection) enabled(ctx context.Context) []string {
	client := c.aws.account(c.partition.home)
	var names []string
	o := list(listRegions, func(marker *string) (page, outcome) {
		out, o := ask(ctx, c, listRegions, c.partition.home, func(ctx context.Context) (*account.ListRegionsOutput, error) {
			return client.ListRegions(ctx, &account.ListRegionsInput{
				MaxResults: aws.Int32(50),
				NextToken:  marker,
				RegionOptStatusContains: []types.RegionOptStatus{
					types.RegionOptStatusEnabled, types.RegionOptStatusEnabledByDefault,
				},
			})
		})
		if !o.ok() {
			return page{}, o
		}
		for _, region := range out.Regions {
			name := aws.ToString(region.RegionName)
			if !snapshot.IsRegion(name) {
				return page{}, unreadable(listRegions, "the answer names a Region that cannot be one")
			}
			names = append(names, name)
		}
		return token(out.NextToken), o
	})
	if o.ok() && len(names) == 0 {
		o = unreadable(listRegions, "no Region is enabled")
	}
	if unanswered(o.state) {
		names = slices.Concat(names, c.partition.regions, c.before.Regions)
	}
	c.listed("", o)
	slices.Sort(names)
	return slices.Compact(names)
}
