// Package table writes results for people: a report for a terminal or a log.
//
// It promises that every finding, unknown, gap and waiver is accounted for,
// that text which others wrote cannot steer the terminal, and that the same
// results and options give the same bytes, whatever the environment says.
//
// It refuses to find out about the terminal: width and colour are the caller's
// to decide.
//
// Only what kmsaudit adds itself is ASCII in a pipe; names keep their letters.
// Boxes and wrapping are made here and not left to tablewriter, which breaks
// lines at spaces only, and inside ARNs if pressed.
package table
