package access

import (
	"errors"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/kmsaudit/kmsaudit/collector/policy"
)

// policies compiles the policies of the case. A policy without a name is called
// by its place.
func (t *caseText) policies(p *Policies) error {
	var err error
	if p.Identity, err = decodeList("identityPolicies", LayerIdentity, t.IdentityPolicies); err != nil {
		return err
	}
	if p.Boundary, err = decodeList("permissionBoundaryPolicies", LayerBoundary, t.PermissionBoundaryPolicies); err != nil {
		return err
	}
	if p.SCP, err = decodeLevels("serviceControlPolicies", LayerSCP, t.ServiceControlPolicies); err != nil {
		return err
	}
	if p.RCP, err = decodeLevels("resourceControlPolicies", LayerRCP, t.ResourceControlPolicies); err != nil {
		return err
	}
	if p.Session, err = decodeOptional("/sessionPolicy", LayerSession, t.SessionPolicy); err != nil {
		return err
	}
	p.Resource, err = decodeOptional("/resourcePolicy", LayerResource, t.ResourcePolicy)
	return err
}

func decodeList(list string, layer Layer, texts []jsontext.Value) ([]*Policy, error) {
	policies := make([]*Policy, len(texts))
	for i, text := range texts {
		pointer := at(list, i)
		var err error
		if policies[i], err = decodePolicy(pointer, pointer[1:], layer, text); err != nil {
			return nil, err
		}
	}
	return policies, nil
}

// decodeLevels reads levels of an organization: lists, or objects that name what
// the policies hang on.
func decodeLevels(list string, layer Layer, texts []jsontext.Value) ([][]*Policy, error) {
	levels := make([][]*Policy, len(texts))
	for i, text := range texts {
		pointer := at(list, i)
		var level struct {
			Policies *[]jsontext.Value `json:"policies"`
		}
		under, into := pointer+"/policies", any(&level)
		if text.Kind() == '[' {
			under, into = pointer, &level.Policies
		}
		if err := json.Unmarshal(text, into); err != nil {
			return nil, caseError(pointer, err)
		}
		if level.Policies == nil {
			return nil, fmt.Errorf("%s: a level has to be a list of policies, or an object with the list policies", pointer)
		}
		var err error
		if levels[i], err = decodeList(under[1:], layer, *level.Policies); err != nil {
			return nil, err
		}
	}
	return levels, nil
}

// decodeOptional reads a policy that may not be there.
func decodeOptional(pointer string, layer Layer, text jsontext.Value) (*Policy, error) {
	if text == nil || text.Kind() == 'n' {
		return nil, nil
	}
	return decodePolicy(pointer, "", layer, text)
}

// decodePolicy reads a policy document, or an object of name and policy.
func decodePolicy(pointer, name string, layer Layer, text jsontext.Value) (*Policy, error) {
	var wrapped struct {
		Name   string         `json:"name"`
		Policy jsontext.Value `json:"policy"`
	}
	if text.Kind() == '{' {
		if err := json.Unmarshal(text, &wrapped); err != nil {
			return nil, caseError(pointer, err)
		}
	}
	if wrapped.Policy != nil {
		pointer += "/policy"
		text = wrapped.Policy
		if wrapped.Name != "" {
			name = wrapped.Name
		}
	}
	doc, err := policy.Decode(text)
	var wrong *policy.Error
	switch {
	case errors.As(err, &wrong):
		return nil, fmt.Errorf("%s%s: %s", pointer, wrong.Pointer, wrong.Problem)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", pointer, err)
	}
	return Compile(name, layer, doc), nil
}

// grantText is a grant as ListGrants prints it.
type grantText struct {
	KeyID                    string   `json:"KeyId"`
	GrantID                  string   `json:"GrantId"`
	Name                     string   `json:"Name"`
	GranteePrincipal         string   `json:"GranteePrincipal"`
	GranteeServicePrincipal  string   `json:"GranteeServicePrincipal"`
	RetiringPrincipal        string   `json:"RetiringPrincipal"`
	RetiringServicePrincipal string   `json:"RetiringServicePrincipal"`
	IssuingAccount           string   `json:"IssuingAccount"`
	Operations               []string `json:"Operations"`
	Constraints              struct {
		EncryptionContextEquals map[string]string `json:"EncryptionContextEquals"`
		EncryptionContextSubset map[string]string `json:"EncryptionContextSubset"`
		SourceArn               string            `json:"SourceArn"`
	} `json:"Constraints"`
}

// on reports whether the grant is on the key of the request.
func (g *grantText) on(resource string) bool {
	if g.KeyID == "" || !strings.HasPrefix(resource, "arn:") {
		return true
	}
	return g.KeyID == resource || strings.HasSuffix(resource, ":key/"+g.KeyID)
}

func (g *grantText) grant() Grant {
	return Grant{
		ID: g.GrantID, Name: g.Name, Grantee: g.GranteePrincipal, GranteeService: g.GranteeServicePrincipal,
		Retiring: g.RetiringPrincipal, RetiringService: g.RetiringServicePrincipal, IssuingAccount: g.IssuingAccount,
		Operations: g.Operations, EncryptionContextEquals: g.Constraints.EncryptionContextEquals,
		EncryptionContextSubset: g.Constraints.EncryptionContextSubset, SourceARN: g.Constraints.SourceArn,
	}
}
