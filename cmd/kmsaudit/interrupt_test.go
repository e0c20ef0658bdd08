//go:build unix

package main

import (
	"os"
	"syscall"
	"testing"
	"time"
)

// TestInterruptedTwice: a Ctrl-C that comes twice, as timeout sends it, is one.
func TestInterruptedTwice(t *testing.T) {
	ctx, stop := interruptible()
	defer stop()
	for range 2 { // where the second ends the process, this test ends here
		if err := syscall.Kill(os.Getpid(), syscall.SIGINT); err != nil {
			t.Fatal(err)
		}
		time.Sleep(50 * time.Millisecond)
	}
	select {
	case <-ctx.Done():
	case <-time.After(10 * time.Second):
		t.Error("nothing was interrupted")
	}
}
