package collector_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/kmsaudit/kmsaudit/collector"
	"github.com/kmsaudit/kmsaudit/collector/awsfake"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

const (
	account  = "111122223333"
	boundary = "arn:aws:iam::111122223333:policy/Boundary"
	readOnly = "arn:aws:iam::aws:policy/ReadOnlyAccess"
)

var day = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func allow(action string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"` + action + `","Resource":"*"}]}`
}

// wide is a world with something of everything, in two Regions and on many pages.
func wide(t testing.TB) *awsfake.World {
	trust := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}}`
	full := awsfake.OrgPolicy{ID: "p-FullAWSAccess", Name: "FullAWSAccess", Content: allow("*")}
	guard := awsfake.OrgPolicy{ID: "p-guard", Name: "guard", Content: strings.Replace(allow("kms:*"), "Allow", "Deny", 1)}
	blocked := [4]bool{true, false, true, false}
	w := &awsfake.World{
		T: t, Account: account, Caller: "arn:aws:iam::111122223333:user/auditor", PageSize: 2,
		Regions: []string{"us-east-1", "eu-west-1"},
		Users: []awsfake.User{
			{
				Name: "ann", ID: "AIDA1", Path: "/team/", Created: day, Groups: []string{"staff"}, Boundary: boundary,
				Inline: map[string]string{"more + less": allow("kms:Decrypt")}, Tags: map[string]string{"a b": "c+d"},
			},
			{Name: "bob", ID: "AIDA2", Created: day},
		},
		Groups: []awsfake.Group{{Name: "staff", ID: "AGPA1", Created: day, Attached: []string{readOnly}, Inline: map[string]string{"g": allow("s3:*")}}},
		Roles: []awsfake.Role{
			{Name: "app", ID: "AROA1", Created: day, Trust: trust, LastUsed: day, LastUsedRegion: "eu-west-1", Attached: []string{boundary}},
			{Name: "etl", ID: "AROA2", Created: day, Trust: trust, Inline: map[string]string{"x": allow("kms:Encrypt")}},
		},
		Policies: []awsfake.ManagedPolicy{
			{ARN: boundary, ID: "ANPA1", Created: day, Versions: []string{allow("s3:*"), allow("kms:*")}},
			{ARN: readOnly, ID: "ANPA2", Created: day, Versions: []string{allow("kms:List*")}},
			{ARN: "arn:aws:iam::aws:policy/Unused", ID: "ANPA3", Created: day, Versions: []string{allow("*")}},
		},
		Keys: []awsfake.Key{
			{
				ID: "k1", Region: "us-east-1", Created: day, Rotation: true, RotationDays: 200, Tags: map[string]string{"a": "1", "b": "2", "c": "3"},
				Rotations: []awsfake.Rotation{
					{At: day.AddDate(0, 0, 200), Type: "AUTOMATIC"}, {At: day.AddDate(0, 1, 0), Type: "ON_DEMAND"}, {At: day.AddDate(0, 0, 400), Type: "AUTOMATIC"},
				},
				Grants: []awsfake.Grant{
					{ID: "g1", Created: day, Grantee: "arn:aws:iam::111122223333:role/app", Operations: []string{"Decrypt"}},
					{ID: "g2", Created: day, Grantee: "arn:aws:iam::111122223333:role/app", Operations: []string{"Encrypt", "Decrypt"}, ContextSubset: map[string]string{"k": "v"}},
					{ID: "g3", Created: day, Grantee: "arn:aws:iam::444455556666:root", Retiring: "arn:aws:iam::111122223333:role/etl", Operations: []string{"CreateGrant"}},
				},
			},
			{ID: "k2", Region: "us-east-1", Created: day, Spec: "RSA_2048", Usage: "SIGN_VERIFY"},
			{ID: "k3", Region: "us-east-1", Created: day, State: "PendingDeletion", Deletion: day.AddDate(0, 0, 30)},
			{ID: "k4", Region: "us-east-1", Created: day, Origin: "EXTERNAL", State: "PendingImport"},
			{ID: "k5", Region: "us-east-1", Created: day, Manager: "AWS", Rotation: true},
			{ID: "mrk-k6", Region: "eu-west-1", Created: day, MultiRegionType: "REPLICA", MultiRegionOthers: []string{"arn:aws:kms:us-east-1:111122223333:key/mrk-k6"}},
			{ID: "k7", Region: "eu-west-1", Created: day, Origin: "EXTERNAL_KEY_STORE", CustomKeyStore: "cks-1", XksKey: "x1"},
		},
		Aliases: []awsfake.Alias{
			{Name: "alias/aws/s3", Region: "us-east-1", Target: "k5"},
			{Name: "alias/aws/ebs", Region: "us-east-1"},
			{Name: "alias/one", Region: "us-east-1", Target: "k1"},
			{Name: "alias/six", Region: "eu-west-1", Target: "mrk-k6"},
		},
		Buckets: []awsfake.Bucket{
			{
				Name: "alpha", Region: "us-east-1", Created: day, PublicAccess: &blocked, Ownership: "ObjectWriter", Versioning: "Enabled",
				ACL:       []awsfake.ACLGrant{{Grantee: "http://acs.amazonaws.com/groups/s3/LogDelivery", Permission: "WRITE"}, {Grantee: "c0ffee", Permission: "READ"}},
				LogTarget: "gamma", LogPrefix: "alpha/", Tags: map[string]string{"env": "prod"}, Policy: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::alpha/*"}]}`,
				Objects: []awsfake.Object{{Key: "a b+c/ü", Algorithm: "AES256", Modified: day}, {Key: "d", Algorithm: "aws:kms", KMSKey: "arn:aws:kms:us-east-1:111122223333:key/k1", Modified: day}},
			},
			{
				Name: "beta", Region: "eu-west-1", Created: day, Encryption: []awsfake.EncryptionRule{{Algorithm: "aws:kms:dsse", Key: "alias/one"}, {Algorithm: "aws:kms"}},
				Replication: &awsfake.Replication{Role: "arn:aws:iam::111122223333:role/etl", Rules: []awsfake.ReplicationRule{
					{ID: "one", Status: "Enabled", Prefix: "a/", Bucket: "arn:aws:s3:::gamma", Key: "arn:aws:kms:us-east-1:111122223333:key/k1", KMSObjects: "Enabled"},
					{ID: "two", Status: "Disabled", Bucket: "arn:aws:s3:::theirs", Account: "444455556666"},
				}},
				Inventories: []awsfake.Inventory{
					{ID: "b", Bucket: "arn:aws:s3:::gamma", Format: "CSV", Frequency: "Weekly", Fields: []string{"Size", "EncryptionStatus"}},
					{ID: "a", Bucket: "arn:aws:s3:::gamma", Format: "ORC", Frequency: "Daily", Key: "arn:aws:kms:us-east-1:111122223333:key/k1"},
					{ID: "c", Bucket: "arn:aws:s3:::gamma", Format: "CSV", Frequency: "Daily", Disabled: true},
				},
			},
			{Name: "gamma", Region: "us-east-1", Created: day, Unencrypted: true, Objects: []awsfake.Object{{Key: "secret", CustomerKey: true}}},
		},
		Organization: &awsfake.Organization{ID: "o-1", Management: "999999999999", Levels: []awsfake.Level{
			{ID: "r-1", SCP: []awsfake.OrgPolicy{full}},
			{ID: "ou-1", SCP: []awsfake.OrgPolicy{full, guard, {ID: "p-3", Name: "three", Content: allow("s3:*")}}},
			{ID: account, SCP: []awsfake.OrgPolicy{full}},
		}},
	}
	monitored(w)
	for _, k := range []int{0, 1, 2} {
		slices.SortFunc(w.Buckets[k].Objects, func(a, b awsfake.Object) int { return strings.Compare(a.Key, b.Key) })
	}
	return w
}

// monitored adds what records and reports to a world.
func monitored(w *awsfake.World) {
	const key, topic = "arn:aws:kms:us-east-1:111122223333:key/k1", "arn:aws:sns:us-east-1:111122223333:alarms"
	w.Stores = []awsfake.KeyStore{
		{ID: "cks-1", Name: "outside", Region: "eu-west-1", Type: "EXTERNAL_KEY_STORE", State: "CONNECTED"},
		{ID: "cks-3", Name: "second", Region: "eu-west-1", Type: "EXTERNAL_KEY_STORE", State: "DISCONNECTED"},
		{ID: "cks-2", Name: "hsm", Region: "us-east-1", Type: "AWS_CLOUDHSM", State: "FAILED"},
	}
	w.Trails = []awsfake.Trail{
		{
			Name: "main", Region: "us-east-1", Bucket: "alpha", Key: key, LogGroup: "arn:aws:logs:us-east-1:111122223333:log-group:trail:*", MultiRegion: true,
			Selectors: []awsfake.Selector{{ReadWrite: "All", Management: true, Excluded: []string{"kms.amazonaws.com"}, Data: map[string][]string{"AWS::S3::Object": {"arn:aws:s3"}}}},
		},
		{
			Name: "local", Region: "us-east-1", Bucket: "alpha", Stopped: true,
			Selectors: []awsfake.Selector{{Name: "m", Fields: map[string]map[string][]string{"eventCategory": {"Equals": {"Management"}}, "eventSource": {"NotEquals": {"kms.amazonaws.com"}}}}},
		},
		{Name: "organization", Region: "eu-west-1", Account: "999999999999", Bucket: "theirs", LogGroup: "arn:aws:logs:eu-west-1:999999999999:log-group:org:*", MultiRegion: true},
	}
	w.EventStores = []awsfake.EventStore{
		{ID: "s2", Name: "pond", Region: "eu-west-1", Status: "STOPPED_INGESTION"},
		{ID: "s1", Name: "lake", Region: "us-east-1", Key: key, Status: "ENABLED", MultiRegion: true, Selectors: w.Trails[1].Selectors},
	}
	w.LogGroups = []awsfake.LogGroup{
		{Name: "trail", Region: "us-east-1", Key: key}, {Name: "/aws/lambda/f", Region: "us-east-1"}, {Name: "z", Region: "us-east-1"}, {Name: "trail", Region: "eu-west-1"},
	}
	w.Filters = []awsfake.MetricFilter{
		{Name: "kms", Group: "trail", Region: "us-east-1", Namespace: "audit", Pattern: "{ $.eventSource = \"kms.amazonaws.com\" }"},
		{Name: "s3", Group: "trail", Region: "us-east-1", Namespace: "audit", Pattern: "x"},
		{Name: "kms", Group: "z", Region: "us-east-1", Namespace: "other", Pattern: "y"},
		{Name: "kms", Group: "trail", Region: "eu-west-1", Namespace: "unseen", Pattern: "no trail writes there"},
	}
	w.Alarms = []awsfake.Alarm{
		{Name: "kms", Region: "us-east-1", Namespace: "audit", Metric: "kms", Actions: []string{topic}},
		{Name: "muted", Region: "us-east-1", Namespace: "audit", Metric: "kms", Muted: true},
		{Name: "computed", Region: "us-east-1", Namespace: "audit", Metric: "s3", Computed: true, Actions: []string{topic}},
	}
	w.EventRules = []awsfake.EventRule{
		{Name: "kms", Region: "us-east-1", Pattern: `{"source":["aws.kms"],"detail":{"eventName":["DisableKey"]}}`, Targets: []string{topic, topic + "-2", topic + "-3"}},
		{Name: "all", Region: "us-east-1", Pattern: `{"source":[{"prefix":"aws."}]}`, State: "DISABLED"},
		{Name: "ec2", Region: "us-east-1", Pattern: `{"source":["aws.ec2"]}`, Targets: []string{topic}},
		{Name: "daily", Region: "us-east-1", Targets: []string{topic}},
		{Name: "kms", Region: "eu-west-1", Pattern: `{"detail":{"eventSource":["kms.amazonaws.com"]}}`, State: "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"},
	}
	w.Analyzers = []awsfake.Analyzer{
		{Name: "outside", Region: "us-east-1", Type: "ACCOUNT", Status: "ACTIVE"},
		{Name: "all", Region: "eu-west-1", Type: "ORGANIZATION", Status: "ACTIVE"},
		{Name: "unused", Region: "eu-west-1", Type: "ACCOUNT_UNUSED_ACCESS", Status: "CREATING"},
	}
	w.Keys[0].LastUsed = awsfake.Use{At: day, Operation: "Decrypt"}
}

func wideOptions() collector.Options {
	return collector.Options{
		Objects:       map[string][]string{"alpha": {"d", "missing"}, "gamma": {"secret"}, "not-ours": {"x"}},
		SampleObjects: 2, Seed: 7, LastUsage: true, ToolVersion: "test", Now: func() time.Time { return day },
	}
}

func collect(t testing.TB, w *awsfake.World) *snapshot.Snapshot {
	t.Helper()
	s, err := collector.Collect(t.Context(), w.Config(), wideOptions())
	if err != nil {
		t.Fatalf("collect: %v", err)
	}
	return s
}

// readings takes a snapshot apart: place → what was read there. A place is made
// of ARNs and field names, so that it is the same in another snapshot.
func readings(t testing.TB, s *snapshot.Snapshot) map[string]string {
	t.Helper()
	text, err := snapshot.Encode(s)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := snapshot.Decode("s", text); err != nil {
		t.Fatalf("the snapshot is not valid: %v", err)
	}
	var tree map[string]any
	if err := json.Unmarshal(text, &tree); err != nil {
		t.Fatal(err)
	}
	delete(tree, "interrupted")
	found := map[string]string{}
	take(tree, "", found)
	return found
}

// take notes the readings and the names of a tree and returns it without them.
func take(v any, place string, found map[string]string) any {
	switch v := v.(type) {
	case []any:
		var rest []any
		for i, element := range v {
			name := strconv.Itoa(i)
			if m, ok := element.(map[string]any); ok {
				for _, field := range []string{"arn", "key", "id", "name", "operation"} {
					if text, ok := m[field].(string); ok {
						name = strings.Join([]string{text, fmt.Sprint(m["region"]), fmt.Sprint(m["resource"])}, "|")
						if group, ok := m["log_group"]; ok {
							name = fmt.Sprint(group, "/", name)
						}
						name = strings.TrimSuffix(strings.TrimSuffix(name, "|<nil>"), "|<nil>")
						break
					}
				}
			}
			rest = append(rest, take(element, place+"/"+name, found))
		}
		return rest
	case map[string]any:
		kept := map[string]any{}
		for name, field := range v {
			kept[name] = take(field, place+"/"+name, found)
		}
		delete(kept, "message")
		delete(kept, "objects") // each is noted on its own
		if v["scope"] != nil {
			delete(kept, "status") // which is known if the readings are
		}
		if v["state"] == "unsupported" {
			delete(kept, "code") // known from the metadata, or answered
		}
		_, reading := v["state"]
		_, store := v["connection_state"]
		_, filter := v["pattern"]
		if reading || store || filter || v["arn"] != nil {
			text, err := json.Marshal(kept)
			if err != nil {
				panic(err)
			}
			found[place] = string(text)
			return "…"
		}
		return kept
	}
	return v
}

// changed lists the places where two snapshots differ, and how the second is.
func changed(before, after map[string]string) map[string]string {
	diff := map[string]string{}
	for place, text := range after {
		if before[place] != text {
			diff[place] = text
		}
	}
	for place := range before {
		if _, ok := after[place]; !ok {
			diff[place] = ""
		}
	}
	return diff
}

// trustworthy fails the test if a snapshot says anything that the whole one does
// not: each reading has to be the right one or no answer, and what is missing
// has to be accounted for.
func trustworthy(t testing.TB, whole map[string]string, s *snapshot.Snapshot) {
	t.Helper()
	got := readings(t, s)
	open := map[string]bool{} // listings that are not complete
	gone := map[string]bool{}
	for _, c := range s.Coverage {
		open[c.Service+c.Region] = open[c.Service+c.Region] || !c.State.Answer()
		if c.State == snapshot.Gone {
			gone[c.Resource] = true
		}
	}
	asked := map[string]bool{}
	for _, region := range s.Regions {
		asked[region] = true
	}
	for place, text := range changed(whole, got) {
		var now struct{ State string }
		if text != "" {
			if err := json.Unmarshal([]byte(text), &now); err != nil {
				t.Fatal(err)
			}
		}
		switch {
		case strings.HasPrefix(place, "/coverage"), now.State == "denied", now.State == "failed":
		case strings.Contains(place, "key/k5|") && strings.Contains(whole[place], "not_collected"):
			// Nobody said that AWS manages it, so the rest was asked.
		case text == "" && missing(place, open, gone, asked, got):
		case strings.HasPrefix(place, "/managed_policies") && open["iam"] && missing(place+"/document", nil, nil, nil, got):
			// Referred to and not listed: its name is known, the rest is a failed reading.
		default:
			t.Errorf("%s is %q, in truth it is %q", place, text, whole[place])
		}
	}
}

// missing says whether a place may be missing: its listing failed, its resource
// is gone, or a reading above it was not answered.
func missing(place string, open, gone, asked map[string]bool, got map[string]string) bool {
	for arn := range gone {
		if strings.Contains(place, arn) {
			return true
		}
	}
	for above := place; above != ""; above = above[:strings.LastIndex(above, "/")] {
		if text := got[above]; strings.Contains(text, `"state":"denied"`) || strings.Contains(text, `"state":"failed"`) {
			return true
		}
	}
	kind := strings.SplitN(place, "/", 3)[1]
	switch kind {
	case "trails":
		return open["cloudtrail"]
	case "event_data_stores", "log_groups", "event_rules", "analyzers":
		service := map[string]string{"event_data_stores": "cloudtrail", "log_groups": "logs", "event_rules": "events", "analyzers": "access-analyzer"}[kind]
		region := strings.Split(place, ":")[3]
		return open[service+region] || open["account"] && !asked[region]
	case "metric_filters", "alarms":
		return open["logsus-east-1"] || open["cloudwatchus-east-1"] || open["cloudtrail"] || unknownTrail(got)
	case "custom_key_stores":
		region := place[strings.LastIndex(place, "|")+1:]
		return open["kms"+region] || open["account"] && !asked[region]
	case "users", "groups", "roles", "managed_policies":
		return open["iam"]
	case "keys", "aliases":
		region := strings.Split(place, ":")[3]
		return open["kms"+region] || open["account"] && !asked[region]
	case "buckets":
		// A sample that could not be drawn has no objects.
		return open["s3"] || strings.Contains(place, "/objects/")
	}
	return false
}

// unknownTrail says that the settings of a trail are not known, so that nobody
// knows to which log groups it writes.
func unknownTrail(got map[string]string) bool {
	for place, text := range got {
		if strings.HasPrefix(place, "/trails/") && strings.HasSuffix(place, "/settings") && !strings.Contains(text, `"state":"ok"`) {
			return true
		}
	}
	return false
}
