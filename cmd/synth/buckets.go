package main

import (
	"fmt"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

func (w *world) bucketsOf(d *draw) []snapshot.Bucket {
	list := make([]snapshot.Bucket, 0, len(w.bucketNames))
	objects := map[string][]string{}
	encrypted := map[string]need{}
	for _, n := range w.needs {
		objects[n.bucket.name] = append(objects[n.bucket.name], n.object)
		encrypted[n.bucket.name] = n
	}
	for _, name := range w.bucketNames {
		b := snapshot.Bucket{ARN: name.arn(), Name: name.name, CreatedAt: past(d, 3000), Region: asked(d, "s3:GetBucketLocation", name.region)}
		rule, configured := w.encryption(d, name)
		if n, ok := encrypted[name.name]; ok && d.chance(0.8) { // as the configuration wants it
			rule.Algorithm, rule.Key, rule.BucketKey = "aws:kms", n.key.arn(), true
			configured = true
		}
		b.Encryption = none[snapshot.Encryption](d, "s3:GetEncryptionConfiguration", "ServerSideEncryptionConfigurationNotFoundError")
		if configured {
			b.Encryption = asked(d, "s3:GetEncryptionConfiguration", snapshot.Encryption{Rules: []snapshot.EncryptionRule{rule}})
		}
		b.Policy = none[snapshot.Document](d, "s3:GetBucketPolicy", "NoSuchBucketPolicy")
		if statements := w.bucketPolicy(d, name); len(statements) > 0 {
			b.Policy = asked(d, "s3:GetBucketPolicy", document(statements...))
		}
		block := d.chance(0.95)
		b.PublicAccessBlock = asked(d, "s3:GetBucketPublicAccessBlock", snapshot.PublicAccessBlock{
			BlockPublicACLs: true, IgnorePublicACLs: true, BlockPublicPolicy: block, RestrictPublicBuckets: block,
		})
		b.Ownership = asked(d, "s3:GetBucketOwnershipControls", "BucketOwnerEnforced")
		b.Tags = none[map[string]string](d, "s3:GetBucketTagging", "NoSuchTagSet")
		if d.chance(0.6) {
			b.Tags = asked(d, "s3:GetBucketTagging", tags(d))
		}
		b.Versioning = asked(d, "s3:GetBucketVersioning", snapshot.Versioning{Status: pick(d, []string{"Enabled", "Off", "Suspended"})})
		names := objects[name.name]
		if d.chance(0.1) {
			for i := range 1 + d.IntN(3) {
				names = append(names, fmt.Sprintf("%s/part-%02d.parquet", pick(d, teams[:]), i))
			}
		}
		b.Objects = objectsOf(d, names, rule)
		list = append(list, b)
	}
	return list
}

// encryption draws a default encryption, and false where there is none.
func (w *world) encryption(d *draw, name bucketName) (snapshot.EncryptionRule, bool) {
	k := w.key(d)
	for range 20 { // S3 takes a key of its own Region only
		if k.region == name.region {
			break
		}
		k = w.key(d)
	}
	r := snapshot.EncryptionRule{Algorithm: "aws:kms", Key: k.arn(), BucketKey: d.chance(0.7), BlockedTypes: []string{pick(d, []string{"SSE-C", "SSE-C", "NONE"})}}
	switch d.weighted(70, 20, 3, 2, 2, 1, 1, 1) {
	case 1:
		r.Algorithm, r.Key, r.BucketKey = "AES256", "", false
	case 2:
		r.Key = "arn:aws:kms:" + k.region + ":" + accountID + ":" + k.alias
	case 3:
		r.Key = k.id
	case 4:
		r.Key = ""
	case 5:
		r.Algorithm = "aws:kms:dsse"
	case 6:
		r.Key = "arn:aws:kms:" + name.region + ":" + pick(d, neighbors[:]) + ":key/" + d.uuid()
	case 7:
		if d.chance(0.5) {
			return snapshot.EncryptionRule{}, false
		}
		r.Key = "arn:aws:kms:" + name.region + ":" + accountID + ":key/" + d.uuid() // which is not there
	}
	return r, true
}

func (w *world) bucketPolicy(d *draw, name bucketName) []statement {
	var list []statement
	if d.chance(0.4) {
		return nil
	}
	all := []string{name.arn(), name.arn() + "/*"}
	if d.chance(0.7) {
		list = append(list, statement{Sid: "TLSOnly", Effect: "Deny", Principal: "*", Action: "s3:*", Resource: all, Condition: when("Bool", "aws:SecureTransport", "false")})
	}
	if d.chance(0.3) {
		list = append(list, statement{
			Sid: "OnlyKMS", Effect: "Deny", Principal: "*", Action: "s3:PutObject", Resource: all[1],
			Condition: when(pick(d, []string{"StringNotEquals", "StringNotEqualsIfExists"}), "s3:x-amz-server-side-encryption", "aws:kms"),
		})
	}
	switch d.weighted(70, 24, 3, 2, 1) {
	case 1:
		list = append(list, statement{Effect: "Allow", Principal: aws(pick(d, w.roleARNs)), Action: []string{"s3:GetObject", "s3:PutObject"}, Resource: all[1]})
	case 2:
		list = append(list, statement{Sid: "Neighbor", Effect: "Allow", Principal: aws("arn:aws:iam::" + pick(d, neighbors[:]) + ":root"), Action: "s3:GetObject", Resource: all[1]})
	case 3:
		list = append(list, statement{
			Sid: "Logs", Effect: "Allow", Principal: service("logging.s3.amazonaws.com"), Action: "s3:PutObject", Resource: all[1],
			Condition: when("StringEquals", "aws:SourceAccount", accountID),
		})
	case 4:
		list = append(list, statement{Sid: "Public", Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: all[1]})
	}
	return list
}

// objectsOf makes objects; most are under the bucket's default, some are older.
func objectsOf(d *draw, names []string, rule snapshot.EncryptionRule) []snapshot.Object {
	list := []snapshot.Object{}
	for _, name := range names {
		e := snapshot.ObjectEncryption{Algorithm: rule.Algorithm, Key: rule.Key, BucketKey: rule.BucketKey, ModifiedAt: past(d, 900)}
		if e.Algorithm == "" || d.chance(0.1) {
			e.Algorithm, e.Key, e.BucketKey = "AES256", "", false
		}
		if d.chance(0.03) {
			e.Algorithm, e.CustomerAlgorithm = "", "AES256"
		}
		list = append(list, snapshot.Object{Key: name, Head: asked(d, "s3:GetObject", e)})
	}
	return list
}
