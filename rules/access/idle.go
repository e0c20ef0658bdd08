package access

import (
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/policy"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// Idle is what never matches in a statement of an identity policy, whatever the
// other policies say.
type Idle struct {
	// Whole says that no action of the statement ever matches a request.
	Whole bool
	Parts []IdlePart
}

// IdlePart is an action or a resource of a statement that never matches.
type IdlePart struct {
	What  string // as the policy writes it
	Fault Fault
	// Meant are actions that a misspelt one may stand for.
	Meant []string
	// Needs is what the action has to be allowed on, where the resources are at
	// fault.
	Needs string
	// Tests are the tests that never hold for the action, where the condition is.
	Tests []Test
}

// Fault is why a part of a statement never matches.
type Fault string

// The faults.
const (
	FaultAction    Fault = "action"    // there is no such action
	FaultResource  Fault = "resource"  // it is a resource that nothing has
	FaultUnmatched Fault = "unmatched" // no resource of the statement is one that the action is on (M8, M9, M10)
	FaultCondition Fault = "condition" // the condition never holds for the action (C16 to C21)
)

// What actions are on, as IdlePart.Needs says it.
const (
	NeedsKey    = "key"
	NeedsStar   = "*" // the action has no resource (M9)
	NeedsObject = "object"
	NeedsBucket = "bucket"
)

// IdleFinder finds what never matches in the policies of an account. It remembers
// what it has met: not for concurrent use.
type IdleFinder struct {
	partition string
	caller    *facts
	patterns  map[string][]string // entries of Action → the actions they match
	fixed     map[string]*facts   // actions → what they fix
	met       map[resourceText]shape
}

// resourceText is a resource as a statement writes it, and whether variables count.
type resourceText struct {
	text string
	vars bool
}

// NewIdleFinder prepares for the identity policies of an account.
func NewIdleFinder(partition, account string) *IdleFinder {
	return &IdleFinder{
		partition: partition, caller: callerFacts(account),
		patterns: map[string][]string{}, fixed: map[string]*facts{}, met: map[resourceText]shape{},
	}
}

// Of finds what never matches in statement i of an identity policy. Only what is
// certain is found: actions of KMS and S3 that are known or close to one that is,
// and not what NotAction and NotResource leave. Aliases count as keys here: that
// they match none is another question (Reach.Aliases).
func (f *IdleFinder) Of(doc *policy.Document, i int) Idle {
	from := &doc.Statements[i]
	var idle Idle
	if from.Principal != nil || from.NotPrincipal != nil || from.NotAction != nil || len(from.Action) == 0 {
		return idle
	}
	vars := doc.Version == "2012-10-17" // C13
	there := shapeEverything
	if from.NotResource == nil {
		there = 0
		for _, text := range from.Resource {
			shape := f.shape(text, vars)
			if there |= shape; shape == 0 && strings.HasPrefix(text, "arn:"+f.partition+":kms:") {
				idle.Parts = append(idle.Parts, IdlePart{What: text, Fault: FaultResource})
			}
		}
	}
	tests := conditional{IdleFinder: f, from: from, vars: vars}
	alive := false
	for _, text := range from.Action {
		part, found := tests.idle(text, there)
		if !found {
			alive = true
			continue
		}
		part.What = text
		idle.Parts = append(idle.Parts, part)
	}
	idle.Whole = !alive
	return idle
}

// shape is shapeOf, remembered where it is not plain.
func (f *IdleFinder) shape(text string, vars bool) shape {
	if !strings.ContainsAny(text, "*?$") {
		return plainShape(text, f.partition)
	}
	slot := resourceText{text, vars}
	s, met := f.met[slot]
	if !met {
		s = shapeOf(text, f.partition, vars)
		f.met[slot] = s
	}
	return s
}

// actions are those that an entry of Action matches, in lower case.
func (f *IdleFinder) actions(text string) []string {
	list, met := f.patterns[text]
	if !met {
		if list = []string{text}; strings.ContainsAny(text, "*?") {
			list = actionsLike(text)
		}
		f.patterns[text] = list
	}
	return list
}

// plainShape is shapeOf for a resource without wildcards and variables.
func plainShape(text, partition string) shape {
	parts, ok := splitARN(text)
	if !ok || parts[arnPartition] != partition {
		return 0
	}
	resource := parts[arnResource]
	switch parts[arnService] {
	case "kms":
		switch {
		case parts[arnRegion] == "" || !snapshot.IsAccountID(parts[arnAccount]):
		case strings.HasPrefix(resource, "key/"):
			return shapeKey
		case strings.HasPrefix(resource, "alias/"):
			return shapeAlias
		}
	case "s3":
		switch {
		case parts[arnRegion]+parts[arnAccount] != "":
			if strings.HasPrefix(resource, "accesspoint/") {
				return shapeObject | shapeBucket
			}
		case strings.Contains(resource, "/"):
			return shapeObject
		default:
			return shapeBucket
		}
	}
	return 0
}

// ofKMSOrS3 is a quick look at an entry of Action.
func ofKMSOrS3(text string) bool {
	return len(text) > 3 && (strings.EqualFold(text[:4], "kms:") || strings.EqualFold(text[:3], "s3:"))
}

// idle tells whether an entry of Action never matches, and why; there is what the
// resources of the statement are.
func (c *conditional) idle(text string, there shape) (IdlePart, bool) {
	if !ofKMSOrS3(text) {
		return IdlePart{}, false
	}
	text = lower(text)
	service, name, _ := strings.Cut(text, ":")
	if service != "kms" && service != "s3" || name == "" {
		return IdlePart{}, false
	}
	unmatched := IdlePart{Fault: FaultUnmatched}
	known := false
	for _, action := range c.actions(text) {
		on, found := shapes()[action]
		switch {
		case !found:
			continue
		case on.fits == 0: // of many kinds
			return IdlePart{}, false
		}
		known = true
		if on.fits&there == 0 {
			unmatched.Needs = on.needs
			continue
		}
		never := c.never(action, on.fits)
		if len(never) == 0 {
			return IdlePart{}, false
		}
		unmatched.Fault, unmatched.Tests, unmatched.Needs = FaultCondition, never, ""
	}
	if known {
		return unmatched, true
	}
	meant := meantBy(service, name)
	return IdlePart{Fault: FaultAction, Meant: meant}, len(meant) > 0
}

// shape is a set of kinds of resources.
type shape uint8

const (
	shapeKey shape = 1 << iota
	shapeAlias
	shapeKMS // the account-wide form, for what has no resource (M9)
	shapeObject
	shapeBucket
	shapeS3         // likewise
	shapeEverything = shapeKey | shapeAlias | shapeKMS | shapeObject | shapeBucket | shapeS3
)

// shapeOf finds what kinds of resources of KMS and S3 a resource of a statement
// can match; partition is that of the account.
func shapeOf(text, partition string, vars bool) shape {
	p := compileARN(text, true, vars, arnResource)
	switch {
	case p.any || p.whole != nil:
		return shapeEverything
	case p.wrong:
		return 0
	}
	if p.parts == nil { // exact
		a, _ := splitARN(p.text)
		p.parts = new([6]pattern)
		for i := range a {
			p.parts[i] = compilePattern(a[i], false, false)
		}
	}
	ctx := Context{otherwise: unknown}
	may := func(part int, value string) bool { return p.parts[part].matches(value, &ctx, false) != no }
	if !may(0, "arn") || !may(arnPartition, partition) {
		return 0
	}
	var s shape
	resource := &p.parts[arnResource]
	if may(arnService, "kms") && len(p.parts[arnRegion].tokens) > 0 && p.parts[arnAccount].mayBeAccount() {
		for head, kind := range map[string]shape{"key/": shapeKey, "alias/": shapeAlias} {
			if resource.matchesHead(head, &ctx, false) != no {
				s |= kind
			}
		}
		if resource.any {
			s |= shapeKMS
		}
	}
	if may(arnService, "s3") {
		s |= p.shapeInS3()
	}
	return s
}

// shapeInS3 finds which kinds of resources of S3 match. Access points stand for
// buckets and objects.
func (p *arnPattern) shapeInS3() shape {
	resource := &p.parts[arnResource]
	if p.parts[arnRegion].plain && len(p.parts[arnRegion].tokens) > 0 || p.parts[arnAccount].plain && len(p.parts[arnAccount].tokens) > 0 {
		if ctx := (Context{otherwise: unknown}); resource.matchesHead("accesspoint/", &ctx, false) == no {
			return 0
		}
		return shapeObject | shapeBucket
	}
	inside, open := false, false
	for _, t := range resource.tokens {
		inside = inside || t.kind == literal && strings.Contains(t.text, "/")
		open = open || t.kind != literal
	}
	switch {
	case resource.any:
		return shapeObject | shapeBucket | shapeS3
	case inside:
		return shapeObject
	case open:
		return shapeObject | shapeBucket
	}
	return shapeBucket
}

// mayBeAccount reports a pattern that can match the id of an account. Variables count
// in the last part of an ARN only, say AWS's pages, and AWS's own policies have them
// here: what they match is not certain.
func (p *pattern) mayBeAccount() bool {
	if !p.plain {
		return true
	}
	return len(p.tokens) == 1 && (snapshot.IsAccountID(p.tokens[0].text) || strings.Contains(p.tokens[0].text, "${"))
}
