package collector

import (
	"context"
	"errors"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go/middleware"
)

// Question is a call that the collector makes.
type Question struct {
	Service, Operation string // the SDK's names, such as KMS and DescribeKey
	Region             string // that is asked
	Input              any    // the SDK's, such as *kms.DescribeKeyInput
}

// NotKept is the error of a question whose answer nobody has kept: what it asks
// for is then not collected, which is neither absent nor failed.
type NotKept struct{ Why string }

func (n *NotKept) Error() string { return n.Why }

// Replay is a configuration with which Collect asks answer in the place of AWS.
// It returns the SDK's output, such as *kms.DescribeKeyOutput, an error of AWS
// (a smithy.APIError), or a NotKept. Nothing leaves the process.
func Replay(answer func(Question) (any, error)) aws.Config {
	return aws.Config{
		Region:      fallbackRegion,
		Credentials: aws.AnonymousCredentials{},
		HTTPClient:  unplugged{},
		APIOptions: []func(*middleware.Stack) error{func(stack *middleware.Stack) error {
			return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("kmsauditReplay",
				func(ctx context.Context, in middleware.InitializeInput, _ middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
					out, err := answer(Question{middleware.GetServiceID(ctx), middleware.GetOperationName(ctx), regionFrom(ctx), in.Parameters})
					return middleware.InitializeOutput{Result: out}, middleware.Metadata{}, err
				}), middleware.After)
		}},
	}
}

// unplugged is a network that is not there.
type unplugged struct{}

func (unplugged) Do(*http.Request) (*http.Response, error) {
	return nil, errors.New("what is replayed needs no network")
}
