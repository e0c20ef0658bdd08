package awsfake

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Call is one thing that was asked. Page tells the pages of a listing apart.
type Call struct {
	Service, Operation, Region, Resource, Page string
}

// request is an HTTP request, understood.
type request struct {
	Call
	w           *World
	http        *http.Request
	query       url.Values     // of S3, and the form of the query protocol
	body        map[string]any // of the JSON protocols
	bucket, key string
	paging      paging // what a fault does to the page
}

var scope = regexp.MustCompile(`^AWS4-HMAC-SHA256 Credential=[^/]+/[0-9]{8}/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request,`)

// understand finds out what a request asks. The error says why AWS would not
// even look at it.
func (w *World) understand(h *http.Request) (*request, error) {
	r := &request{w: w, http: h}
	signed := scope.FindStringSubmatch(h.Header.Get("Authorization"))
	if signed == nil {
		return nil, fmt.Errorf("%s %s is not signed", h.Method, h.URL)
	}
	r.Region, r.Service = signed[1], signed[2]
	if err := w.checkScope(r, h); err != nil {
		return nil, err
	}
	text := []byte{}
	if h.Body != nil {
		var err error
		if text, err = io.ReadAll(h.Body); err != nil {
			return nil, err
		}
	}
	if prefix, ok := targets[r.Service]; ok {
		operation, ok := strings.CutPrefix(h.Header.Get("X-Amz-Target"), prefix)
		if !ok || h.Header.Get("Content-Type") != "application/x-amz-json-1.1" {
			return nil, fmt.Errorf("target %q is not one of %s", h.Header.Get("X-Amz-Target"), r.Service)
		}
		r.Operation = operation
		return r, decode(text, &r.body)
	}
	switch r.Service {
	case "monitoring":
		return r, r.understandCBOR(h, text)
	case "access-analyzer":
		r.query, r.Operation = h.URL.Query(), h.Method+" "+h.URL.Path
		if r.Operation == "GET /analyzer" {
			r.Operation = "ListAnalyzers"
		}
		return r, nil
	case "account":
		r.Operation = h.Method + " " + h.URL.Path
		if r.Operation == "POST /listRegions" {
			r.Operation = "ListRegions"
		}
		return r, decode(text, &r.body)
	case "iam", "sts":
		var err error
		if r.query, err = url.ParseQuery(string(text)); err != nil {
			return nil, err
		}
		r.Operation = r.query.Get("Action")
		return r, nil
	case "s3":
		r.understandS3(h)
		return r, nil
	}
	return nil, fmt.Errorf("there is no service %q", r.Service)
}

// targets are the services that speak JSON 1.1, with what stands before the
// operation in X-Amz-Target.
var targets = map[string]string{
	"kms": "TrentService.", "organizations": "AWSOrganizationsV20161128.", "cloudtrail": "CloudTrail_20131101.",
	"logs": "Logs_20140328.", "events": "AWSEvents.",
}

func decode(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	if err := d.Decode(into); err != nil && len(text) > 0 {
		return fmt.Errorf("decode the request: %w", err)
	}
	return nil
}

// checkScope holds a signature to the host it is sent to, and those of global
// services to the partition's home.
func (w *World) checkScope(r *request, h *http.Request) error {
	home, suffix := w.home()
	if w.partition() == "aws-cn" && (r.Service == "account" || r.Service == "organizations") {
		home = "cn-northwest-1" // in China these two are in the other Region
	}
	if slices.Contains([]string{"account", "iam", "organizations"}, r.Service) && r.Region != home {
		return fmt.Errorf("a request to %s is signed for %s, not for %s", r.Service, r.Region, home)
	}
	host := h.URL.Hostname()
	if host == "" {
		host, _, _ = net.SplitHostPort(h.Host)
	}
	if net.ParseIP(host) != nil || host == "localhost" {
		return nil
	}
	want := r.Service + "." + r.Region + "." + suffix
	global := r.Service + "." + suffix
	if host != want && !(r.Service == "s3" && strings.HasSuffix(host, "."+want)) && !(r.Service == "iam" && (host == global || host == "iam.us-gov."+suffix)) {
		return fmt.Errorf("a request signed for %s in %s goes to %s", r.Service, r.Region, host)
	}
	return nil
}

// s3Operations are the subresources of a bucket.
var s3Operations = map[string]string{
	"encryption": "GetBucketEncryption", "policy": "GetBucketPolicy", "publicAccessBlock": "GetPublicAccessBlock",
	"ownershipControls": "GetBucketOwnershipControls", "acl": "GetBucketAcl", "tagging": "GetBucketTagging",
	"versioning": "GetBucketVersioning", "location": "GetBucketLocation", "replication": "GetBucketReplication",
	"logging": "GetBucketLogging", "inventory": "ListBucketInventoryConfigurations",
}

func (r *request) understandS3(h *http.Request) {
	r.query = h.URL.Query()
	path := strings.TrimPrefix(h.URL.Path, "/")
	if before, _, ok := strings.Cut(h.URL.Hostname(), ".s3."); ok && net.ParseIP(h.URL.Hostname()) == nil {
		r.bucket, r.key = before, path
	} else {
		r.bucket, r.key, _ = strings.Cut(path, "/")
	}
	r.Resource = r.bucket
	switch {
	case h.Method == http.MethodHead && r.key != "":
		r.Operation, r.Resource = "HeadObject", r.bucket+"/"+r.key
		return
	case h.Method == http.MethodGet && r.bucket == "":
		r.Operation = "ListBuckets"
		return
	case h.Method == http.MethodGet && r.key == "":
		if r.query.Get("list-type") == "2" {
			r.Operation = "ListObjectsV2"
			return
		}
		for name, operation := range s3Operations {
			if r.query.Has(name) {
				r.Operation = operation
				return
			}
		}
	}
	r.Operation = h.Method + " " + h.URL.RequestURI()
}

// text is a parameter of a JSON request.
func (r *request) text(name string) string {
	s, _ := r.body[name].(string)
	return s
}

// number is a parameter of any request.
func (r *request) number(name string, fallback int) int {
	if f, ok := r.body[name].(float64); ok {
		return int(f)
	}
	if n, err := strconv.Atoi(r.query.Get(name)); err == nil {
		return n
	}
	return fallback
}
