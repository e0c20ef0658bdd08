// Package auditrole writes the IAM policy that a collection needs, and the role
// that carries it, in the forms in which people deploy them.
//
// It promises that every form says the same: the actions are those that the
// collector lets through (collector.Permission), each once, on no more resources
// than it is needed on.
//
// It refuses to create anything in an account.
package auditrole
