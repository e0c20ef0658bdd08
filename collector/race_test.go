//go:build race

package collector_test

// raceDetector says that the tests run an order of magnitude slower.
const raceDetector = true
