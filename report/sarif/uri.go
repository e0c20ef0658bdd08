package sarif

import (
	"path"
	"path/filepath"
	"strings"

	"github.com/kmsaudit/kmsaudit/report"
)

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// uri is the reference (RFC 3986) to a file: relative to the root of the
// repository if the path is relative, else absolute with the scheme file.
func uri(file string) string {
	if file == "" {
		return "unknown" // GitHub refuses an empty reference
	}
	slashed := path.Clean(filepath.ToSlash(file))
	segments := strings.Split(slashed, "/")
	for i, one := range segments {
		segments[i] = segment(one)
	}
	escaped := strings.Join(segments, "/")
	switch {
	case strings.HasPrefix(slashed, "/"):
		return "file://" + escaped
	case drive(slashed):
		return "file:///" + strings.Replace(escaped, "%3A", ":", 1)
	}
	return escaped
}

// drive says whether a path begins with a drive of Windows.
func drive(slashed string) bool {
	return len(slashed) > 2 && slashed[1:3] == ":/" && strings.ContainsAny(slashed[:1], letters)
}

// segment escapes one segment of a path; a colon too, for it would make a scheme
// of the first segment.
func segment(s string) string { return report.Percent(s, "") }
