//go:build !race

package collector_test

const raceDetector = false
