// Package facts turns a snapshot, the configuration and access decisions into
// the one document that Rego rules read: kmsaudit.facts/v1.
//
// It promises that a rule cannot mistake silence for an answer. A resource has
// its readings as members. What AWS answered is there, and "not configured" is
// an answer: it is a value like any other. What AWS did not answer is not there
// at all, and stands under the same name in unread, with the reason. A listing
// that failed becomes a stand-in resource of which nothing is known. Inside a
// reading every field is always there.
//
// Decisions come as rows with four lists, allowed, denied, depends and undecided,
// so that "not known" cannot be overlooked there either.
//
// It refuses to judge: what should be so is for the rules.
package facts
