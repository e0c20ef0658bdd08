package collector_test

import (
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector"
	"github.com/kmsaudit/kmsaudit/collector/awsfake"
)

// model says how many calls the collection of a world takes, by the table of
// calls: what the units of the table are in that world, and how many elements each
// listing has.
type model struct {
	w   *awsfake.World
	opt collector.Options
}

// subject is what one call is for.
type subject struct {
	region string
	items  map[string]int // elements of the listings about it, by operation
}

// expected is how often each operation has to be asked.
func (m model) expected() map[[2]string]int {
	units := m.units()
	counts := map[[2]string]int{}
	for _, c := range collector.Calls() {
		name := [2]string{c.Service, c.Operation}
		for _, s := range units[c.Per] {
			switch {
			case c.Operation == "ListRegions" && len(m.opt.Regions) > 0: // nobody needs to say them
			case c.Operation != "DescribeOrganization" && c.Service == "organizations" && m.w.Organization == nil:
			default:
				counts[name] += pages(s.items[c.Operation], c.Page, m.w.PageSize)
			}
		}
	}
	return counts
}

func pages(items, page, most int) int {
	if page == 0 {
		return 1
	}
	if most > 0 {
		page = min(page, most)
	}
	return max(1, (items+page-1)/page)
}

func (m model) units() map[string][]subject {
	units := map[string][]subject{}
	add := func(per string, s subject) { units[per] = append(units[per], s) }
	w := m.w
	add(collector.PerAccount, subject{items: map[string]int{
		"ListRegions": len(w.Regions), "GetAccountAuthorizationDetails": len(w.Users) + len(w.Groups) + len(w.Roles) + len(w.Policies),
		"ListBuckets": len(w.Buckets), "ListTrails": len(w.Trails),
	}})
	for _, region := range m.regions() {
		add(collector.PerRegion, subject{region, m.listed(region)})
	}
	m.keys(add)
	m.buckets(add)
	m.recorders(add)
	if w.Organization != nil {
		m.organization(add)
	}
	return units
}

func (m model) regions() []string {
	if len(m.opt.Regions) > 0 {
		return m.opt.Regions
	}
	return m.w.Regions
}

// listed counts what is listed in a Region.
func (m model) listed(region string) map[string]int {
	n := map[string]int{}
	count := func(operation, of string) {
		if of == region {
			n[operation]++
		}
	}
	for _, k := range m.w.Keys {
		count("ListKeys", k.Region)
	}
	for _, a := range m.w.Aliases {
		count("ListAliases", a.Region)
	}
	for _, s := range m.w.Stores {
		count("DescribeCustomKeyStores", s.Region)
	}
	for _, s := range m.w.EventStores {
		if count("ListEventDataStores", s.Region); s.MultiRegion && s.Region != region {
			n["ListEventDataStores"]++
		}
	}
	for _, g := range m.w.LogGroups {
		count("DescribeLogGroups", g.Region)
	}
	for _, f := range m.w.Filters {
		count("DescribeMetricFilters", f.Region)
	}
	for _, a := range m.w.Alarms {
		count("DescribeAlarms", a.Region)
	}
	for _, e := range m.w.EventRules {
		count("ListRules", e.Region)
	}
	for _, a := range m.w.Analyzers {
		count("ListAnalyzers", a.Region)
	}
	return n
}

func (m model) keys(add func(string, subject)) {
	for _, k := range m.w.Keys {
		if !slices.Contains(m.regions(), k.Region) {
			continue
		}
		s := subject{k.Region, map[string]int{"ListGrants": len(k.Grants), "ListResourceTags": len(k.Tags), "ListKeyRotations": len(k.Rotations)}}
		if add(collector.PerKey, s); k.Manager == "AWS" {
			continue
		}
		add(collector.PerCustomerKey, s)
		if m.opt.LastUsage {
			add(collector.PerUsedKey, s)
		}
		symmetric := (k.Spec == "" || k.Spec == "SYMMETRIC_DEFAULT") && k.CustomKeyStore == ""
		if symmetric && (k.Origin == "" || k.Origin == "AWS_KMS") {
			add(collector.PerSelfRotating, s)
		}
		if symmetric && (k.State == "" || k.State == "Enabled" || k.State == "Disabled") {
			add(collector.PerRotatableKey, s)
		}
	}
}

func (m model) buckets(add func(string, subject)) {
	for _, b := range m.w.Buckets {
		s := subject{b.Region, map[string]int{"ListBucketInventoryConfigurations": len(b.Inventories)}}
		add(collector.PerBucket, s)
		if b.Ownership != "BucketOwnerEnforced" {
			add(collector.PerListedBucket, s)
		}
		if b.Listed == "-" {
			add(collector.PerUnplacedBucket, s)
		}
		objects := map[string]bool{}
		for _, key := range slices.Concat(m.opt.Objects[b.Name], m.opt.Copies) {
			objects[key] = true
		}
		if m.opt.SampleObjects > 0 {
			add(collector.PerSampledBucket, s)
			for _, o := range b.Objects { // of which there are fewer than the sample takes
				objects[o.Key] = true
			}
		}
		for range objects {
			add(collector.PerObject, s)
		}
	}
}

func (m model) recorders(add func(string, subject)) {
	homes, logs := map[string]bool{}, map[string]bool{}
	for _, t := range m.w.Trails {
		homes[t.Region] = true
		add(collector.PerTrail, subject{region: t.Region})
		if parts := strings.Split(t.LogGroup, ":"); len(parts) > 4 && parts[4] == m.w.Account {
			logs[parts[3]] = true
		}
	}
	for region := range homes {
		add(collector.PerTrailRegion, subject{region: region})
	}
	for region := range logs {
		add(collector.PerFilterRegion, subject{region, m.listed(region)})
	}
	for _, s := range m.w.EventStores {
		if s.MultiRegion || slices.Contains(m.regions(), s.Region) {
			add(collector.PerEventStore, subject{region: s.Region})
		}
	}
	for _, e := range m.w.EventRules {
		if slices.Contains(m.regions(), e.Region) && strings.Contains(e.Pattern, "kms") || strings.Contains(e.Pattern, "prefix") {
			add(collector.PerEventRule, subject{e.Region, map[string]int{"ListTargetsByRule": len(e.Targets)}})
		}
	}
}

func (m model) organization(add func(string, subject)) {
	distinct := map[string]bool{}
	for i, level := range m.w.Organization.Levels {
		if i > 0 {
			add(collector.PerLevel, subject{})
		}
		for _, policies := range [][]awsfake.OrgPolicy{level.SCP, level.RCP} {
			add(collector.PerLevelAndKind, subject{items: map[string]int{"ListPoliciesForTarget": len(policies)}})
			for _, p := range policies {
				distinct[p.ID] = true
			}
		}
	}
	for range distinct {
		add(collector.PerPolicy, subject{})
	}
}
