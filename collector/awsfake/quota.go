package awsfake

import "time"

// Quotas are the calls per second that AWS publishes as defaults for an account
// and Region ("Request quotas" of the KMS Developer Guide; "Quotas in AWS
// CloudTrail"; "CloudWatch Logs quotas"; "CloudWatch service quotas"; "Amazon
// EventBridge quotas"; "Quotas for AWS Account Management").
func Quotas() map[string]int {
	return map[string]int{
		"account ListRegions": 5,

		"kms ListKeys": 500, "kms ListAliases": 500, "kms DescribeCustomKeyStores": 5, "kms DescribeKey": 2000, "kms GetKeyPolicy": 1000,
		"kms ListGrants": 100, "kms GetKeyRotationStatus": 1000, "kms ListKeyRotations": 100, "kms ListResourceTags": 2000, "kms GetKeyLastUsage": 5,

		"cloudtrail ListTrails": 10, "cloudtrail DescribeTrails": 10, "cloudtrail GetTrailStatus": 10, "cloudtrail GetEventSelectors": 10,
		"cloudtrail ListEventDataStores": 10, "cloudtrail GetEventDataStore": 10,

		"logs DescribeLogGroups": 10, "logs DescribeMetricFilters": 5, "monitoring DescribeAlarms": 9,
		"events ListRules": 50, "events ListTargetsByRule": 50,
	}
}

// overQuota notes a request and says whether it is one too many.
func (w *World) overQuota(c Call) bool {
	most, ok := w.Quotas[c.Service+" "+c.Operation]
	if !ok {
		return false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.recent == nil {
		w.recent = map[[3]string][]time.Time{}
	}
	at, now := [3]string{c.Service, c.Operation, c.Region}, time.Now()
	recent := w.recent[at]
	for len(recent) > 0 && now.Sub(recent[0]) >= time.Second {
		recent = recent[1:]
	}
	over := len(recent) >= most
	if over {
		w.throttled++
	} else {
		recent = append(recent, now)
	}
	w.recent[at] = recent
	return over
}

// Throttled is how many requests were over a quota.
func (w *World) Throttled() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.throttled
}
