package collector

import (
	"maps"
	"slices"
	"strings"
)

// Permission is an IAM action that a collection needs, and on what.
type Permission struct {
	Action string
	// Resources are what stands after arn:PARTITION:s3::: in the ARNs of the
	// objects or buckets that the action is needed on, as IAM patterns; nil means
	// every resource.
	Resources []string
}

// Permissions returns the IAM actions that a collection with these options can
// use, sorted. All of them only read: the calls behind them are those that the
// collector lets through. sts:GetCallerIdentity needs no permission and is left
// out.
func (o Options) Permissions() []Permission {
	var list []Permission
	seen := map[string]bool{getCallerIdentity: true}
	for _, c := range calls {
		if needed := o.uses(c) || c.action == listBucket && o.asksObjects(); !needed || seen[c.action] {
			continue
		}
		seen[c.action] = true
		p := Permission{Action: c.action}
		switch c.action {
		case getObject:
			p.Resources = o.objectPatterns()
		case listBucket:
			p.Resources = o.bucketPatterns()
		}
		list = append(list, p)
	}
	slices.SortFunc(list, func(a, b Permission) int { return strings.Compare(a.Action, b.Action) })
	return list
}

// uses says whether a collection with these options may make the call. What it
// does not need, it does not get through either.
func (o Options) uses(c call) bool {
	switch c.action {
	case getCallerIdentity:
		return true
	case listRegions:
		return len(o.Regions) == 0
	case getKeyLastUsage:
		return o.LastUsage
	case getObject:
		return o.asksObjects()
	case listBucket:
		return o.SampleObjects > 0
	case describeOrganization, listParents, listPoliciesForTarget, describePolicy:
		return o.Organization == nil
	}
	return !ofTree(c)
}

// ofTree says whether reading a Tree may make the call.
func ofTree(c call) bool {
	switch c.action {
	case getCallerIdentity, describeOrganization, describePolicy, listRoots, listUnits, listAccounts, listPolicies, listTargets, listOrganizationTags:
		return true
	}
	return false
}

// TreePermissions returns the IAM actions that reading a Tree can use, sorted;
// tags says whether accounts are asked for theirs.
func TreePermissions(tags bool) []Permission {
	var list []Permission
	for _, c := range calls {
		if ofTree(c) && c.action != getCallerIdentity && (tags || c.action != listOrganizationTags) {
			list = append(list, Permission{Action: c.action})
		}
	}
	slices.SortFunc(list, func(a, b Permission) int { return strings.Compare(a.Action, b.Action) })
	return list
}

// asksObjects says whether any object is asked how it is encrypted.
func (o Options) asksObjects() bool {
	if len(o.Copies) > 0 || o.SampleObjects > 0 {
		return true
	}
	for _, keys := range o.Objects {
		if len(keys) > 0 {
			return true
		}
	}
	return false
}

// objectPatterns are the objects that are asked for. s3:GetObject is what
// HeadObject needs, and it would let their content be read too, so that it is
// worth being told on which.
func (o Options) objectPatterns() []string {
	if o.SampleObjects > 0 {
		return []string{"*/*"}
	}
	var patterns []string
	for _, key := range o.Copies {
		patterns = append(patterns, "*/"+literal(key))
	}
	for bucket, keys := range o.Objects {
		for _, key := range keys {
			if !slices.Contains(o.Copies, key) {
				patterns = append(patterns, bucket+"/"+literal(key))
			}
		}
	}
	slices.Sort(patterns)
	return slices.Compact(patterns)
}

// bucketPatterns are the buckets that objects are drawn from, and those that have
// to say of an object "not there" rather than "forbidden", which takes the same
// permission.
func (o Options) bucketPatterns() []string {
	if o.SampleObjects > 0 || len(o.Copies) > 0 {
		return []string{"*"}
	}
	var patterns []string
	for _, bucket := range slices.Sorted(maps.Keys(o.Objects)) {
		if len(o.Objects[bucket]) > 0 {
			patterns = append(patterns, bucket)
		}
	}
	return patterns
}

// literal writes a text so that IAM matches it and little else: a policy cannot
// hold every character ("IAM policy elements: variables and tags" of the IAM User
// Guide; PolicyDocument of CreatePolicy).
func literal(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '*' || r == '?' || r == '$':
			b.WriteString("${" + string(r) + "}")
		case r > 0xff || r < ' ' && r != '\t' && r != '\n' && r != '\r' || 0x7f <= r && r < 0xa0:
			b.WriteByte('*')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
