package collector

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// lastUsage asks when the key was last used, if the run is to know it: AWS allows
// five of these calls in a second, which is minutes for a thousand keys.
func (r keyReader) lastUsage(ctx context.Context, k *snapshot.Key) outcome {
	if !r.c.opt.LastUsage {
		return outcome{action: getKeyLastUsage}
	}
	out, o := ask(ctx, r.c, getKeyLastUsage, r.region, func(ctx context.Context) (*kms.GetKeyLastUsageOutput, error) {
		return r.client.GetKeyLastUsage(ctx, &kms.GetKeyLastUsageInput{KeyId: &k.ARN})
	})
	if !o.ok() {
		k.LastUsage = reading[snapshot.KeyUsage](o)
		return o
	}
	use := snapshot.KeyUsage{TrackedSince: at(out.TrackingStartDate)}
	if last := out.KeyLastUsage; last != nil { // an empty one: no use is on record
		use.Operation, use.At, use.EventID = string(last.Operation), at(last.Timestamp), aws.ToString(last.CloudTrailEventId)
	}
	k.LastUsage = snapshot.Of(use)
	return o
}
