package snapshot

import (
	"regexp"
	"sync"
)

// IsAccountID reports the shape of an account's id: twelve digits.
func IsAccountID(text string) bool {
	if len(text) != 12 {
		return false
	}
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return true
}

// IsRegion reports the shape of every Region's name. Anything else does not become
// part of an endpoint's host name.
func IsRegion(text string) bool { return regionName().MatchString(text) }

var regionName = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[a-z]{2,8}(-[a-z]{2,16}){1,3}-[0-9]{1,2}$`)
})
