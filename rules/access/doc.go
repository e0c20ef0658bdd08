// Package access decides who may do what: one request on compiled policies
// (Decide), and questions over a whole account (Account).
//
// It promises that a condition is never ignored and nothing unread counts as
// read: what a decision cannot know makes it Depend on named tests, or Unknown
// with the policies that were not read. Every decision names what decided it.
//
// Policies are compiled once (Compile) and decided many times, by any number of
// goroutines. DecodeCase reads a request with its policies from JSON; New takes a
// snapshot. The examples show each.
//
// It refuses to judge. Whether an allowed request is a fault is the business of
// the rules.
//
// # Numbered rules
//
// Comments, tests and notes cite the rules of evaluation by letter and number:
// Q question and answer, E evaluation and its layers, M matching of statements,
// C conditions, K KMS keys, G grants, S Amazon S3 with SSE-KMS, O organization,
// U unknown context (three values).
//
// They rest on these pages of AWS. IAM User Guide: policy evaluation logic,
// cross-account evaluation, permissions boundaries, JSON policy elements,
// condition operators, multivalued context keys, policy variables, global
// condition context keys, forward access sessions. KMS Developer Guide: key
// policies, default key policy, KMS keys in IAM policy statements, aliases and
// access, condition keys, grants, other accounts, troubleshooting key access,
// permissions reference. S3 User Guide: SSE-KMS, bucket keys, replication of
// encrypted objects, multipart permissions. Organizations User Guide: SCPs,
// RCPs and how they are evaluated. Service Authorization Reference.
//
// Where these are silent or disagree, the reading taken is written into
// Decision.Notes with the number of the rule.
package access
