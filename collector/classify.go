package collector

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"strconv"
	"strings"
	"unicode"

	smithy "github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// Codes of our own, for what AWS has no code for.
const (
	codeInterrupted = "Interrupted"      // the run was stopped
	codeTimeout     = "Timeout"          // no answer within the time
	codeNoAnswer    = "NoAnswer"         // no connection, or one that broke
	codeUnreadable  = "UnreadableAnswer" // an answer that is not the operation's
	codeGivenUp     = "GivenUp"          // not sent: the calls before it all failed
	codeNoMarker    = "TruncatedWithoutMarker"
	codeRepeated    = "RepeatedMarker"
	codeEndless     = "EndlessListing"
	codeTooLong     = "TooLong"     // longer than AWS gives any
	codeNotReadOnly = "NotReadOnly" // not sent: not a call of this run
	codeNotKept     = "NotKept"     // not asked: an answer was looked for and is not there
	codeNotListed   = "NotListed"   // something refers to it, and the listing has it not
)

// outcome is what came of one call, or of one listing.
type outcome struct {
	action  string
	state   snapshot.State
	code    string
	message string
}

func (o outcome) ok() bool   { return o.state == snapshot.OK }
func (o outcome) gone() bool { return o.state == snapshot.Gone }

// reading is a reading without a value.
func reading[T any](o outcome) snapshot.Reading[T] {
	return snapshot.Reading[T]{State: o.state, Operation: o.action, Code: o.code, Message: o.message}
}

func unreadable(action, why string) outcome {
	return outcome{action, snapshot.Failed, codeUnreadable, why}
}

// classify is the only place that knows AWS's error codes. A code that it does
// not know is a failure, whatever the HTTP status; it is never an absence.
func classify(action string, err error) outcome {
	if err == nil {
		return outcome{action: action, state: snapshot.OK}
	}
	var own *trouble
	if errors.As(err, &own) {
		return outcome{action, snapshot.Failed, own.code, clean(own.message)}
	}
	var lacking *NotKept
	if errors.As(err, &lacking) {
		return outcome{action, snapshot.NotCollected, codeNotKept, clean(lacking.Why)}
	}
	code, message, status, signed := "", "", 0, false
	var api smithy.APIError
	if errors.As(err, &api) {
		code, message = api.ErrorCode(), clean(api.ErrorMessage())
	}
	var response *smithyhttp.ResponseError
	if errors.As(err, &response) {
		status = response.HTTPStatusCode()
		signed = response.Response != nil && (response.Response.Header.Get("X-Amz-Request-Id") != "" || response.Response.Header.Get("X-Amzn-Requestid") != "")
	}
	switch {
	// An answer that did not come to its end in time is none, whatever its status.
	case code == "" && errors.Is(err, context.DeadlineExceeded):
		return outcome{action, snapshot.Failed, codeTimeout, "no answer within the time for one call"}
	case code == "" && errors.Is(err, context.Canceled):
		return outcome{action, snapshot.Failed, codeInterrupted, ""}
	case isGone(action, code):
		return outcome{action, snapshot.Gone, code, message}
	case isAbsent(action, code), isMissing(action, status) && signed:
		return outcome{action, snapshot.Absent, code, ""}
	case isUnsupported(action, code):
		return outcome{action, snapshot.Unsupported, code, ""}
	case isDenied(code):
		return outcome{action, snapshot.Denied, code, message}
	case code != "" && code != "UnknownError":
		return outcome{action, snapshot.Failed, code, message}
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return outcome{action, snapshot.Denied, "HTTP" + strconv.Itoa(status), message}
	case status >= 300:
		return outcome{action, snapshot.Failed, "HTTP" + strconv.Itoa(status), message}
	case status != 0:
		return unreadable(action, "the answer could not be decoded")
	}
	return outcome{action, snapshot.Failed, codeNoAnswer, clean(innermost(err))}
}

// isGone: what was listed before is not there any more.
func isGone(action, code string) bool {
	switch action {
	case describeKey, getKeyPolicy, listGrants, getKeyRotationStatus, listKeyRotations, listResourceTags, getKeyLastUsage:
		return code == "NotFoundException"
	case getBucketLocation, getEncryptionConfiguration, getBucketPolicy, getBucketPublicAccessBlock,
		getBucketOwnershipControls, getBucketACL, getBucketTagging, getBucketVersioning, getReplicationConfiguration, getBucketLogging,
		getInventoryConfiguration, listBucket, getObject:
		return code == "NoSuchBucket"
	case getTrailStatus, getEventSelectors:
		return code == "TrailNotFoundException"
	case getEventDataStore:
		return code == "EventDataStoreNotFoundException"
	case listTargetsByRule:
		return code == "ResourceNotFoundException"
	}
	return false
}

// isAbsent: AWS answered that nothing is configured, or that no such thing is.
func isAbsent(action, code string) bool {
	switch action {
	case getEncryptionConfiguration:
		return code == "ServerSideEncryptionConfigurationNotFoundError"
	case getBucketPolicy:
		return code == "NoSuchBucketPolicy"
	case getBucketPublicAccessBlock:
		return code == "NoSuchPublicAccessBlockConfiguration"
	case getBucketOwnershipControls:
		return code == "OwnershipControlsNotFoundError"
	case getBucketTagging:
		return code == "NoSuchTagSet"
	case getReplicationConfiguration:
		return code == "ReplicationConfigurationNotFoundError"
	case describeOrganization:
		return code == "AWSOrganizationsNotInUseException"
	case listPoliciesForTarget:
		return code == "PolicyTypeNotEnabledException" || code == "PolicyTypeNotAvailableForOrganizationException"
	}
	return false
}

// isMissing: there is no such object. An answer to HEAD has no body and so no
// code; that it is S3's and not a proxy's shows in its request id.
func isMissing(action string, status int) bool {
	return action == getObject && status == http.StatusNotFound
}

// isUnsupported: AWS answered that the question does not apply.
func isUnsupported(action, code string) bool {
	switch action {
	case getKeyRotationStatus, listKeyRotations:
		return code == "UnsupportedOperationException"
	case listEventDataStores: // CloudTrail Lake is not everywhere
		return code == "UnsupportedOperationException"
	case listPoliciesForTarget:
		return code == "UnsupportedAPIEndpointException"
	}
	return false
}

// isDenied: AWS knows who asks and refuses. Credentials that AWS does not accept
// at all (expired, unknown in the Region) are a failure: they say nothing about
// what the identity may do.
func isDenied(code string) bool {
	switch code {
	case "AccessDenied", "AccessDeniedException", "AccessDeniedForDependencyException", "Forbidden",
		"UnauthorizedOperation", "AuthorizationError", "NotAuthorized", "AllAccessDisabled", "OptInRequired":
		return true
	}
	return false
}

// isThrottle: AWS wants fewer calls.
func isThrottle(code string) bool {
	switch code {
	case "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled", "RequestThrottledException",
		"TooManyRequestsException", "RequestLimitExceeded", "SlowDown", "LimitExceededException", "PriorRequestNotComplete":
		return true
	}
	return false
}

// isExpired: AWS no longer takes the credentials, for whatever call.
func isExpired(code string) bool {
	return code == "ExpiredToken" || code == "ExpiredTokenException" || code == "TokenRefreshRequired"
}

// isUnreachable: there is no connection to a host, and the network said so.
func isUnreachable(err error) bool {
	var op *net.OpError
	var name *net.DNSError
	var certificate *tls.CertificateVerificationError
	return errors.As(err, &op) && op.Op == "dial" || errors.As(err, &name) || errors.As(err, &certificate)
}

// trouble is a fault that the collector itself found.
type trouble struct {
	code, message string
	again         bool // another attempt may help
	nobody        bool // has ever answered there
}

func (t *trouble) Error() string { return t.code + ": " + t.message }

// RetryableError tells the SDK whether another attempt may help.
func (t *trouble) RetryableError() bool { return t.again }

func innermost(err error) string {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err.Error()
		}
		err = next
	}
}

// clean makes foreign text fit for a file and a terminal: one line, bounded.
func clean(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
	text = strings.Join(strings.Fields(text), " ")
	const most = 500
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most]) + "…"
	}
	return text
}
