package access

import (
	"encoding/base64"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// number reads a decimal number (C10).
func number(s string) (float64, bool) {
	if s == "" || strings.Trim(s, "0123456789.eE+-") != "" {
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil
}

// date reads ISO 8601 or epoch seconds (C11). Four digits are a year.
func date(s string) (time.Time, bool) {
	clock := strings.Contains(s, "T")
	if len(s) != 4 && !clock && strings.LastIndexByte(s, '-') <= 0 {
		f, ok := number(s)
		whole := int64(f)
		return time.Unix(whole, int64((f-float64(whole))*1e9)), ok
	}
	for _, layout := range [...]string{
		time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04Z07:00", "2006-01-02T15:04",
		"2006-01-02T15:04:05Z0700", "20060102T150405Z", "2006-01-02", "2006-01", "2006",
	} {
		if clock != strings.Contains(layout, "T") {
			continue
		}
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// network reads a CIDR; an address alone is a network of one (C9).
func network(s string) (netip.Prefix, bool) {
	if strings.Contains(s, "/") {
		p, err := netip.ParsePrefix(s)
		return p.Masked(), err == nil
	}
	a, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(a, a.BitLen()), true
}

func binary(s string) (string, bool) {
	b, err := base64.StdEncoding.DecodeString(s)
	return string(b), err == nil
}

// boolean reads true and false (C8).
func boolean(s string) (value, ok bool) {
	switch {
	case strings.EqualFold(s, "true"):
		return true, true
	case strings.EqualFold(s, "false"):
		return false, true
	}
	return false, false
}
