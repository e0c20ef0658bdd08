package facts

import "strings"

// part is field n of an ARN: 1 partition, 2 service, 3 Region, 4 account, 5 the
// rest; "" where the ARN has none.
func part(arn string, n int) string {
	parts := strings.SplitN(arn, ":", 6)
	if n >= len(parts) {
		return ""
	}
	return parts[n]
}

func accountOf(arn string) string { return part(arn, 4) }

func regionOf(arn string) string { return part(arn, 3) }
