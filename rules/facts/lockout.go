package facts

import (
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/rules/access"
)

// Lockout says whether the bucket policy keeps everybody in the account from
// mending it: only the account's root user can, whom S3 never denies that.
type Lockout struct {
	Place  string      `json:"place"`
	Locked bool        `json:"locked"`
	By     []Statement `json:"by"`
	// Gone are the principals of the account that the denials spare and that do not
	// exist.
	Gone []string `json:"gone"`
}

// lockedOut is a Lockout of all buckets with policies that are alike, or why it is not
// known.
type lockedOut struct {
	locked bool
	by     []access.StatementRef
	gone   []string
	open   *Unread
}

// lockout asks whether somebody of the account, whose own policies allow
// everything, may put or delete the policy.
func (b *builder) lockout(p *probe, at string, reason *Unread) (*Lockout, *Unread) {
	if reason != nil {
		return nil, reason
	}
	if p.found.lockout == nil {
		p.found.lockout = b.lockedOut(p.prober)
	}
	of := p.found.lockout
	if of.open != nil {
		return nil, of.open
	}
	return &Lockout{Place: at, Locked: of.locked, By: p.statements(of.by), Gone: of.gone}, nil
}

// lockedOut asks it of a policy. Conditions that nobody knows to be met or not spare
// somebody.
func (b *builder) lockedOut(p *prober) *lockedOut {
	fact := &lockedOut{}
	if p.silent {
		return fact
	}
	standing, _ := b.standing("iam:GetAccountAuthorizationDetails")
	var open *Unread
	for _, caller := range p.callers {
		if accountOf(caller.arn) != p.account || strings.HasSuffix(caller.arn, ":root") {
			continue
		}
		for _, action := range [...]string{"s3:PutBucketPolicy", "s3:DeleteBucketPolicy"} {
			request := p.request(caller.arn, action, "", form{})
			if access.Evaluate(request, &p.policies) == access.ExplicitlyDenied {
				if fact.by == nil {
					fact.by = access.Decide(request, &p.policies).DecidedBy
				}
				continue
			}
			switch {
			case caller.pattern || !b.gone(caller.arn):
				return &lockedOut{}
			case standing != nil:
				open = standing
			case !slices.Contains(fact.gone, caller.arn):
				fact.gone = append(fact.gone, caller.arn)
			}
		}
	}
	if open != nil {
		return &lockedOut{open: open}
	}
	fact.locked = true
	slices.Sort(fact.gone)
	return fact
}

// gone tells whether a role or user of the account, as a policy names it, is not
// among those that were listed.
func (b *builder) gone(arn string) bool {
	if strings.HasSuffix(arn, "kmsaudit-probe") || b.people[arn] {
		return false
	}
	kind, _, _ := strings.Cut(part(arn, 5), "/")
	return kind == "role" || kind == "user"
}
