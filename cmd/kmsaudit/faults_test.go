package main

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kmsaudit/kmsaudit/collector"
	"github.com/kmsaudit/kmsaudit/collector/awsfake"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/rules"
)

// faulty is an account with something to find for many rules, seeded, and with the
// faults that are asked for.
func faulty(t *testing.T, seed uint64, faults int) *awsfake.World {
	w := awsfake.Reference()
	w.T = t
	random := rand.New(rand.NewPCG(seed, 1))
	for i := range 4 {
		w.Keys = append(w.Keys, awsfake.Key{
			ID: fmt.Sprintf("k%d", i), Region: awsfake.ReferenceRegion, Rotation: random.IntN(2) == 0,
			Policy: []string{"", `{"Statement":[{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}]}`}[random.IntN(2)],
		})
		w.Buckets = append(w.Buckets, awsfake.Bucket{Name: fmt.Sprintf("b%d", i), Region: awsfake.ReferenceRegion, Encryption: []awsfake.EncryptionRule{
			{Algorithm: []string{"AES256", "aws:kms"}[random.IntN(2)]},
		}, ACL: [][]awsfake.ACLGrant{nil, {{Grantee: "http://acs.amazonaws.com/groups/global/AllUsers", Permission: "READ"}}}[random.IntN(2)]})
	}
	effects := []func() awsfake.Effect{
		awsfake.Denied, awsfake.Hang, awsfake.Reset, awsfake.Broken, awsfake.Cut, awsfake.ForeignXML, awsfake.ForeignJSON, awsfake.ExpiredToken,
		awsfake.NoMarker, awsfake.SameMarker, func() awsfake.Effect { return awsfake.Throttle(0) }, func() awsfake.Effect { return awsfake.HTML(500) },
		func() awsfake.Effect { return awsfake.HTML(200) }, func() awsfake.Effect { return awsfake.Error(400, "SomethingNew") },
	}
	services := []string{"kms", "s3", "iam", "organizations", "cloudtrail", "logs", "monitoring", "events", "access-analyzer", "account"}
	random = rand.New(rand.NewPCG(seed, 2))
	for range faults {
		w.Faults = append(w.Faults, &awsfake.Fault{
			Service: services[random.IntN(len(services))], After: random.IntN(12), Times: random.IntN(6), Effect: effects[random.IntN(len(effects))](),
		})
	}
	return w
}

// TestFaultsNeverPass: in hundreds of accounts with faults, what is wrong in the
// account is found, or is said not to be known: nothing becomes a pass because it
// was not read.
func TestFaultsNeverPass(t *testing.T) {
	catalogue, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	engine, err := catalogue.Compile(t.Context(), func(*rules.Rule) bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "snapshot.json")
	judged := func(faults int, seed uint64) *report.Results {
		var s *snapshot.Snapshot
		synctest.Test(t, func(t *testing.T) {
			w := faulty(t, seed, faults)
			began := time.Now()
			s, err = collector.Collect(t.Context(), w.Config(), collector.Options{Regions: []string{awsfake.ReferenceRegion}})
			if took := time.Since(began); took > 30*time.Minute {
				t.Errorf("seed %d: it took %v", seed, took)
			}
		})
		if err != nil {
			return nil // nothing could be read
		}
		if err := snapshot.WriteFile(path, s); err != nil {
			t.Fatal(err)
		}
		file, err := snapshot.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		results, err := engine.Audit(t.Context(), []*snapshot.File{file}, rules.Settings{})
		if err != nil {
			t.Fatal(err)
		}
		return results
	}
	account := "arn:aws:iam::" + awsfake.ReferenceAccount + ":root"
	runs := uint64(200)
	if raceDetector {
		runs = 20
	}
	found, unknown := 0, 0
	for seed := range runs {
		whole, got := judged(0, seed), judged(1+int(seed%6), seed)
		if got == nil {
			continue
		}
		told, open := map[[2]string]bool{}, map[[2]string]bool{}
		for _, f := range got.Findings {
			told[[2]string{f.Rule, f.Resource}] = true
		}
		for _, u := range got.Unknown {
			open[[2]string{u.Rule, u.Resource}] = true
		}
		for _, f := range whole.Findings {
			switch is := [2]string{f.Rule, f.Resource}; {
			case told[is]:
				found++
			case open[is], open[[2]string{f.Rule, account}]:
				unknown++
			default:
				t.Errorf("seed %d: %s of %s is neither found nor unknown", seed, f.Rule, f.Resource)
			}
		}
	}
	if found == 0 || unknown == 0 {
		t.Errorf("%d found, %d unknown: the faults do not do what they should", found, unknown)
	}
}
