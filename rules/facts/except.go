package facts

import (
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/policy"
)

// except notes what a denial makes an exception for, so that the exception is
// asked for too: principals in NotPrincipal and in conditions, objects in
// NotResource, actions in NotAction.
func (p *prober) except(statement policy.Statement) {
	if statement.NotPrincipal != nil {
		for _, principal := range statement.NotPrincipal.List {
			p.spare(principal.Value)
		}
	}
	for _, c := range statement.Conditions {
		switch strings.ToLower(c.Key) {
		case "aws:principalarn", "aws:principalaccount":
			for _, value := range c.Values {
				p.spare(value)
			}
		}
	}
	for _, pattern := range statement.NotAction {
		if strings.HasPrefix(strings.ToLower(pattern), "s3:") && !slices.Contains(p.actions, example(pattern)) {
			p.actions = append(p.actions, example(pattern))
		}
	}
	for _, pattern := range statement.NotResource {
		if object, inside := strings.CutPrefix(pattern, p.bucket+"/"); inside && object != "*" {
			p.objects = append(p.objects, example(object))
		}
	}
}

// spare adds a caller that a policy names: a principal, or a role of an account.
func (p *prober) spare(value string) {
	switch {
	case len(value) == 12 && strings.Trim(value, "0123456789") == "":
		value = someRole(p.partition, value)
	case strings.HasSuffix(value, ":root"):
		value = strings.TrimSuffix(value, ":root") + ":role/kmsaudit-probe"
	}
	arn := example(value)
	if accountOf(arn) == "" || slices.ContainsFunc(p.spared, func(c caller) bool { return c.arn == arn }) {
		return
	}
	name := arn
	if role, isProbe := strings.CutSuffix(arn, ":role/kmsaudit-probe"); isProbe {
		name = "account " + accountOf(role+":x")
	}
	if account := accountOf(arn); account != p.account || !strings.HasSuffix(arn, "kmsaudit-probe") {
		p.spared = append(p.spared, caller{name, arn, arn != value})
	}
}

// example is a text that a pattern matches.
func example(pattern string) string {
	return strings.NewReplacer("${", "", "}", "", "*", "x", "?", "x").Replace(pattern)
}
