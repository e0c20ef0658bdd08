// Package drift says what differs between two snapshots of an account: findings,
// access to keys, settings, and what was read.
//
// It promises that order, spelling and the cut of statements are no change, and
// that what is not known on one side is told apart, as neither gained nor lost.
//
// It refuses to judge whether a change is right: findings are of the rules, access
// that grew is access that grew.
package drift
