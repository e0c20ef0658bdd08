package collector

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// eventStores reads the event data stores of CloudTrail Lake in one Region. It
// needs cloudtrail:ListEventDataStores and GetEventDataStore. A store that other
// Regions list too is read in its own.
func (c *collection) eventStores(ctx context.Context, region string) {
	client := c.aws.cloudtrail(region)
	stores := listing[snapshot.EventDataStore]{
		// Which of the Regions listed a store is not known any more; one of them reads it.
		listEventDataStores, region, c.before.EventDataStores, func(s snapshot.EventDataStore) string { return s.ARN },
		func(now *snapshot.EventDataStore, before snapshot.EventDataStore) { *now = before },
	}.list(c, func() (stores []snapshot.EventDataStore, o outcome) {
		o = list(listEventDataStores, func(marker *string) (page, outcome) {
			out, o := ask(ctx, c, listEventDataStores, region, func(ctx context.Context) (*cloudtrail.ListEventDataStoresOutput, error) {
				return client.ListEventDataStores(ctx, &cloudtrail.ListEventDataStoresInput{MaxResults: aws.Int32(1000), NextToken: marker})
			})
			if !o.ok() {
				return page{}, o
			}
			for _, s := range out.EventDataStores {
				store := snapshot.EventDataStore{ARN: aws.ToString(s.EventDataStoreArn), Name: aws.ToString(s.Name)}
				if parts := strings.SplitN(store.ARN, ":", 6); len(parts) == 6 {
					store.Region = parts[3]
				}
				if !c.ours(store.ARN, "cloudtrail", store.Region, "eventdatastore/") {
					return page{}, unreadable(listEventDataStores, "the answer names an event data store that cannot be one")
				}
				stores = append(stores, store)
			}
			return token(out.NextToken), o
		})
		return stores, o
	})
	stores = slices.DeleteFunc(stores, func(s snapshot.EventDataStore) bool { return !c.claim(s.ARN) })
	c.tally.found(len(stores))
	var kept []snapshot.EventDataStore
	for _, s := range stores {
		if c.eventStore(ctx, &s) {
			kept = append(kept, s)
		}
		c.tally.read()
	}
	c.add(func(s *snapshot.Snapshot) { s.EventDataStores = append(s.EventDataStores, kept...) })
}

// eventStore fills an event data store, and reports false when it is gone.
func (c *collection) eventStore(ctx context.Context, s *snapshot.EventDataStore) bool {
	if s.Key.State.Answer() { // and with it the rest
		return true
	}
	client := c.aws.cloudtrail(s.Region)
	out, o := ask(ctx, c, getEventDataStore, s.Region, func(ctx context.Context) (*cloudtrail.GetEventDataStoreOutput, error) {
		return client.GetEventDataStore(ctx, &cloudtrail.GetEventDataStoreInput{EventDataStore: &s.ARN})
	})
	if o.gone() {
		c.gone(s.Region, s.ARN, o)
		return false
	}
	if !o.ok() {
		s.Key, s.Selectors, s.Scope = reading[string](o), reading[[]snapshot.EventSelector](o), reading[snapshot.EventScope](o)
		return true
	}
	s.Status = string(out.Status)
	s.Scope = snapshot.Of(snapshot.EventScope{MultiRegion: aws.ToBool(out.MultiRegionEnabled), Organization: aws.ToBool(out.OrganizationEnabled)})
	s.Selectors = snapshot.Of(advancedSelectors(out.AdvancedEventSelectors))
	s.Key = snapshot.None[string](getEventDataStore, "")
	if key := aws.ToString(out.KmsKeyId); key != "" {
		s.Key = snapshot.Of(key)
	}
	return true
}
