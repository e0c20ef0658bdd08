package collector

import (
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer"
	"github.com/aws/aws-sdk-go-v2/service/account"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go/logging"
)

// clients makes the SDK's clients, every one of them with the middleware that
// keeps it read-only and paced.
type clients struct {
	cfg aws.Config
	// stores are the clients of S3 by Region: a bucket's Region is known only when
	// it is its turn.
	stores *sync.Map
}

// newClients makes clients that let through the calls that may be made.
func newClients(cfg aws.Config, g *gate, may func(call) bool) clients {
	cfg = cfg.Copy()
	cfg.APIOptions = append(cfg.APIOptions[:len(cfg.APIOptions):len(cfg.APIOptions)], only(may), g.attempts, answers)
	cfg.Retryer = func() aws.Retryer {
		return retry.NewStandard(func(o *retry.StandardOptions) {
			o.MaxAttempts = maxAttempts
			o.MaxBackoff = maxBackoff
			o.Backoff = backoff()
			o.RateLimiter = ratelimit.None
		})
	}
	cfg.RetryMaxAttempts = 0   // what the environment says is for interactive tools
	cfg.ClientLogMode = 0      // bodies hold policies, headers hold credentials
	cfg.Logger = logging.Nop{} // what matters is in the snapshot
	if cfg.HTTPClient == nil {
		cfg.HTTPClient = awshttp.NewBuildableClient() // one, so that connections are shared
	}
	return clients{cfg, &sync.Map{}}
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

func (c clients) cloudtrail(region string) *cloudtrail.Client {
	return cloudtrail.NewFromConfig(c.in(region))
}

func (c clients) logs(region string) *cloudwatchlogs.Client {
	return cloudwatchlogs.NewFromConfig(c.in(region))
}

func (c clients) cloudwatch(region string) *cloudwatch.Client {
	return cloudwatch.NewFromConfig(c.in(region))
}

func (c clients) events(region string) *eventbridge.Client {
	return eventbridge.NewFromConfig(c.in(region))
}

func (c clients) accessAnalyzer(region string) *accessanalyzer.Client {
	return accessanalyzer.NewFromConfig(c.in(region))
}

func (c clients) s3(region string) *s3.Client {
	if made, ok := c.stores.Load(region); ok {
		return made.(*s3.Client)
	}
	made, _ := c.stores.LoadOrStore(region, s3.NewFromConfig(c.in(region), func(o *s3.Options) {
		o.UsePathStyle = o.BaseEndpoint != nil // an address has no names below it
		o.DisableMultiRegionAccessPoints = true
	}))
	return made.(*s3.Client)
}

// at is the value of a pointer to a time, in UTC and whole seconds; zero for nil.
func at(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Second)
}
