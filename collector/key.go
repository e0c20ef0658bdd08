package collector

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// keyReader asks for everything about single keys. It needs kms:DescribeKey,
// kms:GetKeyPolicy, kms:ListGrants, kms:GetKeyRotationStatus,
// kms:ListKeyRotations and kms:ListResourceTags, and kms:GetKeyLastUsage if the last
// use is asked for, each allowed by the key's policy or through it.
type keyReader struct {
	c      *collection
	client *kms.Client
	region string
}

// read fills a key, and reports false when the key is gone. Of keys that AWS
// manages only the metadata is asked for: the rest stays not collected.
func (r keyReader) read(ctx context.Context, k *snapshot.Key) bool {
	steps := [...]struct {
		before snapshot.State
		ask    func(context.Context, *snapshot.Key) outcome
	}{
		{k.Metadata.State, r.metadata},
		{k.Policy.State, r.policy},
		{k.Grants.State, r.grants},
		{snapshot.NotCollected, r.rotation}, // whether these apply, the metadata say
		{snapshot.NotCollected, r.rotations},
		{k.Tags.State, r.tags},
		{k.LastUsage.State, r.lastUsage},
	}
	for i, step := range steps {
		if i > 0 && managedByAWS(k.Metadata) {
			*k = snapshot.Key{ARN: k.ARN, ID: k.ID, Region: k.Region, Metadata: k.Metadata}
			return true
		}
		if step.before.Answer() {
			continue
		}
		if o := step.ask(ctx, k); o.gone() {
			r.c.gone(r.region, k.ARN, o)
			return false
		}
	}
	return true
}

func (r keyReader) metadata(ctx context.Context, k *snapshot.Key) outcome {
	out, o := ask(ctx, r.c, describeKey, r.region, func(ctx context.Context) (*kms.DescribeKeyOutput, error) {
		return r.client.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &k.ARN})
	})
	if o.ok() && (out.KeyMetadata == nil || out.KeyMetadata.KeyState == "" || out.KeyMetadata.KeyManager == "") {
		o = unreadable(describeKey, "the answer has no state or manager")
	}
	if !o.ok() {
		k.Metadata = reading[snapshot.KeyMetadata](o)
		return o
	}
	k.Metadata = snapshot.Of(metadata(out.KeyMetadata))
	return o
}

func metadata(m *types.KeyMetadata) snapshot.KeyMetadata {
	spec := string(m.KeySpec)
	if spec == "" {
		spec = string(m.CustomerMasterKeySpec) //nolint:staticcheck // SA1019: what answered before KeySpec was there
	}
	read := snapshot.KeyMetadata{
		Manager:           string(m.KeyManager),
		State:             string(m.KeyState),
		Spec:              spec,
		Usage:             string(m.KeyUsage),
		Origin:            string(m.Origin),
		Description:       aws.ToString(m.Description),
		CreatedAt:         at(m.CreationDate),
		DeletionDate:      at(m.DeletionDate),
		PendingWindowDays: int(aws.ToInt32(m.PendingDeletionWindowInDays)),
		ValidTo:           at(m.ValidTo),
		ExpirationModel:   string(m.ExpirationModel),
		CustomKeyStore:    aws.ToString(m.CustomKeyStoreId),
		CloudHSMCluster:   aws.ToString(m.CloudHsmClusterId),
		MultiRegion:       aws.ToBool(m.MultiRegion),
	}
	if m.XksKeyConfiguration != nil {
		read.XksKey = aws.ToString(m.XksKeyConfiguration.Id)
	}
	if multi := m.MultiRegionConfiguration; multi != nil {
		read.MultiRegionType = string(multi.MultiRegionKeyType)
		if multi.PrimaryKey != nil {
			read.MultiRegionPrimary = aws.ToString(multi.PrimaryKey.Arn)
		}
		for _, replica := range multi.ReplicaKeys {
			read.MultiRegionReplicas = append(read.MultiRegionReplicas, aws.ToString(replica.Arn))
		}
		slices.Sort(read.MultiRegionReplicas)
	}
	return read
}

func (r keyReader) policy(ctx context.Context, k *snapshot.Key) outcome {
	out, o := ask(ctx, r.c, getKeyPolicy, r.region, func(ctx context.Context) (*kms.GetKeyPolicyOutput, error) {
		return r.client.GetKeyPolicy(ctx, &kms.GetKeyPolicyInput{KeyId: &k.ARN, PolicyName: aws.String("default")})
	})
	if !o.ok() {
		k.Policy = reading[snapshot.Document](o)
		return o
	}
	k.Policy = readDocument(getKeyPolicy, aws.ToString(out.Policy))
	return o
}

// rotates says that the key's material is of the kind that KMS can rotate by
// itself; of other kinds KMS does not need to be asked.
func rotates(m snapshot.KeyMetadata) bool {
	return m.Spec == string(types.KeySpecSymmetricDefault) && m.Origin == string(types.OriginTypeAwsKms) && m.CustomKeyStore == ""
}

func (r keyReader) rotation(ctx context.Context, k *snapshot.Key) outcome {
	if m, ok := k.Metadata.Get(); ok && !rotates(m) {
		o := outcome{action: getKeyRotationStatus, state: snapshot.Unsupported}
		k.Rotation = reading[snapshot.Rotation](o)
		return o
	}
	if k.Rotation.State.Answer() {
		return outcome{action: getKeyRotationStatus, state: k.Rotation.State}
	}
	out, o := ask(ctx, r.c, getKeyRotationStatus, r.region, func(ctx context.Context) (*kms.GetKeyRotationStatusOutput, error) {
		return r.client.GetKeyRotationStatus(ctx, &kms.GetKeyRotationStatusInput{KeyId: &k.ARN})
	})
	if !o.ok() {
		k.Rotation = reading[snapshot.Rotation](o)
		return o
	}
	k.Rotation = snapshot.Of(snapshot.Rotation{
		Enabled:    out.KeyRotationEnabled,
		PeriodDays: int(aws.ToInt32(out.RotationPeriodInDays)),
		NextAt:     at(out.NextRotationDate),
		OnDemandAt: at(out.OnDemandRotationStartDate),
	})
	return o
}

func (r keyReader) tags(ctx context.Context, k *snapshot.Key) outcome {
	tags := map[string]string{}
	o := list(listResourceTags, func(marker *string) (page, outcome) {
		out, o := ask(ctx, r.c, listResourceTags, r.region, func(ctx context.Context) (*kms.ListResourceTagsOutput, error) {
			return r.client.ListResourceTags(ctx, &kms.ListResourceTagsInput{KeyId: &k.ARN, Limit: aws.Int32(50), Marker: marker})
		})
		if !o.ok() {
			return page{}, o
		}
		for _, t := range out.Tags {
			tags[aws.ToString(t.TagKey)] = aws.ToString(t.TagValue)
		}
		return page{out.Truncated, out.NextMarker}, o
	})
	k.Tags = reading[map[string]string](o)
	if o.ok() {
		k.Tags = snapshot.Of(tags)
	}
	return o
}
