package awsfake

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// recorder keeps what a world complains about.
type recorder struct{ said []string }

func (r *recorder) Helper() {}

func (r *recorder) Errorf(format string, args ...any) {
	r.said = append(r.said, fmt.Sprintf(format, args...))
}

// TestMisuse: what AWS would refuse, and what the collector may not ask, fails
// the test that does it.
func TestMisuse(t *testing.T) {
	name, key := ReferenceBucket1, "new"
	tests := []struct {
		name, want string
		do         func(w *World) error
	}{
		{"unsigned", "is not signed", func(w *World) error {
			_, err := (&http.Client{Transport: w}).Get("https://kms.us-east-1.amazonaws.com/")
			return err
		}},
		{"writing", "kms CreateKey is not a read-only operation", func(w *World) error {
			_, err := kms.NewFromConfig(w.Config()).CreateKey(t.Context(), &kms.CreateKeyInput{})
			return err
		}},
		{"putting", "is not a read-only operation", func(w *World) error {
			_, err := s3.NewFromConfig(w.Config()).PutObject(t.Context(), &s3.PutObjectInput{Bucket: &name, Key: &key, Body: strings.NewReader("x")})
			return err
		}},
		{"reading an object", "is not a read-only operation", func(w *World) error {
			_, err := s3.NewFromConfig(w.Config()).GetObject(t.Context(), &s3.GetObjectInput{Bucket: &name, Key: &key})
			return err
		}},
		{"signed for another Region", "signed for kms in us-east-1 goes to kms.eu-west-1.amazonaws.com", func(w *World) error {
			cfg := w.Config()
			cfg.HTTPClient = &http.Client{Transport: moved{w, "kms.eu-west-1.amazonaws.com"}}
			_, err := kms.NewFromConfig(cfg).ListKeys(t.Context(), &kms.ListKeysInput{})
			return err
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w, r := Reference(), &recorder{}
			w.T = r
			err := test.do(w)
			if len(r.said) == 0 || !strings.Contains(r.said[0], test.want) {
				t.Errorf("it said %q; the caller got %v", r.said, err)
			}
			if len(w.Calls()) != 0 {
				t.Errorf("it counted %v", w.Calls())
			}
		})
	}
}

// moved sends requests to another host than they were made for.
type moved struct {
	next http.RoundTripper
	host string
}

func (m moved) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Host, r.Host = m.host, m.host
	return m.next.RoundTrip(r)
}

// TestFaultsCount: a fault lets the first requests pass, hits as many as it is
// told to, and then no more.
func TestFaultsCount(t *testing.T) {
	w := Reference()
	w.T = t
	w.Faults = []*Fault{{Service: "kms", Operation: "ListKeys", After: 1, Times: 2, Effect: Error(400, "Odd")}}
	client := kms.NewFromConfig(w.Config(), func(o *kms.Options) { o.RetryMaxAttempts = 1 })
	var failed []bool
	for range 5 {
		_, err := client.ListKeys(t.Context(), &kms.ListKeysInput{})
		failed = append(failed, err != nil)
	}
	if got := fmt.Sprint(failed); got != "[false true true false false]" {
		t.Errorf("failed: %s", got)
	}
	if w.Count("kms", "ListKeys") != 5 {
		t.Errorf("counted %v", w.Calls())
	}
}

// TestEscape: documents are encoded so that every decoder gives them back, and so
// that a plus stays one.
func TestEscape(t *testing.T) {
	text := "a+b c%20/ü~-_.{}\""
	encoded := escape(text)
	if decoded, err := url.PathUnescape(encoded); err != nil || decoded != text || strings.ContainsAny(encoded, "+ {\"/") {
		t.Errorf("%s is %s, %v", encoded, decoded, err)
	}
}
