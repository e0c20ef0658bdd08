package facts

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/policy"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/access"
)

func (b *builder) addKeys() {
	b.document.Keys = make([]Key, 0, len(b.s.Keys)+len(b.s.Regions)+2)
	for i, k := range b.s.Keys {
		fact := Key{ARN: k.ARN, Region: k.Region, Place: place("keys", i), Unread: map[string]Unread{}}
		metadata, described := k.Metadata.Get()
		if described {
			fact.Metadata = b.keyMetadata(metadata, place("keys", i, "metadata"))
		} else {
			fact.Unread["metadata"] = *unanswered(k.Metadata, "kms:DescribeKey")
		}
		if rotation, reason := keyRotation(k, place("keys", i, "rotation")); reason != nil {
			fact.Unread["rotation"] = *reason
		} else {
			fact.Rotation = rotation
		}
		b.keyBounds(&fact, k, i)
		b.keyLife(&fact, k, i)
		b.lookAround(&fact, k, i)
		b.document.Keys = append(b.document.Keys, fact)
	}
	regions := b.s.Regions
	if len(regions) == 0 {
		regions = []string{""} // nobody asked KMS anywhere
	}
	for _, region := range regions {
		b.standForKeys("kms:ListKeys", region, region)
	}
	// Where the Regions were asked for and not told, there may be more of them.
	if _, asked := b.s.Listed("account:ListRegions", ""); asked >= 0 {
		b.standForKeys("account:ListRegions", "", "*")
	}
}

// keyBounds adds who is let in by the policy of key i and where its material comes
// from, as far as that is wanted.
func (b *builder) keyBounds(fact *Key, k snapshot.Key, i int) {
	if b.wanted.wants("keys.policy") {
		fact.Policy = known(fact.Unread, "policy", b.keyPolicy, k, i)
	}
	if b.wanted.wants("keys.membership") {
		fact.Membership = known(fact.Unread, "membership", b.membership, k, i)
	}
	if b.wanted.wants("keys.rotated") {
		fact.Rotated = known(fact.Unread, "rotated", b.rotated, k, i)
	}
}

// lookAround adds the facts about key i that take a look at the whole account, as
// far as they are wanted.
func (b *builder) lookAround(fact *Key, k snapshot.Key, i int) {
	if b.wanted.wants("keys.delegation") {
		fact.Delegation = known(fact.Unread, "delegation", b.delegation, k, i)
	}
	if b.wanted.wants("keys.decryptors") {
		fact.Decryptors = known(fact.Unread, "decryptors", b.decryptors, k, i)
	}
	if b.wanted.wants("keys.keepers") {
		fact.Keepers = known(fact.Unread, "keepers", b.keepers, k, i)
	}
	if b.wanted.wants("keys.duties") {
		fact.Duties = known(fact.Unread, "duties", b.duties, k, i)
	}
	if b.wanted.wants("keys.grants") {
		fact.Grants = known(fact.Unread, "grants", b.grants, k, i)
	}
	b.lookAtPolicy(fact, k, i)
}

// known is what ask finds out, or notes in unread why it does not.
func known[R, F any](unread map[string]Unread, name string, ask func(R, int) (*F, *Unread), of R, i int) *F {
	fact, reason := ask(of, i)
	if reason != nil {
		unread[name] = *reason
		return nil
	}
	return fact
}

// standForKeys adds the stand-in for the keys of a Region if their listing is not
// complete.
func (b *builder) standForKeys(operation, listed, region string) {
	standIn := "arn:" + b.s.Account.Partition + ":kms:" + region + ":" + b.s.Account.ID + ":key/*"
	reason, at := b.incomplete(operation, listed, standIn, "keys", "crossings", "effects", "needless")
	if reason == nil {
		return
	}
	b.document.Keys = append(b.document.Keys, Key{
		ARN: standIn, Region: region, Place: at,
		Unread: nothingOf("keys", *reason),
	})
}

// unlistedKeys calls see for what stands for the keys of a listing that is not
// complete.
func (b *builder) unlistedKeys(see func(k *Key, undecided Undecided)) {
	for i := range b.document.Keys {
		k := &b.document.Keys[i]
		if _, listed := b.keys[k.ARN]; !listed {
			see(k, undecidedBy("the keys that are not listed", k.Place, k.Unread["policy"]))
		}
	}
}

// unanswered is why there is no value where one is expected: absent is no answer
// to a question that always has one.
func unanswered[T any](r snapshot.Reading[T], operation string) *Unread {
	if reason := why(r, operation); reason != nil {
		return reason
	}
	return &Unread{State: snapshot.Failed.String(), Operation: operation, Code: "NoValue"}
}

func (b *builder) keyMetadata(m snapshot.KeyMetadata, at string) *KeyMetadata {
	fact := &KeyMetadata{
		Place: at + "/value", Manager: "customer", State: m.State, Spec: m.Spec, Usage: m.Usage, Origin: m.Origin,
		MultiRegion: "no", PendingDays: -1, Renewal: "none",
	}
	if m.MultiRegion {
		fact.MultiRegion = strings.ToLower(cmp.Or(m.MultiRegionType, "primary"))
	}
	switch {
	case strings.HasPrefix(m.State, "Pending") && !m.DeletionDate.IsZero():
		fact.PendingDays = -b.daysSince(m.DeletionDate)
	case m.State == "PendingDeletion":
		fact.PendingDays = max(m.PendingWindowDays, -1)
		if m.PendingWindowDays == 0 {
			fact.PendingDays = -1 // nobody said
		}
	}
	if m.Spec == "SYMMETRIC_DEFAULT" && m.Usage == "ENCRYPT_DECRYPT" {
		switch m.Origin {
		case "AWS_KMS":
			fact.Renewal = "automatic"
		case "EXTERNAL":
			fact.Renewal = "on_demand"
		}
	}
	if m.Manager == "AWS" {
		fact.Manager = "aws"
	}
	fact.Rotatable = fact.Manager == "customer" && m.Spec == "SYMMETRIC_DEFAULT" && m.Usage == "ENCRYPT_DECRYPT" &&
		m.Origin == "AWS_KMS" && m.State == "Enabled" && m.MultiRegionType != "REPLICA"
	return fact
}

func keyRotation(k snapshot.Key, at string) (*KeyRotation, *Unread) {
	rotation, ok := k.Rotation.Get()
	switch {
	case ok && rotation.Enabled:
		return &KeyRotation{Place: at + "/value", Status: "on", PeriodDays: rotation.PeriodDays}, nil
	case ok:
		return &KeyRotation{Place: at + "/value", Status: "off", PeriodDays: rotation.PeriodDays}, nil
	case k.Rotation.State == snapshot.Unsupported:
		return &KeyRotation{Place: at, Status: "unsupported"}, nil
	}
	return nil, unanswered(k.Rotation, "kms:GetKeyRotationStatus")
}

// keyPolicy reads the policy of key i. AWS fixes those of its own keys (rule K9).
func (b *builder) keyPolicy(k snapshot.Key, i int) (*KeyPolicy, *Unread) {
	if m, ok := k.Metadata.Get(); ok && m.Manager == "AWS" {
		return &KeyPolicy{Place: place("keys", i, "metadata", "value"), Manager: "aws"}, nil
	}
	document, reason := certainPolicy(k.Policy, "kms:GetKeyPolicy")
	if reason != nil {
		return nil, reason
	}
	at := place("keys", i, "policy", "value")
	fact := &KeyPolicy{Place: at, Manager: "customer"}
	for j, statement := range document.Statements {
		exposure := access.ExposureOf(document, j)
		fact.Statements = append(fact.Statements, KeyStatement{
			Place: at + statement.Pointer, Identity: document.Identity(j), Effect: statement.Effect,
			Anyone: exposure.Anyone && statement.Effect == policy.Allow, Restriction: restriction(exposure.Restriction),
			External: b.externals(document.Statements[j], accountOf(k.ARN)), Open: exposure.Actions, Tests: testsOf(exposure.By),
		})
	}
	return fact, nil
}

func restriction(word string) string {
	if word == "" {
		return "none"
	}
	return word
}

// externals are the accounts that an Allow names, in its principals or as the
// accounts that its conditions confine callers to, and that are neither the
// owner nor trusted.
func (b *builder) externals(statement policy.Statement, owner string) []string {
	if statement.Effect != policy.Allow {
		return nil
	}
	var named []string
	if statement.Principal != nil {
		for _, p := range statement.Principal.List {
			if p.Kind == policy.KindAWS {
				named = append(named, p.Value)
			}
		}
	}
	for _, c := range statement.Conditions {
		switch strings.ToLower(c.Key) {
		case "kms:calleraccount", "aws:principalaccount", "aws:principalarn", "aws:sourceaccount", "aws:sourcearn":
			if !strings.Contains(strings.ToLower(c.Operator), "not") {
				named = append(named, c.Values...)
			}
		}
	}
	var accounts []string
	for _, value := range named {
		if account := accountNamed(value); b.untrusted(account, owner) {
			accounts = append(accounts, account)
		}
	}
	slices.Sort(accounts)
	return slices.Compact(accounts)
}
