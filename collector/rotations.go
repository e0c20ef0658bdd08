package collector

import (
	"cmp"
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// rotatable says that the key is of a kind that gets new material, by itself or
// on demand, and in a state in which it could; other keys' rotations are not
// asked for.
func rotatable(m snapshot.KeyMetadata) bool {
	kind := m.Spec == string(types.KeySpecSymmetricDefault) && m.Usage == string(types.KeyUsageTypeEncryptDecrypt) && m.CustomKeyStore == ""
	origin := m.Origin == string(types.OriginTypeAwsKms) || m.Origin == string(types.OriginTypeExternal)
	state := m.State == string(types.KeyStateEnabled) || m.State == string(types.KeyStateDisabled)
	return kind && origin && state
}

// rotations lists the rotations of a key that took place. A list that is not
// complete is not known: the rotation that is missing may be the last.
func (r keyReader) rotations(ctx context.Context, k *snapshot.Key) outcome {
	if m, ok := k.Metadata.Get(); ok && !rotatable(m) {
		o := outcome{action: listKeyRotations, state: snapshot.Unsupported}
		k.Rotations = reading[[]snapshot.RotationEvent](o)
		return o
	}
	if k.Rotations.State.Answer() {
		return outcome{action: listKeyRotations, state: k.Rotations.State}
	}
	rotations := []snapshot.RotationEvent{}
	o := list(listKeyRotations, func(marker *string) (page, outcome) {
		out, o := ask(ctx, r.c, listKeyRotations, r.region, func(ctx context.Context) (*kms.ListKeyRotationsOutput, error) {
			return r.client.ListKeyRotations(ctx, &kms.ListKeyRotationsInput{KeyId: &k.ARN, Limit: aws.Int32(1000), Marker: marker})
		})
		if !o.ok() {
			return page{}, o
		}
		for _, rotation := range out.Rotations {
			if rotation.RotationDate == nil || rotation.RotationType == "" {
				return page{}, unreadable(listKeyRotations, "a rotation has no date or no type")
			}
			rotations = append(rotations, snapshot.RotationEvent{At: rotation.RotationDate.UTC(), Type: string(rotation.RotationType)})
		}
		return page{out.Truncated, out.NextMarker}, o
	})
	if !o.ok() {
		k.Rotations = reading[[]snapshot.RotationEvent](o)
		return o
	}
	slices.SortFunc(rotations, func(a, b snapshot.RotationEvent) int {
		return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.Type, b.Type))
	})
	rotations = slices.Compact(rotations) // a listing that changes while it is paged can show one twice
	for i := range rotations {
		rotations[i].At = at(&rotations[i].At)
	}
	k.Rotations = snapshot.Of(rotations)
	return o
}
