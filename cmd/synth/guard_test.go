package main

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

var update = flag.Bool("update", false, "write the recorded allocations anew")

const recorded = "testdata/allocations.json"

// What a stage allocates hardly depends on the machine or on what else it does. It
// may be a tenth over what is recorded; where it is by purpose, record it anew:
//
//	go test ./cmd/synth -run Guard -update
func TestGuardAllocations(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector allocates too")
	}
	const room, proportion = 1.1, 1.25
	stagesOf(t, 100) // what is done once in a process is not counted
	// Of fewer roles there are too few requirements for everything to be looked at.
	small, large := stagesOf(t, 800), stagesOf(t, 3200)
	found := map[string]uint64{}
	for _, one := range small {
		found[one.Name] = one.Objects
	}
	if *update {
		text, err := json.MarshalIndent(found, "", "  ")
		if err == nil {
			err = os.WriteFile(recorded, append(text, '\n'), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	var bounds map[string]uint64
	if err := read(recorded, &bounds); err != nil {
		t.Fatal(err)
	}
	for i, one := range small {
		if bound := bounds[one.Name]; float64(one.Objects) > room*float64(bound) {
			t.Errorf("%s allocates %d objects for 800 roles, and %d are recorded", one.Name, one.Objects, bound)
		}
		// Four times as much of everything takes about four times as much.
		if four := large[i]; float64(four.Objects) > proportion*4*float64(one.Objects) {
			t.Errorf("%s allocates %d objects for 800 roles and %d for 3,200: more than in proportion", one.Name, one.Objects, four.Objects)
		}
	}
}

func stagesOf(t *testing.T, roles int) stages {
	t.Helper()
	p := plan{roles: roles, keys: roles / 5, buckets: roles / 2, requirements: -1, unread: 0.005, seed: 7}
	if err := p.settle(); err != nil {
		t.Fatal(err)
	}
	w := newWorld(p)
	text, err := snapshot.Encode(w.snapshot())
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "snapshot.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	var s stages
	if err := s.audit(t.Context(), path, w.intent()); err != nil {
		t.Fatal(err)
	}
	return s
}
