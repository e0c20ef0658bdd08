package facts

import (
	"slices"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

const (
	trailGroup = "arn:aws:logs:us-east-1:" + account + ":log-group:trail"
	keyFilter  = `{ ($.eventSource = kms.amazonaws.com) && (($.eventName = ScheduleKeyDeletion) || ($.eventName = "DisableKey")) }`
	keyPattern = `{"source":["aws.kms"],"detail-type":["AWS API Call via CloudTrail"],"detail":{"eventName":["DisableKey","ScheduleKeyDeletion"]}}`
)

// watchedWorld is an account in which a trail, a filter and an alarm watch keys.
func watchedWorld(s *snapshot.Snapshot) {
	s.Trails = []snapshot.Trail{{
		ARN: "arn:aws:cloudtrail:us-east-1:" + account + ":trail/all", Name: "all", HomeRegion: "us-east-1",
		Settings:       snapshot.Of(snapshot.TrailSettings{MultiRegion: true, GlobalEvents: true, LogGroup: trailGroup}),
		Status:         snapshot.Of(snapshot.TrailStatus{Logging: true}),
		EventSelectors: snapshot.Of([]snapshot.EventSelector{{ReadWriteType: "All", IncludeManagementEvents: true}}),
	}}
	s.MetricFilters = []snapshot.MetricFilter{{
		Name: "keys", LogGroup: "trail", Region: "us-east-1", Pattern: keyFilter, Metrics: []snapshot.Metric{{Namespace: "CIS", Name: "keys"}},
	}}
	s.Alarms = []snapshot.Alarm{{
		Name: "keys", Region: "us-east-1", Metrics: []snapshot.Metric{{Namespace: "CIS", Name: "keys"}}, ActionsEnabled: true,
		Actions: []string{"arn:aws:sns:us-east-1:" + account + ":security"},
	}}
	for _, operation := range []string{"logs:DescribeMetricFilters", "cloudwatch:DescribeAlarms"} {
		s.Coverage = append(s.Coverage, snapshot.Coverage{Operation: operation, Region: "us-east-1", State: snapshot.OK})
	}
}

// ruleWorld is one in which a rule of EventBridge does.
func ruleWorld(s *snapshot.Snapshot) {
	watchedWorld(s)
	s.MetricFilters = nil
	s.EventRules = []snapshot.EventRule{{
		Name: "keys", Region: "us-east-1", Bus: "default", Enabled: true, Pattern: keyPattern, Targets: snapshot.Of([]string{"arn:aws:sns:us-east-1:" + account + ":t"}),
	}}
}

func settingsOf(s *snapshot.Snapshot, change func(*snapshot.TrailSettings)) {
	settings, _ := s.Trails[0].Settings.Get()
	change(&settings)
	s.Trails[0].Settings = snapshot.Of(settings)
}

func refuseListing(s *snapshot.Snapshot, operation string) {
	for i := range s.Coverage {
		if s.Coverage[i].Operation == operation {
			s.Coverage[i].State = snapshot.Denied
		}
	}
}

func TestWatch(t *testing.T) {
	refused := snapshot.Reading[[]string]{State: snapshot.Denied, Operation: "events:ListTargetsByRule"}
	for name, test := range map[string]struct {
		world   func(*snapshot.Snapshot)
		change  func(*snapshot.Snapshot)
		watched bool
		idle    string
		unread  string
	}{
		"filter and alarm": {world: watchedWorld, watched: true},
		"rule":             {world: ruleWorld, watched: true},
		"no trail":         {world: ruleWorld, change: func(s *snapshot.Snapshot) { s.Trails = nil }},
		"trail stopped":    {world: ruleWorld, change: func(s *snapshot.Snapshot) { s.Trails[0].Status = snapshot.Of(snapshot.TrailStatus{}) }},
		"trail of another Region": {world: watchedWorld, change: func(s *snapshot.Snapshot) {
			settingsOf(s, func(t *snapshot.TrailSettings) { t.MultiRegion = false })
			s.Trails[0].HomeRegion = "eu-west-1"
		}},
		"trail without KMS": {world: watchedWorld, change: func(s *snapshot.Snapshot) {
			s.Trails[0].EventSelectors = snapshot.Of([]snapshot.EventSelector{{IncludeManagementEvents: true, ExcludedSources: []string{"kms.amazonaws.com"}}})
		}},
		"trail that reads only": {world: watchedWorld, change: func(s *snapshot.Snapshot) {
			s.Trails[0].EventSelectors = snapshot.Of([]snapshot.EventSelector{{ReadWriteType: "ReadOnly", IncludeManagementEvents: true}})
		}},
		"trail of these calls": {world: watchedWorld, watched: true, change: func(s *snapshot.Snapshot) {
			s.Trails[0].EventSelectors = snapshot.Of([]snapshot.EventSelector{{Fields: []snapshot.FieldSelector{
				{Field: "eventCategory", Equals: []string{"Management"}}, {Field: "eventName", Equals: []string{"DisableKey", "ScheduleKeyDeletion"}},
			}}})
		}},
		"trail without log group": {world: watchedWorld, change: func(s *snapshot.Snapshot) { settingsOf(s, func(t *snapshot.TrailSettings) { t.LogGroup = "" }) }},
		"filter elsewhere":        {world: watchedWorld, change: func(s *snapshot.Snapshot) { s.MetricFilters[0].LogGroup = "other" }},
		"narrow filter": {world: watchedWorld, idle: "narrow", change: func(s *snapshot.Snapshot) {
			s.MetricFilters[0].Pattern = `{ $.eventSource = kms.amazonaws.com && $.userIdentity.type = Root }`
		}},
		"no alarm":             {world: watchedWorld, idle: "no_alarm", change: func(s *snapshot.Snapshot) { s.Alarms[0].Metrics[0].Name = "other" }},
		"alarm elsewhere":      {world: watchedWorld, idle: "no_alarm", change: func(s *snapshot.Snapshot) { s.Alarms[0].Region = "eu-west-1" }},
		"no action":            {world: watchedWorld, idle: "no_action", change: func(s *snapshot.Snapshot) { s.Alarms[0].Actions = nil }},
		"actions switched off": {world: watchedWorld, idle: "actions_disabled", change: func(s *snapshot.Snapshot) { s.Alarms[0].ActionsEnabled = false }},
		"one alarm of two": {world: watchedWorld, watched: true, change: func(s *snapshot.Snapshot) {
			dead := s.Alarms[0]
			dead.ActionsEnabled = false
			s.Alarms = append(s.Alarms, dead)
		}},
		"rule disabled":       {world: ruleWorld, idle: "disabled", change: func(s *snapshot.Snapshot) { s.EventRules[0].Enabled = false }},
		"rule without target": {world: ruleWorld, idle: "no_target", change: func(s *snapshot.Snapshot) { s.EventRules[0].Targets = snapshot.Of([]string{}) }},
		"rule elsewhere":      {world: ruleWorld, change: func(s *snapshot.Snapshot) { s.EventRules[0].Region = "eu-west-1" }},
		"rule for one call": {world: ruleWorld, change: func(s *snapshot.Snapshot) {
			s.EventRules[0].Pattern = `{"detail":{"eventName":["CreateKey"]}}`
		}},

		"trails refused": {world: watchedWorld, watched: true, change: func(s *snapshot.Snapshot) { refuseListing(s, "cloudtrail:ListTrails") }},
		"no trails seen": {world: ruleWorld, unread: "cloudtrail:ListTrails", change: func(s *snapshot.Snapshot) { s.Trails = nil; refuseListing(s, "cloudtrail:ListTrails") }},
		"selectors refused": {world: watchedWorld, unread: "cloudtrail:GetEventSelectors", change: func(s *snapshot.Snapshot) {
			s.Trails[0].EventSelectors = snapshot.Reading[[]snapshot.EventSelector]{State: snapshot.Denied, Operation: "cloudtrail:GetEventSelectors"}
		}},
		"filters refused": {world: watchedWorld, unread: "logs:DescribeMetricFilters", change: func(s *snapshot.Snapshot) {
			s.MetricFilters = nil
			refuseListing(s, "logs:DescribeMetricFilters")
		}},
		"alarms refused": {world: watchedWorld, unread: "cloudwatch:DescribeAlarms", idle: "no_alarm", change: func(s *snapshot.Snapshot) {
			s.Alarms = nil
			refuseListing(s, "cloudwatch:DescribeAlarms")
		}},
		"rules refused": {world: ruleWorld, unread: "events:ListRules", change: func(s *snapshot.Snapshot) {
			s.EventRules = nil
			refuseListing(s, "events:ListRules")
		}},
		"targets refused":               {world: ruleWorld, unread: "events:ListTargetsByRule", change: func(s *snapshot.Snapshot) { s.EventRules[0].Targets = refused }},
		"rule that is not understood":   {world: ruleWorld, unread: "events:ListRules", change: func(s *snapshot.Snapshot) { s.EventRules[0].Pattern = `{"source":"aws.kms"}` }},
		"filter that is not understood": {world: watchedWorld, unread: "logs:DescribeMetricFilters", change: func(s *snapshot.Snapshot) { s.MetricFilters[0].Pattern = `[a, b]` }},
		"log group of another account": {world: watchedWorld, unread: "logs:DescribeMetricFilters", change: func(s *snapshot.Snapshot) {
			s.Trails[0].ARN = "arn:aws:cloudtrail:us-east-1:999988887777:trail/organization"
			settingsOf(s, func(t *snapshot.TrailSettings) {
				t.LogGroup, t.OrganizationTrail = "arn:aws:logs:us-east-1:999988887777:log-group:trail", true
			})
		}},
		"organization and rule": {world: ruleWorld, watched: true, change: func(s *snapshot.Snapshot) {
			settingsOf(s, func(t *snapshot.TrailSettings) { t.LogGroup = "arn:aws:logs:us-east-1:999988887777:log-group:trail" })
		}},
	} {
		d, _ := build(t, func(s *snapshot.Snapshot) {
			test.world(s)
			if test.change != nil {
				test.change(s)
			}
		}, Intent{})
		m := d.Monitoring[0]
		w := m.KeyAlarms
		why := m.Unread["key_alarms"]
		if w == nil {
			w = &Watch{}
		}
		for _, u := range w.Undecided {
			if u.Event == "DisableKey" {
				why = u.Unread
			}
		}
		missing := slices.ContainsFunc(w.Missing, func(u Unwatched) bool { return u.Event == "DisableKey" })
		if why.Operation != test.unread || slices.Contains(w.Watched, "DisableKey") != test.watched || missing != (!test.watched && test.unread == "") {
			t.Errorf("%s: %+v, unread %+v", name, w, m.Unread)
		}
		if test.idle != "" && test.unread == "" && (len(w.Idle) != 1 || w.Idle[0].Problem != test.idle) {
			t.Errorf("%s: idle %+v", name, w.Idle)
		}
	}
}

// Events of IAM are in one Region, which not every trail takes.
func TestIdentityEvents(t *testing.T) {
	rules := func(region, pattern string) func(*snapshot.Snapshot) {
		return func(s *snapshot.Snapshot) {
			ruleWorld(s)
			s.EventRules[0].Region, s.EventRules[0].Pattern = region, pattern
		}
	}
	iam := `{"source":["aws.iam"]}`
	local := func(s *snapshot.Snapshot) {
		rules("us-east-1", iam)(s)
		settingsOf(s, func(t *snapshot.TrailSettings) { t.MultiRegion, t.GlobalEvents = false, false })
	}
	abroad := func(s *snapshot.Snapshot) {
		rules("us-east-1", iam)(s)
		s.Regions = []string{"eu-west-1"}
		s.Coverage = slices.DeleteFunc(s.Coverage, func(c snapshot.Coverage) bool { return c.Operation == "events:ListRules" })
		s.EventRules = nil
	}
	for name, test := range map[string]struct {
		change   func(*snapshot.Snapshot)
		missing  int
		unread   string
		listings bool
	}{
		"rule":                     {change: rules("us-east-1", iam)},
		"rule of another Region":   {change: rules("eu-west-1", iam), missing: len(identityCalls)},
		"trail without IAM":        {change: local, missing: len(identityCalls)},
		"a few of the calls":       {change: rules("us-east-1", `{"detail":{"eventName":[{"anything-but":{"prefix":"Attach"}}]}}`), missing: 3},
		"Region that nobody asked": {change: abroad, unread: "events:ListRules"},
	} {
		d, _ := build(t, test.change, Intent{})
		m := d.Monitoring[0]
		if m.Unread["identity_alarms"].Operation != test.unread || m.IdentityAlarms != nil && len(m.IdentityAlarms.Missing) != test.missing {
			t.Errorf("%s: %+v, unread %+v", name, m.IdentityAlarms, m.Unread)
		}
	}
}
