package collector_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kmsaudit/kmsaudit/collector"
	"github.com/kmsaudit/kmsaudit/collector/awsfake"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

const (
	keyK1     = "arn:aws:kms:us-east-1:111122223333:key/k1"
	inK1      = "/keys/" + keyK1 + "|us-east-1/"
	trailMain = "arn:aws:cloudtrail:us-east-1:111122223333:trail/main"
	inMain    = "/trails/" + trailMain + "/"
	alpha     = "/buckets/arn:aws:s3:::alpha|map[state:ok value:us-east-1]/"
)

// TestFaultsOfOneReading: a fault with one question costs its answer and nothing
// else, and every other question is still asked.
func TestFaultsOfOneReading(t *testing.T) {
	denied := awsfake.Denied()
	tests := []struct {
		name            string
		service, op, on string
		effect          awsfake.Effect
		place           string // of the reading, "" if nothing changes
		state, code     string
		after, times    int
	}{
		{name: "describe denied", service: "kms", op: "DescribeKey", on: keyK1, effect: denied, place: inK1 + "metadata", state: "denied", code: "AccessDeniedException"},
		{name: "policy denied", service: "kms", op: "GetKeyPolicy", on: keyK1, effect: denied, place: inK1 + "policy", state: "denied", code: "AccessDeniedException"},
		{name: "grants denied", service: "kms", op: "ListGrants", on: keyK1, effect: denied, place: inK1 + "grants", state: "denied", code: "AccessDeniedException"},
		{name: "grants denied on the second page", service: "kms", op: "ListGrants", on: keyK1, effect: denied, after: 1, place: inK1 + "grants", state: "denied", code: "AccessDeniedException"},
		{name: "grants throttled on the second page", service: "kms", op: "ListGrants", on: keyK1, effect: awsfake.Throttle(0), after: 1, times: 2},
		{name: "grants without marker", service: "kms", op: "ListGrants", on: keyK1, effect: awsfake.NoMarker(), times: 1, place: inK1 + "grants", state: "failed", code: "TruncatedWithoutMarker"},
		{name: "grants in a circle", service: "kms", op: "ListGrants", on: keyK1, effect: awsfake.SameMarker(), place: inK1 + "grants", state: "failed", code: "RepeatedMarker"},
		{name: "grants expired marker", service: "kms", op: "ListGrants", on: keyK1, effect: awsfake.Error(400, "InvalidMarkerException"), after: 1, place: inK1 + "grants", state: "failed", code: "InvalidMarkerException"},
		{name: "grants empty page", service: "kms", op: "ListGrants", on: keyK1, effect: awsfake.EmptyPage(), times: 1},
		{name: "rotation denied", service: "kms", op: "GetKeyRotationStatus", on: keyK1, effect: denied, place: inK1 + "rotation", state: "denied", code: "AccessDeniedException"},
		{name: "rotation unsupported", service: "kms", op: "GetKeyRotationStatus", on: keyK1, effect: awsfake.Error(400, "UnsupportedOperationException"), place: inK1 + "rotation", state: "unsupported"},
		{name: "rotations denied", service: "kms", op: "ListKeyRotations", on: keyK1, effect: denied, place: inK1 + "rotations", state: "denied", code: "AccessDeniedException"},
		{name: "rotations denied on the second page", service: "kms", op: "ListKeyRotations", on: keyK1, effect: denied, after: 1, place: inK1 + "rotations", state: "denied", code: "AccessDeniedException"},
		{name: "rotations without marker", service: "kms", op: "ListKeyRotations", on: keyK1, effect: awsfake.NoMarker(), times: 1, place: inK1 + "rotations", state: "failed", code: "TruncatedWithoutMarker"},
		{name: "rotations in a circle", service: "kms", op: "ListKeyRotations", on: keyK1, effect: awsfake.SameMarker(), place: inK1 + "rotations", state: "failed", code: "RepeatedMarker"},
		{name: "rotations empty page", service: "kms", op: "ListKeyRotations", on: keyK1, effect: awsfake.EmptyPage(), times: 1},
		{name: "rotations unsupported", service: "kms", op: "ListKeyRotations", on: keyK1, effect: awsfake.Error(400, "UnsupportedOperationException"), place: inK1 + "rotations", state: "unsupported"},
		{name: "rotations in a state", service: "kms", op: "ListKeyRotations", on: keyK1, effect: awsfake.Error(400, "KMSInvalidStateException"), place: inK1 + "rotations", state: "failed", code: "KMSInvalidStateException"},
		{name: "foreign rotations", service: "kms", op: "ListKeyRotations", on: keyK1, effect: awsfake.ForeignJSON(), place: inK1 + "rotations", state: "failed", code: "UnreadableAnswer"},
		{name: "tags denied", service: "kms", op: "ListResourceTags", on: keyK1, effect: denied, place: inK1 + "tags", state: "denied", code: "AccessDeniedException"},
		{name: "unknown code", service: "kms", op: "GetKeyPolicy", on: keyK1, effect: awsfake.Error(400, "NoSuchBucketPolicy"), place: inK1 + "policy", state: "failed", code: "NoSuchBucketPolicy"},
		{name: "kms throttled twice", service: "kms", op: "GetKeyPolicy", on: keyK1, effect: awsfake.Throttle(0), times: 2},
		{name: "kms throttled with a time", service: "kms", op: "GetKeyPolicy", on: keyK1, effect: awsfake.Throttle(time.Second), times: 2},
		{name: "kms throttled for ever", service: "kms", op: "GetKeyPolicy", on: keyK1, effect: awsfake.Throttle(0), place: inK1 + "policy", state: "failed", code: "ThrottlingException"},
		{name: "html", service: "kms", op: "GetKeyPolicy", on: keyK1, effect: awsfake.HTML(500), place: inK1 + "policy", state: "failed", code: "HTTP500"},
		{name: "html once", service: "kms", op: "GetKeyPolicy", on: keyK1, effect: awsfake.HTML(502), times: 1},
		{name: "html not found", service: "kms", op: "GetKeyPolicy", on: keyK1, effect: awsfake.HTML(404), place: inK1 + "policy", state: "failed", code: "HTTP404"},
		{name: "html forbidden", service: "kms", op: "GetKeyPolicy", on: keyK1, effect: awsfake.HTML(403), place: inK1 + "policy", state: "denied", code: "HTTP403"},
		{name: "html with success", service: "kms", op: "GetKeyPolicy", on: keyK1, effect: awsfake.HTML(200), place: inK1 + "policy", state: "failed", code: "UnreadableAnswer"},
		{name: "reset once", service: "kms", op: "GetKeyPolicy", on: keyK1, effect: awsfake.Reset(), times: 1},
		{name: "reset for ever", service: "kms", op: "GetKeyPolicy", on: keyK1, effect: awsfake.Reset(), place: inK1 + "policy", state: "failed", code: "NoAnswer"},
		{name: "broken once", service: "kms", op: "GetKeyPolicy", on: keyK1, effect: awsfake.Broken(), times: 1},
		{name: "broken for ever", service: "kms", op: "GetKeyPolicy", on: keyK1, effect: awsfake.Broken(), place: inK1 + "policy", state: "failed", code: "NoAnswer"},
		{name: "cut", service: "kms", op: "GetKeyPolicy", on: keyK1, effect: awsfake.Cut(), place: inK1 + "policy", state: "failed", code: "UnreadableAnswer"},
		{name: "slow", service: "kms", op: "GetKeyPolicy", on: keyK1, effect: awsfake.Trickle(20 * time.Second)},
		{name: "too slow once", service: "kms", op: "GetKeyPolicy", on: keyK1, effect: awsfake.Trickle(time.Hour), times: 1},
		{name: "hangs once", service: "kms", op: "GetKeyPolicy", on: keyK1, effect: awsfake.Hang(), times: 1},
		{name: "hangs", service: "kms", op: "GetKeyPolicy", on: keyK1, effect: awsfake.Hang(), place: inK1 + "policy", state: "failed", code: "Timeout"},
		{name: "foreign rotation", service: "kms", op: "GetKeyRotationStatus", on: keyK1, effect: awsfake.ForeignJSON(), place: inK1 + "rotation", state: "failed", code: "UnreadableAnswer"},
		{name: "foreign tags", service: "kms", op: "ListResourceTags", on: keyK1, effect: awsfake.ForeignJSON(), place: inK1 + "tags", state: "failed", code: "UnreadableAnswer"},
		{name: "clock", service: "kms", op: "GetKeyPolicy", on: keyK1, effect: awsfake.Error(400, "RequestTimeTooSkewed"), place: inK1 + "policy", state: "failed", code: "RequestTimeTooSkewed"},
		{name: "expired token", service: "kms", op: "GetKeyPolicy", on: keyK1, effect: awsfake.ExpiredToken(), place: inK1 + "policy", state: "failed", code: "ExpiredTokenException"},

		{name: "encryption denied", service: "s3", op: "GetBucketEncryption", on: "alpha", effect: denied, place: alpha + "encryption", state: "denied", code: "AccessDenied"},
		{name: "encryption foreign", service: "s3", op: "GetBucketEncryption", on: "alpha", effect: awsfake.ForeignXML(), place: alpha + "encryption", state: "failed", code: "UnreadableAnswer"},
		{name: "encryption html", service: "s3", op: "GetBucketEncryption", on: "alpha", effect: awsfake.HTML(200), place: alpha + "encryption", state: "failed", code: "UnreadableAnswer"},
		{name: "encryption unset", service: "s3", op: "GetBucketEncryption", on: "alpha", effect: awsfake.Error(404, "ServerSideEncryptionConfigurationNotFoundError"), place: alpha + "encryption", state: "absent", code: "ServerSideEncryptionConfigurationNotFoundError"},
		{name: "bucket policy denied", service: "s3", op: "GetBucketPolicy", on: "alpha", effect: denied, place: alpha + "policy", state: "denied", code: "AccessDenied"},
		{name: "bucket policy foreign", service: "s3", op: "GetBucketPolicy", on: "alpha", effect: awsfake.ForeignXML(), place: alpha + "policy", state: "failed", code: "UnreadablePolicy"},
		{name: "block denied", service: "s3", op: "GetPublicAccessBlock", on: "alpha", effect: denied, place: alpha + "public_access_block", state: "denied", code: "AccessDenied"},
		{name: "block foreign", service: "s3", op: "GetPublicAccessBlock", on: "alpha", effect: awsfake.ForeignXML(), place: alpha + "public_access_block", state: "failed", code: "UnreadableAnswer"},
		{name: "ownership denied", service: "s3", op: "GetBucketOwnershipControls", on: "alpha", effect: denied, place: alpha + "ownership", state: "denied", code: "AccessDenied"},
		{name: "ownership foreign", service: "s3", op: "GetBucketOwnershipControls", on: "alpha", effect: awsfake.ForeignXML(), place: alpha + "ownership", state: "failed", code: "UnreadableAnswer"},
		{name: "list denied", service: "s3", op: "GetBucketAcl", on: "alpha", effect: denied, place: alpha + "acl", state: "denied", code: "AccessDenied"},
		{name: "list foreign", service: "s3", op: "GetBucketAcl", on: "alpha", effect: awsfake.ForeignXML(), place: alpha + "acl", state: "failed", code: "UnreadableAnswer"},
		{name: "tagging denied", service: "s3", op: "GetBucketTagging", on: "alpha", effect: denied, place: alpha + "tags", state: "denied", code: "AccessDenied"},
		{name: "tagging foreign", service: "s3", op: "GetBucketTagging", on: "alpha", effect: awsfake.ForeignXML(), place: alpha + "tags", state: "failed", code: "UnreadableAnswer"},
		{name: "versioning denied", service: "s3", op: "GetBucketVersioning", on: "alpha", effect: denied, place: alpha + "versioning", state: "denied", code: "AccessDenied"},
		{name: "versioning foreign", service: "s3", op: "GetBucketVersioning", on: "alpha", effect: awsfake.ForeignXML(), place: alpha + "versioning", state: "failed", code: "UnreadableAnswer"},
		{name: "s3 slow down", service: "s3", op: "GetBucketVersioning", on: "alpha", effect: awsfake.Throttle(0), times: 3},
		{name: "s3 slow down for ever", service: "s3", op: "GetBucketVersioning", on: "alpha", effect: awsfake.Throttle(0), place: alpha + "versioning", state: "failed", code: "SlowDown"},
		{name: "head denied", service: "s3", op: "HeadObject", on: "alpha/d", effect: denied, place: alpha + "objects/d/head", state: "denied", code: "Forbidden"},
		{name: "head html", service: "s3", op: "HeadObject", on: "alpha/d", effect: awsfake.HTML(404), place: alpha + "objects/d/head", state: "failed", code: "NotFound"},
		{name: "head foreign", service: "s3", op: "HeadObject", on: "alpha/d", effect: awsfake.HTML(200), place: alpha + "objects/d/head", state: "failed", code: "UnreadableAnswer"},
		{name: "head too slow", service: "s3", op: "HeadObject", on: "alpha/d", effect: awsfake.Trickle(time.Hour), place: alpha + "objects/d/head", state: "failed", code: "Timeout"},
		{name: "head of nothing too slow", service: "s3", op: "HeadObject", on: "alpha/missing", effect: awsfake.Trickle(time.Hour), place: alpha + "objects/missing/head", state: "failed", code: "Timeout"},
		{name: "bucket in a Region that is off", service: "s3", op: "GetBucketPolicy", on: "alpha", effect: awsfake.Error(403, "InvalidAccessKeyId"), place: alpha + "policy", state: "failed", code: "InvalidAccessKeyId"},
		{name: "bucket in a Region that is off, for a session", service: "s3", op: "GetBucketPolicy", on: "alpha", effect: awsfake.Error(400, "InvalidToken"), place: alpha + "policy", state: "failed", code: "InvalidToken"},
		{name: "redirected", service: "s3", op: "GetBucketPolicy", on: "alpha", effect: awsfake.Redirect("us-east-1", true), place: alpha + "policy", state: "failed", code: "PermanentRedirect"},

		{name: "last usage denied", service: "kms", op: "GetKeyLastUsage", on: keyK1, effect: denied, place: inK1 + "last_usage", state: "denied", code: "AccessDeniedException"},
		{name: "last usage foreign", service: "kms", op: "GetKeyLastUsage", on: keyK1, effect: awsfake.ForeignJSON(), place: inK1 + "last_usage", state: "failed", code: "UnreadableAnswer"},
		{name: "replication denied", service: "s3", op: "GetBucketReplication", on: "alpha", effect: denied, place: alpha + "replication", state: "denied", code: "AccessDenied"},
		{name: "replication foreign", service: "s3", op: "GetBucketReplication", on: "alpha", effect: awsfake.ForeignXML(), place: alpha + "replication", state: "failed", code: "UnreadableAnswer"},
		{name: "logging denied", service: "s3", op: "GetBucketLogging", on: "alpha", effect: denied, place: alpha + "logging", state: "denied", code: "AccessDenied"},
		{name: "logging foreign", service: "s3", op: "GetBucketLogging", on: "alpha", effect: awsfake.ForeignXML(), place: alpha + "logging", state: "failed", code: "UnreadableAnswer"},
		{name: "inventories denied", service: "s3", op: "ListBucketInventoryConfigurations", on: "alpha", effect: denied, place: alpha + "inventories", state: "denied", code: "AccessDenied"},
		{name: "inventories denied on the second page", service: "s3", op: "ListBucketInventoryConfigurations", on: "beta", effect: denied, after: 1, place: strings.NewReplacer("alpha", "beta", "us-east-1", "eu-west-1").Replace(alpha) + "inventories", state: "denied", code: "AccessDenied"},
		{name: "inventories without marker", service: "s3", op: "ListBucketInventoryConfigurations", on: "alpha", effect: awsfake.NoMarker(), times: 1, place: alpha + "inventories", state: "failed", code: "TruncatedWithoutMarker"},
		{name: "inventories in a circle", service: "s3", op: "ListBucketInventoryConfigurations", on: "alpha", effect: awsfake.SameMarker(), place: alpha + "inventories", state: "failed", code: "RepeatedMarker"},

		{name: "status denied", service: "cloudtrail", op: "GetTrailStatus", on: trailMain, effect: denied, place: inMain + "status", state: "denied", code: "AccessDeniedException"},
		{name: "status foreign", service: "cloudtrail", op: "GetTrailStatus", on: trailMain, effect: awsfake.ForeignJSON(), place: inMain + "status", state: "failed", code: "UnreadableAnswer"},
		{name: "selectors denied", service: "cloudtrail", op: "GetEventSelectors", on: trailMain, effect: denied, place: inMain + "event_selectors", state: "denied", code: "AccessDeniedException"},
		{name: "targets denied", service: "events", op: "ListTargetsByRule", on: "all", effect: denied, place: "/event_rules/arn:aws:events:us-east-1:111122223333:rule/all|us-east-1/targets", state: "denied", code: "AccessDeniedException"},
		{name: "targets in a circle", service: "events", op: "ListTargetsByRule", on: "all", effect: awsfake.SameMarker(), place: "/event_rules/arn:aws:events:us-east-1:111122223333:rule/all|us-east-1/targets", state: "failed", code: "RepeatedMarker"},
		{name: "targets empty page", service: "events", op: "ListTargetsByRule", effect: awsfake.EmptyPage(), times: 1},
		{name: "trails empty page", service: "cloudtrail", op: "ListTrails", effect: awsfake.EmptyPage(), times: 1},
		{name: "alarms throttled", service: "monitoring", effect: awsfake.Throttle(0), times: 3},

		{name: "organization throttled", service: "organizations", effect: awsfake.Throttle(0), times: 2},
		{name: "organization empty page", service: "organizations", op: "ListPoliciesForTarget", effect: awsfake.EmptyPage(), times: 1},
		{name: "organization denied", service: "organizations", effect: denied, place: "/organization", state: "denied", code: "AccessDeniedException"},
		{name: "organization foreign", service: "organizations", effect: awsfake.ForeignJSON(), place: "/organization", state: "failed", code: "UnreadableAnswer"},
		{name: "parents denied", service: "organizations", op: "ListParents", effect: denied, place: "/organization/value/chain", state: "denied", code: "AccessDeniedException"},
		{name: "policies denied", service: "organizations", op: "ListPoliciesForTarget", on: "ou-1/SERVICE_CONTROL_POLICY", effect: denied, place: "/organization/value/chain/value/ou-1/service_control_policies", state: "denied", code: "AccessDeniedException"},
		{name: "rcp not there", service: "organizations", op: "ListPoliciesForTarget", on: "r-1/RESOURCE_CONTROL_POLICY", effect: awsfake.Error(400, "UnsupportedAPIEndpointException"), place: "/organization/value/chain/value/r-1/resource_control_policies", state: "unsupported"},
	}
	whole := map[string]string{}
	synctest.Test(t, func(t *testing.T) { whole = readings(t, collect(t, wide(t))) })
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := wide(t)
				w.Faults = []*awsfake.Fault{{Service: test.service, Operation: test.op, Resource: test.on, After: test.after, Times: test.times, Effect: test.effect}}
				s := collect(t, w)
				diff := changed(whole, readings(t, s))
				for place := range diff {
					if place != test.place && (test.place == "" || !strings.HasPrefix(place, test.place+"/")) && !strings.HasPrefix(test.place, place+"/value") {
						t.Errorf("%s changed too: %s", place, diff[place])
					}
				}
				if got := diff[test.place]; test.place != "" &&
					(!strings.Contains(got, `"state":"`+test.state+`"`) || !strings.Contains(got, test.code)) {
					t.Errorf("%s is %s, not %s %s", test.place, got, test.state, test.code)
				}
				open := test.state == "denied" || test.state == "failed"
				has := slices.ContainsFunc(collector.Gaps(s), func(g collector.Gap) bool { return g.Code == test.code && g.Code != "BadRequest" })
				if open != has {
					t.Errorf("gap noted: %v, want %v: %+v", has, open, collector.Gaps(s))
				}
			})
		})
	}
}

// narrow is the wide world with one element on a page.
func narrow(t testing.TB) *awsfake.World {
	w := wide(t)
	w.PageSize = 1
	return w
}

// TestFaultsOfListings: a listing that fails is said to have failed, what it did
// say is kept, and no other listing is lost.
func TestFaultsOfListings(t *testing.T) {
	listings := []struct{ service, op, region, entry, kind string }{
		{"iam", "GetAccountAuthorizationDetails", "", "iam:GetAccountAuthorizationDetails", "/users/ /groups/ /roles/ /managed_policies/"},
		{"kms", "ListKeys", "eu-west-1", "kms:ListKeys", "/keys/arn:aws:kms:eu-west-1"},
		{"kms", "ListAliases", "us-east-1", "kms:ListAliases", "/aliases/arn:aws:kms:us-east-1"},
		{"s3", "ListBuckets", "", "s3:ListAllMyBuckets", "/buckets/"},
		{"kms", "DescribeCustomKeyStores", "eu-west-1", "kms:DescribeCustomKeyStores", "/custom_key_stores/cks-1 /custom_key_stores/cks-3"},
		// What trails write to is unknown with them.
		{"cloudtrail", "ListTrails", "", "cloudtrail:ListTrails", "/trails/ /metric_filters/ /alarms/ /coverage/logs:DescribeMetricFilters /coverage/cloudwatch"},
		{"cloudtrail", "ListEventDataStores", "eu-west-1", "cloudtrail:ListEventDataStores", "/event_data_stores/arn:aws:cloudtrail:eu-west-1"},
		{"logs", "DescribeLogGroups", "us-east-1", "logs:DescribeLogGroups", "/log_groups/arn:aws:logs:us-east-1"},
		{"logs", "DescribeMetricFilters", "us-east-1", "logs:DescribeMetricFilters", "/metric_filters/"},
		{"monitoring", "DescribeAlarms", "us-east-1", "cloudwatch:DescribeAlarms", "/alarms/"},
		{"events", "ListRules", "us-east-1", "events:ListRules", "/event_rules/arn:aws:events:us-east-1"},
		{"access-analyzer", "ListAnalyzers", "eu-west-1", "access-analyzer:ListAnalyzers", "/analyzers/arn:aws:access-analyzer:eu-west-1"},
	}
	effects := []struct {
		name   string
		effect awsfake.Effect
		after  int
		state  snapshot.State
		code   string // "" is any
	}{
		{"denied", awsfake.Denied(), 0, snapshot.Denied, ""},
		{"denied later", awsfake.Denied(), 1, snapshot.Denied, ""},
		{"not found", awsfake.Deleted(), 0, snapshot.Failed, ""},
		{"html", awsfake.HTML(503), 0, snapshot.Failed, ""},
		{"expired", awsfake.ExpiredToken(), 1, snapshot.Failed, ""},
		{"unknown client", awsfake.Error(403, "InvalidClientTokenId"), 0, snapshot.Failed, "InvalidClientTokenId"},
		{"throttled", awsfake.Throttle(0), 1, snapshot.Failed, ""},
		{"hang", awsfake.Hang(), 1, snapshot.Failed, "Timeout"},
		{"cut", awsfake.Cut(), 0, snapshot.Failed, ""},
		{"foreign JSON", awsfake.ForeignJSON(), 1, snapshot.Failed, "UnreadableAnswer"},
		{"foreign XML", awsfake.ForeignXML(), 1, snapshot.Failed, "UnreadableAnswer"},
		{"page for people", awsfake.HTML(200), 1, snapshot.Failed, "UnreadableAnswer"},
		{"circle", awsfake.SameMarker(), 0, snapshot.Failed, "RepeatedMarker"},
	}
	whole := map[string]string{}
	synctest.Test(t, func(t *testing.T) { whole = readings(t, collect(t, narrow(t))) })
	for _, l := range listings {
		for _, e := range effects {
			t.Run(l.op+" "+e.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					w := narrow(t)
					w.Faults = []*awsfake.Fault{{Service: l.service, Operation: l.op, Region: l.region, After: e.after, Effect: e.effect}}
					s := collect(t, w)
					entry, i := s.Listed(l.entry, l.region)
					if i < 0 || entry.State != e.state || entry.Code == "" || e.code != "" && entry.Code != e.code {
						t.Errorf("the listing is %+v", entry)
					}
					kept := 0
					after := readings(t, s)
					for place := range changed(whole, after) {
						ours := slices.ContainsFunc(strings.Fields(l.kind), func(kind string) bool { return strings.HasPrefix(place, kind) })
						if !ours && !strings.HasPrefix(place, "/coverage/"+l.entry) {
							t.Errorf("%s changed too", place)
						}
					}
					for place := range after {
						if slices.ContainsFunc(strings.Fields(l.kind), func(kind string) bool { return strings.HasPrefix(place, kind) }) {
							kept++
						}
					}
					if e.after > 0 && kept == 0 {
						t.Error("what the first page said is lost")
					}
					if collector.Complete(s) {
						t.Error("the snapshot counts as complete")
					}
					trustworthy(t, whole, s)
				})
			})
		}
	}
}

// TestNoLake: where there is no CloudTrail Lake there are no event data stores,
// which is an answer.
func TestNoLake(t *testing.T) {
	w := small(t)
	w.Faults = []*awsfake.Fault{{Service: "cloudtrail", Operation: "ListEventDataStores", Effect: awsfake.Error(400, "UnsupportedOperationException")}}
	s := run(t, w, collector.Options{})
	if entry, _ := s.Listed("cloudtrail:ListEventDataStores", "us-east-1"); entry.State != snapshot.Unsupported || !collector.Complete(s) {
		t.Errorf("the listing is %+v, gaps %+v", entry, collector.Gaps(s))
	}
}

// TestListingsWithoutMarker: more to come and no marker is a failure, where the
// SDK's paginators see an end.
func TestListingsWithoutMarker(t *testing.T) {
	synctest.Test(t, listingsWithoutMarker)
}

func listingsWithoutMarker(t *testing.T) {
	for _, l := range []struct{ service, op, entry, region string }{
		{"iam", "GetAccountAuthorizationDetails", "iam:GetAccountAuthorizationDetails", ""},
		{"kms", "ListKeys", "kms:ListKeys", "us-east-1"},
		{"kms", "ListAliases", "kms:ListAliases", "us-east-1"},
	} {
		w := wide(t)
		w.Faults = []*awsfake.Fault{{Service: l.service, Operation: l.op, Region: l.region, Effect: awsfake.NoMarker()}}
		if entry, _ := collect(t, w).Listed(l.entry, l.region); entry.State != snapshot.Failed || entry.Code != "TruncatedWithoutMarker" {
			t.Errorf("%s is %+v", l.op, entry)
		}
	}
}

// TestForeignListings: a success that is something else's is never an empty list.
func TestForeignListings(t *testing.T) {
	synctest.Test(t, foreignListings)
}

func foreignListings(t *testing.T) {
	w := wide(t)
	for _, service := range everything {
		effect := awsfake.ForeignJSON()
		if service == "iam" || service == "s3" {
			effect = awsfake.ForeignXML()
		}
		w.Faults = append(w.Faults, &awsfake.Fault{Service: service, Effect: effect})
	}
	_, err := collector.Collect(t.Context(), w.Config(), wideOptions())
	if err == nil || !strings.Contains(err.Error(), "nothing could be read in account "+account) {
		t.Errorf("the error is %v", err)
	}
}

// TestRegionsRefused: without the list of Regions those that every account has
// are asked, and the snapshot says that there may be more.
func TestRegionsRefused(t *testing.T) {
	synctest.Test(t, regionsRefused)
}

func regionsRefused(t *testing.T) {
	w := wide(t)
	w.Faults = []*awsfake.Fault{{Service: "account", Effect: awsfake.Denied()}}
	s := collect(t, w)
	entry, i := s.Listed("account:ListRegions", "")
	if i < 0 || entry.State != snapshot.Denied || entry.Code != "AccessDeniedException" {
		t.Errorf("the entry is %+v", entry)
	}
	if len(s.Regions) != 17 || !slices.Contains(s.Regions, "eu-west-1") || len(s.Keys) != 7 || collector.Complete(s) {
		t.Errorf("regions %v, %d keys", s.Regions, len(s.Keys))
	}
}

// TestNoIdentity: without an account there is no snapshot.
func TestNoIdentity(t *testing.T) {
	for _, effect := range []awsfake.Effect{awsfake.Denied(), awsfake.HTML(http.StatusOK), awsfake.Hang(), awsfake.ExpiredToken(), awsfake.ForeignXML()} {
		synctest.Test(t, func(t *testing.T) {
			w := wide(t)
			w.Faults = []*awsfake.Fault{{Service: "sts", Effect: effect}}
			if s, err := collector.Collect(t.Context(), w.Config(), wideOptions()); s != nil || err == nil || !strings.Contains(err.Error(), "sts:GetCallerIdentity") {
				t.Errorf("got %v, %v", s, err)
			}
		})
	}
}
