package main

import (
	"fmt"
	"strings"
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

// config writes the configuration that says what the account is meant to be.
func (w *world) config() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "# What the synthetic account of seed %d is meant to be.\nversion: 1\naccount: %q\nregions: [%s]\n",
		w.seed, accountID, strings.Join(regions[:], ", "))
	if len(w.needs) > 0 {
		b.WriteString("requirements:\n")
	}
	for i, n := range w.needs {
		fmt.Fprintf(&b, "  - name: %s\n    principals:\n", n.name)
		for _, p := range n.principals {
			fmt.Fprintf(&b, "      - %q\n", p)
		}
		fmt.Fprintf(&b, "    key: %q\n    actions: [kms:Encrypt, kms:Decrypt, \"kms:ReEncrypt*\", \"kms:GenerateDataKey*\", kms:DescribeKey]\n", n.key.arn())
		if n.exclusive {
			b.WriteString("    exclusive: true\n")
		}
		fmt.Fprintf(&b, "    buckets:\n      - name: %s\n        operations: [PutObject, GetObject]\n        bucket_key: true\n        requests_per_month: %d\n        objects: [%q]\n",
			n.bucket.name, 1000*(i+1), n.object)
	}
	fmt.Fprintf(&b, "key_administrators: [%q]\nenvironments: {tag: Environment}\ntrusted_accounts: [%q]\n", w.roleARNs[0], neighbors[0])
	return []byte(b.String())
}
