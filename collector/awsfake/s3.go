package awsfake

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

const s3Namespace = ` xmlns="http://s3.amazonaws.com/doc/2006-03-01/"`

func (r *request) listBuckets() reply {
	regions := r.query.Has("max-buckets") || r.query.Has("prefix") || r.query.Has("continuation-token") || r.query.Has("bucket-region")
	from, to, next, _, ok := r.page(len(r.w.Buckets), min(10000, r.number("max-buckets", 10000)), r.query.Get("continuation-token"))
	if !ok {
		return r.fail(http.StatusBadRequest, "InvalidArgument", "The continuation token provided is incorrect")
	}
	var list []string
	for _, b := range r.w.Buckets[from:to] {
		region := ""
		if listed := b.Listed; regions && listed != "-" {
			if region = listed; region == "" {
				region = b.Region
			}
		}
		list = append(list, el("Bucket", leaf("Name", b.Name), leaf("CreationDate", stamp(b.Created)), leaf("BucketRegion", region)))
	}
	return xmlReply(el("ListAllMyBucketsResult"+s3Namespace, el("Owner", leaf("ID", "owner")), el("Buckets", list...),
		leaf("ContinuationToken", next)))
}

// onBucket finds the bucket, and redirects who asks in the wrong Region.
func onBucket(handler func(*request, Bucket) reply) func(*request) reply {
	return func(r *request) reply {
		i, ok := r.w.known().buckets[r.bucket]
		if !ok {
			return r.fail(http.StatusNotFound, "NoSuchBucket", "The specified bucket does not exist")
		}
		b := r.w.Buckets[i]
		if b.Region != r.Region && r.Operation != "GetBucketLocation" {
			return r.redirect(b.Region, true)
		}
		return handler(r, b)
	}
}

func (r *request) getBucketLocation(b Bucket) reply {
	region := b.Region
	switch region {
	case "us-east-1":
		region = ""
	case "eu-west-1":
		region = "EU" // what old buckets there answer
	}
	return xmlReply(el("LocationConstraint"+s3Namespace, region))
}

func (r *request) getBucketEncryption(b Bucket) reply {
	if b.Unencrypted {
		return r.fail(http.StatusNotFound, "ServerSideEncryptionConfigurationNotFoundError", "The server side encryption configuration was not found")
	}
	rules := b.Encryption
	if rules == nil {
		rules = []EncryptionRule{{Algorithm: "AES256"}}
	}
	var list []string
	for _, rule := range rules {
		blocked := ""
		for _, kind := range rule.Blocked {
			blocked += leaf("EncryptionType", kind)
		}
		if blocked != "" {
			blocked = el("BlockedEncryptionTypes", blocked)
		}
		list = append(list, el("Rule",
			el("ApplyServerSideEncryptionByDefault", leaf("SSEAlgorithm", rule.Algorithm), leaf("KMSMasterKeyID", rule.Key)),
			leaf("BucketKeyEnabled", strconv.FormatBool(rule.BucketKey)), blocked))
	}
	return xmlReply(el("ServerSideEncryptionConfiguration"+s3Namespace, list...))
}

func (r *request) getBucketPolicy(b Bucket) reply {
	if b.Policy == "" {
		return r.fail(http.StatusNotFound, "NoSuchBucketPolicy", "The bucket policy does not exist")
	}
	return reply{status: http.StatusOK, header: http.Header{"Content-Type": {"application/json"}}, body: []byte(b.Policy)}
}

func (r *request) getPublicAccessBlock(b Bucket) reply {
	if b.PublicAccess == nil {
		return r.fail(http.StatusNotFound, "NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found")
	}
	var settings []string
	for i, name := range []string{"BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"} {
		settings = append(settings, leaf(name, strconv.FormatBool(b.PublicAccess[i])))
	}
	return xmlReply(el("PublicAccessBlockConfiguration"+s3Namespace, settings...))
}

func (r *request) getBucketOwnershipControls(b Bucket) reply {
	if b.Ownership == "" {
		return r.fail(http.StatusNotFound, "OwnershipControlsNotFoundError", "The bucket ownership controls were not found")
	}
	return xmlReply(el("OwnershipControls"+s3Namespace, el("Rule", leaf("ObjectOwnership", b.Ownership))))
}

// canonicalUser stands for the account that owns the buckets.
const canonicalUser = "75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a"

// getBucketACL gives the owner alone where lists are switched off, as S3 does.
func (r *request) getBucketACL(b Bucket) reply {
	grants := []ACLGrant{{canonicalUser, "FULL_CONTROL"}}
	if b.Ownership != "BucketOwnerEnforced" {
		grants = append(grants, b.ACL...)
	}
	var list []string
	for _, g := range grants {
		kind, who := "CanonicalUser", leaf("ID", g.Grantee)
		if strings.Contains(g.Grantee, "/") {
			kind, who = "Group", leaf("URI", g.Grantee)
		}
		list = append(list, el("Grant",
			el(`Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="`+kind+`"`, who), leaf("Permission", g.Permission)))
	}
	return xmlReply(el("AccessControlPolicy"+s3Namespace, el("Owner", leaf("ID", canonicalUser)), el("AccessControlList", list...)))
}

func (r *request) getBucketTagging(b Bucket) reply {
	if len(b.Tags) == 0 {
		return r.fail(http.StatusNotFound, "NoSuchTagSet", "The TagSet does not exist")
	}
	return xmlReply(el("Tagging"+s3Namespace, tags(b.Tags, "Tag")))
}

func (r *request) getBucketVersioning(b Bucket) reply {
	return xmlReply(el("VersioningConfiguration"+s3Namespace, leaf("Status", b.Versioning)))
}

func (r *request) getBucketReplication(b Bucket) reply {
	if b.Replication == nil {
		return r.fail(http.StatusNotFound, "ReplicationConfigurationNotFoundError", "The replication configuration was not found")
	}
	rules := []string{leaf("Role", b.Replication.Role)}
	for _, rule := range b.Replication.Rules {
		sources, encryption := "", ""
		if rule.KMSObjects != "" {
			sources = el("SourceSelectionCriteria", el("SseKmsEncryptedObjects", leaf("Status", rule.KMSObjects)))
		}
		if rule.Key != "" {
			encryption = el("EncryptionConfiguration", leaf("ReplicaKmsKeyID", rule.Key))
		}
		rules = append(rules, el("Rule", leaf("ID", rule.ID), leaf("Status", rule.Status), el("Filter", leaf("Prefix", rule.Prefix)), sources,
			el("Destination", leaf("Bucket", rule.Bucket), leaf("Account", rule.Account), encryption)))
	}
	return xmlReply(el("ReplicationConfiguration"+s3Namespace, rules...))
}

func (r *request) getBucketLogging(b Bucket) reply {
	enabled := ""
	if b.LogTarget != "" {
		enabled = el("LoggingEnabled", leaf("TargetBucket", b.LogTarget), leaf("TargetPrefix", b.LogPrefix))
	}
	return xmlReply(el("BucketLoggingStatus"+s3Namespace, enabled))
}

func (r *request) listInventories(b Bucket) reply {
	from, to, next, more, ok := r.page(len(b.Inventories), 100, r.query.Get("continuation-token"))
	if !ok {
		return r.fail(http.StatusBadRequest, "InvalidArgument", "The continuation token provided is incorrect")
	}
	list := []string{leaf("IsTruncated", strconv.FormatBool(more)), leaf("NextContinuationToken", next)}
	for _, i := range b.Inventories[from:to] {
		encryption := el("SSE-S3")
		if i.Key != "" {
			encryption = el("SSE-KMS", leaf("KeyId", i.Key))
		}
		fields := ""
		for _, field := range i.Fields {
			fields += leaf("Field", field)
		}
		list = append(list, el("InventoryConfiguration", leaf("Id", i.ID), leaf("IsEnabled", strconv.FormatBool(!i.Disabled)),
			el("Destination", el("S3BucketDestination", leaf("Bucket", i.Bucket), leaf("Format", i.Format), el("Encryption", encryption))),
			el("OptionalFields", fields), el("Schedule", leaf("Frequency", i.Frequency)), leaf("IncludedObjectVersions", "All")))
	}
	return xmlReply(el("ListInventoryConfigurationsResult"+s3Namespace, list...))
}

// listObjects lists in the order of the declaration, which has to be that of the
// keys.
func (r *request) listObjects(b Bucket) reply {
	after := r.query.Get("start-after")
	from := 0
	for from < len(b.Objects) && after != "" && b.Objects[from].Key <= after {
		from++
	}
	r.Page = after
	most := min(1000, r.number("max-keys", 1000))
	if r.w.PageSize > 0 {
		most = min(most, r.w.PageSize)
	}
	to := min(len(b.Objects), from+most)
	var contents []string
	for _, object := range b.Objects[from:to] {
		key := object.Key
		if r.query.Get("encoding-type") == "url" {
			key = strings.ReplaceAll(url.QueryEscape(key), "%2F", "/")
		}
		contents = append(contents, el("Contents", leaf("Key", key), leaf("LastModified", stamp(object.Modified))))
	}
	return xmlReply(el("ListBucketResult"+s3Namespace, leaf("Name", b.Name), leaf("EncodingType", r.query.Get("encoding-type")),
		leaf("KeyCount", strconv.Itoa(to-from)), leaf("IsTruncated", strconv.FormatBool(to < len(b.Objects))), strings.Join(contents, "")))
}

func (r *request) headObject(b Bucket) reply {
	for _, object := range b.Objects {
		if object.Key != r.key {
			continue
		}
		if object.CustomerKey {
			return r.fail(http.StatusBadRequest, "InvalidRequest", "the object is encrypted with a key of the customer")
		}
		header := http.Header{}
		for name, value := range map[string]string{
			"Last-Modified":                               object.Modified.UTC().Format(http.TimeFormat),
			"X-Amz-Server-Side-Encryption":                object.Algorithm,
			"X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id": object.KMSKey,
		} {
			if value != "" {
				header.Set(name, value)
			}
		}
		if object.BucketKey {
			header.Set("X-Amz-Server-Side-Encryption-Bucket-Key-Enabled", "true")
		}
		return reply{status: http.StatusOK, header: header}
	}
	return r.fail(http.StatusNotFound, "NoSuchKey", "The specified key does not exist.")
}
