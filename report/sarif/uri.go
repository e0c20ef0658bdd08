package sarif

import (
	"fmt"
	"net/url"
	"path"
	"path/filepath"
	"strings"
)

const (
	unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
	reserved   = ":/?#[]@!$&'()*+,;="
)

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
	return len(slashed) > 2 && slashed[1:3] == ":/" && strings.ContainsAny(slashed[:1], unreserved[:52])
}

// segment escapes one segment of a path; a colon too, for it would make a scheme
// of the first segment.
func segment(s string) string { return percent(s, unreserved) }

// webAddress is an address that a browser can open, "" if it is none.
func webAddress(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return ""
	}
	return percent(u.String(), unreserved+reserved+"%")
}

// percent escapes all bytes but those allowed.
func percent(s, allowed string) string {
	var b strings.Builder
	for i := range len(s) {
		if strings.IndexByte(allowed, s[i]) >= 0 {
			b.WriteByte(s[i])
			continue
		}
		fmt.Fprintf(&b, "%%%02X", s[i])
	}
	return b.String()
}
