package collector

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	smithy "github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// longest is what the body of one answer may have: a page of IAM's, with 1,000
// roles and the versions of policies in percent-encoding, can have tens of
// megabytes, the others a few.
func (c call) longest() int64 {
	if c.service == "IAM" {
		return 128 << 20
	}
	return 32 << 20
}

// only refuses every operation that is not in the table, or that this run may not
// make, before anything is signed or sent.
func only(may func(call) bool) func(*middleware.Stack) error {
	return func(stack *middleware.Stack) error {
		return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("kmsauditReadOnly",
			func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
				service, operation := middleware.GetServiceID(ctx), middleware.GetOperationName(ctx)
				if c, ok := known(service, operation); !ok || !may(c) {
					return middleware.InitializeOutput{}, middleware.Metadata{},
						&trouble{code: codeNotReadOnly, message: fmt.Sprintf("%s %s is not a call that the collector makes", service, operation)}
				}
				return next.HandleInitialize(ctx, in)
			}), middleware.Before)
	}
}

// attempts brings every attempt through the gate and bounds its time.
func (g *gate) attempts(stack *middleware.Stack) error {
	return stack.Finalize.Insert(middleware.FinalizeMiddlewareFunc("kmsauditAttempt",
		func(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
			c, _ := known(middleware.GetServiceID(ctx), middleware.GetOperationName(ctx))
			at := lane{c.action, regionFrom(ctx)}
			leave, err := g.enter(ctx, at)
			if err != nil {
				return middleware.FinalizeOutput{}, middleware.Metadata{}, &smithy.CanceledError{Err: err}
			}
			defer leave()
			left := time.Now()
			bounded, cancel := context.WithTimeout(ctx, attemptTimeout)
			defer cancel()
			out, metadata, err := next.HandleFinalize(bounded, in)
			if err != nil && bounded.Err() != nil && ctx.Err() == nil {
				err = &trouble{code: codeTimeout, message: "no answer in " + attemptTimeout.String(), again: true}
			}
			if err != nil && isUnreachable(err) && !g.reached(at) {
				err = &trouble{code: codeNoAnswer, message: innermost(err), again: anotherDial(ctx) < maxDials, nobody: true}
			}
			var api smithy.APIError
			var response *smithyhttp.ResponseError
			g.heard(at, left, errors.As(err, &api) && isThrottle(api.ErrorCode()), err == nil || errors.As(err, &response) && response.HTTPStatusCode() != 0)
			return out, metadata, err
		}), "Retry", middleware.After)
}

// backoff is the pause before another attempt: as the SDK has it, and shorter
// where nobody was ever reached.
func backoff() retry.BackoffDelayer {
	usual := retry.NewExponentialJitterBackoff(maxBackoff)
	short := retry.NewExponentialJitterBackoff(maxDialBackoff)
	return retry.BackoffDelayerFunc(func(attempt int, err error) (time.Duration, error) {
		var own *trouble
		if errors.As(err, &own) && own.nobody {
			return short.BackoffDelay(attempt, err)
		}
		return usual.BackoffDelay(attempt, err)
	})
}

// answers reads every answer to its end before the SDK decodes it. It notes in
// which Region S3 says a bucket is, and refuses a success that is the answer to
// something else, which the SDK would decode into an empty value.
func answers(stack *middleware.Stack) error {
	return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("kmsauditAnswer",
		func(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
			out, metadata, err := next.HandleDeserialize(ctx, in)
			response, ok := out.RawResponse.(*smithyhttp.Response)
			if err != nil || !ok {
				return out, metadata, err
			}
			c, _ := known(middleware.GetServiceID(ctx), middleware.GetOperationName(ctx))
			body, err := io.ReadAll(io.LimitReader(response.Body, c.longest()+1))
			_ = response.Body.Close()
			switch {
			case err != nil && ctx.Err() != nil:
				return out, metadata, &smithy.CanceledError{Err: ctx.Err()}
			case err != nil:
				return out, metadata, &trouble{code: codeNoAnswer, message: "the answer broke off: " + innermost(err), again: true}
			case int64(len(body)) > c.longest():
				return out, metadata, &trouble{code: codeTooLong, message: "the answer is too long"}
			}
			response.Body = io.NopCloser(bytes.NewReader(body))
			if response.StatusCode >= 300 {
				noteRegion(ctx, response, body)
				return out, metadata, nil
			}
			if problem := c.foreign(response.Header, body); problem != "" {
				return out, metadata, &trouble{code: codeUnreadable, message: problem}
			}
			return out, metadata, nil
		}), middleware.After)
}

// foreign says why the body of a success is not an answer to the call, or "".
func (c call) foreign(header http.Header, body []byte) string {
	if c.cbor() {
		// The SDK takes a body of any other kind for an answer with nothing in it.
		if header.Get("Smithy-Protocol") != "rpc-v2-cbor" || len(body) == 0 || body[0]>>5 != cborMap {
			return "the answer is no CBOR map"
		}
		return ""
	}
	if c.answer == "" {
		return ""
	}
	if body = bytes.TrimSpace(body); c.xml() {
		root, whole := rootElement(body)
		switch {
		case root == "":
			return "the answer is no XML"
		case root != c.answer:
			return fmt.Sprintf("the answer is a %s, not a %s", clean(root), c.answer)
		case !whole:
			return "the answer is cut off"
		}
		return ""
	}
	var members map[string]jsontext.Value
	if err := json.Unmarshal(body, &members, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)); err != nil {
		return "the answer is no JSON object"
	}
	if value, ok := members[c.answer]; !ok || value.Kind() == 'n' {
		return "the answer has no " + c.answer
	}
	return ""
}

// cbor says that the service answers in CBOR.
func (c call) cbor() bool { return c.service == "CloudWatch" }

// cborMap is CBOR's major type of maps, the upper three bits of their first byte.
const cborMap = 5

// xml says that the service answers in XML. The SDK takes a text that is no XML
// at all for an answer with nothing in it.
func (c call) xml() bool { return c.service == "S3" || c.service == "IAM" || c.service == "STS" }

// rootElement returns the name of an XML text's first element, and whether the
// text goes on to its end.
func rootElement(body []byte) (name string, whole bool) {
	d := xml.NewDecoder(bytes.NewReader(body))
	for {
		token, err := d.RawToken()
		if err != nil {
			return "", false
		}
		if start, ok := token.(xml.StartElement); ok {
			tag := start.Name.Local
			if start.Name.Space != "" {
				tag = start.Name.Space + ":" + tag
			}
			alone := d.InputOffset() == int64(len(body)) && bytes.HasSuffix(body, []byte("/>"))
			return start.Name.Local, alone || bytes.HasSuffix(body, []byte("</"+tag+">"))
		}
	}
}

type (
	regionKey   struct{}
	dialsKey    struct{}
	redirectKey struct{}
)

// withRegion tells the gate which Region a call goes to.
func withRegion(ctx context.Context, region string) context.Context {
	return context.WithValue(ctx, regionKey{}, region)
}

func regionFrom(ctx context.Context) string {
	region, _ := ctx.Value(regionKey{}).(string)
	return region
}

// withDials counts the attempts of a call that reached nobody.
func withDials(ctx context.Context) context.Context {
	return context.WithValue(ctx, dialsKey{}, new(int))
}

func anotherDial(ctx context.Context) int {
	dials, _ := ctx.Value(dialsKey{}).(*int)
	if dials == nil {
		return 0
	}
	*dials++
	return *dials
}

// withRedirect asks for the Region in which S3 says that a bucket is.
func withRedirect(ctx context.Context, region *string) context.Context {
	return context.WithValue(ctx, redirectKey{}, region)
}

func noteRegion(ctx context.Context, response *smithyhttp.Response, body []byte) {
	into, _ := ctx.Value(redirectKey{}).(*string)
	if into == nil {
		return
	}
	region := response.Header.Get("X-Amz-Bucket-Region")
	if region == "" {
		var answer struct {
			Region   string
			Endpoint string
		}
		if xml.Unmarshal(body, &answer) == nil {
			region = answer.Region
			if region == "" {
				region = regionOfHost(answer.Endpoint)
			}
		}
	}
	if snapshot.IsRegion(region) {
		*into = region
	}
}

// regionOfHost finds the Region in a bucket's host name, such as
// bucket.s3.eu-west-1.amazonaws.com or bucket.s3-eu-west-1.amazonaws.com, which
// is all that some redirects say.
func regionOfHost(host string) string {
	labels := strings.Split(host, ".")
	for i, label := range labels {
		if label == "s3" && i+1 < len(labels) && snapshot.IsRegion(labels[i+1]) {
			return labels[i+1]
		}
		if after, ok := strings.CutPrefix(label, "s3-"); ok && snapshot.IsRegion(after) {
			return after
		}
	}
	return ""
}
