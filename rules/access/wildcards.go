package access

import (
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/policy"
)

// Wildcards says how much a statement of an identity policy covers of AWS,
// whatever its effect and its conditions.
type Wildcards struct {
	// Everything says that every action on every resource is covered.
	Everything bool
	// Services are those of which every action is covered, on whatever resources,
	// sorted; * stands for all services.
	Services []string
	// But are the actions that the statement leaves out by NotAction.
	But []string
}

// WildcardsOf says how much a statement covers.
func WildcardsOf(from *policy.Statement, partition string) Wildcards {
	var w Wildcards
	if from.NotAction != nil {
		w.Services, w.But = []string{"*"}, from.NotAction
		return w
	}
	every := false
	for _, text := range from.Action {
		service, name, found := strings.Cut(text, ":")
		switch {
		case everyAction(text):
			every = true
		case found && service != "" && everyName(name) && !strings.ContainsAny(service, "*?"):
			w.Services = append(w.Services, strings.ToLower(service))
		}
	}
	if every {
		w.Services, w.Everything = []string{"*"}, everywhere(from, partition)
	}
	if len(w.Services) > 1 {
		slices.Sort(w.Services)
		w.Services = slices.Compact(w.Services)
	}
	return w
}

// everyName tells whether a pattern matches every name of an action: * does, and so
// does ?*, as no name is empty.
func everyName(pattern string) bool {
	return strings.Contains(pattern, "*") && strings.Count(pattern, "?") <= 1 && strings.Trim(pattern, "*?") == ""
}

// everywhere tells whether a statement covers every resource: two that have
// nothing in common and that no policy can mean by name.
func everywhere(from *policy.Statement, partition string) bool {
	s := statement{}
	(&compiler{}).compileResources(&s, from, LayerIdentity, true)
	for _, arn := range [...]string{
		"arn:" + partition + ":kms:xx-kmsaudit-1:000000000000:" + nobodysKey,
		"arn:" + partition + ":s3:::kmsaudit-nobodys-bucket",
	} {
		ctx := NewContext()
		parts, ok := splitARN(arn)
		if s.onResource(&situation{resource: arn, isARN: ok, parts: parts, ctx: &ctx}) != yes {
			return false
		}
	}
	return true
}
