package why

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/access"
	"github.com/kmsaudit/kmsaudit/rules/chain"
)

// reEncrypt is an operation of two actions on two keys.
const reEncrypt = "kms:ReEncrypt"

// resources finds what the operation is on.
func (w *World) resources(r *resolved) error {
	if r.operation == nil && strings.HasPrefix(r.Operation, "kms:") {
		if err := w.ofKMS(r); err != nil {
			return err
		}
		if account := field(r.Resource, 4); w.index(account) >= 0 {
			r.base = w.index(account)
		}
		return nil
	}
	return w.ofS3(r)
}

// ofS3 finds the bucket and the object of an operation or action of S3.
func (w *World) ofS3(r *resolved) error {
	on := access.OnObject
	switch {
	case r.operation == nil:
		i := slices.IndexFunc(access.S3Actions(), func(a access.S3Action) bool { return a.Name == r.Operation })
		r.action, on = r.Operation, access.S3Actions()[i].On
	case r.operation.Directory:
		return w.directory(r)
	case r.operation.OnBucket:
		on = access.OnBucket
	}
	if r.Resource == "" && on == access.OnAccount {
		r.Resource = "*"
	}
	if r.Source != "" && (r.operation == nil || r.operation.S3Source == nil && r.operation.Service == "") {
		return fmt.Errorf("%s copies nothing, so it has no source", r.Operation)
	}
	switch on {
	case access.OnAccount, access.OnOther:
		if on == access.OnOther && !strings.HasPrefix(r.Resource, "arn:") {
			return fmt.Errorf("%s needs the ARN of what it is on", r.Operation)
		}
		r.singles = []single{{half: "s3", action: r.Operation, resource: r.Resource}}
		r.action = ""
		return nil
	}
	var err error
	if r.bucket, r.object, err = w.object(r.Resource, on, r.Operation); err != nil {
		return err
	}
	r.Resource = named(r.bucket, r.object, on)
	if i := w.bucketIn(r.bucket); i >= 0 {
		r.base = i
	}
	if r.Source == "" {
		return nil
	}
	bucket, object, err := w.object(r.Source, access.OnObject, r.Operation)
	if r.operation.Service != "" {
		bucket, object, err = w.object(r.Source, access.OnBucket, r.Operation)
	}
	if err != nil {
		return err
	}
	r.Source = named(bucket, object, access.OnObject)
	if r.operation.Service != "" {
		r.Source = bucket
	}
	r.source = &access.S3Source{Bucket: bucket, Object: object}
	return nil
}

func named(bucket, object, on string) string {
	switch {
	case on == access.OnBucket:
		return bucket
	case object == "":
		return bucket + "/*"
	}
	return bucket + "/" + object
}

// object takes an ARN or an URL of S3 apart and finds its bucket.
func (w *World) object(text, on, operation string) (bucket, object string, err error) {
	if path, isURL := strings.CutPrefix(text, "s3://"); isURL {
		text = "arn:" + w.files[0].Snapshot.Account.Partition + ":s3:::" + path
	}
	if field(text, 2) != "s3" || field(text, 4) != "" || field(text, 5) == "" {
		return "", "", fmt.Errorf("%q is not the ARN of a bucket or object, nor s3://BUCKET/KEY, which %s needs", text, operation)
	}
	bucket, object, isObject := strings.Cut(text, "/")
	if object == "*" {
		object = ""
	}
	if on == access.OnBucket && isObject {
		return "", "", fmt.Errorf("%s is on a bucket: leave out /%s", operation, object)
	}
	if w.bucketIn(bucket) < 0 {
		var known []string
		for _, f := range w.files {
			for i := range f.Snapshot.Buckets {
				known = append(known, f.Snapshot.Buckets[i].ARN)
			}
		}
		return "", "", w.missing(bucket, "bucket", known, "s3:ListAllMyBuckets", "s3:ListBuckets")
	}
	return bucket, object, nil
}

// bucketIn is the index of the snapshot that has the bucket, -1 where none has.
func (w *World) bucketIn(arn string) int {
	return slices.IndexFunc(w.files, func(f *snapshot.File) bool {
		return slices.ContainsFunc(f.Snapshot.Buckets, func(b snapshot.Bucket) bool { return b.ARN == arn })
	})
}

// directory takes the ARN of a directory bucket, which snapshots do not have.
func (w *World) directory(r *resolved) error {
	if field(r.Resource, 2) != "s3express" || !strings.HasPrefix(field(r.Resource, 5), "bucket/") {
		return fmt.Errorf("%q is not the ARN of a directory bucket (arn:aws:s3express:REGION:ACCOUNT:bucket/NAME), which %s needs", r.Resource, r.Operation)
	}
	r.bucket = r.Resource
	if i := w.index(field(r.Resource, 4)); i >= 0 {
		r.base = i
	}
	return nil
}

// ofKMS finds the keys and aliases of an action of KMS.
func (w *World) ofKMS(r *resolved) error {
	onKey := func(action, given string) (string, error) {
		key, alias, err := w.key(given)
		r.singles = append(r.singles, single{"kms", action, key, alias})
		return key, err
	}
	if r.Operation == reEncrypt {
		if r.Source == "" {
			return errors.New("kms:ReEncrypt needs a source: the key that the data is under")
		}
		from, err := onKey("kms:ReEncryptFrom", r.Source)
		if err != nil {
			return err
		}
		r.Source = from
		r.Resource, err = onKey("kms:ReEncryptTo", r.Resource)
		return err
	}
	if r.Source != "" {
		return fmt.Errorf("%s copies nothing, so it has no source", r.Operation)
	}
	i := slices.IndexFunc(access.KMSActions(), func(a access.Action) bool { return a.Name == r.Operation })
	switch access.KMSActions()[i].Resource {
	case "":
		if r.Resource != "" && r.Resource != "*" {
			return fmt.Errorf("%s has no resource: leave it out", r.Operation)
		}
		r.Resource = "*"
		r.singles = []single{{half: "kms", action: r.Operation, resource: "*"}}
		return nil
	case "alias":
		return w.ofAlias(r, onKey)
	}
	var err error
	r.Resource, err = onKey(r.Operation, r.Resource)
	if err == nil && r.Operation == "kms:ReplicateKey" { // which makes a key in the other Region (K12)
		r.singles = append(r.singles, single{half: "kms", action: "kms:CreateKey", resource: "*"})
	}
	return err
}

// ofAlias are the requests of an operation on an alias: the alias itself, the key
// that it stands for, and the one that it is to stand for (M8).
func (w *World) ofAlias(r *resolved, onKey func(action, given string) (string, error)) error {
	name := r.Resource
	if strings.HasPrefix(name, "arn:") {
		name = field(r.Resource, 5)
	}
	if !strings.HasPrefix(name, "alias/") {
		return fmt.Errorf("%s needs an alias, such as the ARN of alias/payments, not %s", r.Operation, r.Resource)
	}
	if r.Operation != "kms:DeleteAlias" {
		if r.Key == "" {
			return fmt.Errorf("%s needs the key that the alias is to stand for", r.Operation)
		}
		key, err := onKey(r.Operation, r.Key)
		if err != nil {
			return err
		}
		r.Key = key
		if r.Resource == name {
			r.Resource = strings.Replace(key, ":"+field(key, 5), ":"+name, 1)
		}
	}
	if r.Operation != "kms:CreateAlias" {
		key, _, err := w.key(r.Resource)
		if err != nil {
			return err
		}
		if r.Resource == name {
			r.Resource = strings.Replace(key, ":"+field(key, 5), ":"+name, 1)
		}
		r.singles = append([]single{{half: "kms", action: r.Operation, resource: key}}, r.singles...)
	}
	r.singles = append([]single{{half: "kms", action: r.Operation, resource: r.Resource}}, r.singles...)
	return nil
}

// key finds a key by its ARN, its id, or an alias; alias is the name of the alias
// that it was given by.
func (w *World) key(given string) (key, alias string, err error) {
	name, region, account := given, "", ""
	if strings.HasPrefix(given, "arn:") {
		name, region, account = field(given, 5), field(given, 3), field(given, 4)
		if field(given, 2) != "kms" {
			return "", "", fmt.Errorf("%s is not the ARN of a key or alias of KMS", given)
		}
		if w.index(account) < 0 { // nobody knows what is there
			if strings.HasPrefix(name, "alias/") {
				return "", "", fmt.Errorf("%s is of account %s, which was not read: give the ARN of its key", given, account)
			}
			return given, "", nil
		}
	}
	if given == "" {
		return "", "", errors.New("a key is missing")
	}
	var found, known []string
	for _, f := range w.files {
		s := f.Snapshot
		if account != "" && s.Account.ID != account {
			continue
		}
		arnOf := map[string]string{}
		for i := range s.Keys {
			k := &s.Keys[i]
			arnOf[k.Region+" "+k.ID] = k.ARN
			known = append(known, k.ID, k.ARN)
			if k.ARN == given || k.ID == given {
				found = append(found, k.ARN)
			}
		}
		for i := range s.Aliases {
			a := &s.Aliases[i]
			known = append(known, a.Name)
			if a.Name == name && (region == "" || a.Region == region) && arnOf[a.Region+" "+a.TargetKey] != "" {
				found, alias = append(found, arnOf[a.Region+" "+a.TargetKey]), a.Name
			}
		}
	}
	switch len(found) {
	case 1:
		return found[0], alias, nil
	case 0:
		return "", "", w.noKey(given, region, known)
	}
	return "", "", &chain.Ambiguous{Given: given, Candidates: found}
}

// noKey is the error for a key that is in no snapshot.
func (w *World) noKey(given, region string, known []string) error {
	m := &chain.Missing{Given: given, Known: known, Why: "no key " + given + " is in the snapshots"}
	if len(w.files) == 1 {
		m.Why = "no key " + given + " is in the snapshot"
	}
	for _, f := range w.files {
		regions := f.Snapshot.Regions
		if region != "" {
			regions = []string{region}
		}
		for _, one := range regions {
			for _, listing := range []string{"kms:ListKeys", "kms:ListAliases"} {
				if reason := chain.Unlisted(f.Snapshot, one, listing); reason != "" && m.Unread == "" {
					m.Unread = reason
					m.Why += ", and whether there is one is not known: " + reason
				}
			}
		}
	}
	return m
}
