package collector

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	smithy "github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// answered is what the SDK makes of an error answer.
func answered(code string, status int) error {
	header := http.Header{"X-Amz-Request-Id": {"0000"}}
	return fmt.Errorf("operation error: %w", &smithyhttp.ResponseError{
		Response: &smithyhttp.Response{Response: &http.Response{StatusCode: status, Header: header}},
		Err:      &smithy.GenericAPIError{Code: code, Message: "in words"},
	})
}

func TestClassify(t *testing.T) {
	tests := []struct {
		action, code string
		status       int
		want         snapshot.State
	}{
		{getEncryptionConfiguration, "ServerSideEncryptionConfigurationNotFoundError", 404, snapshot.Absent},
		{getBucketPolicy, "NoSuchBucketPolicy", 404, snapshot.Absent},
		{getBucketPublicAccessBlock, "NoSuchPublicAccessBlockConfiguration", 404, snapshot.Absent},
		{getBucketOwnershipControls, "OwnershipControlsNotFoundError", 404, snapshot.Absent},
		{getBucketTagging, "NoSuchTagSet", 404, snapshot.Absent},
		{getObject, "NotFound", 404, snapshot.Absent},
		{describeOrganization, "AWSOrganizationsNotInUseException", 400, snapshot.Absent},
		{listPoliciesForTarget, "PolicyTypeNotEnabledException", 400, snapshot.Absent},
		{listPoliciesForTarget, "UnsupportedAPIEndpointException", 400, snapshot.Unsupported},
		{getKeyRotationStatus, "UnsupportedOperationException", 400, snapshot.Unsupported},
		{listKeyRotations, "UnsupportedOperationException", 400, snapshot.Unsupported},
		{describeKey, "NotFoundException", 400, snapshot.Gone},
		{listKeyRotations, "NotFoundException", 400, snapshot.Gone},
		{getBucketVersioning, "NoSuchBucket", 404, snapshot.Gone},

		{getBucketPolicy, "AccessDenied", 403, snapshot.Denied},
		{getObject, "Forbidden", 403, snapshot.Denied},
		{listKeys, "AccessDeniedException", 400, snapshot.Denied},
		{listKeys, "UnknownError", 403, snapshot.Denied},

		// The same words where they answer another question.
		{getBucketPolicy, "NoSuchTagSet", 404, snapshot.Failed},
		{getBucketPolicy, "NotFound", 404, snapshot.Failed},
		{listKeys, "NotFoundException", 400, snapshot.Failed},
		{listAllMyBuckets, "NoSuchBucket", 404, snapshot.Failed},
		{getKeyPolicy, "UnsupportedOperationException", 400, snapshot.Failed},
		{listKeyRotations, "KMSInvalidStateException", 400, snapshot.Failed},
		{listParents, "AWSOrganizationsNotInUseException", 400, snapshot.Failed},
		{getAccountAuthorizationDetails, "NoSuchEntity", 404, snapshot.Failed},

		// Credentials that AWS does not take say nothing about permissions.
		{listKeys, "ExpiredTokenException", 400, snapshot.Failed},
		{listKeys, "UnrecognizedClientException", 400, snapshot.Failed},
		{listAllMyBuckets, "InvalidAccessKeyId", 403, snapshot.Failed},
		{getAccountAuthorizationDetails, "InvalidClientTokenId", 403, snapshot.Failed},
		{listKeys, "ThrottlingException", 400, snapshot.Failed},
		{listKeys, "UnknownError", 404, snapshot.Failed},
		{listKeys, "", 200, snapshot.Failed},
	}
	for _, test := range tests {
		got := classify(test.action, answered(test.code, test.status))
		if got.state != test.want || got.action != test.action || got.code == "" {
			t.Errorf("%s %d %s is %+v, want %v", test.action, test.status, test.code, got, test.want)
		}
	}
}

// TestUnlistedCodeFails: what nobody has thought of is a failure, for every call
// and every status.
func TestUnlistedCodeFails(t *testing.T) {
	for _, c := range calls {
		for _, status := range []int{200, 301, 400, 403, 404, 409, 418, 500, 503} {
			if c.action == getObject && status == 404 {
				continue // no code can be seen there
			}
			if got := classify(c.action, answered("BrandNewException", status)); got.state != snapshot.Failed || got.code != "BrandNewException" {
				t.Errorf("%s %d is %+v", c.action, status, got)
			}
		}
		for _, err := range []error{errors.New("odd"), context.Canceled, context.DeadlineExceeded, &smithy.DeserializationError{Err: errors.New("odd")}} {
			if got := classify(c.action, err); got.state != snapshot.Failed || got.code == "" {
				t.Errorf("%s %v is %+v", c.action, err, got)
			}
		}
	}
}

func TestMessagesAreHarmless(t *testing.T) {
	got := clean("a\x1b[31m\r\nb\u0085\xff " + strings.Repeat("ü", 900))
	if strings.ContainsAny(got, "\x1b\r\n\u0085") || len([]rune(got)) != 501 || !strings.HasPrefix(got, "a [31m b \uFFFD ü") {
		t.Errorf("got %q", got[:40])
	}
}

func TestRegionNames(t *testing.T) {
	for _, p := range partitions {
		if !slices.IsSorted(p.regions) || !slices.Contains(p.regions, p.home) {
			t.Errorf("%s: %v", p.name, p.regions)
		}
		for _, region := range p.regions {
			if !snapshot.IsRegion(region) {
				t.Errorf("%s is not taken for a Region", region)
			}
		}
	}
	for _, bad := range []string{"", "us-east", "us-east-1.evil.example", "us-east-1/", "US-EAST-1", "us-east-1\n", "../us-east-1", "a-b-c-d-e-1"} {
		if _, err := (Options{Regions: []string{bad}}).prepared(); err == nil {
			t.Errorf("%q is taken for a Region", bad)
		}
	}
}

func TestRegionOfHost(t *testing.T) {
	for host, want := range map[string]string{
		"b.s3.eu-west-1.amazonaws.com": "eu-west-1", "b.s3-eu-west-1.amazonaws.com": "eu-west-1", "b.s3.cn-north-1.amazonaws.com.cn": "cn-north-1",
		"b.s3.amazonaws.com": "", "": "", "b.s3.evil": "",
	} {
		if got := regionOfHost(host); got != want {
			t.Errorf("%q is in %q, want %q", host, got, want)
		}
	}
}
