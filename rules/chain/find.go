package chain

import (
	"slices"
	"strings"
)

// Resource is a resource of the account.
type Resource struct {
	Kind   string // key, bucket, role, user or object
	ARN    string
	index  int    // in the snapshot's list; that of the bucket for an object
	object string // its key
}

// name is the resource's own name.
func (r Resource) name() string {
	if r.Kind == "object" {
		return r.object
	}
	rest := part(r.ARN, 5)
	if r.Kind == "bucket" {
		return rest
	}
	return rest[strings.LastIndexByte(rest, '/')+1:]
}

// Missing is the error for a resource that is not there, or may not be.
type Missing struct {
	Given string
	Why   string
	Known []string // what could have been meant, in the form that was given
	Names []string // what names it all the same
	// Unread says why nobody knows whether it is there, "" if it is not.
	Unread string
}

func (m *Missing) Error() string { return m.Why }

// Ambiguous is the error for a name that several resources have.
type Ambiguous struct {
	Given      string
	Candidates []string // ARNs
}

func (a *Ambiguous) Error() string {
	return a.Given + " is the name of " + count(len(a.Candidates), "resource") + ": " + strings.Join(a.Candidates, ", ")
}

// Find finds the resource that the text means: an ARN, the id or an alias of a
// key, the name of a bucket, role or user, or s3://bucket/key. The error is
// Missing or Ambiguous.
func (w *World) Find(text string) (Resource, error) {
	if path, isS3 := strings.CutPrefix(text, "s3://"); isS3 {
		text = "arn:" + w.s.Account.Partition + ":s3:::" + path
	}
	switch {
	case text == "":
		return Resource{}, &Missing{Why: "the resource is empty"}
	case strings.HasPrefix(text, "arn:"):
		return w.findARN(text)
	case strings.HasPrefix(text, "alias/"):
		return w.findAlias(text, "")
	}
	return w.findName(text)
}

func (w *World) findARN(arn string) (Resource, error) {
	kind, name, _ := strings.Cut(part(arn, 5), "/")
	service, account := part(arn, 2), part(arn, 4)
	switch {
	case (service == "kms" || service == "iam" || service == "sts") && account != w.s.Account.ID:
		return Resource{}, &Missing{Given: arn, Names: w.naming(arn), Why: arn + " is of account " + account + ", and the snapshot is of account " + w.s.Account.ID}
	case service == "kms" && kind == "key":
		if i, ok := w.keys[arn]; ok {
			return Resource{Kind: "key", ARN: arn, index: i}, nil
		}
		return Resource{}, w.missing(arn, "key", arns(w.keys), w.keysUnread(part(arn, 3)))
	case service == "kms" && kind == "alias":
		return w.findAlias(part(arn, 5), part(arn, 3))
	case service == "iam" && (kind == "role" || kind == "user"):
		all := map[string]map[string]int{"role": w.roles, "user": w.users}[kind]
		if i, ok := all[arn]; ok {
			return Resource{Kind: kind, ARN: arn, index: i}, nil
		}
		return Resource{}, w.missing(arn, kind, arns(all), w.identitiesUnread())
	case service == "sts" && kind == "assumed-role":
		role, _, _ := strings.Cut(name, "/")
		return w.findName("role/" + role)
	case service == "s3" && account == "" && kind != "":
		return w.findBucket(arn)
	}
	return Resource{}, &Missing{Given: arn, Why: arn + " is not the ARN of a key, bucket, role, user or object"}
}

// findBucket finds a bucket, or an object: what the configuration names and
// nobody asked for is one too.
func (w *World) findBucket(arn string) (Resource, error) {
	bucket, key, isObject := strings.Cut(arn, "/")
	i, ok := w.buckets[bucket]
	switch {
	case !ok:
		return Resource{}, w.missing(bucket, "bucket", arns(w.buckets), w.bucketsUnread())
	case !isObject || key == "":
		return Resource{Kind: "bucket", ARN: bucket, index: i}, nil
	}
	var known []string
	for _, o := range w.document.Objects {
		if o.ARN == arn {
			return Resource{Kind: "object", ARN: arn, index: i, object: key}, nil
		}
		if o.Bucket == bucket {
			known = append(known, o.ARN)
		}
	}
	unread := "nobody asked for it"
	if sample, ok := w.s.Buckets[i].Sample.Get(); ok && sample.Whole {
		unread = ""
	}
	return Resource{}, w.missing(arn, "object", known, unread)
}

// findAlias finds the key behind an alias; region may be "" for all.
func (w *World) findAlias(name, region string) (Resource, error) {
	var found, known []string
	unread := ""
	for _, alias := range w.s.Aliases {
		known = append(known, alias.Name)
		if alias.Name != name || region != "" && alias.Region != region {
			continue
		}
		if alias.TargetKey == "" {
			return Resource{}, &Missing{Given: name, Why: name + " stands for no key yet"}
		}
		found = append(found, "arn:"+w.s.Account.Partition+":kms:"+alias.Region+":"+w.s.Account.ID+":key/"+alias.TargetKey)
	}
	regions := w.s.Regions
	if region != "" {
		regions = []string{region}
	}
	for _, one := range regions {
		if unread == "" {
			unread = w.unlisted(one, "kms:ListAliases")
		}
	}
	switch len(found) {
	case 0:
		return Resource{}, w.missing(name, "alias", known, unread)
	case 1:
		return w.findARN(found[0])
	}
	return Resource{}, &Ambiguous{name, found}
}

// findName finds whatever has the name; kind/name narrows it.
func (w *World) findName(text string) (Resource, error) {
	kind, name, narrowed := strings.Cut(text, "/")
	if !narrowed || !slices.Contains([]string{"key", "role", "user", "bucket"}, kind) {
		kind, name = "", text
	}
	var found []Resource
	var known []string
	look := func(what, arn, own, id string, i int) {
		if kind != "" && kind != what {
			return
		}
		known = append(known, own)
		if own == name || id == name && id != "" {
			found = append(found, Resource{Kind: what, ARN: arn, index: i})
		}
	}
	for i := range w.s.Keys {
		look("key", w.s.Keys[i].ARN, w.s.Keys[i].ID, "", i)
	}
	for i := range w.s.Buckets {
		look("bucket", w.s.Buckets[i].ARN, w.s.Buckets[i].Name, "", i)
	}
	for i := range w.s.Roles {
		look("role", w.s.Roles[i].ARN, w.s.Roles[i].Name, w.s.Roles[i].ID, i)
	}
	for i := range w.s.Users {
		look("user", w.s.Users[i].ARN, w.s.Users[i].Name, w.s.Users[i].ID, i)
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		for _, alias := range w.s.Aliases {
			known = append(known, alias.Name)
		}
		return Resource{}, w.missing(name, kind, known, w.nameUnread(kind, name))
	}
	var candidates []string
	for _, r := range found {
		candidates = append(candidates, r.ARN)
	}
	return Resource{}, &Ambiguous{text, candidates}
}
