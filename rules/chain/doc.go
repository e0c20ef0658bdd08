// Package chain says everything that is known about one resource: the chain from
// the roles over their actions to the key, the bucket and the object, verdict by
// verdict, as plain data.
//
// It promises that every verdict comes with the statements that decided it and
// their places in the snapshot, and that what was not read stands there as not
// known, with the reason.
//
// It refuses to judge: what is wrong comes from the rules, as findings that are
// put where they belong.
package chain
