// Command kmsaudit audits how an AWS account encrypts with KMS and S3.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	ctx, _ := interruptible() // which ends with the process
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Environ()))
}

// interruptible ends with the first Ctrl-C. A second one ends the process at once, but
// not in the same moment: timeout, make and terminals send one Ctrl-C twice, to the
// process and to its group, and what was read by then is still to be written.
func interruptible() (context.Context, context.CancelFunc) {
	const moment = time.Second
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, func() { time.AfterFunc(moment, stop) })
	return ctx, stop
}
