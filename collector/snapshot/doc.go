// Package snapshot is the file format kmsaudit.snapshot/v1: what AWS said about
// one account at one time.
//
// It promises that "not configured", "denied", "failed" and "never asked" stay
// four different things from the wire to the rule (see Reading), that a file is
// read strictly or not at all, with the line and JSON pointer of what is wrong,
// and that equal snapshots are equal bytes.
//
// It refuses to talk to AWS and to judge.
package snapshot
