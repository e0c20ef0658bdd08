//go:build race

package main

// raceDetector says that the tests run an order of magnitude slower.
const raceDetector = true
