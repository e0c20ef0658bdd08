package imports

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// useBucket takes the answers that an item about a bucket has.
func (i *importer) useBucket(n *item) error {
	name := n.ARN[strings.LastIndexByte(n.ARN, ':')+1:]
	if !strings.Contains(n.ARN, ":s3:::") || !bucketName().MatchString(name) {
		return n.wrong("", "%s is not the ARN of a bucket", n.ARN)
	}
	say := func(operation string, out any) {
		i.second(n, place{operation: sdk("S3", operation), resource: name}, out)
	}
	say("GetBucketTagging", nil) // the bucket is there, whatever else is known

	var encryption types.ServerSideEncryptionConfiguration
	if ok, err := n.supplementary("ServerSideEncryptionConfiguration", &encryption); err != nil {
		return err
	} else if ok && len(encryption.Rules) > 0 {
		say("GetBucketEncryption", &s3.GetBucketEncryptionOutput{ServerSideEncryptionConfiguration: &encryption})
	}
	var policy struct {
		Text jsontext.Value `json:"policyText"`
	}
	if ok, err := n.supplementary("BucketPolicy", &policy); err != nil {
		return err
	} else if document := unfold(policy.Text); ok && document.Kind() == '{' {
		say("GetBucketPolicy", &s3.GetBucketPolicyOutput{Policy: aws.String(string(document))})
	}
	var block types.PublicAccessBlockConfiguration
	if ok, err := n.supplementary("PublicAccessBlockConfiguration", &block); err != nil {
		return err
	} else if ok && block.BlockPublicAcls != nil && block.BlockPublicPolicy != nil && block.IgnorePublicAcls != nil && block.RestrictPublicBuckets != nil {
		say("GetPublicAccessBlock", &s3.GetPublicAccessBlockOutput{PublicAccessBlockConfiguration: &block})
	}
	var list accessControlList
	if ok, err := n.supplementary("AccessControlList", &list); err != nil {
		return err
	} else if out := list.output(); ok && out != nil {
		say("GetBucketAcl", out)
	}
	var versioning struct{ Status string }
	if ok, err := n.supplementary("BucketVersioningConfiguration", &versioning); err != nil {
		return err
	} else if ok && versioning.Status != "" {
		out := &s3.GetBucketVersioningOutput{}
		if versioning.Status != "Off" {
			out.Status = types.BucketVersioningStatus(versioning.Status)
		}
		say("GetBucketVersioning", out)
	}
	tags, err := n.tags()
	if err != nil || tags == nil {
		return err
	}
	out := &s3.GetBucketTaggingOutput{}
	for key, value := range tags {
		out.TagSet = append(out.TagSet, types.Tag{Key: aws.String(key), Value: aws.String(value)})
	}
	say("GetBucketTagging", out)
	return nil
}

// accessControlList is a list as AWS Config writes it: the words of the SDK for Java,
// and names in place of the URIs of groups.
type accessControlList struct {
	Owner  struct{ ID string }
	Grants []struct {
		Grantee    jsontext.Value
		Permission string
	} `json:"grantList"`
}

// output is the list as S3 gives it, nil where it does not say everything: a grant
// that is not understood may be one to everybody.
func (l *accessControlList) output() *s3.GetBucketAclOutput {
	if l.Owner.ID == "" || len(l.Grants) == 0 { // an owner alone may be all that was asked for
		return nil
	}
	out := &s3.GetBucketAclOutput{Owner: &types.Owner{ID: &l.Owner.ID}}
	for _, grant := range l.Grants {
		permission := map[string]types.Permission{
			"FullControl": types.PermissionFullControl, "Read": types.PermissionRead, "Write": types.PermissionWrite,
			"ReadAcp": types.PermissionReadAcp, "WriteAcp": types.PermissionWriteAcp,
		}[grant.Permission]
		grantee := granteeOf(unfold(grant.Grantee))
		if permission == "" || grantee == nil {
			return nil
		}
		out.Grants = append(out.Grants, types.Grant{Grantee: grantee, Permission: permission})
	}
	return out
}

// granteeOf is a group by its name, or a user by the canonical id.
func granteeOf(value jsontext.Value) *types.Grantee {
	var user struct{ ID string }
	var group string
	switch {
	case value.Kind() == '{' && decode(value, &user) == nil && user.ID != "":
		return &types.Grantee{Type: types.TypeCanonicalUser, ID: &user.ID}
	case value.Kind() == '"' && decode(value, &group) == nil:
		path := map[string]string{"AllUsers": "global/AllUsers", "AuthenticatedUsers": "global/AuthenticatedUsers", "LogDelivery": "s3/LogDelivery"}[group]
		if path != "" {
			return &types.Grantee{Type: types.TypeGroup, URI: aws.String("http://acs.amazonaws.com/groups/" + path)}
		}
	}
	return nil
}

// complete gives an entry of the listing of buckets the Region and the date that
// AWS Config knows.
func (i *importer) complete(b *types.Bucket) {
	n := i.config["AWS::S3::Bucket arn:"+i.partition+":s3:::"+aws.ToString(b.Name)]
	if n == nil || n.deleted() {
		return
	}
	if b.BucketRegion == nil && snapshot.IsRegion(n.Region) {
		b.BucketRegion = aws.String(n.Region)
	}
	var about types.Bucket
	if _, err := n.configuration(&about); err == nil && b.CreationDate == nil {
		b.CreationDate = about.CreationDate
	}
}
