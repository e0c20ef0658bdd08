// Package html writes results as one page for people who would rather look than
// read.
//
// It promises a file that needs nothing from elsewhere, asks for nothing, says
// everything with scripts off, is as readable on a phone, in the dark and on
// paper, and whose size is bounded unless everything is asked for. What others
// wrote is inert text in it.
//
// It refuses to judge and to read snapshots: drawings and the text around a place
// are given to it, and where they are not, the page says what is missing.
package html
