package facts

import (
	"slices"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/access"
)

// KeyDuties are the users and roles that the key policy names, or that are declared
// as key administrators, and both administer and use the key.
type KeyDuties struct {
	Place   string `json:"place"`
	Applies bool   `json:"applies"` // false for keys that AWS manages
	Both    []Duty `json:"both"`
	// Undecided are those of whom one of the two is not known.
	Undecided []Undecided `json:"undecided"`
}

// Duty is one who administers and uses a key.
type Duty struct {
	Principal   string   `json:"principal"`
	Administers []string `json:"administers"` // actions
	Uses        []string `json:"uses"`
	// Conditional says that one of the two hangs on conditions.
	Conditional bool `json:"conditional"`
}

// The actions that administer a key, and those that use one, by what it is for.
var (
	administration = []string{"kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:DisableKey"}
	usage          = map[string][]string{
		"ENCRYPT_DECRYPT":     {decrypt, "kms:Encrypt", "kms:GenerateDataKey"},
		"SIGN_VERIFY":         {"kms:Sign"},
		"GENERATE_VERIFY_MAC": {"kms:GenerateMac"},
		"KEY_AGREEMENT":       {"kms:DeriveSharedSecret"},
	}
)

// duties finds who both administers and uses key i.
func (b *builder) duties(k snapshot.Key, i int) (*KeyDuties, *Unread) {
	metadata, ok := k.Metadata.Get()
	if !ok {
		return nil, unanswered(k.Metadata, "kms:DescribeKey")
	}
	if metadata.Manager == "AWS" {
		return &KeyDuties{Place: place("keys", i, "metadata", "value")}, nil
	}
	if _, reason := certainPolicy(k.Policy, "kms:GetKeyPolicy"); reason != nil {
		return nil, reason
	}
	fact := &KeyDuties{Place: place("keys", i, "policy", "value"), Applies: true}
	open := opens{}
	var named []string
	for _, one := range b.account.NamedIn(k.ARN) {
		if b.people[one.ARN] && !one.ServiceLinked {
			named = append(named, one.ARN)
		}
	}
	for _, arn := range b.intent.KeyAdministrators {
		if one, found := b.account.Principal(arn); found && b.people[arn] && !one.ServiceLinked && !slices.Contains(named, arn) {
			named = append(named, arn)
		}
	}
	slices.Sort(named)
	for _, principal := range named {
		duty := Duty{Principal: principal}
		var unread []access.UnreadRef
		ask := func(actions []string) (has []string) {
			for _, action := range actions {
				switch b.verdict(principal, action, k.ARN) {
				case access.Depends:
					duty.Conditional = true
					has = append(has, action)
				case access.Allowed:
					has = append(has, action)
				case access.Unknown:
					unread = append(unread, b.decides(principal, action, k.ARN).Unread...)
				case access.ExplicitlyDenied, access.ImplicitlyDenied:
				}
			}
			return has
		}
		duty.Administers, duty.Uses = ask(administration), ask(usage[metadata.Usage])
		switch {
		case len(duty.Administers) > 0 && len(duty.Uses) > 0:
			fact.Both = append(fact.Both, duty)
		case len(unread) > 0:
			open.add(principal, unread[:1])
		}
	}
	fact.Undecided = open.rows()
	return fact, nil
}
