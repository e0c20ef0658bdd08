// Package policy holds IAM policy documents: identity, resource, trust and
// organization policies alike.
//
// It promises that nothing of a document is lost or guessed: every statement
// keeps its order and its place, one value and a list of one value are the same
// thing, and a document that is not a policy is an error that says where.
//
// It refuses to decide anything: matching and evaluation are the business of
// rules/access.
package policy
