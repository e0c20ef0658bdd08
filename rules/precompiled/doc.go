// Package precompiled keeps compiled Rego in a form that is quick to read: modules as
// OPA's compiler leaves them, after it resolved, rewrote and checked everything.
// Parsing and compiling the same modules takes twenty times as long.
//
// What is read is what was written, but for locations, which keep the file and the
// line only: errors name no more. The form is no exchange format: a program embeds
// what it wrote itself, with the version of OPA that it runs.
package precompiled
