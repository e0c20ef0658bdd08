// Package picture draws who may use which key, and what lies under it, as SVG,
// Mermaid or DOT, and holds the map of who can do one thing with which key.
//
// It promises the same bytes for the same picture, foreign text that is inert in
// each of the three languages, and drawings that need nothing from elsewhere.
//
// It refuses to know an account: what is in a picture, and how it fares, is
// decided by who makes it.
package picture
