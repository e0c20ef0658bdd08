package facts

import "strings"

// addMissing adds a row for every key, principal and bucket that a requirement
// names and that no other row asks about: what is missing from a complete
// listing is wrong, and what is missing from an incomplete one is not known.
func (b *builder) addMissing() {
	for _, requirement := range b.intent.Requirements {
		if len(requirement.Actions) == 0 || len(requirement.Principals) == 0 {
			if requirement.Key != "" {
				missing, unread := b.whoAndKey("", requirement.Key)
				b.missing(requirement, b.document.Account.ARN, missing, unread)
			}
			for _, principal := range requirement.Principals {
				missing, unread := b.who(principal)
				b.missing(requirement, principal, missing, unread)
			}
		}
		if len(requirement.Principals) > 0 {
			continue // the operations ask about the buckets
		}
		for _, bucket := range requirement.Buckets {
			missing, unread := b.bucket(bucket.Name)
			if missing == nil && unread == nil {
				continue
			}
			row := Operation{
				ID:          strings.Join([]string{requirement.Name, bucket.Name, "exists"}, "|"),
				Requirement: requirement.Name, Principal: b.document.Account.ARN, Object: "*", Operation: "Every operation",
				Bucket: "arn:" + b.s.Account.Partition + ":s3:::" + bucket.Name, Place: "/account",
			}
			if missing != nil {
				row.Denied = []Denied{missing.of("every operation", row.Bucket)}
			} else {
				row.Undecided = []Undecided{{What: "every operation", Unread: unread}}
			}
			row.Mends = mendsOf(row.Principal, row.Denied)
			b.document.Operations = append(b.document.Operations, row)
		}
	}
}

func (b *builder) missing(requirement Requirement, principal string, missing *absent, unread []UnreadPolicy) {
	if missing == nil && unread == nil {
		return
	}
	row := Access{
		ID:          strings.Join([]string{requirement.Name, principal, requirement.Key, "exists"}, "|"),
		Requirement: requirement.Name, Principal: principal, Key: requirement.Key, Place: "/account",
	}
	if missing != nil {
		row.Denied = []Denied{missing.of("any action", requirement.Key)}
	} else {
		row.Undecided = []Undecided{{What: "any action", Unread: unread}}
	}
	row.Mends = mendsOf(principal, row.Denied)
	b.document.Access = append(b.document.Access, row)
}
