package facts

import (
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

func TestObjectEvents(t *testing.T) {
	of := func(kind string, values ...string) snapshot.EventSelector {
		return snapshot.EventSelector{ReadWriteType: kind, DataResources: []snapshot.DataResource{{Type: "AWS::S3::Object", Values: values}}}
	}
	advanced := func(more ...snapshot.FieldSelector) snapshot.EventSelector {
		return snapshot.EventSelector{Fields: append([]snapshot.FieldSelector{
			{Field: "eventCategory", Equals: []string{"Data"}}, {Field: "resources.type", Equals: []string{"AWS::S3::Object"}},
		}, more...)}
	}
	one, two := "arn:aws:s3:::bucket-695267-1/", "arn:aws:s3:::bucket-695267-2/"
	for name, test := range map[string]struct {
		selectors     []snapshot.EventSelector
		reads, writes int
	}{
		"management events": {[]snapshot.EventSelector{{ReadWriteType: "All", IncludeManagementEvents: true}}, 2, 2},
		"all":               {[]snapshot.EventSelector{of("All", "arn:aws:s3")}, 0, 0},
		"all, long":         {[]snapshot.EventSelector{of("All", "arn:aws:s3:::")}, 0, 0},
		"both buckets":      {[]snapshot.EventSelector{of("All", one, two)}, 0, 0},
		"one bucket":        {[]snapshot.EventSelector{of("All", one)}, 1, 1},
		"a folder":          {[]snapshot.EventSelector{of("All", one+"a/", two)}, 1, 1},
		"another bucket":    {[]snapshot.EventSelector{of("All", "arn:aws:s3:::bucket-695267/")}, 2, 2},
		"writes":            {[]snapshot.EventSelector{of("WriteOnly", "arn:aws:s3")}, 2, 0},
		"reads":             {[]snapshot.EventSelector{of("ReadOnly", "arn:aws:s3")}, 0, 2},
		"of functions":      {[]snapshot.EventSelector{{DataResources: []snapshot.DataResource{{Type: "AWS::Lambda::Function", Values: []string{"arn:aws:lambda"}}}}}, 2, 2},
		"advanced":          {[]snapshot.EventSelector{advanced()}, 0, 0},
		"advanced, writes":  {[]snapshot.EventSelector{advanced(snapshot.FieldSelector{Field: "readOnly", Equals: []string{"false"}})}, 2, 0},
		"advanced, bucket":  {[]snapshot.EventSelector{advanced(snapshot.FieldSelector{Field: "resources.ARN", StartsWith: []string{one}})}, 1, 1},
		"advanced, folder":  {[]snapshot.EventSelector{advanced(snapshot.FieldSelector{Field: "resources.ARN", StartsWith: []string{one + "a/"}})}, 2, 2},
		"advanced, but one": {[]snapshot.EventSelector{advanced(snapshot.FieldSelector{Field: "resources.ARN", NotStartsWith: []string{two}})}, 1, 1},
		"but one object":    {[]snapshot.EventSelector{advanced(snapshot.FieldSelector{Field: "resources.ARN", NotEquals: []string{two + "a"}})}, 1, 1},
		"but some endings":  {[]snapshot.EventSelector{advanced(snapshot.FieldSelector{Field: "resources.ARN", NotEndsWith: []string{".log"}})}, 2, 2},
		"one object":        {[]snapshot.EventSelector{advanced(snapshot.FieldSelector{Field: "resources.ARN", Equals: []string{one + "a"}})}, 2, 2},
		"some calls":        {[]snapshot.EventSelector{advanced(snapshot.FieldSelector{Field: "eventName", Equals: []string{"GetObject"}})}, 2, 2},
		"advanced, tables":  {[]snapshot.EventSelector{{Fields: []snapshot.FieldSelector{{Field: "eventCategory", Equals: []string{"Data"}}, {Field: "resources.type", Equals: []string{"AWS::DynamoDB::Table"}}}}}, 2, 2},
	} {
		d, _ := build(t, func(s *snapshot.Snapshot) {
			watchedWorld(s)
			s.Trails[0].EventSelectors = snapshot.Of(test.selectors)
		}, Intent{})
		e := d.Monitoring[0].ObjectEvents
		if e == nil || e.Reads.Count != test.reads || e.Writes.Count != test.writes {
			t.Errorf("%s: %+v", name, e)
		}
	}
}

func TestObjectEventsUnread(t *testing.T) {
	all := func(s *snapshot.Snapshot) {
		watchedWorld(s)
		s.Trails[0].EventSelectors = snapshot.Of([]snapshot.EventSelector{{DataResources: []snapshot.DataResource{{Type: "AWS::S3::Object", Values: []string{"arn:aws:s3"}}}}})
	}
	for name, test := range map[string]struct {
		change func(*snapshot.Snapshot)
		unread string
		reads  int
	}{
		"trails refused, and all is known": {change: func(s *snapshot.Snapshot) { all(s); refuseListing(s, "cloudtrail:ListTrails") }},
		"trails refused":                   {change: func(s *snapshot.Snapshot) { refuseListing(s, "cloudtrail:ListTrails") }, unread: "cloudtrail:ListTrails"},
		"buckets refused":                  {change: func(s *snapshot.Snapshot) { all(s); s.Buckets = nil; refuseListing(s, "s3:ListAllMyBuckets") }, unread: "s3:ListAllMyBuckets"},
		"buckets refused, and some known":  {change: func(s *snapshot.Snapshot) { refuseListing(s, "s3:ListAllMyBuckets") }, reads: 2},
		"Region unknown": {change: func(s *snapshot.Snapshot) {
			all(s)
			settingsOf(s, func(t *snapshot.TrailSettings) { t.MultiRegion = false })
			for i := range s.Buckets {
				s.Buckets[i].Region = snapshot.Reading[string]{State: snapshot.Denied, Operation: "s3:GetBucketLocation"}
			}
		}, unread: "s3:GetBucketLocation"},
		"bucket of the trail": {change: func(s *snapshot.Snapshot) {
			watchedWorld(s)
			settingsOf(s, func(t *snapshot.TrailSettings) { t.Bucket = "bucket-695267-2" })
		}, reads: 1},
	} {
		d, _ := build(t, test.change, Intent{})
		m := d.Monitoring[0]
		if m.Unread["object_events"].Operation != test.unread || m.ObjectEvents != nil && m.ObjectEvents.Reads.Count != test.reads {
			t.Errorf("%s: %+v, unread %+v", name, m.ObjectEvents, m.Unread)
		}
	}
}

// TestTrailKeyPolicy: the key policy has to say for which trail CloudTrail may use the key.
func TestTrailKeyPolicy(t *testing.T) {
	for name, test := range map[string]struct {
		condition string
		unbound   int
	}{
		"none":                   {``, 1},
		"SourceArn":              {`,"Condition":{"StringEquals":{"aws:SourceArn":"arn:aws:cloudtrail:us-east-1:` + account + `:trail/all"}}`, 0},
		"SourceAccount":          {`,"Condition":{"StringEquals":{"aws:SourceAccount":"` + account + `"}}`, 0},
		"context of the account": {`,"Condition":{"StringLike":{"kms:EncryptionContext:aws:cloudtrail:arn":"arn:aws:cloudtrail:*:` + account + `:trail/*"}}`, 0},
		"context of anybody":     {`,"Condition":{"StringLike":{"kms:EncryptionContext:aws:cloudtrail:arn":"*"}}`, 1},
	} {
		d, _ := build(t, func(s *snapshot.Snapshot) {
			watchedWorld(s)
			settingsOf(s, func(t *snapshot.TrailSettings) { t.Key = theKey })
			s.Keys[0].Policy = doc(t, `{"Version":"2012-10-17","Statement":[`+
				`{"Sid":"Own","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::`+account+`:root"},"Action":"kms:*","Resource":"*"},`+
				`{"Sid":"Describe","Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"kms:DescribeKey","Resource":"*"},`+
				`{"Sid":"Trail","Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"kms:GenerateDataKey*","Resource":"*"`+test.condition+`}]}`)
		}, Intent{})
		if p := d.Trails[0].KeyPolicy; p == nil || p.Key != theKey || len(p.Unbound) != test.unbound {
			t.Errorf("%s: %+v %+v", name, p, d.Trails[0].Unread)
		}
	}
	for name, test := range map[string]struct {
		change func(*snapshot.Snapshot)
		code   string
	}{
		"key of another account": {func(s *snapshot.Snapshot) {
			settingsOf(s, func(t *snapshot.TrailSettings) { t.Key = "arn:aws:kms:us-east-1:999988887777:key/k" })
		}, "KeyNotListed"},
		"policy refused": {func(s *snapshot.Snapshot) {
			settingsOf(s, func(t *snapshot.TrailSettings) { t.Key = theKey })
			s.Keys[0].Policy = snapshot.Reading[snapshot.Document]{State: snapshot.Denied, Operation: "kms:GetKeyPolicy", Code: "AccessDeniedException"}
		}, "AccessDeniedException"},
		"settings refused": {func(s *snapshot.Snapshot) {
			s.Trails[0].Settings = snapshot.Reading[snapshot.TrailSettings]{State: snapshot.Failed, Operation: "cloudtrail:DescribeTrails", Code: "Throttling"}
		}, "Throttling"},
	} {
		d, _ := build(t, func(s *snapshot.Snapshot) { watchedWorld(s); test.change(s) }, Intent{})
		if why := d.Trails[0].Unread["key_policy"]; why.Code != test.code {
			t.Errorf("%s: %+v", name, d.Trails[0])
		}
	}
}
