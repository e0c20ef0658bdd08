package collector

import "strings"

// ActionOf is the IAM action of an operation of the table, by its name in the
// stand-in's notes.
func ActionOf(service, operation string) (string, bool) {
	for _, c := range calls {
		if strings.EqualFold(c.service, service) && c.operation == operation {
			return c.action, true
		}
	}
	return "", false
}
