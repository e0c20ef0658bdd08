package access

import (
	"strings"
)

// situation is a request taken apart once for all statements.
type situation struct {
	who       who
	action    string    // in lower case
	set       actionSet // the action, if it is a known one of KMS
	service   services
	resource  string
	open      bool // what follows the resource is not known
	parts     arn
	isARN     bool
	nothing   bool   // the action has no resource (M9)
	owner     string // account of the resource
	ctx       *Context
	boundary  tri  // the caller has a permissions boundary (M16)
	isKey     bool // the resource is a KMS key
	isAlias   bool // the resource is an alias (M8)
	crossing  bool // caller and resource are in different accounts (E6)
	scpFree   bool // exempt from SCPs (O3)
	rcpFree   bool // exempt from RCPs (O5)
	retire    bool // kms:RetireGrant (G8)
	aliasEdit bool // an action on aliases, whatever its resource
	assumes   bool // somebody assumes a role
	chosen    bool // what is open of the resource, the caller chooses
}

func newSituation(req *Request, p *Policies) situation {
	s := situation{who: identify(&req.Principal), action: lower(req.Action), resource: req.Resource, open: req.open, ctx: &req.Context}
	s.service, s.set = serviceOf(s.action), setOf(s.action)
	s.nothing = withoutKey(s.action)
	if s.nothing {
		s.resource = "*"
	}
	s.parts, s.isARN = splitARN(s.resource)
	if s.isARN && s.parts[arnService] == "kms" {
		s.isAlias = strings.HasPrefix(s.parts[arnResource], "alias/")
		s.isKey = strings.HasPrefix(s.parts[arnResource], "key/")
	}
	s.owner = req.ResourceAccount
	if s.owner == "" && s.isARN {
		s.owner = s.parts[arnAccount]
	}
	if s.owner == "" {
		s.owner = s.who.account
	}
	s.aliasEdit = onAliases(s.action)
	s.retire = s.action == "kms:retiregrant"
	s.assumes = strings.HasPrefix(s.action, "sts:assumerole")
	s.chosen = req.chosen
	s.crossing = s.who.account != s.owner && s.who.account != ""
	if s.who.iam() {
		s.boundary = p.bounded()
		s.who.limited = s.who.kind == callerUser && p.Session != nil
	}
	if s.who.kind == callerSession && !s.who.linked {
		// A session's ARN has no path; its role's has (C5).
		if role := s.ctx.lookup("aws:principalarn"); role.state == known && len(role.values) == 1 {
			s.who.linked = strings.Contains(role.values[0], ":role/aws-service-role/")
		}
	}
	if s.who.uniqueID == "" && s.who.iam() {
		if id := s.ctx.lookup("aws:userid"); id.state == known && len(id.values) == 1 {
			s.who.uniqueID, _, _ = strings.Cut(id.values[0], ":")
		}
	}
	s.scpFree = p.PrincipalInManagementAccount || s.who.linked || s.who.account == ""
	s.rcpFree = p.ResourceInManagementAccount || s.who.linked || p.AWSManagedKey || s.retire
	return s
}

// bounded says whether the principal has a boundary. An unread one may be none.
func (p *Policies) bounded() tri {
	if p.HasBoundary {
		return yes
	}
	result := no
	for _, b := range p.Boundary {
		if b.unread == nil {
			return yes
		}
		result = maybe
	}
	return result
}

// lower is strings.ToLower; the common actions cost nothing.
func lower(action string) string {
	switch action {
	case "kms:Decrypt":
		return "kms:decrypt"
	case "kms:Encrypt":
		return "kms:encrypt"
	case "kms:GenerateDataKey":
		return "kms:generatedatakey"
	case "kms:DescribeKey":
		return "kms:describekey"
	case "s3:GetObject":
		return "s3:getobject"
	case "s3:PutObject":
		return "s3:putobject"
	}
	return strings.ToLower(action)
}
