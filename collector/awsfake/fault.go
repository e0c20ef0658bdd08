package awsfake

import (
	"net"
	"net/http"
	"strconv"
	"syscall"
	"time"
)

// Fault is something that goes wrong with some requests.
type Fault struct {
	// Service, Operation and Resource say which; "" fits all. The resource of a KMS
	// request is the key's ARN, of an S3 request bucket or bucket/key, of an
	// Organizations request the id that is asked about; a listing has none.
	Service, Operation, Resource string
	Region                       string
	// After is how many fitting requests are answered before it begins, Times how
	// many are hit; 0 means all that follow.
	After, Times int
	// Lasting is how long it lasts from the first request that it hits; 0 is for ever.
	Lasting time.Duration
	Effect  Effect

	seen  int
	began time.Time
}

// Effect is what a fault does.
type Effect struct {
	instead func(*request) reply
	before  func(*request)
	then    func(*request, reply) reply
}

func instead(answer func(*request) reply) Effect { return Effect{instead: answer} }

// Error answers with an error code in the protocol of the service.
func Error(status int, code string) Effect {
	return instead(func(r *request) reply { return r.fail(status, code, "as the test wants it") })
}

// Throttle answers as each service does when it is asked too often. If after is
// not 0 the answer says when to come back.
func Throttle(after time.Duration) Effect {
	return instead(func(r *request) reply {
		var answer reply
		switch r.Service {
		case "s3":
			answer = r.fail(http.StatusServiceUnavailable, "SlowDown", "Please reduce your request rate.")
		case "iam", "sts":
			answer = r.fail(http.StatusBadRequest, "Throttling", "Rate exceeded")
		case "organizations", "account":
			answer = r.fail(http.StatusBadRequest, "TooManyRequestsException", "Rate exceeded")
		case "access-analyzer":
			answer = r.fail(http.StatusTooManyRequests, "ThrottlingException", "Rate exceeded")
		default:
			answer = r.fail(http.StatusBadRequest, "ThrottlingException", "Rate exceeded")
		}
		if after > 0 {
			answer.header.Set("X-Amz-Retry-After", strconv.FormatInt(after.Milliseconds(), 10))
		}
		return answer
	})
}

// Denied answers as each service does when a permission is missing.
func Denied() Effect {
	return instead(func(r *request) reply {
		message := r.w.Caller + " is not authorized to perform " + r.Service + ":" + r.Operation
		switch r.Service {
		case "s3", "iam", "sts":
			return r.fail(http.StatusForbidden, "AccessDenied", message)
		case "account", "access-analyzer":
			return r.fail(http.StatusForbidden, "AccessDeniedException", message)
		}
		return r.fail(http.StatusBadRequest, "AccessDeniedException", message)
	})
}

// Deleted answers that the resource is not there (any more).
func Deleted() Effect {
	return instead(func(r *request) reply {
		switch r.Service {
		case "s3":
			return r.fail(http.StatusNotFound, "NoSuchBucket", "The specified bucket does not exist")
		case "iam":
			return r.fail(http.StatusNotFound, "NoSuchEntity", "not found")
		case "events":
			return r.fail(http.StatusBadRequest, "ResourceNotFoundException", "not found")
		case "cloudtrail":
			if r.Operation == "GetEventDataStore" {
				return r.fail(http.StatusBadRequest, "EventDataStoreNotFoundException", "not found")
			}
			return r.fail(http.StatusBadRequest, "TrailNotFoundException", "not found")
		}
		return r.fail(http.StatusBadRequest, "NotFoundException", "not found")
	})
}

// ExpiredToken answers that the credentials are no longer good.
func ExpiredToken() Effect {
	return instead(func(r *request) reply {
		code := "ExpiredTokenException"
		switch r.Service {
		case "s3", "iam", "sts":
			code = "ExpiredToken"
		}
		return r.fail(http.StatusBadRequest, code, "The security token included in the request is expired")
	})
}

// HTML answers with a page for people, as proxies and balancers do.
func HTML(status int) Effect {
	return instead(func(*request) reply {
		return reply{status: status, header: http.Header{"Content-Type": {"text/html"}}, body: []byte("<html><body><h1>Sorry</h1></body></html>")}
	})
}

// Hang never answers.
func Hang() Effect { return instead(func(*request) reply { return reply{hang: true} }) }

// Reset breaks the connection before the answer.
func Reset() Effect { return instead(func(*request) reply { return reply{reset: true} }) }

// Refused is a host on which nothing listens.
func Refused() Effect {
	return instead(func(*request) reply {
		return reply{unreached: &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}}
	})
}

// NoHost is a host whose name does not resolve, as that of a Region that is not
// there.
func NoHost() Effect {
	return instead(func(r *request) reply {
		return reply{unreached: &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: r.http.URL.Hostname(), IsNotFound: true}}}
	})
}

// Broken breaks the connection in the middle of the answer.
func Broken() Effect {
	return Effect{then: func(_ *request, answer reply) reply { answer.broken = true; return answer }}
}

// Trickle stops for a while in the middle of the answer.
func Trickle(pause time.Duration) Effect {
	return Effect{then: func(_ *request, answer reply) reply { answer.trickle = pause; return answer }}
}

// Cut leaves out the second half of the answer without saying so.
func Cut() Effect {
	return Effect{then: func(_ *request, answer reply) reply {
		answer.body = answer.body[:len(answer.body)/2]
		return answer
	}}
}

// ForeignXML answers with a success that is something else's.
func ForeignXML() Effect { return instead(func(*request) reply { return xmlReply("<Welcome/>") }) }

// ForeignJSON answers with a success that is something else's.
func ForeignJSON() Effect {
	return instead(func(*request) reply { return jsonReply(map[string]any{"welcome": true}) })
}

// NoMarker makes a listing of KMS or IAM say that there is more without saying
// where.
func NoMarker() Effect { return Effect{before: func(r *request) { r.paging = noMarker }} }

// SameMarker makes a listing give the same marker for ever.
func SameMarker() Effect { return Effect{before: func(r *request) { r.paging = sameMarker }} }

// EmptyPage makes a listing give an empty page that is not the last.
func EmptyPage() Effect { return Effect{before: func(r *request) { r.paging = emptyPage }} }

// Redirect answers that the bucket is in another Region: by the header, or only
// in the body.
func Redirect(region string, header bool) Effect {
	return instead(func(r *request) reply { return r.redirect(region, header) })
}

// Malformed answers that the signature is for the wrong Region.
func Malformed(region string) Effect {
	return instead(func(r *request) reply {
		answer := xmlReply(el("Error", leaf("Code", "AuthorizationHeaderMalformed"),
			leaf("Message", "the region is wrong"), leaf("Region", region)))
		answer.status = http.StatusBadRequest
		if r.http.Method == http.MethodHead {
			answer.body = nil
			answer.header.Set("X-Amz-Bucket-Region", region)
		}
		return answer
	})
}

func (r *request) redirect(region string, header bool) reply {
	_, suffix := r.w.home()
	answer := xmlReply(el("Error", leaf("Code", "PermanentRedirect"), leaf("Message", "use another endpoint"),
		leaf("Endpoint", r.bucket+".s3."+region+"."+suffix), leaf("Bucket", r.bucket)))
	answer.status = http.StatusMovedPermanently
	if header {
		answer.header.Set("X-Amz-Bucket-Region", region)
	}
	if r.http.Method == http.MethodHead {
		answer.body = nil
	}
	return answer
}

func (f *Fault) fits(c Call) bool {
	fits := func(want, got string) bool { return want == "" || want == got }
	if !fits(f.Service, c.Service) || !fits(f.Operation, c.Operation) || !fits(f.Resource, c.Resource) || !fits(f.Region, c.Region) {
		return false
	}
	f.seen++
	if f.seen <= f.After || f.Times > 0 && f.seen > f.After+f.Times {
		return false
	}
	if f.began.IsZero() {
		f.began = time.Now()
	}
	return f.Lasting == 0 || time.Since(f.began) < f.Lasting
}
