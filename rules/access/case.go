package access

import (
	"errors"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// Case is one request with the policies that bear on it, as JSON writes them.
type Case struct {
	ID       jsontext.Value // as the case has it; nil if it has none
	Request  Request
	Policies Policies
}

// Decide decides the case.
func (c *Case) Decide() Decision { return Decide(&c.Request, &c.Policies) }

// caseText is a case as JSON writes it. Fields it does not know are ignored.
type caseText struct {
	ID                           jsontext.Value            `json:"id"`
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

// DecodeCase reads one case: a JSON object with the members id, principal,
// principalUniqueId, action, resource, resourceAccount, identityPolicies,
// resourcePolicy, permissionBoundaryPolicies, serviceControlPolicies,
// resourceControlPolicies, sessionPolicy, contextVariables, unknownContextKeys,
// grants, principalInManagementAccount, resourceInManagementAccount and
// awsManagedKey; others are ignored. Nothing is derived: a context key that is
// neither in contextVariables nor in unknownContextKeys is absent. Errors begin
// with the JSON pointer of what is wrong.
func DecodeCase(text []byte) (*Case, error) {
	var t caseText
	if err := json.Unmarshal(text, &t); err != nil {
		return nil, caseError("", err)
	}
	if err := t.check(); err != nil {
		return nil, err
	}
	ctx, err := decodeContext(t.ContextVariables)
	if err != nil {
		return nil, err
	}
	c := &Case{
		ID: t.ID,
		Request: Request{
			Principal: Caller{ARN: t.Principal, UniqueID: t.PrincipalUniqueID}, Action: t.Action, Resource: t.Resource,
			ResourceAccount: t.ResourceAccount, Context: ctx.WithUnknown(t.UnknownContextKeys...),
		},
		Policies: Policies{
			HasBoundary:                  t.PermissionBoundaryPolicies != nil,
			PrincipalInManagementAccount: t.PrincipalInManagementAccount,
			ResourceInManagementAccount:  t.ResourceInManagementAccount, AWSManagedKey: t.AWSManagedKey,
		},
	}
	if err := t.policies(&c.Policies); err != nil {
		return nil, err
	}
	for i := range t.Grants {
		if g := &t.Grants[i]; g.on(t.Resource) {
			c.Policies.Grants = append(c.Policies.Grants, g.grant())
		}
	}
	return c, nil
}

// check holds the fields to what they can be: a slip in one of them would
// otherwise be answered with a denial.
func (t *caseText) check() error {
	caller := whoIs(t.Principal)
	service, name, _ := strings.Cut(t.Action, ":")
	switch {
	case t.Principal == "":
		return errors.New("/principal: is missing; * stands for a caller without a name")
	case caller.kind == callerOther:
		return fmt.Errorf("/principal: %q is neither the ARN of a user, role, session, federated user or account root nor a service principal", t.Principal)
	case (caller.iam() || caller.kind == callerRoot) && !snapshot.IsAccountID(caller.account):
		return fmt.Errorf("/principal: the account in %q has not 12 digits", t.Principal)
	case service == "" || name == "":
		return fmt.Errorf("/action: %q is not of the form kms:Decrypt", t.Action)
	case t.Resource == "":
		return errors.New("/resource: is missing; * stands for none")
	case t.ResourceAccount != "" && !snapshot.IsAccountID(t.ResourceAccount):
		return fmt.Errorf("/resourceAccount: %q is not an account of 12 digits", t.ResourceAccount)
	}
	return nil
}

// caseError says what is wrong with the JSON under the pointer, and where.
func caseError(under string, err error) error {
	var syntax *jsontext.SyntacticError
	var wrong *json.SemanticError
	pointer, problem := under, err
	switch {
	case errors.As(err, &syntax):
		pointer += string(syntax.JSONPointer)
		problem = fmt.Errorf("%w (byte %d)", syntax.Err, syntax.ByteOffset)
	case errors.As(err, &wrong) && wrong.JSONPointer != "":
		pointer += string(wrong.JSONPointer)
		problem = fmt.Errorf("%s cannot stand here", kindName(wrong.JSONKind))
	case errors.As(err, &wrong):
		problem = errors.New("has to be a JSON object")
	}
	if pointer == "" {
		return problem
	}
	return fmt.Errorf("%s: %w", pointer, problem)
}

func kindName(kind jsontext.Kind) string {
	switch kind {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "a string"
	case '0':
		return "a number"
	case 'n':
		return "null"
	}
	return "true or false"
}

// decodeContext reads contextVariables: a value, or a list of values, by key.
func decodeContext(variables map[string]jsontext.Value) (Context, error) {
	ctx := NewContext()
	f := newFacts()
	for key, value := range variables {
		pointer := string(jsontext.Pointer("/contextVariables").AppendToken(key))
		if f.entry(strings.ToLower(key)) != nil {
			return ctx, fmt.Errorf("/contextVariables: holds %s twice, in different case", strings.ToLower(key))
		}
		switch value.Kind() {
		case 'n':
		case '[':
			var elements []jsontext.Value
			if err := json.Unmarshal(value, &elements); err != nil {
				return ctx, caseError(pointer, err)
			}
			values := make([]string, len(elements))
			for i, element := range elements {
				text, ok := scalar(element)
				if !ok {
					return ctx, fmt.Errorf("%s/%d: has to be a string, a number or a boolean", pointer, i)
				}
				values[i] = text
			}
			if len(values) == 1 { // whether it is one of many, its key tells (C21)
				f.set(key, values...)
			} else {
				f.setMany(key, values)
			}
		default:
			text, ok := scalar(value)
			if !ok {
				return ctx, fmt.Errorf("%s: has to be a string, a number or a boolean, or a list of them", pointer)
			}
			f.set(key, text)
		}
	}
	ctx.own = f
	return ctx, nil
}

func scalar(value jsontext.Value) (string, bool) {
	switch value.Kind() {
	case '"':
		text, err := jsontext.AppendUnquote(nil, value)
		return string(text), err == nil
	case '0', 't', 'f':
		return strings.TrimSpace(string(value)), true
	}
	return "", false
}
