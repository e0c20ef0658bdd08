package main

import (
	"fmt"

	"gopkg.in/yaml.v3"

	"github.com/kmsaudit/kmsaudit/rules/facts"
)

// need is a requirement of the configuration.
type need struct {
	name       string
	principals []string
	key        keyName
	bucket     bucketName
	object     string
	exclusive  bool
}

// statements are what grants the need.
func (n need) statements() []statement {
	return []statement{
		{Effect: "Allow", Action: useActions, Resource: n.key.arn()},
		{Effect: "Allow", Action: []string{"s3:GetObject", "s3:PutObject"}, Resource: n.bucket.arn() + "/*"},
	}
}

// declare draws the requirements, one for a bucket at most; one in ten wants its
// key for itself. Most of them the account meets.
func (w *world) declare() {
	d := w.draw(9)
	buckets := d.Perm(len(w.bucketNames))
	for i := range min(w.requirements, len(buckets)) {
		n := need{name: fmt.Sprintf("need-%04d", i), key: w.key(d), bucket: w.bucketNames[buckets[i]], exclusive: i%10 == 0}
		n.object = fmt.Sprintf("declared-%04d.csv", i)
		seen := map[string]bool{}
		for range 2 + d.IntN(7) {
			role := pick(d, w.roleARNs)
			if !seen[role] {
				seen[role] = true
				n.principals = append(n.principals, role)
				w.needed[role] = append(w.needed[role], i)
			}
		}
		w.needs = append(w.needs, n)
	}
}

// intent is what the account is meant to be.
func (w *world) intent() facts.Intent {
	on := true
	intent := facts.Intent{KeyAdministrators: w.roleARNs[:1], TrustedAccounts: neighbors[:1], Environments: facts.Environments{Tag: "Environment"}}
	for i, n := range w.needs {
		intent.Requirements = append(intent.Requirements, facts.Requirement{
			Name: n.name, Principals: n.principals, Key: n.key.arn(), Actions: useActions, Exclusive: n.exclusive,
			Buckets: []facts.RequiredBucket{{
				Name: n.bucket.name, Operations: []string{"PutObject", "GetObject"}, BucketKey: &on,
				RequestsPerMonth: 1000 * (i + 1), Objects: []string{n.object},
			}},
		})
	}
	return intent
}

// config writes the intent as a configuration file.
func (w *world) config() ([]byte, error) {
	return yaml.Marshal(struct {
		Version      int      `yaml:"version"`
		Account      string   `yaml:"account"`
		Regions      []string `yaml:"regions"`
		facts.Intent `yaml:",inline"`
	}{1, accountID, regions[:], w.intent()})
}
