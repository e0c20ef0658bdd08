package collector

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/account"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// clients makes the SDK's clients, every one of them with the middleware that
// keeps it read-only and paced.
type clients struct{ cfg aws.Config }

func newClients(cfg aws.Config, g *gate) clients {
	cfg = cfg.Copy()
	cfg.APIOptions = append(cfg.APIOptions[:len(cfg.APIOptions):len(cfg.APIOptions)], readOnly, g.attempts, answers)
	cfg.Retryer = func() aws.Retryer {
		return retry.NewStandard(func(o *retry.StandardOptions) {
			o.MaxAttempts = maxAttempts
			o.MaxBackoff = maxBackoff
			o.Backoff = retry.NewExponentialJitterBackoff(maxBackoff)
			o.RateLimiter = ratelimit.None
		})
	}
	cfg.RetryMaxAttempts = 0 // what the environment says is for interactive tools
	cfg.ClientLogMode = 0    // bodies hold policies, headers hold credentials
	return clients{cfg}
}

func (c clients) in(region string) aws.Config {
	cfg := c.cfg.Copy()
	cfg.Region = region
	return cfg
}

func (c clients) sts(region string) *sts.Client { return sts.NewFromConfig(c.in(region)) }

func (c clients) account(region string) *account.Client { return account.NewFromConfig(c.in(region)) }

func (c clients) iam(region string) *iam.Client { return iam.NewFromConfig(c.in(region)) }

func (c clients) kms(region string) *kms.Client { return kms.NewFromConfig(c.in(region)) }

func (c clients) organizations(region string) *organizations.Client {
	return organizations.NewFromConfig(c.in(region))
}

func (c clients) s3(region string) *s3.Client {
	return s3.NewFromConfig(c.in(region), func(o *s3.Options) {
		o.UsePathStyle = o.BaseEndpoint != nil // an address has no names below it
		o.DisableMultiRegionAccessPoints = true
	})
}

// at is the value of a pointer to a time, in UTC and whole seconds; zero for nil.
func at(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Second)
}
