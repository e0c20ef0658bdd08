package main

import (
	"strconv"
	"testing"

	"github.com/kmsaudit/kmsaudit/rules/access"
)

func synthetic(tb testing.TB, roles int, seed uint64) *access.Account {
	tb.Helper()
	p := plan{roles: roles, keys: max(1, roles/10), buckets: max(1, roles/2), requirements: -1, seed: seed}
	if err := p.settle(); err != nil {
		tb.Fatal(err)
	}
	return access.New(newWorld(p).snapshot())
}

// The questions over a whole account agree with one another, and with one decision
// after the other.
func TestWholeAccountAgrees(t *testing.T) {
	const action = "kms:Decrypt"
	for seed := range uint64(4) {
		a := synthetic(t, 60, seed)
		census := a.Census(action, access.MustNotBeAble)
		can := map[string]access.Verdict{}
		for _, key := range census.Keys() {
			holders, _ := a.WhoCan(key, []string{action}, access.MustNotBeAble)
			for _, h := range holders {
				can[h.Principal.ARN+" "+key] = h.By[action].Verdict
			}
		}
		for _, p := range a.Principals() {
			held, _ := a.WhatCan(p.ARN, []string{action}, access.MustNotBeAble)
			what := map[string]access.Verdict{}
			for _, h := range held {
				what[h.Key] = h.By[action].Verdict
			}
			for _, key := range census.Keys() {
				who, ok := can[p.ARN+" "+key]
				if !ok {
					who = access.ImplicitlyDenied
				}
				if got, listed := what[key]; listed != ok || ok && got != who {
					t.Fatalf("seed %d, %s on %s: who-can says %v, what-can %v", seed, p.ARN, key, who, got)
				}
				if got := census.Of(p.ARN, key); got != who {
					t.Fatalf("seed %d, %s on %s: who-can says %v, the census %v", seed, p.ARN, key, who, got)
				}
				if p.Kind != "role" && p.Kind != "user" {
					continue
				}
				got := a.Decide(access.Question{Principal: p.ARN, Action: action, Resource: key}).Verdict
				if got.Denied() != who.Denied() || !got.Denied() && got != who {
					t.Fatalf("seed %d, %s on %s: who-can says %v, decided %v", seed, p.ARN, key, who, got)
				}
			}
		}
	}
}

// BenchmarkCensus takes the census of all keys and all roles; decisions/role shows
// that it grows with them, not with their product:
//
//	go test ./cmd/synth -run - -bench Census -benchtime 1x
func BenchmarkCensus(b *testing.B) {
	for _, roles := range []int{1000, 10000, 100000} {
		if testing.Short() && roles > 1000 {
			continue
		}
		a := synthetic(b, roles, 1)
		b.Run(strconv.Itoa(roles), func(b *testing.B) {
			decisions := 0
			for b.Loop() {
				decisions = a.Census("kms:Decrypt", access.MustNotBeAble).Decisions()
			}
			b.ReportMetric(float64(decisions)/float64(roles), "decisions/role")
		})
	}
}

// The census makes no more decisions per role in a larger account.
func TestCensusIsNoProduct(t *testing.T) {
	perRole := func(roles int) float64 {
		return float64(synthetic(t, roles, 1).Census("kms:Decrypt", access.MustNotBeAble).Decisions()) / float64(roles)
	}
	small, large := perRole(200), perRole(2000)
	if large > 2*small {
		t.Errorf("%.1f decisions per role of 200, %.1f of 2000", small, large)
	}
}

// BenchmarkWhoCan lists who can decrypt with one key, and who could give
// themselves that.
func BenchmarkWhoCan(b *testing.B) {
	for _, roles := range []int{1000, 10000} {
		if testing.Short() && roles > 1000 {
			continue
		}
		a := synthetic(b, roles, 1)
		key := a.Census("kms:Decrypt", access.MustNotBeAble).Keys()[7]
		b.Run(strconv.Itoa(roles), func(b *testing.B) {
			for b.Loop() {
				actions := []string{"kms:Decrypt"}
				holders, _ := a.WhoCan(key, actions, access.MustNotBeAble)
				a.Takeovers(key, actions, holders)
			}
		})
	}
}
