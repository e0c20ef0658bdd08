// Package awsfake is a stand-in for AWS in tests: an account that is declared as
// a World, answered for in AWS's own wire protocols, with faults where a test
// wants them.
//
// It promises to answer as AWS documents it (page limits, encodings, error codes,
// the Region of every signature), to count every call, and to fail the test that
// asks for anything but the read-only operations of the collector.
//
// It refuses to change: there are no operations that write, and nothing of it
// belongs into a program.
package awsfake
