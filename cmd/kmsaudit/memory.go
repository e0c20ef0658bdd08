package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"sync"
)

// How much memory an audit may take before garbage is collected at all. Most of
// what is allocated is garbage soon: collecting it late costs least. Measured with
// cmd/synth.
const (
	memoryFloor   = 96 << 20
	memoryPerByte = 7.9 // of the largest snapshot
	roomForMore   = 1.4 // of what is in use, where that is more than was thought
)

// pace has garbage collected only when memory comes near to what snapshots of this
// size need, and returns what ends that. GOGC and GOMEMLIMIT have the last word.
func (a *app) pace(paths []string) (stop func()) {
	if a.env["GOGC"] != "" || a.env["GOMEMLIMIT"] != "" {
		return func() {}
	}
	var size int64
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil {
			unfolds := int64(1)
			if strings.HasSuffix(path, ".gz") {
				unfolds = 10 // as JSON does
			}
			size = max(size, info.Size()*unfolds)
		}
	}
	limit := max(int64(memoryPerByte*float64(size)), memoryFloor)
	percent, before := debug.SetGCPercent(-1), debug.SetMemoryLimit(limit)
	g := &grower{limit: limit}
	g.arm()
	return func() {
		g.Lock()
		defer g.Unlock()
		g.stopped = true
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(before)
	}
}

// grower raises the limit when what is in use comes near to it: collecting again
// and again would not make it less.
type grower struct {
	sync.Mutex
	limit   int64
	stopped bool
}

// arm has the grower called after the next collection, which is when what nothing
// refers to is found.
func (g *grower) arm() { runtime.AddCleanup(new([64]byte), (*grower).collected, g) }

func (g *grower) collected() {
	g.Lock()
	defer g.Unlock()
	if g.stopped {
		return
	}
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	if needs := int64(roomForMore * float64(sample[0].Value.Uint64())); needs > g.limit {
		g.limit = needs
		debug.SetMemoryLimit(needs)
	}
	g.arm()
}
