package access

import (
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/policy"
)

// Reach says how much of KMS a statement of an identity policy covers, whatever
// its effect and its conditions.
type Reach struct {
	// Every says that every action on a key matches, as with kms:* and *.
	Every bool
	// Actions are the actions on keys that match.
	Actions []string
	// Keys says which keys the resources cover.
	Keys Keys
	// Aliases are resources that name aliases, which cover no key (M8).
	Aliases []string
}

// Keys is a set of keys by its width.
type Keys string

// The widths, from none to all: keys that are named, every key of a Region of
// the account, every key of the account, every key there is.
const (
	NoKeys      Keys = "none"
	SomeKeys    Keys = "some"
	RegionKeys  Keys = "region"
	AccountKeys Keys = "account"
	EveryKey    Keys = "all"
)

// nobodysKey is a key id that no policy means by name.
const nobodysKey = "key/3b7d0c5e-5f0a-4c4e-9a51-6e0f7c1d2b3a"

// ReachOf says how much of KMS statement i covers, for an account that uses
// regions.
func ReachOf(doc *policy.Document, i int, partition, account string, regions []string) Reach {
	return NewReachFinder(partition, account, regions).Of(doc, i)
}

// ReachFinder says it of many statements. It remembers what it has met: not for
// concurrent use.
type ReachFinder struct {
	compiler          *compiler
	regions           []arn // a key of the account in each Region that it uses
	elsewhere, others arn   // in another one, and of another account
}

// NewReachFinder prepares for an account that uses regions. Widths are found by asking
// for a key that nobody can have named.
func NewReachFinder(partition, account string, regions []string) *ReachFinder {
	key := func(region, account string) arn {
		return arn{"arn", partition, "kms", region, account, nobodysKey}
	}
	f := &ReachFinder{compiler: remembering(), elsewhere: key("xx-kmsaudit-1", account), others: key("xx-kmsaudit-1", "000000000000")}
	for _, region := range regions {
		f.regions = append(f.regions, key(region, account))
	}
	return f
}

// Of says how much of KMS statement i covers. What it says must not be changed.
func (f *ReachFinder) Of(doc *policy.Document, i int) Reach {
	from := &doc.Statements[i]
	if !touchesKMS(from) {
		return Reach{Keys: NoKeys}
	}
	var s statement
	f.compiler.compileActions(&s, from)
	r := Reach{Keys: NoKeys}
	r.Actions, r.Every = s.onKeys()
	if len(r.Actions) == 0 {
		return Reach{Keys: NoKeys}
	}
	f.compiler.compileResources(&s, from, LayerIdentity, doc.Version == "2012-10-17")
	ctx := NewContext()
	covers := func(key *arn) bool {
		return s.onResource(&situation{isARN: true, parts: *key, isKey: true, ctx: &ctx}) == yes
	}
	inRegions := 0
	for i := range f.regions {
		if covers(&f.regions[i]) {
			inRegions++
		}
	}
	switch {
	case covers(&f.others):
		r.Keys = EveryKey
	case covers(&f.elsewhere), len(f.regions) > 1 && inRegions == len(f.regions):
		r.Keys = AccountKeys
	case inRegions > 0:
		r.Keys = RegionKeys
	}
	for _, resource := range from.Resource {
		switch parts := splitPattern(resource, true); {
		case len(parts) < 6 || !strings.EqualFold(parts[arnService], "kms"):
		case strings.HasPrefix(parts[arnResource], "alias/"):
			r.Aliases = append(r.Aliases, resource)
		case r.Keys == NoKeys:
			r.Keys = SomeKeys
		}
	}
	if from.NotResource != nil && r.Keys == NoKeys {
		r.Keys = SomeKeys
	}
	return r
}

// touchesKMS is a quick look at the actions.
func touchesKMS(from *policy.Statement) bool {
	if from.NotAction != nil {
		return true
	}
	for _, action := range from.Action {
		if everyAction(action) || len(action) >= 4 && strings.EqualFold(action[:4], "kms:") {
			return true
		}
	}
	return false
}
