package main

import (
	"os"
	"runtime/debug"
	"strings"
)

// Small snapshots leave little garbage, which is not worth collecting often; of
// large ones it is what most of the memory would be. Measured with cmd/synth.
const (
	largeInput   = 4 << 20 // bytes
	percentSmall = 400
	percentLarge = 45
)

// pace sets how often garbage is collected by the size of the files that are about
// to be read. GOGC has the last word.
func (a *app) pace(paths []string) {
	if a.env["GOGC"] != "" {
		return
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
	percent := percentSmall
	if size > largeInput {
		percent = percentLarge
	}
	debug.SetGCPercent(percent)
}
