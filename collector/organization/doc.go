// Package organization collects the accounts of an organization into a folder: a
// snapshot for each, and a manifest that says what became of every account.
//
// It promises that one account costs no other anything, that a file is there as a
// whole or not at all, that an account which could not be read is told as such and
// never left out, and that a run can be gone on with.
//
// It refuses to judge, and to write outside its folder.
package organization
