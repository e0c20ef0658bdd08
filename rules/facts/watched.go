package facts

import (
	"cmp"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/events"
)

// Watch says of which calls somebody hears: a metric filter on the log group of a
// trail and an alarm on its metric, or a rule of EventBridge, take every such call and
// tell somebody. A call is in one of the three lists.
type Watch struct {
	Place     string           `json:"place"`
	Watched   []string         `json:"watched"`
	Missing   []Unwatched      `json:"missing"`
	Undecided []UndecidedWatch `json:"undecided"`
	// Idle are filters, alarms and rules for some of the calls that tell nobody, or
	// not of every such call.
	Idle []IdleWatch `json:"idle"`
}

// Unwatched is a call of which nobody hears in some Regions.
type Unwatched struct {
	Event   string   `json:"event"`
	Regions []string `json:"regions"`
}

// UndecidedWatch is a call of which it is not known whether somebody hears.
type UndecidedWatch struct {
	Event  string `json:"event"`
	Unread Unread `json:"unread"`
}

// IdleWatch is a metric filter or a rule that takes calls to no purpose.
type IdleWatch struct {
	Kind    string `json:"kind" enum:"metric_filter,event_rule"`
	Name    string `json:"name"`
	Region  string `json:"region"`
	Problem string `json:"problem" enum:"no_alarm,no_action,actions_disabled,disabled,no_target,narrow"`
}

// The calls that are watched, by reading. Those of buckets and of IAM are CIS's (4.8
// and 4.4 of version 3.0); those of keys have two more than CIS's 4.7.
var (
	keyCalls    = []string{"DisableKey", "ScheduleKeyDeletion", "DeleteImportedKeyMaterial", "PutKeyPolicy"}
	bucketCalls = []string{
		"PutBucketAcl", "PutBucketPolicy", "PutBucketCors", "PutBucketLifecycle", "PutBucketReplication",
		"DeleteBucketPolicy", "DeleteBucketCors", "DeleteBucketLifecycle", "DeleteBucketReplication",
	}
	identityCalls = []string{
		"DeleteGroupPolicy", "DeleteRolePolicy", "DeleteUserPolicy", "PutGroupPolicy", "PutRolePolicy", "PutUserPolicy",
		"CreatePolicy", "DeletePolicy", "CreatePolicyVersion", "DeletePolicyVersion", "AttachRolePolicy", "DetachRolePolicy",
		"AttachUserPolicy", "DetachUserPolicy", "AttachGroupPolicy", "DetachGroupPolicy",
	}
)

// watches are the readings that say who hears of calls.
var watches = []string{"monitoring.key_alarms", "monitoring.bucket_alarms", "monitoring.identity_alarms"}

// identityRegion is the Region whose events those of IAM are among.
func identityRegion(partition string) string {
	switch partition {
	case "aws-cn":
		return "cn-north-1"
	case "aws-us-gov":
		return "us-gov-west-1"
	default:
		return "us-east-1"
	}
}

// addWatches adds who hears of calls, as far as that is wanted.
func (b *builder) addWatches(fact *Monitoring) {
	var w *watcher
	watch := func(name, source string, calls, regions []string) *Watch {
		if !b.wanted.wants("monitoring." + name) {
			return nil
		}
		if w == nil {
			w = b.newWatcher()
		}
		found, reason := w.watch(source, calls, regions)
		if reason != nil {
			fact.Unread[name] = *reason
		}
		return found
	}
	fact.KeyAlarms = watch("key_alarms", kmsSource, keyCalls, b.regions())
	fact.BucketAlarms = watch("bucket_alarms", "s3.amazonaws.com", bucketCalls, b.regions())
	fact.IdentityAlarms = watch("identity_alarms", "iam.amazonaws.com", identityCalls, []string{identityRegion(b.s.Account.Partition)})
}

// watcher looks for what takes calls and tells somebody.
type watcher struct {
	b         *builder
	recorders []recorder          // trails: what an event data store takes goes nowhere else
	trails    *Unread             // why there may be other trails
	filters   map[string][]listen // by Region and name of the log group
	rules     map[string][]listen // by Region
	listings  map[string]*Unread  // why one of a Region is not complete, by operation and Region
}

// listen is a metric filter with its alarms, or a rule with its targets.
type listen struct {
	idle    IdleWatch // what it is; without a problem, it tells somebody
	match   func(events.Event) events.Match
	unknown *Unread // why it is not known what it takes, or whether it tells anybody
}

func (b *builder) newWatcher() *watcher {
	w := &watcher{b: b, filters: map[string][]listen{}, rules: map[string][]listen{}, listings: map[string]*Unread{}}
	w.trails, _ = b.standing("cloudtrail:ListTrails")
	for _, r := range b.recorders() {
		if r.trail && !r.off {
			w.recorders = append(w.recorders, r)
		}
	}
	alarms := map[string]string{}
	for _, a := range b.s.Alarms {
		problem := ""
		switch {
		case len(a.Actions) == 0:
			problem = "no_action"
		case !a.ActionsEnabled:
			problem = "actions_disabled"
		}
		for _, m := range a.Metrics {
			slot := strings.Join([]string{a.Region, m.Namespace, m.Name}, "\x00")
			if before, twice := alarms[slot]; !twice || before != "" {
				alarms[slot] = problem
			}
		}
	}
	for _, f := range b.s.MetricFilters {
		l := listen{idle: IdleWatch{Kind: "metric_filter", Name: f.Name, Region: f.Region, Problem: "no_alarm"}}
		for _, m := range f.Metrics {
			if problem, found := alarms[strings.Join([]string{f.Region, m.Namespace, m.Name}, "\x00")]; found && l.idle.Problem != "" {
				l.idle.Problem = problem
			}
		}
		parsed, err := events.ParseLogFilter(f.Pattern)
		if err != nil {
			l.unknown = &Unread{State: snapshot.Failed.String(), Operation: "logs:DescribeMetricFilters", Code: "PatternNotUnderstood"}
		} else {
			l.match = parsed.Match
		}
		slot := f.Region + "\x00" + f.LogGroup
		w.filters[slot] = append(w.filters[slot], l)
	}
	for _, r := range b.s.EventRules {
		w.rules[r.Region] = append(w.rules[r.Region], listenTo(r))
	}
	for _, region := range b.regions() {
		w.listed("events:ListRules", region)
	}
	return w
}

func listenTo(r snapshot.EventRule) listen {
	l := listen{idle: IdleWatch{Kind: "event_rule", Name: r.Name, Region: r.Region}}
	targets, read := r.Targets.Get()
	switch {
	case !r.Enabled:
		l.idle.Problem = "disabled"
	case !read:
		l.unknown = unanswered(r.Targets, "events:ListTargetsByRule")
	case len(targets) == 0:
		l.idle.Problem = "no_target"
	}
	parsed, err := events.ParseRulePattern(r.Pattern)
	if err != nil {
		l.unknown = cmp.Or(l.unknown, &Unread{State: snapshot.Failed.String(), Operation: "events:ListRules", Code: "PatternNotUnderstood"})
		return l
	}
	l.match = parsed.Match
	return l
}

// listed says why the listing of a Region is not complete, or nil.
func (w *watcher) listed(operation, region string) *Unread {
	slot := operation + "\x00" + region
	reason, asked := w.listings[slot]
	if !asked {
		reason, _ = w.b.incomplete(operation, region, w.b.s.Account.ARN(), watches...)
		w.listings[slot] = reason
	}
	return reason
}
