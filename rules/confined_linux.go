package rules

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
)

// headroom is what a process may take beside the rule's own memory: litter that is
// not collected yet, and the facts as terms.
const headroom = 512 << 20

// limitMemory has the system end the process where a single call takes far more
// than a rule may.
func limitMemory(memory int64) error {
	now, err := dataSize()
	if err != nil {
		return err
	}
	most := uint64(now + 2*memory + headroom) //nolint:gosec // sizes are not negative
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_DATA, &limit); err != nil {
		return err
	}
	limit.Cur = min(limit.Max, most)
	return syscall.Setrlimit(syscall.RLIMIT_DATA, &limit)
}

// dataSize is what the system counts against RLIMIT_DATA now.
func dataSize() (int64, error) {
	file, err := os.Open("/proc/self/status")
	if err != nil {
		return 0, err
	}
	defer func() { _ = file.Close() }() // it was only read
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if kib, ok := strings.CutPrefix(lines.Text(), "VmData:"); ok {
			var n int64
			_, err := fmt.Sscanf(kib, "%d kB", &n)
			return n << 10, err
		}
	}
	return 0, errors.New("/proc/self/status does not say")
}
