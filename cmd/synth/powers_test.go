package main

import (
	"maps"
	"slices"
	"testing"

	"github.com/kmsaudit/kmsaudit/rules/access"
)

// TestPowersAgree holds the powers over keys and buckets to what is decided pair by
// pair: who has them, and over what.
func TestPowersAgree(t *testing.T) {
	nobody := func(access.Principal) bool { return false }
	direct := access.NewContext().WithAbsent("kms:ViaService", "aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast").With("aws:ViaAWSService", "false")
	for seed := range uint64(3) {
		p := plan{roles: 60, keys: 6, buckets: 30, requirements: -1, seed: seed}
		if err := p.settle(); err != nil {
			t.Fatal(err)
		}
		s := newWorld(p).snapshot()
		a := access.New(s)
		for _, action := range []string{"kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:DisableKey", "kms:ReplicateKey", "s3:PutEncryptionConfiguration"} {
			var powers access.Powers
			var on []string
			ctx := direct
			if action == "s3:PutEncryptionConfiguration" {
				powers, ctx = a.BucketPowers([]string{action}, nobody), access.NewContext().With("aws:SecureTransport", "true")
				for i := range s.Buckets {
					on = append(on, s.Buckets[i].ARN)
				}
			} else {
				powers = a.KeyPowers([][]string{{action}}, nobody)[0]
				on = a.Census("kms:Decrypt", access.MustNotBeAble).Keys()
			}
			who, over := map[string]bool{}, map[string]bool{}
			for _, p := range powers.List {
				for _, h := range p.Holders {
					who[h.Principal.ARN] = true
				}
				for _, arn := range p.On.First(p.On.Count()) {
					over[arn] = true
				}
			}
			wantWho, wantOver := map[string]bool{}, map[string]bool{}
			for _, p := range a.Principals() {
				if p.Kind == "service" || p.Kind == "federated" || p.Kind == "root" && action == "s3:PutEncryptionConfiguration" {
					continue
				}
				for _, arn := range on {
					d := a.Decide(access.Question{Principal: p.ARN, Action: action, Resource: arn, Stance: access.MustNotBeAble, Context: ctx})
					if d.Verdict == access.Allowed || d.Verdict == access.Depends {
						wantWho[p.ARN], wantOver[arn] = true, true
					}
				}
			}
			if !maps.Equal(who, wantWho) {
				t.Errorf("seed %d, %s: %q have it, decided %q", seed, action, slices.Sorted(maps.Keys(who)), slices.Sorted(maps.Keys(wantWho)))
			}
			if !maps.Equal(over, wantOver) {
				t.Errorf("seed %d, %s: over %d, decided %d", seed, action, len(over), len(wantOver))
			}
		}
	}
}
