// Package naive is a second implementation of the decisions of rules/access,
// for tests only: slow, direct, and sharing no code with the first.
//
// It promises two-valued decisions alone: a simple evaluator decides a case of
// which every context key is known. Keys that are not known are filled in with
// every value that could matter, and the answers are compared. So it can tell a
// right Depends from one that is only cautious, and a claim from a guess.
//
// It refuses to be used: no other package than tests may import it. It explains
// nothing, and reads policies only as far as the cases that it also generates.
//
// Comments cite the numbered rules of rules/access.
package naive
