// Package report holds what an audit found: findings, what could not be known,
// gaps in the evidence, waivers and the results file.
//
// It promises a stable form: the same audit gives the same bytes, and a finding
// keeps its fingerprint when lines move, statements are reordered or other
// statements change.
//
// What was found in many accounts need not fit into memory: Gathering, Merger and
// ReadStored keep it in temporary files, and whoever writes reads it one by one
// (EachFinding and the like).
//
// It refuses to judge and to print for people: rules judge, and the packages
// below this one (table, sarif) write.
package report
