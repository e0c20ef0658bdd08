package collector

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go/logging"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// Access says with which credentials AWS is asked. The zero value takes what the
// environment and the shared configuration files say.
type Access struct {
	Profile    string // a profile of the shared configuration
	Region     string // the Region of the first call; "" takes the configured one, else us-east-1
	RoleARN    string // a role to assume with the credentials found
	ExternalID string // for that role's trust policy
	Session    string // the name of the role session; "" means kmsaudit
}

// LoadConfig finds credentials and Region as every AWS tool does, and assumes the
// role if one is given. It makes no call: the role is assumed when the first
// request is signed, which needs sts:AssumeRole on the role.
func LoadConfig(ctx context.Context, access Access) (aws.Config, error) {
	options := []func(*config.LoadOptions) error{
		// A buildable client, because the SDK has to add the bundle of AWS_CA_BUNDLE.
		config.WithHTTPClient(awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
			t.MaxIdleConnsPerHost = 32
		}).WithDialerOptions(func(d *net.Dialer) {
			d.Timeout = 5 * time.Second // a host that is there answers sooner
		})),
		config.WithDefaultRegion(fallbackRegion),
		config.WithLogger(logging.Nop{}), // errors are told; the SDK's own warnings have no form of ours
	}
	if access.Profile != "" {
		options = append(options, config.WithSharedConfigProfile(access.Profile))
	}
	if access.Region != "" {
		if !snapshot.IsRegion(access.Region) {
			return aws.Config{}, fmt.Errorf("%q is not the name of a Region", access.Region)
		}
		options = append(options, config.WithRegion(access.Region))
	}
	cfg, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return aws.Config{}, fmt.Errorf("load AWS configuration: %w", err)
	}
	if access.RoleARN == "" {
		return cfg, nil
	}
	return Assume(cfg, access), nil
}

// Assume gives a configuration the credentials of the role of access, which is
// assumed with those that it has when the first request is signed.
func Assume(cfg aws.Config, access Access) aws.Config {
	client := sts.NewFromConfig(cfg, func(o *sts.Options) { o.RetryMaxAttempts = maxAttempts })
	role := stscreds.NewAssumeRoleProvider(client, access.RoleARN, func(o *stscreds.AssumeRoleOptions) {
		o.RoleSessionName = cmp.Or(access.Session, "kmsaudit")
		if access.ExternalID != "" {
			o.ExternalID = aws.String(access.ExternalID)
		}
	})
	cfg = cfg.Copy()
	cfg.Credentials = aws.NewCredentialsCache(role)
	return cfg
}
