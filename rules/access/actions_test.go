package access

import (
	"slices"
	"strings"
	"testing"
)

// What the lists of actions say, decided for every action of KMS.
const (
	// K10
	acrossAccounts = `Encrypt Decrypt ReEncryptFrom ReEncryptTo GenerateDataKey GenerateDataKeyPair
		GenerateDataKeyWithoutPlaintext GenerateDataKeyPairWithoutPlaintext GenerateMac VerifyMac Sign Verify
		DeriveSharedSecret Encapsulate Decapsulate DescribeKey GetPublicKey GetKeyRotationStatus CreateGrant
		ListGrants RevokeGrant RetireGrant`
	// G2
	inGrants = `CreateGrant Decapsulate Decrypt DeriveSharedSecret DescribeKey Encapsulate Encrypt GenerateDataKey
		GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext GenerateDataKeyWithoutPlaintext GenerateMac
		GetPublicKey ReEncryptFrom ReEncryptTo RetireGrant Sign Verify VerifyMac`
	// M9
	withoutResource = `ListAliases ListKeys ListRetirableGrants DescribeCustomKeyStores GenerateRandom CreateKey
		ConnectCustomKeyStore CreateCustomKeyStore DeleteCustomKeyStore DisconnectCustomKeyStore UpdateCustomKeyStore`
	// M8
	ofAliases = "CreateAlias DeleteAlias UpdateAlias"
)

func TestEveryActionOfKMS(t *testing.T) {
	all := mustCompile(t, LayerIdentity, `{"Statement":{"Effect":"Allow","Action":"kms:*","Resource":"*"}}`)
	toKeys := mustCompile(t, LayerIdentity, `{"Statement":{"Effect":"Allow","Action":"kms:*","Resource":"arn:aws:kms:*:*:key/*"}}`)
	open := mustCompile(t, LayerResource, `{"Statement":{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}}`)
	const ours, theirs = "arn:aws:iam::111122223333:role/app", "arn:aws:iam::444455556666:role/app"
	decide := func(principal, action, resource string, p Policies) bool {
		return Evaluate(&Request{Principal: Caller{ARN: principal}, Action: action, Resource: resource, ResourceAccount: thisAccount}, &p) == Allowed
	}
	actions := KMSActions()
	if len(actions) != 58 {
		t.Errorf("%d actions", len(actions))
	}
	listed := func(list, name string) bool { return slices.Contains(strings.Fields(list), name) }
	for _, a := range actions {
		name := strings.TrimPrefix(a.Name, "kms:")
		nothing, retire := listed(withoutResource, name), name == "RetireGrant"
		got := map[string]bool{
			"other accounts":        decide(theirs, a.Name, aKey, Policies{Identity: []*Policy{all}, Resource: open, Grants: retiring(theirs)}),
			"a grant":               decide(ours, a.Name, aKey, Policies{Grants: []Grant{{Grantee: ours, Operations: []string{name}}}}),
			"the key policy":        decide(ours, a.Name, aKey, Policies{Resource: open}),
			"an ARN of keys":        decide(ours, a.Name, aKey, Policies{Identity: []*Policy{toKeys}, Resource: open}),
			"identity policies":     decide(ours, a.Name, "*", Policies{Identity: []*Policy{all}}),
			"on an alias":           decide(ours, a.Name, "arn:aws:kms:us-east-1:111122223333:alias/a", Policies{Identity: []*Policy{all}}),
			"said to cross":         a.CrossAccount,
			"said to have none":     a.Resource == "",
			"said to be on aliases": a.Resource == "alias",
		}
		for what, want := range map[string]bool{
			"other accounts":        listed(acrossAccounts, name),
			"a grant":               listed(inGrants, name),
			"the key policy":        !nothing && !retire,
			"an ARN of keys":        !nothing && !retire,
			"identity policies":     nothing,
			"on an alias":           nothing || listed(ofAliases, name),
			"said to cross":         listed(acrossAccounts, name),
			"said to have none":     nothing,
			"said to be on aliases": listed(ofAliases, name),
		} {
			if got[what] != want {
				t.Errorf("%s: %s: got %v", a.Name, what, got[what])
			}
		}
	}
}

// retiring is a grant that lets the principal retire it, and nothing else.
func retiring(principal string) []Grant { return []Grant{{Retiring: principal}} }
