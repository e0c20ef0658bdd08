package naive

import (
	"slices"
	"strconv"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/policy"
)

// contextPrefix begins the keys of the encryption context (C19).
const contextPrefix = "kms:encryptioncontext:"

// grants tells whether some grant allows the request (section G).
func (w *world) grants(identity, limited bool) bool {
	for i, g := range w.c.Grants {
		if w.grant(g, "G5 "+strconv.Itoa(i), identity, limited) {
			return true
		}
	}
	return false
}

func (w *world) grant(g *Grant, name string, identity, limited bool) bool {
	c := w.c
	if c.Resource == "*" || c.onAlias() {
		return false
	}
	if g.KeyID != "" && g.KeyID != c.Resource && !strings.HasSuffix(c.Resource, ":key/"+g.KeyID) {
		return false
	}
	retire := c.action("kms:RetireGrant")
	enough := func(f forms) bool { return f.direct || f.role && limited || f.account && identity } // G7
	if retire {
		// G8: the retiring principal, or the account that made the grant.
		if enough(c.grantee(g.Retiring)) || isService(g.RetiringService) && enough(c.grantee(g.RetiringService)) {
			return true
		}
		if f := c.grantee(g.IssuingAccount); f.account && identity {
			return true
		}
	}
	operation := func(op string) bool { return c.action("kms:"+op) && operations[op] }
	if !slices.ContainsFunc(g.Operations, operation) || !w.constraints(g) {
		return false
	}
	if c.action("kms:CreateGrant") && slices.ContainsFunc(w.values("kms:GrantOperations"), func(passed string) bool {
		return !slices.Contains(g.Operations, passed)
	}) {
		return false // G8: a subset only
	}
	if g.GranteeService != "" && g.GranteeService == c.Principal {
		return true
	}
	if isService(g.GranteePrincipal) && c.kind() != aService {
		if via := w.values("kms:ViaService"); len(via) == 1 && strings.HasPrefix(via[0], "s3.") && !strings.HasPrefix(g.GranteePrincipal, "s3.") {
			return false // the service that acts is Amazon S3
		}
		// G5: it may stand for the caller, in the caller's own form.
		own := forms{direct: c.kind() != aRole, role: c.kind() == aRole}
		if c.kind() == aRoot {
			own = forms{account: true}
		}
		return w.switches[name] && enough(own) || w.switches[name+" account"] && enough(forms{account: true})
	}
	return enough(c.grantee(g.GranteePrincipal))
}

// grantee tells how a grant's principal names the caller.
func (c *Case) grantee(value string) forms {
	if value == "" || value == "*" {
		return forms{}
	}
	if isService(value) {
		return forms{direct: value == c.Principal}
	}
	return c.names(policy.Principal{Kind: policy.KindAWS, Value: value})
}

func isService(name string) bool { return strings.HasSuffix(name, ".amazonaws.com") }

// constraints is G4.
func (w *world) constraints(g *Grant) bool {
	c := w.c
	if c.action("kms:RetireGrant") {
		return true
	}
	if arn := g.Constraints.SourceArn; arn != "" {
		from := w.values("aws:SourceArn")
		if len(from) != 1 || !likeARN(symbols(arn), from[0]) {
			return false
		}
	}
	if c.action("kms:DescribeKey") {
		return true
	}
	has := func(pairs map[string]string) bool {
		for name, value := range pairs {
			if !slices.Equal(w.values(contextPrefix+name), []string{value}) {
				return false
			}
		}
		return true
	}
	equals, subset := g.Constraints.EncryptionContextEquals, g.Constraints.EncryptionContextSubset
	if len(subset) > 0 && !has(subset) {
		return false
	}
	return len(equals) == 0 || has(equals) && w.pairs() == len(equals) && !slices.ContainsFunc(w.values("kms:EncryptionContextKeys"), func(name string) bool {
		return len(w.values(contextPrefix+name)) == 0
	})
}

// pairs counts the request's encryption context.
func (w *world) pairs() int {
	n := 0
	for key, values := range w.c.Context {
		if strings.HasPrefix(strings.ToLower(key), contextPrefix) && len(values) > 0 {
			n++
		}
	}
	for key, values := range w.settled {
		if strings.HasPrefix(key, contextPrefix) && len(values) > 0 {
			n++
		}
	}
	return n
}

// operations are those that a grant can hold (G2).
var operations = map[string]bool{
	"CreateGrant": true, "Decapsulate": true, "Decrypt": true, "DeriveSharedSecret": true, "DescribeKey": true,
	"Encapsulate": true, "Encrypt": true, "GenerateDataKey": true, "GenerateDataKeyPair": true,
	"GenerateDataKeyPairWithoutPlaintext": true, "GenerateDataKeyWithoutPlaintext": true, "GenerateMac": true,
	"GetPublicKey": true, "ReEncryptFrom": true, "ReEncryptTo": true, "RetireGrant": true, "Sign": true,
	"Verify": true, "VerifyMac": true,
}
