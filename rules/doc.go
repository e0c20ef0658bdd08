// Package rules is the catalogue of rules and the engine that runs them.
//
// A rule is one folder under rego: the rule in Rego, its tests and its examples.
// Its METADATA is the only source of its documentation. The engine promises that
// every rule is run by its contract (see README.md in this folder): it publishes
// subjects, deny and unknown, and a pass is a subject in neither of the other
// two. An error, or a rule without a result, ends the run; it is never a pass.
//
// The rules that come with kmsaudit are compiled by go generate and read ready-made
// (package precompiled); those of users are parsed and compiled with all checks.
//
// It refuses rules that could overlook what was not read, and gives rules no
// network, no environment, no clock and no files.
package rules
