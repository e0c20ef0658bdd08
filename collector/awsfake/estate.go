package awsfake

import (
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// Estate is several accounts behind one network. The credentials of a request say
// which account answers: those of the hub, or those of a role that the hub assumed
// in a member.
type Estate struct {
	Hub     *World
	Members map[string]*World
	// Role and ExternalID are what the hub has to say to assume the role of a member.
	Role, ExternalID string
	// Locked are members whose role the hub may not assume.
	Locked map[string]bool
}

// roleKey begins the access keys of assumed roles; the account follows.
const roleKey = "ASIA"

// world is the account that a request is for.
func (e *Estate) world(h *http.Request) *World {
	_, rest, _ := strings.Cut(h.Header.Get("Authorization"), "Credential=")
	access, _, _ := strings.Cut(rest, "/")
	if account, assumed := strings.CutPrefix(access, roleKey); assumed && e.Members[account] != nil {
		return e.Members[account]
	}
	return e.Hub
}

// RoundTrip answers without a network.
func (e *Estate) RoundTrip(h *http.Request) (*http.Response, error) { return e.world(h).RoundTrip(h) }

// ServeHTTP answers over a network.
func (e *Estate) ServeHTTP(out http.ResponseWriter, h *http.Request) { e.world(h).ServeHTTP(out, h) }

// Serve answers on a loopback address until the server is closed.
func (e *Estate) Serve() *httptest.Server {
	e.prepare()
	return httptest.NewServer(e)
}

// Config is a configuration of the hub whose requests are answered without a
// network.
func (e *Estate) Config() aws.Config {
	e.prepare()
	home, _ := e.Hub.home()
	return aws.Config{
		Region: home, Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "not-a-secret", ""),
		HTTPClient: &http.Client{Transport: e, CheckRedirect: noRedirect},
	}
}

// prepare lets the hub assume roles.
func (e *Estate) prepare() {
	e.Hub.assume = func(role, externalID string) (account string, ok bool) {
		parts := strings.SplitN(role, ":", 6)
		if len(parts) != 6 || parts[5] != "role/"+e.Role || externalID != e.ExternalID || e.Locked[parts[4]] {
			return "", false
		}
		return parts[4], e.Members[parts[4]] != nil
	}
}

// assumeRole answers as STS does: who may not, and who asks for what is not there,
// hear the same.
func (r *request) assumeRole() reply {
	role := r.query.Get("RoleArn")
	account, ok := "", false
	if r.w.assume != nil {
		account, ok = r.w.assume(role, r.query.Get("ExternalId"))
	}
	if !ok {
		return r.fail(http.StatusForbidden, "AccessDenied", r.w.Caller+" is not authorized to perform: sts:AssumeRole on resource: "+role)
	}
	return r.queryReply(el("Credentials", leaf("AccessKeyId", roleKey+account), leaf("SecretAccessKey", "not-a-secret"),
		leaf("SessionToken", "session"), leaf("Expiration", "2099-01-01T00:00:00Z")))
}
