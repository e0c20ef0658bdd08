package access

import (
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/policy"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// Trust says whom a statement of a role's trust policy lets in.
type Trust struct {
	// Anyone says that strangers can assume the role, as far as the principal goes:
	// everybody, or everybody who has an account with an identity provider.
	Anyone bool
	// Provider is the identity provider when that is how strangers come in.
	Provider string
	// Restriction says whether conditions confine them, as in Exposure.
	Restriction string
	By          []Test
	// Accounts are other accounts that are let in by name.
	Accounts []string
}

// TrustOf reads statement i of the trust policy of a role of account owner. A web
// identity is confined by a fixed test on the provider's sub, or on what GitHub
// and the like put beside it; without one every user of the provider gets in.
func TrustOf(doc *policy.Document, i int, owner string) Trust {
	t := Trust{Restriction: RestrictionNone}
	from := &doc.Statements[i]
	if from.Effect != policy.Allow || !assumes(from) {
		return t
	}
	t.Anyone = namesEverybody(from)
	if from.Principal != nil {
		for _, principal := range from.Principal.List {
			switch {
			case principal.Kind == policy.KindFederated && openProvider(principal.Value):
				t.Anyone, t.Provider = true, principal.Value
			case principal.Kind == policy.KindAWS:
				if account := accountIn(principal.Value); account != "" && account != owner {
					t.Accounts = append(t.Accounts, account)
				}
			}
		}
	}
	if !t.Anyone {
		return t // as most: there is nothing to compile
	}
	p := CompileAt("", LayerResource, "", &policy.Document{Version: doc.Version, Statements: doc.Statements})
	s := &p.statements[i]
	fixed, weak := p.restrictions(s)
	if t.Provider != "" {
		fixes := fixesSubject
		if t.Provider == cognito {
			fixes = func(policy.Condition) bool { return fixesPool(from.Conditions) }
		}
		for _, test := range from.Conditions {
			if one := (Test{Key: test.Key, Operator: test.Operator, Values: test.Values, Statement: *p.ref(s)}); fixes(test) {
				fixed = append(fixed, one)
			} else {
				weak = append(weak, one)
			}
		}
	}
	switch {
	case len(fixed) > 0:
		t.Restriction, t.By = RestrictionFixed, fixed
	case len(weak) > 0:
		t.Restriction, t.By = RestrictionWeak, weak
	}
	return t
}

func assumes(from *policy.Statement) bool {
	if from.NotAction != nil {
		return true
	}
	for _, action := range from.Action {
		if action == "*" || strings.HasPrefix(strings.ToLower(action), "sts:") && !strings.EqualFold(action, "sts:TagSession") &&
			!strings.EqualFold(action, "sts:SetSourceIdentity") {
			return true
		}
	}
	return false
}

// openProvider reports identity providers at which strangers have accounts:
// those outside the organization's hand, which are all but SAML providers.
func openProvider(value string) bool { return !strings.Contains(value, ":saml-provider/") }

// fixesSubject reports a test that fixes who the provider says the user is.
func fixesSubject(c policy.Condition) bool {
	operator := strings.ToLower(c.Operator)
	operator = strings.TrimPrefix(operator, "foranyvalue:")
	if operator != "stringequals" && operator != "stringequalsignorecase" && operator != "stringlike" {
		return false
	}
	_, claim, found := strings.Cut(strings.ToLower(c.Key), ":")
	if !found || claim == "aud" || claim == "iss" {
		return false
	}
	for _, value := range c.Values {
		if strings.Contains(value, "${") || operator == "stringlike" && strings.ContainsAny(value, "*?") && wideSubject(value) {
			return false
		}
	}
	return len(c.Values) > 0
}

// cognito is the provider of identity pools, of every account.
const cognito = "cognito-identity.amazonaws.com"

// fixesPool reports conditions on identities of Cognito that fix who may come: one
// identity, or those of one pool who have signed in. Guests of a pool
// (unauthenticated) can be anybody.
//
// https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html
func fixesPool(conditions []policy.Condition) bool {
	pool, signedIn := false, false
	for _, c := range conditions {
		switch strings.ToLower(c.Key) {
		case cognito + ":sub":
			if fixesSubject(c) {
				return true
			}
		case cognito + ":aud":
			pool = pool || strings.EqualFold(c.Operator, "StringEquals") && !strings.Contains(strings.Join(c.Values, ""), "${")
		case cognito + ":amr":
			guests := slices.ContainsFunc(c.Values, func(value string) bool {
				return strings.ContainsAny(value, "*?") || strings.EqualFold(value, "unauthenticated")
			})
			signedIn = signedIn || !guests && fixesSubject(c)
		}
	}
	return pool && signedIn
}

// wideSubject reports patterns that name no owner: "*", "repo:*".
func wideSubject(value string) bool {
	_, name, found := strings.Cut(value, ":")
	if !found {
		name = value
	}
	return strings.HasPrefix(name, "*") || strings.HasPrefix(name, "?")
}

func accountIn(value string) string {
	if snapshot.IsAccountID(value) {
		return value
	}
	if parts, ok := splitARN(value); ok && snapshot.IsAccountID(parts[arnAccount]) {
		return parts[arnAccount]
	}
	return ""
}
