package facts

import (
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/rules/access"
)

// form is how a client makes a request: its encryption headers and its transport.
type form struct {
	transport
	algorithm string // "" for no header
	key       string // "" for no header, "?" for a key that is not known
	customer  string // algorithm of a key of the client's own, "" for none
}

// transport is what a request goes over.
type transport struct {
	plain bool   // HTTP
	tls   string // version of TLS, "" for one that is not known
}

// uploads are the ways to upload that a policy may tell apart.
var uploads = [...]form{{}, {algorithm: "AES256"}, {algorithm: "aws:kms"}, {algorithm: "aws:kms", key: "?"}}

// clients are the contexts of requests by probes. Many policies test the same
// keys and spare nobody: their contexts are made once.
type clients map[client]access.Context

type client struct {
	tested string // the condition keys that policies test
	arn    string
	form   form
}

// context takes the keys that are tested, and joined too.
func (c clients) context(keys []string, tested, arn string, f form) access.Context {
	slot := client{tested, arn, f}
	ctx, made := c[slot]
	if !made {
		ctx = f.context(keys, arn)
		c[slot] = ctx
	}
	return ctx
}

// context is what is known of the request; what else the policies test is not.
func (f form) context(tested []string, arn string) access.Context {
	transport := "true"
	if f.plain {
		transport = "false"
	}
	ctx := access.NewContext().WithUnknown(tested...).WithAbsent(encryptionHeaders...)
	if account := accountOf(arn); account != "" {
		ctx = ctx.With("aws:PrincipalArn", arn).With("aws:PrincipalAccount", account)
	} else {
		ctx = ctx.WithAbsent("aws:PrincipalArn", "aws:PrincipalAccount", "aws:PrincipalOrgID")
	}
	for i, value := range []string{f.algorithm, f.key, f.customer} {
		switch value {
		case "":
		case "?":
			ctx = ctx.WithUnknown(encryptionHeaders[i])
		default:
			ctx = ctx.With(encryptionHeaders[i], value)
		}
	}
	switch {
	case f.plain:
		ctx = ctx.WithAbsent("s3:TlsVersion")
	case f.tls != "":
		ctx = ctx.With("s3:TlsVersion", f.tls)
	}
	return ctx.With("aws:SecureTransport", transport)
}

// insertKey adds a condition key to a sorted list, once.
func insertKey(keys []string, key string) []string {
	key = strings.ToLower(key)
	i, found := slices.BinarySearch(keys, key)
	if found {
		return keys
	}
	return slices.Insert(keys, i, key)
}
