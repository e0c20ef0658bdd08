package access

import (
	"slices"
	"strings"
	"sync"
)

// Action is an action of KMS.
type Action struct {
	Name  string `json:"name"`  // such as kms:Decrypt
	Level string `json:"level"` // List, Read, Write, Permissions management, Tagging
	// Resource is what the action is on: key, alias (and key), or "" for none (M9).
	Resource      string `json:"resource"`
	CrossAccount  bool   `json:"cross_account"` // usable across accounts (K10)
	Cryptographic bool   `json:"cryptographic"`
}

// onKey and so on build the list below.
func actionsOf(level, resource string, cross, crypto bool, names string) []Action {
	var list []Action
	for name := range strings.FieldsSeq(names) {
		list = append(list, Action{Name: "kms:" + name, Level: level, Resource: resource, CrossAccount: cross, Cryptographic: crypto})
	}
	return list
}

const (
	onKey     = "key"
	onAlias   = "alias"
	onNothing = ""
)

// KMSActions lists the actions of KMS, sorted by name. Levels follow the Service
// Authorization Reference; Encapsulate and Decapsulate are newer than it and
// counted as Write.
func KMSActions() []Action { return slices.Clone(kmsActions()) }

var kmsActions = sync.OnceValue(func() []Action {
	list := slices.Concat(
		actionsOf("List", onNothing, false, false, "ListAliases ListKeys ListRetirableGrants"),
		actionsOf("List", onKey, false, false, "ListKeyPolicies ListKeyRotations ListResourceTags"),
		actionsOf("List", onKey, true, false, "ListGrants"),
		actionsOf("Read", onNothing, false, false, "DescribeCustomKeyStores"),
		actionsOf("Read", onKey, true, false, "DescribeKey GetKeyRotationStatus GetPublicKey"),
		actionsOf("Read", onKey, false, false, "GetKeyLastUsage GetKeyPolicy GetParametersForImport"),
		actionsOf("Write", onKey, true, true, `Decapsulate Decrypt DeriveSharedSecret Encapsulate Encrypt
			GenerateDataKey GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext GenerateDataKeyWithoutPlaintext
			GenerateMac ReEncryptFrom ReEncryptTo Sign Verify VerifyMac`),
		actionsOf("Write", onNothing, false, true, "GenerateRandom"),
		actionsOf("Write", onAlias, false, false, "CreateAlias DeleteAlias UpdateAlias"),
		actionsOf("Write", onNothing, false, false, `CreateKey ConnectCustomKeyStore CreateCustomKeyStore
			DeleteCustomKeyStore DisconnectCustomKeyStore UpdateCustomKeyStore`),
		actionsOf("Write", onKey, false, false, `CancelKeyDeletion DeleteImportedKeyMaterial DisableKey
			DisableKeyRotation EnableKey EnableKeyRotation ImportKeyMaterial ReplicateKey RotateKeyOnDemand
			ScheduleKeyDeletion SynchronizeMultiRegionKey UpdateKeyDescription UpdatePrimaryRegion`),
		actionsOf("Permissions management", onKey, true, false, "CreateGrant RetireGrant RevokeGrant"),
		actionsOf("Permissions management", onKey, false, false, "PutKeyPolicy"),
		actionsOf("Tagging", onKey, false, false, "TagResource UntagResource"),
	)
	slices.SortFunc(list, func(a, b Action) int { return strings.Compare(a.Name, b.Name) })
	return list
})

// ExpandKMS lists the actions of KMS that a pattern matches, sorted (M3, M4).
// An action that is not in the list and has no wildcard gives nothing.
func ExpandKMS(pattern string) []string {
	p := compileAction(pattern)
	var names []string
	for _, a := range kmsActions() {
		if p.matches(strings.ToLower(a.Name)) {
			names = append(names, a.Name)
		}
	}
	return names
}

// crossAccount reports the actions of KMS that work across accounts (K10), by
// their name in lower case.
func crossAccount(action string) bool {
	switch action {
	case "kms:decapsulate", "kms:decrypt", "kms:derivesharedsecret", "kms:encapsulate", "kms:encrypt",
		"kms:generatedatakey", "kms:generatedatakeypair", "kms:generatedatakeypairwithoutplaintext",
		"kms:generatedatakeywithoutplaintext", "kms:generatemac", "kms:reencryptfrom", "kms:reencryptto",
		"kms:sign", "kms:verify", "kms:verifymac", "kms:describekey", "kms:getkeyrotationstatus",
		"kms:getpublickey", "kms:creategrant", "kms:listgrants", "kms:retiregrant", "kms:revokegrant":
		return true
	}
	return false
}

// withoutKey reports the actions of KMS that have no resource (M9).
func withoutKey(action string) bool {
	switch action {
	case "kms:listaliases", "kms:listkeys", "kms:listretirablegrants", "kms:describecustomkeystores",
		"kms:generaterandom", "kms:createkey", "kms:connectcustomkeystore", "kms:createcustomkeystore",
		"kms:deletecustomkeystore", "kms:disconnectcustomkeystore", "kms:updatecustomkeystore":
		return true
	}
	return false
}

func onAliases(action string) bool {
	return action == "kms:createalias" || action == "kms:deletealias" || action == "kms:updatealias"
}

// GrantOperations lists the operations that a grant can hold (G2).
func GrantOperations() []string { return slices.Clone(grantOperations[:]) }

var grantOperations = [...]string{
	"CreateGrant", "Decapsulate", "Decrypt", "DeriveSharedSecret", "DescribeKey", "Encapsulate", "Encrypt",
	"GenerateDataKey", "GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext",
	"GenerateDataKeyWithoutPlaintext", "GenerateMac", "GetPublicKey", "ReEncryptFrom", "ReEncryptTo",
	"RetireGrant", "Sign", "Verify", "VerifyMac",
}

// grantable reports them, by exact name.
func grantable(operation string) bool { return slices.Contains(grantOperations[:], operation) }

// actionPattern is a compiled entry of Action or NotAction, in lower case (M3).
type actionPattern struct {
	any     bool
	service string
	exact   string   // the name, if it has no wildcard
	name    *pattern // else
	wrong   bool
}

// compileAction reads an action pattern (M3). The service takes no wildcard, but
// for *:*, which is met in the field and meant as everything.
func compileAction(text string) actionPattern {
	if everyAction(text) {
		return actionPattern{any: true}
	}
	service, name, found := strings.Cut(strings.ToLower(text), ":")
	if !found || service == "" || strings.ContainsAny(service, "*?") {
		return actionPattern{wrong: true}
	}
	if !strings.ContainsAny(name, "*?") {
		return actionPattern{service: service, exact: name}
	}
	p := compilePattern(name, true, false)
	return actionPattern{service: service, name: &p}
}

// everyAction reports a pattern that is taken to match every action.
func everyAction(text string) bool {
	return text != "" && text[0] == '*' && (strings.Trim(text, "*") == "" || text == "*:*")
}

// matches takes the action in lower case.
func (p *actionPattern) matches(action string) bool {
	if p.any {
		return true
	}
	n := len(p.service)
	if p.wrong || len(action) <= n || action[n] != ':' || action[:n] != p.service {
		return false
	}
	if p.name == nil {
		return action[n+1:] == p.exact
	}
	return p.name.matches(action[n+1:], nil, false) == yes
}
