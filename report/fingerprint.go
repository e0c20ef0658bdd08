package report

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Fingerprint identifies a finding across runs: it depends on what is said of
// what, never on a position in a file. Each part is prefixed with its length,
// so that no two lists of parts run together to the same text. The parts and
// their order are frozen: waivers, baselines and code scanning alerts hold on to
// them.
func Fingerprint(rule, account, region, resource, statement string, about map[string]string) string {
	var b strings.Builder
	put := func(parts ...string) {
		for _, part := range parts {
			b.WriteString(strconv.Itoa(len(part)) + ":" + part)
		}
	}
	put(rule, account, region, resource, statement)
	for _, key := range slices.Sorted(maps.Keys(about)) {
		put(key, about[key])
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:])
}
