package report

import (
	"fmt"
	"net/url"
	"strings"
)

const (
	unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
	reserved   = ":/?#[]@!$&'()*+,;="
)

// WebAddress is an address that a browser can open, "" if it is none.
func WebAddress(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return ""
	}
	return Percent(u.String(), reserved+"%")
}

// WebAddresses are the addresses of a rule that a browser can open.
func (r *Rule) WebAddresses() []string {
	var out []string
	for _, one := range r.Related {
		if address := WebAddress(one); address != "" {
			out = append(out, address)
		}
	}
	return out
}

// Percent escapes all bytes as a URI does (RFC 3986), but those that need none
// anywhere and those allowed.
func Percent(s, allowed string) string {
	var b strings.Builder
	for i := range len(s) {
		if strings.IndexByte(unreserved, s[i]) >= 0 || strings.IndexByte(allowed, s[i]) >= 0 {
			b.WriteByte(s[i])
			continue
		}
		fmt.Fprintf(&b, "%%%02X", s[i])
	}
	return b.String()
}
