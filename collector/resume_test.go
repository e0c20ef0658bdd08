package collector_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/kmsaudit/kmsaudit/collector"
	"github.com/kmsaudit/kmsaudit/collector/awsfake"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// encoded is the text of a snapshot.
func encoded(t testing.TB, s *snapshot.Snapshot) string {
	t.Helper()
	text, err := snapshot.Encode(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// reread is a snapshot as it comes back from its file.
func reread(t testing.TB, s *snapshot.Snapshot) *snapshot.Snapshot {
	t.Helper()
	again, err := snapshot.Decode("s", []byte(encoded(t, s)))
	if err != nil {
		t.Fatal(err)
	}
	return again
}

// goneOn goes on with a snapshot in a world.
func goneOn(t testing.TB, w *awsfake.World, before *snapshot.Snapshot, opt collector.Options) *snapshot.Snapshot {
	t.Helper()
	opt.Before = reread(t, before)
	s, err := collector.Collect(t.Context(), w.Config(), opt)
	if err != nil {
		t.Fatalf("go on: %v", err)
	}
	return s
}

// unneeded says that going on with a snapshot made a call whose answer is in it.
func unneeded(before *snapshot.Snapshot, call awsfake.Call) bool {
	action, _ := collector.ActionOf(call.Service, call.Operation)
	organization, _ := before.Organization.Get()
	switch {
	case call.Service == "sts": // whose credentials these are
		return false
	case call.Service == "organizations" && !organization.Chain.State.Answer(): // the chain is one question
		return false
	case call.Operation == "DescribeTrails": // one call for the trails of a Region
		return !slices.ContainsFunc(before.Trails, func(t snapshot.Trail) bool {
			return t.HomeRegion == call.Region && !t.Settings.State.Answer()
		}) && answeredListing(before, "cloudtrail:ListTrails", "")
	case call.Service == "monitoring", call.Operation == "DescribeMetricFilters": // where trails write to
		_, i := before.Listed(action, call.Region)
		return i >= 0 && answeredListing(before, action, call.Region)
	case call.Resource == "":
		region := call.Region
		if _, global := before.Listed(action, ""); global >= 0 {
			region = ""
		}
		return answeredListing(before, action, region)
	case !listedBefore(before, call):
		return false
	}
	return !slices.ContainsFunc(collector.Gaps(before), func(gap collector.Gap) bool {
		resource := strings.TrimPrefix(gap.Resource, "arn:aws:s3:::")
		return gap.Operation == action && (resource == call.Resource || call.Service == "events" && strings.HasSuffix(resource, "/"+call.Resource) ||
			call.Service == "organizations")
	})
}

func answeredListing(s *snapshot.Snapshot, action, region string) bool {
	entry, _ := s.Listed(action, region)
	return entry.State.Answer()
}

// listedBefore says whether a snapshot has the resource that a call asks about.
func listedBefore(s *snapshot.Snapshot, call awsfake.Call) bool {
	switch call.Service {
	case "kms":
		return slices.ContainsFunc(s.Keys, func(k snapshot.Key) bool { return k.ARN == call.Resource })
	case "organizations":
		organization, _ := s.Organization.Get()
		levels, _ := organization.Chain.Get()
		return call.Operation != "DescribePolicy" || slices.ContainsFunc(levels, func(l snapshot.OrganizationLevel) bool {
			services, _ := l.ServiceControlPolicies.Get()
			resources, _ := l.ResourceControlPolicies.Get()
			return slices.ContainsFunc(slices.Concat(services, resources), func(p snapshot.NamedPolicy) bool { return strings.HasSuffix(p.ARN, "/"+call.Resource) })
		})
	case "events":
		return slices.ContainsFunc(s.EventRules, func(r snapshot.EventRule) bool { return r.Region == call.Region && r.Name == call.Resource })
	case "cloudtrail":
		return slices.ContainsFunc(s.Trails, func(t snapshot.Trail) bool { return t.ARN == call.Resource }) ||
			slices.ContainsFunc(s.EventDataStores, func(e snapshot.EventDataStore) bool { return e.ARN == call.Resource })
	case "s3":
		bucket, key, object := strings.Cut(call.Resource, "/")
		return slices.ContainsFunc(s.Buckets, func(b snapshot.Bucket) bool {
			return b.Name == bucket && (!object || slices.ContainsFunc(b.Objects, func(o snapshot.Object) bool { return o.Key == key }))
		})
	}
	return true
}

// TestResume goes on with a run that was stopped after every third call: the bytes
// are those of a run that was not stopped, and nothing is asked that was answered.
func TestResume(t *testing.T) {
	synctest.Test(t, resume)
}

func resume(t *testing.T) {
	whole := encoded(t, collect(t, wide(t)))
	for stop := 2; ; stop += 3 {
		ctx, cancel := context.WithCancel(t.Context())
		opt := wideOptions()
		opt.Progress = func(p collector.Progress) {
			if p.Calls == stop {
				cancel()
			}
		}
		before, err := collector.Collect(ctx, wide(t).Config(), opt)
		stopped := ctx.Err() != nil
		cancel()
		if err != nil {
			t.Fatalf("stopped after %d calls: %v", stop, err)
		}
		w := wide(t)
		after := goneOn(t, w, before, wideOptions())
		if diff := cmp.Diff(whole, encoded(t, after)); diff != "" {
			t.Fatalf("stopped after %d calls and gone on with (-whole +resumed):\n%s", stop, diff)
		}
		for call := range w.Calls() {
			if unneeded(before, call) {
				t.Errorf("stopped after %d calls, and %+v was asked again", stop, call)
			}
		}
		if !stopped {
			if n := len(w.Calls()); n != 1+len(collector.Gaps(before)) {
				t.Errorf("to go on with what is complete took %d calls: %v", n, w.Calls())
			}
			return
		}
	}
}

// TestResumeRefused: what was refused is asked again, and nothing else is; while it
// is still refused, nothing that was known before is lost.
func TestResumeRefused(t *testing.T) {
	whole := ""
	synctest.Test(t, func(t *testing.T) { whole = encoded(t, collect(t, wide(t))) })
	for _, c := range collector.Calls() {
		if c.Service == "sts" {
			continue
		}
		t.Run(c.Service+" "+c.Operation, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				for _, after := range []int{0, 1} {
					refusing := func() *awsfake.World {
						w := wide(t)
						w.Faults = []*awsfake.Fault{{Service: c.Service, Operation: c.Operation, After: after, Effect: awsfake.Denied()}}
						return w
					}
					before := collect(t, refusing())
					w := refusing()
					w.Faults[0].After = 0
					still := goneOn(t, w, before, wideOptions())
					stillThere := readings(t, still)
					for place, got := range readings(t, before) {
						if now := stillThere[place]; strings.Contains(got, "state:ok") && now != got {
							t.Errorf("still refused, %s is %s and was %s", place, now, got)
						}
					}
					w = wide(t)
					granted := goneOn(t, w, before, wideOptions())
					if diff := cmp.Diff(whole, encoded(t, granted)); diff != "" {
						t.Errorf("allowed in the end (-whole +resumed):\n%s", diff)
					}
					for call := range w.Calls() {
						if unneeded(before, call) {
							t.Errorf("%+v was asked again", call)
						}
					}
				}
			})
		})
	}
}

// TestResumeOther: a collection is gone on with in its own account only, and a
// snapshot that was imported not at all.
func TestResumeOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, tt := range []struct {
			change func(*snapshot.Snapshot)
			want   string
		}{
			{func(s *snapshot.Snapshot) { s.Account.ID = "444455556666" }, "is of account 444455556666 in aws, and the credentials are of account 111122223333"},
			{func(s *snapshot.Snapshot) { s.Sources = []snapshot.Source{{File: "x.json"}} }, "was imported"},
		} {
			opt := wideOptions()
			opt.Before = collect(t, small(t))
			tt.change(opt.Before)
			if _, err := collector.Collect(t.Context(), wide(t).Config(), opt); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("the error is %v", err)
			}
		}
	})
}

// TestResumeRegions: the Regions of the first run stay, and more can be added.
func TestResumeRegions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		opt := wideOptions()
		opt.Regions = []string{"eu-west-1"}
		before, err := collector.Collect(t.Context(), wide(t).Config(), opt)
		if err != nil {
			t.Fatal(err)
		}
		w := wide(t)
		if same := goneOn(t, w, before, wideOptions()); len(same.Regions) != 1 || len(w.Calls()) != 1+len(collector.Gaps(before)) {
			t.Errorf("Regions %v, %d calls", same.Regions, len(w.Calls()))
		}
		opt.Regions = []string{"us-east-1"}
		w = wide(t)
		both := goneOn(t, w, before, opt)
		if len(both.Regions) != 2 || len(both.Keys) != 7 || w.Count("kms", "ListKeys") != 3 {
			t.Errorf("Regions %v, %d keys, %d pages", both.Regions, len(both.Keys), w.Count("kms", "ListKeys"))
		}
	})
}
