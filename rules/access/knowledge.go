package access

import (
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// principalFacts are what a principal fixes of the context (C23). Session tags
// are taken as not set (Q5).
func (a *Account) principalFacts(w *who, arn, userID string, tags snapshot.Reading[map[string]string]) *facts {
	f := newFacts()
	if w.account == "" {
		f.mark(present, "aws:CurrentTime", "aws:EpochTime")
		if w.kind == callerService {
			f.set("aws:PrincipalIsAWSService", "true")
			f.set("aws:PrincipalServiceName", w.text)
			f.mark(present, "aws:PrincipalServiceNamesList")
			f.mark(absent, "aws:PrincipalArn", "aws:PrincipalAccount", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths",
				"aws:PrincipalTag/*", "aws:username", "aws:userid", "kms:ViaService", "aws:PrincipalType")
		} else {
			f.set("aws:PrincipalIsAWSService", "false")
			f.mark(absent, "aws:PrincipalServiceName", "aws:PrincipalServiceNamesList")
		}
		return f
	}
	f.set("aws:PrincipalArn", arn)
	if w.account != a.id {
		if w.kind == callerRoot || w.kind == callerSession {
			f.mark(present, "aws:PrincipalArn") // anybody in that account; a role whose path is not known
		}
		f.base = a.kindFacts(w)
		return f
	}
	switch w.kind {
	case callerUser:
		f.set("aws:username", w.name)
		f.put("aws:userid", fact{state: known, values: []string{userID}, head: userID == ""})
	case callerRole, callerSession:
		if userID != "" {
			f.put("aws:userid", fact{state: known, values: []string{userID + ":" + w.session}, head: w.session == ""})
		}
	}
	if w.kind != callerRoot {
		tagFacts(f, "aws:PrincipalTag/", tags)
	}
	f.base = a.kindFacts(w)
	return f
}

// kindFacts are what all principals of a kind and an account have in common: one
// copy serves them all.
func (a *Account) kindFacts(w *who) *facts {
	slot := kindSlot{w.kind, w.account}
	if f := a.byKind[slot]; f != nil {
		return f
	}
	f := newFacts()
	if a.byKind != nil {
		a.byKind[slot] = f
	}
	f.mark(present, "aws:CurrentTime", "aws:EpochTime")
	f.set("aws:PrincipalAccount", w.account)
	f.set("kms:CallerAccount", w.account)
	f.set("aws:PrincipalIsAWSService", "false")
	f.mark(absent, "aws:PrincipalServiceName", "aws:PrincipalServiceNamesList")
	if w.account != a.id {
		return f
	}
	f.put("aws:principalorgid", a.org.id)
	f.put("aws:principalorgpaths", a.org.path)
	switch w.kind {
	case callerUser:
		f.set("aws:PrincipalType", "User")
		f.mark(absent, "aws:FederatedProvider", "aws:SourceIdentity")
	case callerRoot:
		f.set("aws:PrincipalType", "Account")
		f.set("aws:userid", w.account)
		f.mark(absent, "aws:username", "aws:PrincipalTag/*", "aws:FederatedProvider")
	case callerRole, callerSession:
		f.set("aws:PrincipalType", "AssumedRole")
		f.mark(absent, "aws:username")
		f.mark(present, "aws:userid")
	case callerFederatedUser:
		f.set("aws:PrincipalType", "FederatedUser")
		f.mark(absent, "aws:username")
	}
	return f
}

type kindSlot struct {
	kind    callerKind
	account string
}

func tagFacts(f *facts, prefix string, tags snapshot.Reading[map[string]string]) {
	if tags.Unread() != nil {
		f.mark(unknown, prefix+"*")
		return
	}
	values, _ := tags.Get()
	for name, value := range values {
		f.set(prefix+name, value)
	}
	f.mark(absent, prefix+"*")
}

// keyFacts are what a key fixes of the context (C22).
func (a *Account) keyFacts(k *key) *facts {
	f := &facts{base: a.factsIn(placeSlot{k.at.Region, true, false})}
	tagFacts(f, "aws:ResourceTag/", k.at.Tags)
	if m, ok := k.at.Metadata.Get(); ok {
		f.set("kms:KeyOrigin", m.Origin)
		f.set("kms:KeySpec", m.Spec)
		f.set("kms:CustomerMasterKeySpec", m.Spec)
		f.set("kms:KeyUsage", m.Usage)
		f.set("kms:CustomerMasterKeyUsage", m.Usage)
		multi := "false"
		if m.MultiRegion {
			multi = "true"
		}
		f.set("kms:MultiRegion", multi)
		if m.MultiRegion && m.MultiRegionType != "" {
			f.set("kms:MultiRegionKeyType", m.MultiRegionType)
		} else if !m.MultiRegion {
			f.mark(absent, "kms:MultiRegionKeyType")
		}
	}
	if a.listing(LayerResource, k.at.Region, "kms:ListAliases") == nil {
		var names []string
		for _, alias := range a.aliases[k.at.Region+" "+k.at.ID] {
			names = append(names, alias.Name)
		}
		f.setMany("kms:ResourceAliases", names)
	}
	return f
}

// actionFacts are the keys that cannot be in a request for the action (C18 to
// C20); action is in lower case.
func actionFacts(action string) *facts {
	f := newFacts()
	service, name, _ := strings.Cut(action, ":")
	if service != "kms" {
		f.mark(absent, "kms:*")
		return f
	}
	f.mark(absent, "s3:*")
	only := func(names string, keys ...string) {
		for allowed := range strings.FieldsSeq(names) {
			if allowed == name {
				return
			}
		}
		f.mark(absent, keys...)
	}
	const (
		dataKeys  = "generatedatakey generatedatakeywithoutplaintext generatedatakeypair generatedatakeypairwithoutplaintext "
		symmetric = "encrypt decrypt reencryptfrom reencryptto " + dataKeys
	)
	only(symmetric+"creategrant", "kms:EncryptionContext:*", "kms:EncryptionContextKeys")
	only(symmetric, "kms:EncryptionAlgorithm")
	only(symmetric+"derivesharedsecret generatemac verifymac sign verify encapsulate decapsulate describekey getpublickey", "kms:RequestAlias")
	only("creategrant", "kms:GrantOperations", "kms:GranteePrincipal", "kms:GranteeServicePrincipal", "kms:RetiringPrincipal",
		"kms:RetiringServicePrincipal", "kms:GrantConstraintType", "kms:GrantConstraintSourceArn")
	only("creategrant listgrants revokegrant", "kms:GrantIsForAWSResource")
	only("generatemac verifymac", "kms:MacAlgorithm")
	only("sign verify", "kms:SigningAlgorithm", "kms:MessageType")
	only("derivesharedsecret", "kms:KeyAgreementAlgorithm")
	only("generatedatakeypair generatedatakeypairwithoutplaintext", "kms:DataKeyPairSpec")
	only("createkey putkeypolicy", "kms:BypassPolicyLockoutSafetyCheck")
	only("updateprimaryregion", "kms:PrimaryRegion")
	only("replicatekey", "kms:ReplicaRegion")
	only("reencryptfrom reencryptto", "kms:ReEncryptOnSameKey")
	only("enablekeyrotation", "kms:RotationPeriodInDays")
	only("schedulekeydeletion", "kms:ScheduleKeyDeletionPendingWindowInDays")
	only("importkeymaterial", "kms:ValidTo", "kms:ExpirationModel")
	only("getparametersforimport", "kms:WrappingAlgorithm", "kms:WrappingKeySpec")
	only("createkey tagresource untagresource replicatekey", "aws:RequestTag/*", "aws:TagKeys")
	return f
}

// listing returns why a listing of the account is not complete, or nil. Any of the
// operations will do.
func (a *Account) listing(layer Layer, region string, operations ...string) *UnreadRef {
	for _, operation := range operations {
		if c, _ := a.s.Listed(operation, region); c.State.Answer() {
			return nil
		}
	}
	c, i := a.s.Listed(operations[0], region)
	ref := UnreadRef{Layer: layer, State: c.State.String(), Operation: c.Operation, Code: c.Code}
	if i >= 0 {
		ref.Pointer = at("coverage", i)
	}
	return &ref
}
