package main

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/rules/access"
	"github.com/kmsaudit/kmsaudit/rules/facts"
)

var (
	bucketName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`) })
	iamARN     = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^arn:aws[a-z-]*:iam::[0-9]{12}:(user|role)/[!-~]+$`) })
	keyARN     = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$`)
	})
)

func (s *source) checkRegions(under string, regions []string) {
	for i, region := range regions {
		if !snapshot.IsRegion(region) {
			s.wrong(fmt.Sprintf("%sregions[%d]", under, i), "%q is not a Region such as us-east-1", region)
		}
	}
}

func (s *source) checkGate(c *config) {
	one := func(path, value string, words []string) {
		if s.places[path] != nil && !slices.Contains(words, value) {
			s.wrong(path, "%q is not one of %s%s", value, strings.Join(words, ", "), didYouMean(value, words))
		}
	}
	one("fail_on", c.FailOn, thresholds())
	one("on_gap", c.OnGap, onGap())
	if s.places["max_waiver_days"] != nil && c.MaxWaiverDays < 1 {
		s.wrong("max_waiver_days", "this has to be a number of days, at least 1")
	}
}

// thresholds are what --fail-on takes.
func thresholds() []string {
	words := []string{"none"}
	for _, severity := range slices.Backward(report.Severities()) {
		words = append(words, severity.String())
	}
	return words
}

// onGap are what --on-gap takes.
func onGap() []string { return []string{report.GapFails, report.GapWarns} }

// checkIntent checks what is said under a path, "" or one that ends in a dot.
func (s *source) checkIntent(under string, intent *facts.Intent) {
	names := map[string]int{}
	for i := range intent.Requirements {
		path := fmt.Sprintf("%srequirements[%d]", under, i)
		name := intent.Requirements[i].Name
		if first, twice := names[name]; twice && name != "" {
			s.wrong(path+".name", "%srequirements[%d] is called %q too", under, first, name)
		}
		names[name] = i
		s.checkRequirement(path, &intent.Requirements[i])
	}
	s.checkKeysOfBuckets(under, intent.Requirements)
	s.checkPrincipals(under+"key_administrators", intent.KeyAdministrators)
	s.checkEnvironments(under, &intent.Environments)
	for i, account := range intent.TrustedAccounts {
		if !snapshot.IsAccountID(account) && account != trustOrganization {
			s.wrong(fmt.Sprintf("%strusted_accounts[%d]", under, i), "%q is neither an account, which has 12 digits, nor %s", account, trustOrganization)
		}
	}
}

// checkAccounts checks what is said of single accounts.
func (s *source) checkAccounts(c *config) {
	if c.Account != "" && len(c.Accounts) > 0 {
		s.wrong("accounts", "account is given too: what it is for goes under accounts.%s", c.Account)
	}
	for _, id := range slices.Sorted(maps.Keys(c.Accounts)) {
		one, under := c.Accounts[id], "accounts."+id+"."
		if !snapshot.IsAccountID(id) {
			s.wrong("accounts."+id, "%q is not an account: it has 12 digits", id)
		}
		s.checkRegions(under, one.Regions)
		s.checkIntent(under, &one.Intent)
		for i := range one.Requirements {
			name := one.Requirements[i].Name
			if slices.ContainsFunc(c.Requirements, func(r facts.Requirement) bool { return r.Name == name }) && name != "" {
				s.wrong(fmt.Sprintf("%srequirements[%d].name", under, i), "a requirement of all accounts is called %q too", name)
			}
		}
	}
}

// checkKeysOfBuckets refuses two keys for one bucket: a bucket has one default.
func (s *source) checkKeysOfBuckets(under string, requirements []facts.Requirement) {
	keys := map[string]string{}
	for i, r := range requirements {
		for j, b := range r.Buckets {
			if other := keys[b.Name]; other != "" && r.Key != "" && r.Key != other {
				s.wrong(fmt.Sprintf("%srequirements[%d].buckets[%d].name", under, i, j), "%s is required to be under %s too, and a bucket has one default key", b.Name, other)
			}
			keys[b.Name] = cmp.Or(keys[b.Name], r.Key)
		}
	}
}

func (s *source) checkEnvironments(under string, e *facts.Environments) {
	if s.places[under+"environments"] != nil && e.Tag == "" && len(e.Names) == 0 {
		s.wrong(under+"environments", "neither tag nor names are given: the tag whose value is the environment, or patterns of names")
	}
	for _, name := range slices.Sorted(maps.Keys(e.Names)) {
		for i, pattern := range e.Names[name] {
			if _, err := path.Match(pattern, ""); err != nil || pattern == "" {
				s.wrong(fmt.Sprintf("%senvironments.names.%s[%d]", under, name, i), "%q is not a pattern such as *-prod-*", pattern)
			}
		}
	}
}

func (s *source) checkPrincipals(path string, principals []string) {
	for i, arn := range principals {
		if !iamARN().MatchString(arn) {
			s.wrong(fmt.Sprintf("%s[%d]", path, i),
				"%q is not the ARN of a role or user, such as arn:aws:iam::111122223333:role/name", arn)
		}
	}
}

func (s *source) checkRequirement(path string, r *facts.Requirement) {
	if r.Name == "" {
		s.wrong(path, "name is missing")
	}
	s.checkPrincipals(path+".principals", r.Principals)
	switch {
	case r.Key != "" && !keyARN().MatchString(r.Key):
		s.wrong(path+".key", "%q is not the ARN of a key, such as arn:aws:kms:us-east-1:111122223333:key/1234abcd-…; an alias may point elsewhere tomorrow", r.Key)
	case r.Key == "" && s.places[path+".key"] != nil:
		s.wrong(path+".key", "this is empty; leave it out, or give the ARN of a key")
	case r.Key == "" && len(r.Actions) > 0:
		s.wrong(path+".actions", "actions need a key, and none is given")
	case r.Key == "" && r.Exclusive:
		s.wrong(path+".exclusive", "this needs a key, and none is given")
	case r.Key == "" && len(r.Buckets) == 0:
		s.wrong(path, "neither key nor buckets are given, so that it requires nothing")
	}
	for i, action := range r.Actions {
		at := fmt.Sprintf("%s.actions[%d]", path, i)
		switch {
		case !strings.HasPrefix(strings.ToLower(action), "kms:"):
			s.wrong(at, "%q is not an action of KMS, such as kms:Decrypt or kms:GenerateDataKey*", action)
		case len(access.ExpandKMS(action)) == 0:
			var known []string
			for _, a := range access.KMSActions() {
				known = append(known, a.Name)
			}
			s.wrong(at, "%q matches no action of KMS%s", action, didYouMean(action, known))
		}
	}
	for i := range r.Buckets {
		s.checkBucket(fmt.Sprintf("%s.buckets[%d]", path, i), &r.Buckets[i])
	}
}

func (s *source) checkBucket(path string, b *facts.RequiredBucket) {
	if !bucketName().MatchString(b.Name) {
		s.wrong(path+".name", "%q is not the name of a bucket", b.Name)
	}
	var known []string
	for _, o := range access.Operations() {
		if o.Service == "" && !o.Directory && o.S3SourceBucket == nil { // which principals do in one bucket
			known = append(known, o.Name)
		}
	}
	for i, operation := range b.Operations {
		if !slices.Contains(known, operation) {
			mend := didYouMean(strings.TrimPrefix(operation, "s3:"), known)
			if bare := strings.TrimPrefix(operation, "s3:"); slices.Contains(known, bare) {
				mend = "; write " + bare
			}
			if mend == "" {
				mend = "; known are " + strings.Join(known, ", ")
			}
			s.wrong(fmt.Sprintf("%s.operations[%d]", path, i), "%q is not an operation of S3 that kmsaudit knows%s", operation, mend)
		}
	}
	if b.RequestsPerMonth < 0 {
		s.wrong(path+".requests_per_month", "a number of requests cannot be negative")
	}
	for i, object := range b.Objects {
		if object == "" {
			s.wrong(fmt.Sprintf("%s.objects[%d]", path, i), "the key of an object cannot be empty")
		}
	}
}
