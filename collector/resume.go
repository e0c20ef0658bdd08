package collector

import (
	"errors"
	"fmt"
	"slices"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// A collection can go on with what an earlier one of the same account found. What
// AWS answered then (with a value, that there is none, that the question does not
// apply) is taken over and not asked again. Asked are the questions that were never
// asked, that failed, and that were refused: rights may have been added since, and
// a refusal that stands costs one call. A listing that did not come to its end is
// asked from its beginning; what it held before is kept if it fails again.

// ErrOther says that a snapshot is not one of this account's that can be gone on with.
var ErrOther = errors.New("there is nothing to go on with")

// goOn takes over what an earlier collection says about itself.
func (c *collection) goOn(before *snapshot.Snapshot) error {
	switch {
	case before.Account != c.s.Account:
		return fmt.Errorf("%w: the earlier collection is of account %s in %s, and the credentials are of account %s in %s",
			ErrOther, before.Account.ID, before.Account.Partition, c.s.Account.ID, c.s.Account.Partition)
	case len(before.Sources) > 0:
		return fmt.Errorf("%w: the snapshot was imported", ErrOther)
	}
	c.before = before
	c.s.CollectedAt = before.CollectedAt // no part is older than it says
	if _, i := before.Listed(listRegions, ""); i < 0 && len(c.opt.Regions) == 0 {
		c.opt.Regions = before.Regions
	}
	return nil
}

// listing is a list of resources of one Region, or of the account.
type listing[T any] struct {
	action, region string
	before         []T // what it held in the earlier collection
	name           func(T) string
	// keep takes over from before what the listing does not say; nil where it says
	// everything.
	keep func(now *T, before T)
}

// list returns the resources: those of the earlier collection if it came to the end
// of the list, else what AWS says now.
func (l listing[T]) list(c *collection, ask func() ([]T, outcome)) []T {
	if entry, i := c.before.Listed(l.action, l.region); i >= 0 && entry.State.Answer() {
		c.cover(entry)
		return slices.Clone(l.before)
	}
	now, o := ask()
	c.listed(l.region, o)
	now = unique(now, l.name)
	before := make(map[string]T, len(l.before))
	for _, element := range l.before {
		before[l.name(element)] = element
	}
	for i := range now {
		name := l.name(now[i])
		if element, ok := before[name]; ok && l.keep != nil {
			l.keep(&now[i], element)
		}
		delete(before, name)
	}
	for _, element := range l.before {
		if _, left := before[l.name(element)]; left && !o.ok() {
			now = append(now, element)
		}
	}
	return now
}

// in are the elements of one Region.
func in[T any](list []T, region string, of func(T) string) []T {
	var elements []T
	for _, element := range list {
		if of(element) == region {
			elements = append(elements, element)
		}
	}
	return elements
}

// stillGone takes over what the earlier collection saw disappear, unless this one
// says more about it.
func (c *collection) stillGone() {
	told := map[string]bool{}
	for i := range c.s.Keys {
		told[c.s.Keys[i].ARN] = true
	}
	for i := range c.s.Buckets {
		b := &c.s.Buckets[i]
		told[b.ARN] = true
		for j := range b.Objects {
			told[b.ARN+"/"+b.Objects[j].Key] = true
		}
	}
	for i := range c.s.Trails {
		told[c.s.Trails[i].ARN] = true
	}
	for i := range c.s.EventDataStores {
		told[c.s.EventDataStores[i].ARN] = true
	}
	for i := range c.s.EventRules {
		told[c.s.EventRules[i].ARN] = true
	}
	for _, entry := range c.s.Coverage {
		told[entry.Resource] = true
	}
	for _, entry := range c.before.Coverage {
		if entry.Resource != "" && !told[entry.Resource] {
			c.cover(entry)
		}
	}
}
