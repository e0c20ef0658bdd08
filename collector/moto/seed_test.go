package moto

import (
	"cmp"
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
	ids := seedKeys(ctx, t, cfg, w)
	given := func(text string) string {
		for declared, id := range ids {
			text = strings.ReplaceAll(text, declared, id)
		}
		return text
	}
	seedIdentities(ctx, t, iam.NewFromConfig(cfg), w, given)
	store := s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true })
	for _, bucket := range w.Buckets {
		if _, err := store.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &bucket.Name}); err != nil {
			t.Fatal(err)
		}
		seedBucket(ctx, t, store, bucket, given)
	}
	for _, bucket := range w.Buckets {
		seedFlows(ctx, t, store, bucket, given)
	}
	seedLogging(ctx, t, cfg, w, given)
	return ids
}

func seedKeys(ctx context.Context, t *testing.T, cfg aws.Config, w *awsfake.World) map[string]string {
	t.Helper()
	client := kms.NewFromConfig(cfg)
	ids := map[string]string{}
	for _, key := range w.Keys {
		made, err := client.CreateKey(ctx, &kms.CreateKeyInput{
			Description: &key.Description, Policy: optional(key.Policy),
			KeySpec:  kmstypes.KeySpec(cmp.Or(key.Spec, "SYMMETRIC_DEFAULT")),
			KeyUsage: kmstypes.KeyUsageType(cmp.Or(key.Usage, "ENCRYPT_DECRYPT")),
		})
		must(t, err)
		id := made.KeyMetadata.KeyId
		ids[key.ID] = aws.ToString(id)
		for name, value := range key.Tags {
			_, err := client.TagResource(ctx, &kms.TagResourceInput{KeyId: id, Tags: []kmstypes.Tag{{TagKey: &name, TagValue: &value}}})
			must(t, err)
		}
		for _, grant := range key.Grants {
			input := &kms.CreateGrantInput{
				KeyId: id, Name: optional(grant.Name), GranteePrincipal: &grant.Grantee, RetiringPrincipal: optional(grant.Retiring),
				Constraints: &kmstypes.GrantConstraints{EncryptionContextSubset: grant.ContextSubset},
			}
			for _, operation := range grant.Operations {
				input.Operations = append(input.Operations, kmstypes.GrantOperation(operation))
			}
			_, err := client.CreateGrant(ctx, input)
			must(t, err)
		}
		for _, rotation := range key.Rotations {
			if rotation.Type != "ON_DEMAND" {
				t.Fatalf("moto cannot be made to rotate %s", rotation.Type)
			}
			_, err := client.RotateKeyOnDemand(ctx, &kms.RotateKeyOnDemandInput{KeyId: id})
			must(t, err)
		}
		if key.Rotation {
			_, err := client.EnableKeyRotation(ctx, &kms.EnableKeyRotationInput{KeyId: id, RotationPeriodInDays: aws.Int32(int32(key.RotationDays))})
			must(t, err)
		}
	}
	for _, alias := range w.Aliases {
		if _, err := client.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: &alias.Name, TargetKeyId: aws.String(ids[alias.Target])}); err != nil {
			t.Fatal(err)
		}
	}
	return ids
}

// optional is nil for an empty text.
func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func seedBucket(ctx context.Context, t *testing.T, store *s3.Client, bucket awsfake.Bucket, given func(string) string) {
	t.Helper()
	if block := bucket.PublicAccess; block != nil {
		_, err := store.PutPublicAccessBlock(ctx, &s3.PutPublicAccessBlockInput{Bucket: &bucket.Name, PublicAccessBlockConfiguration: &types.PublicAccessBlockConfiguration{
			BlockPublicAcls: &block[0], IgnorePublicAcls: &block[1], BlockPublicPolicy: &block[2], RestrictPublicBuckets: &block[3],
		}})
		must(t, err)
	}
	if bucket.Ownership != "" {
		_, err := store.PutBucketOwnershipControls(ctx, &s3.PutBucketOwnershipControlsInput{Bucket: &bucket.Name, OwnershipControls: &types.OwnershipControls{
			Rules: []types.OwnershipControlsRule{{ObjectOwnership: types.ObjectOwnership(bucket.Ownership)}},
		}})
		must(t, err)
	}
	if len(bucket.ACL) > 0 {
		list, err := store.GetBucketAcl(ctx, &s3.GetBucketAclInput{Bucket: &bucket.Name})
		must(t, err)
		for _, g := range bucket.ACL {
			list.Grants = append(list.Grants, types.Grant{
				Grantee: &types.Grantee{Type: types.TypeGroup, URI: &g.Grantee}, Permission: types.Permission(g.Permission),
			})
		}
		_, err = store.PutBucketAcl(ctx, &s3.PutBucketAclInput{Bucket: &bucket.Name, AccessControlPolicy: &types.AccessControlPolicy{
			Owner: list.Owner, Grants: list.Grants,
		}})
		must(t, err)
	}
	if bucket.Policy != "" {
		_, err := store.PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: &bucket.Name, Policy: &bucket.Policy})
		must(t, err)
	}
	if bucket.Versioning != "" {
		_, err := store.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{Bucket: &bucket.Name, VersioningConfiguration: &types.VersioningConfiguration{
			Status: types.BucketVersioningStatus(bucket.Versioning),
		}})
		must(t, err)
	}
	for name, value := range bucket.Tags {
		_, err := store.PutBucketTagging(ctx, &s3.PutBucketTaggingInput{Bucket: &bucket.Name, Tagging: &types.Tagging{TagSet: []types.Tag{{Key: &name, Value: &value}}}})
		must(t, err)
	}
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
		must(t, err)
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
		must(t, err)
	}
}
