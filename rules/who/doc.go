// Package who answers who can use a key and what a principal can use, as plain
// data.
//
// It promises that every answer comes with the statements that give it and their
// places in the snapshot, and that what was not read is told, with the reason.
//
// It refuses to judge whether anybody should.
package who
