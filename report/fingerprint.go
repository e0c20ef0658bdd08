package report

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
)

// Fingerprint identifies a finding across runs: it depends on what is said of
// what, never on a position in a file. Each part is prefixed with its length,
// so that no two lists of parts run together to the same text. The parts and
// their order are frozen: waivers, baselines and code scanning alerts hold on to
// them.
func Fingerprint(rule, account, region, resource, statement string, about map[string]string) string {
	var room [512]byte // enough for most, on the stack
	b := room[:0]
	put := func(part string) {
		b = append(append(strconv.AppendInt(b, int64(len(part)), 10), ':'), part...)
	}
	for _, part := range [...]string{rule, account, region, resource, statement} {
		put(part)
	}
	var few [4]string
	keys := few[:0]
	for key := range about {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		put(key)
		put(about[key])
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
