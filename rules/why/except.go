package why

import (
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/policy"
)

// exception is one request that a Deny is to let through.
type exception struct {
	// key and value tell the principal from everybody else; own says that nobody
	// else has the policy.
	key, value string
	own        bool
	action     string
	resource   string // as a pattern that matches it alone
	// service is that of a key or bucket policy, which no other action comes to;
	// only says that the policy is about the one resource.
	service string
	only    bool
	bucket  string // whose policy it is
}

// from are the statements that deny what the Deny denies, except for the request:
// nothing more and nothing less. false where that cannot be written.
func (e *exception) from(old *policy.Statement) ([]statement, bool) {
	if e.key == "" || old.Effect != policy.Deny {
		return nil, false
	}
	equals, notEquals := "ArnEquals", "ArnNotEquals"
	if e.key != "aws:PrincipalArn" {
		equals, notEquals = "StringEquals", "StringNotEquals"
	}
	deny := statementOf(old)
	if deny.tests(equals, e.key) && !e.own {
		return nil, false // it already tells some principals from others
	}
	var list []statement
	mine := deny
	if !e.own {
		list = append(list, deny.when(notEquals, e.key, e.value))
		mine = deny.when(equals, e.key, e.value)
		if mine.NotPrincipal != nil {
			mine.Principal, mine.NotPrincipal = map[string][]string{policy.KindAWS: {"*"}}, nil
		}
	}
	others, ok := e.otherActions(mine)
	if !ok {
		return nil, false
	}
	elsewhere, ok := e.elsewhere(mine)
	if !ok {
		return nil, false
	}
	list = append(append(list, others...), elsewhere...)
	for i := 1; i < len(list); i++ { // Sids have to differ
		list[i].Sid = ""
	}
	return list, true
}

// otherActions denies the principal the actions that the Deny is on, but for the
// one of the request.
func (e *exception) otherActions(mine statement) ([]statement, bool) {
	if mine.NotAction != nil {
		mine.NotAction = append(slices.Clone(mine.NotAction), e.action)
		return []statement{mine}, true
	}
	var rest []string
	all := false
	for _, pattern := range mine.Action {
		switch {
		case strings.EqualFold(pattern, e.action):
		case pattern == "*", e.service != "" && strings.EqualFold(pattern, e.service+":*"):
			all = true
		case strings.ContainsAny(pattern, "*?"):
			if matches(strings.ToLower(pattern), strings.ToLower(e.action)) {
				return nil, false // what it matches today is not what it will match
			}
			rest = append(rest, pattern)
		default:
			rest = append(rest, pattern)
		}
	}
	switch {
	case all:
		mine.Action, mine.NotAction = nil, []string{e.action}
	case len(rest) == 0:
		return nil, true
	default:
		mine.Action = rest
	}
	return []statement{mine}, true
}

// elsewhere denies the principal the action of the request on the other resources
// that the Deny is on.
func (e *exception) elsewhere(mine statement) ([]statement, bool) {
	mine.Action, mine.NotAction = []string{e.action}, nil
	switch {
	case e.only:
		return nil, true
	case mine.NotResource != nil:
		mine.NotResource = append(slices.Clone(mine.NotResource), e.resource)
		return []statement{mine}, true
	}
	var rest []string
	for _, pattern := range mine.Resource {
		switch {
		case pattern == e.resource:
		case e.everything(pattern):
			mine.Resource, mine.NotResource = nil, []string{e.resource}
			return []statement{mine}, true
		case strings.Contains(pattern, "${"), matches(pattern, e.resource):
			return nil, false
		default:
			rest = append(rest, pattern)
		}
	}
	if len(rest) == 0 {
		return nil, true
	}
	mine.Resource = rest
	return []statement{mine}, true
}

// everything reports patterns that match whatever the action can be on.
func (e *exception) everything(pattern string) bool {
	onObjects := strings.Contains(field(e.resource, 5), "/")
	return pattern == "*" || e.bucket != "" && onObjects && pattern == e.bucket+"/*" ||
		strings.HasPrefix(e.action, "s3:") && onObjects && (pattern == "arn:"+field(e.resource, 1)+":s3:::*" || pattern == "arn:*:s3:::*")
}

// matches compares a text with a pattern of * and ?.
func matches(pattern, text string) bool {
	for pattern != "" {
		switch pattern[0] {
		case '*':
			for i := 0; i <= len(text); i++ {
				if matches(pattern[1:], text[i:]) {
					return true
				}
			}
			return false
		case '?':
			if text == "" {
				return false
			}
		default:
			if text == "" || text[0] != pattern[0] {
				return false
			}
		}
		pattern, text = pattern[1:], text[1:]
	}
	return text == ""
}
