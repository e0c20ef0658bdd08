package facts

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/util"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

const (
	account = "522814710681"
	theRole = "arn:aws:iam::522814710681:role/cmtr-4n6e9j62-iam-sewk-iam_role"
	admin   = "arn:aws:iam::522814710681:role/KeyAdmin"
	theKey  = "arn:aws:kms:us-east-1:522814710681:key/cac96933-72ff-0000-0000-000000000000"
	object  = "confidential_credentials.csv"
)

func reference(t *testing.T) *snapshot.File {
	t.Helper()
	file, err := snapshot.ReadFile("../../testdata/reference/snapshot.json")
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func intent() Intent {
	on := true
	return Intent{
		Requirements: []Requirement{{
			Name: "creds", Principals: []string{theRole}, Key: theKey, Exclusive: true,
			Actions: []string{"kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey*"},
			Buckets: []RequiredBucket{{Name: "bucket-695267-2", BucketKey: &on, RequestsPerMonth: 1000, Objects: []string{object}}},
		}},
		KeyAdministrators: []string{admin},
	}
}

func build(t *testing.T, change func(*snapshot.Snapshot), with Intent) (*Document, []Listing) {
	t.Helper()
	s := reference(t).Snapshot
	if change != nil {
		change(s)
	}
	return Build(s, with, map[string]map[string]any{})
}

func TestReference(t *testing.T) {
	d, listings := build(t, nil, intent())
	if len(listings) != 0 {
		t.Errorf("listings are missing: %v", listings)
	}
	if k := d.Keys[0]; !k.Metadata.Rotatable || k.Rotation.Status != "off" || k.Policy.Statements[0].Anyone || k.UsedBy.Count != 1 {
		t.Errorf("key %+v", k)
	}
	first, second := d.Buckets[0], d.Buckets[1]
	if first.Encryption.KMS || first.DefaultKey.Form != "none" || first.Encryption.SSEC != "allowed" || len(first.LogTarget.Services) != 0 {
		t.Errorf("bucket 1 %+v", first)
	}
	if !second.Encryption.BucketKey || second.DefaultKey.ARN != theKey || second.DefaultKey.Problem != "none" ||
		second.Encryption.SSEC != "blocked" || second.Intent != (BucketIntent{Required: true, Key: theKey, BucketKey: "on", RequestsPerMonth: 1000}) {
		t.Errorf("bucket 2 %+v", second)
	}
	if d.Objects[0].Declared != "copy" || d.Objects[1].Declared != "yes" || d.Objects[0].Expected.ARN != theKey {
		t.Errorf("objects %+v", d.Objects)
	}
	for _, row := range d.Access {
		if len(row.Allowed) != 6 || len(row.Denied)+len(row.Depends)+len(row.Undecided) != 0 {
			t.Errorf("access %+v", row)
		}
	}
	for _, row := range d.Operations {
		if len(row.Allowed) != 2 || row.Key != theKey || len(row.Denied)+len(row.Depends)+len(row.Undecided) != 0 {
			t.Errorf("operation %+v", row)
		}
	}
	if row := d.Exclusive[0]; len(row.Allowed)+len(row.Depends)+len(row.Undecided) != 0 {
		t.Errorf("exclusive %+v", row)
	}
}

// resources lists every resource of a document as a value with its kind.
func resources(d *Document) map[string][]reflect.Value {
	all := map[string][]reflect.Value{}
	v := reflect.ValueOf(d).Elem()
	for kind, readings := range Readings() {
		for i := range v.NumField() {
			if memberName(v.Type().Field(i)) == kind && len(readings) > 0 {
				for j := range v.Field(i).Len() {
					all[kind] = append(all[kind], v.Field(i).Index(j))
				}
			}
		}
	}
	return all
}

// whole checks that each reading of each resource is in exactly one of its two
// places, and calls see for each.
func whole(t *testing.T, d *Document, see func(kind, reading string, read bool)) {
	t.Helper()
	for kind, list := range resources(d) {
		for _, resource := range list {
			unread := resource.FieldByName("Unread").Interface().(map[string]Unread)
			for name := range unread {
				if !slices.Contains(Readings()[kind], name) {
					t.Errorf("unread of %s holds %s, which is no reading", kind, name)
				}
			}
			for i := range resource.NumField() {
				if resource.Type().Field(i).Type.Kind() != reflect.Pointer {
					continue
				}
				reading := memberName(resource.Type().Field(i))
				_, missing := unread[reading]
				read := !resource.Field(i).IsNil()
				if read == missing {
					t.Errorf("%s.%s is read: %v, and unread: %v", kind, reading, read, missing)
				}
				see(kind, reading, read)
			}
		}
	}
}

// notOfReadings are readings of the facts that do not come from readings of the
// snapshot: the configuration says what a declared object should be under, and
// listings hold the aliases, and that there are no trails.
var notOfReadings = []string{"objects.expected", "keys.recorders", "keys.aliases", "log_groups.encryption", "monitoring.analyzers", "monitoring.kms_events", "monitoring.key_alarms", "monitoring.bucket_alarms", "monitoring.identity_alarms", "monitoring.object_events"}

// TestBlindSnapshot takes every reading of the snapshot away, for every reason:
// no reading of the facts may be left that AWS did not answer, and no decision
// may be certain.
func TestBlindSnapshot(t *testing.T) {
	for _, state := range []snapshot.State{snapshot.Denied, snapshot.Failed, snapshot.NotCollected, snapshot.Gone} {
		d, _ := build(t, func(s *snapshot.Snapshot) { blindAll(reflect.ValueOf(s).Elem(), state) }, intent())
		whole(t, d, func(kind, reading string, read bool) {
			if read && !slices.Contains(notOfReadings, kind+"."+reading) {
				t.Errorf("%s: %s.%s is known", state, kind, reading)
			}
		})
		for _, row := range d.Access {
			if len(row.Undecided) != 6 {
				t.Errorf("%s: access %+v", state, row)
			}
		}
		for _, row := range d.Operations {
			if len(row.Undecided) == 0 || len(row.Denied) != 0 {
				t.Errorf("%s: operation %+v", state, row)
			}
		}
		if row := d.Exclusive[0]; len(row.Undecided) == 0 {
			t.Errorf("%s: exclusive %+v", state, row)
		}
	}
}

// blindAll sets the state of every reading below v and drops its value.
func blindAll(v reflect.Value, state snapshot.State) {
	switch v.Kind() {
	case reflect.Struct:
		if strings.HasPrefix(v.Type().Name(), "Reading[") {
			v.Set(reflect.Zero(v.Type()))
			v.FieldByName("State").Set(reflect.ValueOf(state))
			return
		}
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				blindAll(v.Field(i), state)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			blindAll(v.Index(i), state)
		}
	}
}

func TestFailedListingsHaveStandIns(t *testing.T) {
	for operation, want := range map[string]struct{ kind, standIn string }{
		"kms:ListKeys":        {"keys", "arn:aws:kms:us-east-1:" + account + ":key/*"},
		"s3:ListAllMyBuckets": {"buckets", "arn:aws:s3:::*"},
		"account:ListRegions": {"keys", "arn:aws:kms:*:" + account + ":key/*"},
	} {
		d, listings := build(t, func(s *snapshot.Snapshot) { deny(s, operation) }, Intent{})
		whole(t, d, func(string, string, bool) {})
		if len(listings) != 1 || listings[0].Operation != operation || listings[0].StandIn != want.standIn || listings[0].State != "denied" {
			t.Errorf("%s: listings %+v", operation, listings)
		}
		found := false
		for _, resource := range resources(d)[want.kind] {
			if resource.FieldByName("ARN").String() == want.standIn {
				found = len(resource.FieldByName("Unread").Interface().(map[string]Unread)) == len(Readings()[want.kind])
			}
		}
		if !found {
			t.Errorf("%s has no stand-in of which nothing is known", operation)
		}
	}
}

// TestNothingCollected gives a snapshot that somebody trimmed down to its head.
func TestNothingCollected(t *testing.T) {
	d, listings := build(t, func(s *snapshot.Snapshot) {
		*s = snapshot.Snapshot{Schema: s.Schema, Account: s.Account, CollectedAt: s.CollectedAt}
	}, intent())
	if len(listings) != 8 {
		t.Errorf("listings %+v", listings)
	}
	if len(d.Keys) != 1 || len(d.Buckets) != 1 || len(d.Access[0].Undecided) == 0 || len(d.Operations[0].Undecided) == 0 {
		t.Errorf("facts of nothing are %+v", d)
	}
}

func deny(s *snapshot.Snapshot, operation string) {
	for i := range s.Coverage {
		if s.Coverage[i].Operation == operation {
			s.Coverage[i].State, s.Coverage[i].Code = snapshot.Denied, "AccessDeniedException"
			return
		}
	}
	s.Coverage = append(s.Coverage, snapshot.Coverage{Service: "account", Operation: operation, State: snapshot.Denied})
}

func TestPlacesExist(t *testing.T) {
	file := reference(t)
	d, _ := Build(file.Snapshot, intent(), nil)
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatal(err)
	}
	var places []string
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if at, ok := v["place"].(string); ok {
				places = append(places, at)
			}
			for _, key := range slices.Sorted(maps.Keys(v)) {
				walk(v[key])
			}
		case []any:
			for _, element := range v {
				walk(element)
			}
		}
	}
	walk(value)
	positions := file.Positions(places)
	for _, at := range places {
		if _, ok := positions[at]; !ok {
			t.Errorf("%s leads nowhere in the snapshot", at)
		}
	}
	if len(places) < 20 {
		t.Errorf("only %d places", len(places))
	}
}

// TestValueIsWhatJSONGives compares the terms built directly with those that OPA
// reads from JSON.
func TestValueIsWhatJSONGives(t *testing.T) {
	d, _ := build(t, nil, intent())
	d.Params = map[string]map[string]any{"KEY-002": {"max_days": 365, "ratio": 0.5, "names": []any{"a"}, "on": true}}
	text, err := d.JSON()
	if err != nil {
		t.Fatal(err)
	}
	var value any
	if err := util.UnmarshalJSON(text, &value); err != nil {
		t.Fatal(err)
	}
	want, err := ast.InterfaceToValue(value)
	if err != nil {
		t.Fatal(err)
	}
	if got := Value(*d); got.Compare(want) != 0 {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}
