package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"
	"sync"
)

// How much memory an audit may take before garbage is collected at all. Most of
// what is allocated is garbage soon: collecting it late costs least. Measured with
// cmd/synth.
const (
	memoryFloor  = 96 << 20
	perByte      = 4.6      // of the largest snapshot, together with
	ofTheProgram = 18 << 20 // part of what the program takes itself, which nothing limits
	roomForMore  = 1.4      // of what is in use, where that is more than was thought
	toCompare    = 2        // times what it takes to judge, to compare access
)

// pace has garbage collected only when memory comes near to what judging snapshots of
// this size needs, until stop is called. Called again before that, it makes room for
// these snapshots too. GOGC and GOMEMLIMIT have the last word.
func (a *app) pace(paths []string) (stop func()) {
	var size int64
	for _, path := range paths {
		size = max(size, unfolded(path))
	}
	return a.paceFor(size)
}

// unfolded is about how many bytes of JSON a file holds, 0 if nobody knows.
func unfolded(path string) int64 {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return 0
	case strings.HasSuffix(path, ".gz"):
		return 10 * info.Size() // as JSON does
	}
	return info.Size()
}

// paceFor is pace for that many bytes of JSON.
func (a *app) paceFor(size int64) (stop func()) {
	if a.env["GOGC"] != "" || a.env["GOMEMLIMIT"] != "" {
		return func() {}
	}
	limit := max(int64(perByte*float64(size))-ofTheProgram, memoryFloor)
	if g := a.grower; g != nil { // paced already
		g.raise(limit)
		return func() {}
	}
	g := &grower{limit: limit}
	a.grower = g
	percent, before := debug.SetGCPercent(-1), debug.SetMemoryLimit(g.limit)
	g.arm()
	return func() {
		g.Lock()
		defer g.Unlock()
		g.stopped, a.grower = true, nil
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(before)
	}
}

// roomy says whether two audits of that many bytes of JSON together may go beside each
// other: what they take is at most half of what the machine has left, or, where nobody
// knows that, little.
func roomy(size int64) bool {
	const little = 1 << 30
	left := int64(2 * little)
	if free, known := memoryLeft(os.ReadFile); known {
		left = free
	}
	left = min(left, debug.SetMemoryLimit(-1))
	return int64(toCompare*perByte*float64(size)) <= left/2
}

// memoryLeft is what Linux says is left of memory, in the machine and in the control
// group that the process runs in.
func memoryLeft(read func(string) ([]byte, error)) (left int64, known bool) {
	take := func(free int64) {
		if !known || free < left {
			left, known = max(free, 0), true
		}
	}
	if text, err := read("/proc/meminfo"); err == nil {
		for line := range strings.Lines(string(text)) {
			var kilobytes int64
			if n, err := fmt.Sscanf(line, "MemAvailable: %d kB", &kilobytes); n == 1 && err == nil {
				take(kilobytes << 10)
			}
		}
	}
	number := func(path string) (int64, bool) {
		text, err := read(path)
		if err != nil {
			return 0, false
		}
		n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
		return n, err == nil // "max" is no number
	}
	if limit, limited := number("/sys/fs/cgroup/memory.max"); limited {
		if used, told := number("/sys/fs/cgroup/memory.current"); told {
			take(limit - used)
		}
	}
	return left, known
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
