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
	memoryFloor  = 96 << 20
	readPerByte  = 3.2 // of the largest snapshot, to read it
	judgePerByte = 7.9 // and to judge it
	roomForMore  = 1.4 // of what is in use, where that is more than was thought
)

// pace has garbage collected only when memory comes near to what snapshots of this
// size need: to read them at first, and to judge them from when judging is called.
// Called again before it was stopped, it makes room for these snapshots too.
// GOGC and GOMEMLIMIT have the last word.
func (a *app) pace(paths []string) (judging, stop func()) {
	if a.env["GOGC"] != "" || a.env["GOMEMLIMIT"] != "" {
		return func() {}, func() {}
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
	reading, judged := max(int64(readPerByte*float64(size)), memoryFloor), int64(judgePerByte*float64(size))
	if g := a.grower; g != nil { // paced already
		g.raise(reading)
		return func() { g.raise(judged) }, func() {}
	}
	g := &grower{limit: reading}
	a.grower = g
	percent, before := debug.SetGCPercent(-1), debug.SetMemoryLimit(g.limit)
	g.arm()
	return func() { g.raise(judged) }, func() {
		g.Lock()
		defer g.Unlock()
		g.stopped, a.grower = true, nil
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
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	if g.raise(int64(roomForMore * float64(sample[0].Value.Uint64()))) {
		g.arm()
	}
}

// raise raises the limit, and reports whether there is still something to limit.
func (g *grower) raise(limit int64) bool {
	g.Lock()
	defer g.Unlock()
	if limit > g.limit && !g.stopped {
		g.limit = limit
		debug.SetMemoryLimit(limit)
	}
	return !g.stopped
}
