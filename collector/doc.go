// Package collector asks AWS about one account and fills a snapshot.
//
// It promises that nothing is changed in the account (a call that is not in the
// table of calls.go never leaves the process), that a refusal, a fault and a
// plain "not configured" stay three different things (classify.go is the only
// place that knows AWS's error codes), that one refusal costs one reading and
// never another, and that every run ends: each call has bounded attempts and a
// bounded time, and a service that is dead in a Region is given up on.
//
// It refuses to judge, and it never reads secrets, key material or the content
// of objects.
//
// This is the only package that imports the AWS SDK.
package collector
