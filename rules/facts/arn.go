package facts

import (
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

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

// accountNamed is the account that a principal as a policy has it belongs to, or
// that it is; "" where it names none.
func accountNamed(principal string) string {
	if strings.HasPrefix(principal, "arn:") {
		principal = accountOf(principal)
	}
	if !snapshot.IsAccountID(principal) {
		return ""
	}
	return principal
}

// someRole is a role of an account that no policy means by name.
func someRole(partition, account string) string {
	return "arn:" + partition + ":iam::" + account + ":role/kmsaudit-probe"
}

// untrusted tells whether an account is another than the owner and the
// configuration does not trust it.
func (b *builder) untrusted(account, owner string) bool {
	return account != "" && account != owner && !slices.Contains(b.intent.TrustedAccounts, account)
}
