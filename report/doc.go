// Package report holds what an audit found: findings, what could not be known,
// gaps in the evidence, waivers and the results file.
//
// It promises a stable form: the same audit gives the same bytes, and a finding
// keeps its fingerprint when lines move, statements are reordered or other
// statements change.
//
// It refuses to judge and to print for people: rules judge, and the packages
// below this one (table, sarif) write.
package report
