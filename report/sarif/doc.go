// Package sarif writes results as SARIF 2.1.0, for code scanning.
//
// It promises a file that GitHub accepts: every result has a physical location
// in the snapshot, a fingerprint under the name that GitHub reads, and a rule
// with all the texts it asks for; there are no empty strings and nothing random.
// Text that others wrote shows as it is and neither links nor formats.
//
// It refuses to call anything a pass, and to hide what could not be judged:
// unknowns and missing evidence are notifications of an invocation that did not
// succeed. What waivers cover is left out unless asked for, since GitHub takes
// no notice of suppressions and would open an alert.
package sarif
