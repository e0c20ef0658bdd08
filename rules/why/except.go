package why

import (
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/policy"
)

// exception are requests of one principal that a Deny is to let through.
type exception struct {
	// key and value tell the principal from everybody else; own says that nobody
	// else has the policy.
	key, value string
	own        bool
	requests   []excepted
	// service is that of a key or bucket policy, which no other action comes to;
	// only says that the policy is about the one resource.
	service string
	only    bool
	bucket  string // whose policy it is
}

// excepted is one request. The resource is a pattern that matches it alone.
type excepted struct{ action, resource string }

// actions are those of the requests, once each.
func (e *exception) actions() []string {
	var list []string
	for _, r := range e.requests {
		if !slices.Contains(list, r.action) {
			list = append(list, r.action)
		}
	}
	return list
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
	list = append(list, others...)
	for _, action := range e.actions() {
		elsewhere, ok := e.elsewhere(mine, action)
		if !ok {
			return nil, false
		}
		list = append(list, elsewhere...)
	}
	for i := 1; i < len(list); i++ { // Sids have to differ
		list[i].Sid = ""
	}
	return list, true
}

// otherActions denies the principal the actions that the Deny is on, but for those
// of the requests.
func (e *exception) otherActions(mine statement) ([]statement, bool) {
	spared := e.actions()
	if mine.NotAction != nil {
		mine.NotAction = slices.Concat(mine.NotAction, spared)
		return []statement{mine}, true
	}
	var rest []string
	all := false
	for _, pattern := range mine.Action {
		switch {
		case slices.ContainsFunc(spared, func(action string) bool { return strings.EqualFold(pattern, action) }):
		case pattern == "*", e.service != "" && strings.EqualFold(pattern, e.service+":*"):
			all = true
		case slices.ContainsFunc(spared, func(action string) bool { return matches(strings.ToLower(pattern), strings.ToLower(action)) }):
			return nil, false // what it matches today is not what it will match
		default:
			rest = append(rest, pattern)
		}
	}
	switch {
	case all:
		mine.Action, mine.NotAction = nil, spared
	case len(rest) == 0:
		return nil, true
	default:
		mine.Action = rest
	}
	return []statement{mine}, true
}

// elsewhere denies the principal an action of the requests on the other resources
// that the Deny is on.
func (e *exception) elsewhere(mine statement, action string) ([]statement, bool) {
	if e.only {
		return nil, true
	}
	mine.Action, mine.NotAction = []string{action}, nil
	var spared []string
	for _, r := range e.requests {
		if r.action == action && !slices.Contains(spared, r.resource) {
			spared = append(spared, r.resource)
		}
	}
	if mine.NotResource != nil {
		mine.NotResource = slices.Concat(mine.NotResource, spared)
		return []statement{mine}, true
	}
	var rest []string
	for _, pattern := range mine.Resource {
		switch {
		case slices.Contains(spared, pattern):
		case e.everything(pattern, action, spared[0]):
			mine.Resource, mine.NotResource = nil, spared
			return []statement{mine}, true
		case strings.Contains(pattern, "${"), slices.ContainsFunc(spared, func(resource string) bool { return matches(pattern, resource) }):
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

// everything reports patterns that match whatever an action on the resource can be
// on.
func (e *exception) everything(pattern, action, resource string) bool {
	onObjects := strings.Contains(field(resource, 5), "/")
	return pattern == "*" || e.bucket != "" && onObjects && pattern == e.bucket+"/*" ||
		strings.HasPrefix(action, "s3:") && onObjects && pattern == "arn:"+field(resource, 1)+":s3:::*"
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
