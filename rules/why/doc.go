// Package why answers why a principal may or may not perform an operation on a
// key, a bucket or an object: a verdict, the chain of requests behind it with what
// each layer of policies says, and, where it is denied, the causes in the order in
// which to look and what would mend it.
//
// It promises that a mend that it calls proved was applied to a copy of the
// snapshot and decided again, and that it opens nothing but what was asked for:
// this principal, this action, this resource.
//
// It refuses to fold into the verdict what is not a matter of permissions: the
// state of a key and settings of a bucket stand beside it.
package why
