// Package junit writes results as JUnit XML, for the test views of build services.
//
// It promises a suite for each rule and one for missing evidence, a test case for
// each finding and unknown under a name that no other case of its suite has, and
// counts that agree with what is listed.
//
// It refuses to call what is unknown passed: unknowns and gaps are errors, findings
// are failures, what waivers cover and rules that wait for intent are skipped.
package junit
