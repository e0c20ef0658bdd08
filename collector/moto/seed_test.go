package moto

import (
	"context"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/kmsaudit/kmsaudit/collector/awsfake"
)

// seed builds a world in moto, as far as the reference account needs it, and
// returns the ids of its keys: as declared → as moto gave them. These are the
// only writing calls of the whole module.
func seed(ctx context.Context, t *testing.T, cfg aws.Config, w *awsfake.World) map[string]string {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ids := seedKeys(ctx, t, cfg, w)
	given := func(text string) string {
		for declared, id := range ids {
			text = strings.ReplaceAll(text, declared, id)
		}
		return text
	}
	identity := iam.NewFromConfig(cfg)
	for _, role := range w.Roles {
		_, err := identity.CreateRole(ctx, &iam.CreateRoleInput{RoleName: &role.Name, AssumeRolePolicyDocument: &role.Trust})
		must(err)
		for name, document := range role.Inline {
			_, err := identity.PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: &role.Name, PolicyName: &name, PolicyDocument: aws.String(given(document))})
			must(err)
		}
		for _, arn := range role.Attached {
			_, err := identity.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: &role.Name, PolicyArn: &arn})
			must(err)
		}
	}
	store := s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true })
	for _, bucket := range w.Buckets {
		_, err := store.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &bucket.Name})
		must(err)
		seedBucket(ctx, t, store, bucket, given)
	}
	return ids
}

func seedKeys(ctx context.Context, t *testing.T, cfg aws.Config, w *awsfake.World) map[string]string {
	t.Helper()
	client := kms.NewFromConfig(cfg)
	ids := map[string]string{}
	for _, key := range w.Keys {
		made, err := client.CreateKey(ctx, &kms.CreateKeyInput{
			Description: &key.Description, KeySpec: kmstypes.KeySpecSymmetricDefault, KeyUsage: kmstypes.KeyUsageTypeEncryptDecrypt,
		})
		if err != nil {
			t.Fatal(err)
		}
		ids[key.ID] = aws.ToString(made.KeyMetadata.KeyId)
	}
	for _, alias := range w.Aliases {
		if _, err := client.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: &alias.Name, TargetKeyId: aws.String(ids[alias.Target])}); err != nil {
			t.Fatal(err)
		}
	}
	return ids
}

func seedBucket(ctx context.Context, t *testing.T, store *s3.Client, bucket awsfake.Bucket, given func(string) string) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	if block := bucket.PublicAccess; block != nil {
		_, err := store.PutPublicAccessBlock(ctx, &s3.PutPublicAccessBlockInput{Bucket: &bucket.Name, PublicAccessBlockConfiguration: &types.PublicAccessBlockConfiguration{
			BlockPublicAcls: &block[0], IgnorePublicAcls: &block[1], BlockPublicPolicy: &block[2], RestrictPublicBuckets: &block[3],
		}})
		must(err)
	}
	_, err := store.PutBucketOwnershipControls(ctx, &s3.PutBucketOwnershipControlsInput{Bucket: &bucket.Name, OwnershipControls: &types.OwnershipControls{
		Rules: []types.OwnershipControlsRule{{ObjectOwnership: types.ObjectOwnership(bucket.Ownership)}},
	}})
	must(err)
	// A bucket with S3's own default gets none, as an account's owner would leave it.
	if rule := bucket.Encryption[0]; rule.Key != "" {
		_, err := store.PutBucketEncryption(ctx, &s3.PutBucketEncryptionInput{Bucket: &bucket.Name, ServerSideEncryptionConfiguration: &types.ServerSideEncryptionConfiguration{
			Rules: []types.ServerSideEncryptionRule{{
				ApplyServerSideEncryptionByDefault: &types.ServerSideEncryptionByDefault{
					SSEAlgorithm: types.ServerSideEncryption(rule.Algorithm), KMSMasterKeyID: aws.String(given(rule.Key)),
				},
				BucketKeyEnabled:       &rule.BucketKey,
				BlockedEncryptionTypes: &types.BlockedEncryptionTypes{EncryptionType: []types.EncryptionType{types.EncryptionTypeSseC}},
			}},
		}})
		must(err)
	}
	for _, object := range bucket.Objects {
		put := &s3.PutObjectInput{
			Bucket: &bucket.Name, Key: &object.Key, Body: strings.NewReader("example"),
			ServerSideEncryption: types.ServerSideEncryption(object.Algorithm), BucketKeyEnabled: &object.BucketKey,
		}
		if object.KMSKey != "" {
			put.SSEKMSKeyId = aws.String(given(object.KMSKey))
		}
		_, err := store.PutObject(ctx, put)
		must(err)
	}
}
