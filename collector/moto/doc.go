// Package moto holds the collector to an independent witness: moto, an
// imitation of AWS in Python that other people wrote.
//
// It promises that the reference account, built in moto with AWS's own SDK, is
// collected as it is from our own stand-in, but for the differences that
// differences_test.go lists by name, each with its reason; and that a listed
// difference which no longer shows is an error too.
//
// It refuses to run where moto is not: it has nothing but tests, and they are
// skipped.
package moto
