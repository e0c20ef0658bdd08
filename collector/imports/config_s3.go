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
