package naive

import (
	"bytes"
	"encoding/json"

	"github.com/kmsaudit/kmsaudit/collector/policy"
)

// Case is one decision case in its JSON form.
type Case struct {
	Principal       string      `json:"principal"`
	Action          string      `json:"action"`
	Resource        string      `json:"resource"`
	ResourceAccount string      `json:"resourceAccount,omitempty"`
	Identity        []*Document `json:"identityPolicies,omitempty"`
	ResourcePolicy  *Document   `json:"resourcePolicy,omitempty"`
	Boundary        []*Document `json:"permissionBoundaryPolicies,omitzero"` // nil is none, empty allows nothing
	SCP             []Level     `json:"serviceControlPolicies,omitempty"`
	RCP             []Level     `json:"resourceControlPolicies,omitempty"`
	Session         *Document   `json:"sessionPolicy,omitempty"`
	Context         Context     `json:"contextVariables,omitempty"`
	Unknown         []string    `json:"unknownContextKeys,omitempty"`
	Grants          []*Grant    `json:"grants,omitempty"`
	UniqueID        string      `json:"principalUniqueId,omitempty"`

	PrincipalInManagementAccount bool `json:"principalInManagementAccount,omitempty"`
	ResourceInManagementAccount  bool `json:"resourceInManagementAccount,omitempty"`
	AWSManagedKey                bool `json:"awsManagedKey,omitempty"`
}

// Grant is a grant as ListGrants prints it.
type Grant struct {
	GrantID          string      `json:"GrantId"`
	KeyID            string      `json:"KeyId,omitempty"`
	GranteePrincipal string      `json:",omitempty"`
	GranteeService   string      `json:"GranteeServicePrincipal,omitempty"`
	Retiring         string      `json:"RetiringPrincipal,omitempty"`
	RetiringService  string      `json:"RetiringServicePrincipal,omitempty"`
	IssuingAccount   string      `json:",omitempty"`
	Operations       []string    `json:",omitempty"`
	Constraints      Constraints `json:",omitzero"`
}

// Constraints are what a grant asks of the request.
type Constraints struct {
	EncryptionContextEquals map[string]string `json:",omitempty"`
	EncryptionContextSubset map[string]string `json:",omitempty"`
	SourceArn               string            `json:",omitempty"`
}

// Values are the values of a context key; one value is written without a list
// unless the key is multivalued by nature, see Case.MarshalJSON.
type Values []string

// UnmarshalJSON reads a scalar or a list of scalars.
func (v *Values) UnmarshalJSON(text []byte) error {
	var list []json.RawMessage
	if json.Unmarshal(text, &list) != nil {
		list = []json.RawMessage{text}
	}
	*v = Values{}
	for _, item := range list {
		var s string
		if json.Unmarshal(item, &s) != nil {
			s = string(bytes.TrimSpace(item))
		}
		*v = append(*v, s)
	}
	return nil
}

// Context holds the known context keys.
type Context map[string]Values

// MarshalJSON writes a value alone, but for keys that are multivalued by nature.
func (c Context) MarshalJSON() ([]byte, error) {
	out := map[string]any{}
	for key, values := range c {
		if len(values) == 1 && !multivalued(key) {
			out[key] = values[0]
		} else {
			out[key] = []string(values)
		}
	}
	return json.Marshal(out)
}

// Level is one level of an organization.
type Level []*Document

// UnmarshalJSON reads a list of documents or an object with policies.
func (l *Level) UnmarshalJSON(text []byte) error {
	var named struct {
		Policies []*Document `json:"policies"`
	}
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
		err := json.Unmarshal(text, &named)
		*l = named.Policies
		return err
	}
	var list []*Document
	err := json.Unmarshal(text, &list)
	*l = list
	return err
}

// Document is a policy document that can be written as well as read.
type Document struct {
	policy.Document
}

// UnmarshalJSON reads a policy, or a policy with a name.
func (d *Document) UnmarshalJSON(text []byte) error {
	var named struct {
		Policy json.RawMessage `json:"policy"`
	}
	if json.Unmarshal(text, &named) == nil && named.Policy != nil {
		text = named.Policy
	}
	doc, err := policy.Decode(text)
	if err == nil {
		d.Document = *doc
	}
	return err
}

// MarshalJSON writes the document as IAM has it.
func (d *Document) MarshalJSON() ([]byte, error) {
	statements := []any{}
	for _, s := range d.Statements {
		out := map[string]any{"Effect": s.Effect}
		if s.Sid != "" {
			out["Sid"] = s.Sid
		}
		for name, list := range map[string][]string{
			"Action": s.Action, "NotAction": s.NotAction, "Resource": s.Resource, "NotResource": s.NotResource,
		} {
			if list != nil {
				out[name] = list
			}
		}
		for name, p := range map[string]*policy.Principals{"Principal": s.Principal, "NotPrincipal": s.NotPrincipal} {
			if p == nil {
				continue
			}
			kinds := map[string][]string{}
			for _, one := range p.List {
				kinds[one.Kind] = append(kinds[one.Kind], one.Value)
			}
			out[name] = kinds
		}
		tests := map[string]map[string][]string{}
		for _, c := range s.Conditions {
			if tests[c.Operator] == nil {
				tests[c.Operator] = map[string][]string{}
			}
			tests[c.Operator][c.Key] = c.Values
		}
		if len(tests) > 0 {
			out["Condition"] = tests
		}
		statements = append(statements, out)
	}
	doc := map[string]any{"Statement": statements}
	if d.Version != "" {
		doc["Version"] = d.Version
	}
	return json.Marshal(doc)
}

// Clone returns a deep copy, by way of JSON.
func (c *Case) Clone() *Case {
	text, err := json.Marshal(c)
	if err != nil {
		panic(err)
	}
	copied := &Case{}
	if err := json.Unmarshal(text, copied); err != nil {
		panic(err)
	}
	return copied
}
