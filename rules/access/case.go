package access

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/kmsaudit/kmsaudit/collector/policy"
)

// caseText is a decision case as JSON writes it. Fields it does not know are
// ignored.
type caseText struct {
	Principal                    string                    `json:"principal"`
	PrincipalUniqueID            string                    `json:"principalUniqueId"`
	Action                       string                    `json:"action"`
	Resource                     string                    `json:"resource"`
	ResourceAccount              string                    `json:"resourceAccount"`
	IdentityPolicies             []jsontext.Value          `json:"identityPolicies"`
	ResourcePolicy               jsontext.Value            `json:"resourcePolicy"`
	PermissionBoundaryPolicies   []jsontext.Value          `json:"permissionBoundaryPolicies"`
	ServiceControlPolicies       []jsontext.Value          `json:"serviceControlPolicies"`
	ResourceControlPolicies      []jsontext.Value          `json:"resourceControlPolicies"`
	SessionPolicy                jsontext.Value            `json:"sessionPolicy"`
	ContextVariables             map[string]jsontext.Value `json:"contextVariables"`
	UnknownContextKeys           []string                  `json:"unknownContextKeys"`
	Grants                       []grantText               `json:"grants"`
	PrincipalInManagementAccount bool                      `json:"principalInManagementAccount"`
	ResourceInManagementAccount  bool                      `json:"resourceInManagementAccount"`
	AWSManagedKey                bool                      `json:"awsManagedKey"`
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

// DecodeCase reads one decision case: a request and the policies that bear on
// it, as one JSON object. Errors name the field.
func DecodeCase(text []byte) (*Request, *Policies, error) {
	var c caseText
	if err := json.Unmarshal(text, &c); err != nil {
		return nil, nil, fmt.Errorf("read the case: %w", err)
	}
	switch {
	case c.Principal == "":
		return nil, nil, errors.New("principal: is missing")
	case !strings.Contains(c.Action, ":"):
		return nil, nil, fmt.Errorf("action: %q is not service:Name", c.Action)
	case c.Resource == "":
		return nil, nil, errors.New("resource: is missing")
	}
	ctx, err := decodeContext(c.ContextVariables)
	if err != nil {
		return nil, nil, err
	}
	req := &Request{
		Principal: Caller{ARN: c.Principal, UniqueID: c.PrincipalUniqueID}, Action: c.Action, Resource: c.Resource,
		ResourceAccount: c.ResourceAccount, Context: ctx.WithUnknown(c.UnknownContextKeys...),
	}
	p := &Policies{
		HasBoundary:                  c.PermissionBoundaryPolicies != nil,
		PrincipalInManagementAccount: c.PrincipalInManagementAccount,
		ResourceInManagementAccount:  c.ResourceInManagementAccount, AWSManagedKey: c.AWSManagedKey,
	}
	if err := c.policies(p); err != nil {
		return nil, nil, err
	}
	for _, g := range c.Grants {
		if g.on(c.Resource) {
			p.Grants = append(p.Grants, g.grant())
		}
	}
	return req, p, nil
}

func (c *caseText) policies(p *Policies) error {
	var err error
	if p.Identity, err = decodeList("identityPolicies", LayerIdentity, c.IdentityPolicies); err != nil {
		return err
	}
	if p.Boundary, err = decodeList("permissionBoundaryPolicies", LayerBoundary, c.PermissionBoundaryPolicies); err != nil {
		return err
	}
	if p.SCP, err = decodeLevels("serviceControlPolicies", LayerSCP, c.ServiceControlPolicies); err != nil {
		return err
	}
	if p.RCP, err = decodeLevels("resourceControlPolicies", LayerRCP, c.ResourceControlPolicies); err != nil {
		return err
	}
	if p.Session, err = decodeOne("sessionPolicy", "", LayerSession, c.SessionPolicy); err != nil {
		return err
	}
	p.Resource, err = decodeOne("resourcePolicy", "", LayerResource, c.ResourcePolicy)
	return err
}

func decodeContext(variables map[string]jsontext.Value) (Context, error) {
	ctx := NewContext()
	f := newFacts()
	for key, value := range variables {
		var values []string
		elements := []jsontext.Value{value}
		many := value.Kind() == '['
		if many {
			elements = nil
			if err := json.Unmarshal(value, &elements); err != nil {
				return ctx, fmt.Errorf("contextVariables/%s: %w", key, err)
			}
		}
		if value.Kind() == 'n' {
			continue
		}
		for _, element := range elements {
			text, err := scalar(element)
			if err != nil {
				return ctx, fmt.Errorf("contextVariables/%s: %w", key, err)
			}
			values = append(values, text)
		}
		if many && len(values) != 1 {
			f.setMany(key, values)
		} else {
			f.set(key, values...)
		}
	}
	ctx.own = f
	return ctx, nil
}

func scalar(value jsontext.Value) (string, error) {
	switch value.Kind() {
	case '"':
		text := ""
		err := json.Unmarshal(value, &text)
		return text, err
	case '0', 't', 'f':
		return strings.TrimSpace(string(value)), nil
	}
	return "", errors.New("a string, a number or a boolean has to stand here")
}

func decodeList(field string, layer Layer, texts []jsontext.Value) ([]*Policy, error) {
	var list []*Policy
	for i, text := range texts {
		p, err := decodeOne(field+"/"+strconv.Itoa(i), "", layer, text)
		if err != nil {
			return nil, err
		}
		if p != nil {
			list = append(list, p)
		}
	}
	return list, nil
}

// decodeLevels reads levels of an organization: lists, or objects that name what
// the policies hang on.
func decodeLevels(field string, layer Layer, texts []jsontext.Value) ([][]*Policy, error) {
	var levels [][]*Policy
	for i, text := range texts {
		at := field + "/" + strconv.Itoa(i)
		var level struct {
			Policies []jsontext.Value `json:"policies"`
		}
		into := any(&level)
		if text.Kind() == '[' {
			into = &level.Policies
		}
		if err := json.Unmarshal(text, into); err != nil {
			return nil, fmt.Errorf("%s: %w", at, err)
		}
		list, err := decodeList(at, layer, level.Policies)
		if err != nil {
			return nil, err
		}
		levels = append(levels, list)
	}
	return levels, nil
}

// decodeOne reads a policy document, or an object of name and policy.
func decodeOne(field, name string, layer Layer, text jsontext.Value) (*Policy, error) {
	if text == nil || text.Kind() == 'n' {
		return nil, nil
	}
	var wrapped struct {
		Name   string         `json:"name"`
		Policy jsontext.Value `json:"policy"`
	}
	// The wrapper is only looked for; the policy itself is read with its own rules.
	if err := json.Unmarshal(text, &wrapped, jsontext.AllowDuplicateNames(true)); err == nil && wrapped.Policy != nil {
		return decodeOne(field+"/policy", wrapped.Name, layer, wrapped.Policy)
	}
	doc, err := policy.Decode(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", field, err)
	}
	if len(doc.Repeated) > 0 {
		return nil, fmt.Errorf("%s: the document repeats %s, so its meaning is not certain", field, strings.Join(doc.Repeated, ", "))
	}
	return Compile(name, layer, doc), nil
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
