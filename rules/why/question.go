package why

import (
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/rules/access"
)

// Question asks about one principal and one operation.
type Question struct {
	// Principal is an ARN, the name of a role or user, an account id, a unique id,
	// the name of a service, or * for anybody.
	Principal string `json:"principal"`
	// Operation is an action of KMS or S3, an operation of S3 that Operations of
	// access lists, or one of kms:ReEncrypt and the operations on aliases.
	Operation string `json:"operation"`
	// Resource is the ARN of a key, alias, bucket or object, s3://bucket/key, the
	// id of a key, or * for actions without a resource.
	Resource string `json:"resource"`
	// Source is that of a copy, or the key to re-encrypt from.
	Source string `json:"source"`
	// Key is the key that S3 uses, "" for that of the object or of the bucket; or
	// the key that an alias is to stand for.
	Key string `json:"key"`
	// BucketKey says whether the object is under a Bucket Key; null leaves it to
	// the object or the bucket.
	BucketKey *bool `json:"bucket_key"`
	// Context are condition keys with their values; Unknown and Absent are keys of
	// which nothing is known, and those that the request does not have. A key that
	// ends in * stands for all that begin so.
	Context map[string][]string `json:"context"`
	Unknown []string            `json:"unknown"`
	Absent  []string            `json:"absent"`
}

// headers are the condition keys of the headers that ask for an encryption: the
// algorithm, the key of KMS, the client's own key.
const (
	algorithmHeader = "s3:x-amz-server-side-encryption"
	keyHeader       = "s3:x-amz-server-side-encryption-aws-kms-key-id"
	customerHeader  = "s3:x-amz-server-side-encryption-customer-algorithm"
	secureTransport = "aws:SecureTransport"
)

// says are what the question says of a condition key.
func (q *Question) says(key string) (values []string, said bool) {
	for name, values := range q.Context {
		if strings.EqualFold(name, key) {
			return values, true
		}
	}
	for _, list := range [][]string{q.Unknown, q.Absent} {
		for _, name := range list {
			head, all := strings.CutSuffix(name, "*")
			if strings.EqualFold(name, key) || all && len(key) >= len(head) && strings.EqualFold(key[:len(head)], head) {
				return nil, true
			}
		}
	}
	return nil, false
}

// header is the value that the question gives of a header, "" for none.
func (q *Question) header(key string) string {
	if values, _ := q.says(key); len(values) > 0 {
		return values[0]
	}
	return ""
}

// request is what the question fixes of a request's context. A request comes over
// TLS, and to S3 without headers for encryption, unless the question says
// otherwise.
func (q *Question) request() access.Context {
	ctx := access.NewContext().WithUnknown(q.Unknown...).WithAbsent(q.Absent...)
	if _, said := q.says(secureTransport); !said {
		ctx = ctx.With(secureTransport, "true")
	}
	for _, header := range []string{algorithmHeader, keyHeader, customerHeader} {
		if _, said := q.says(header); !said {
			ctx = ctx.WithAbsent(header)
		}
	}
	for key, values := range q.Context {
		ctx = ctx.With(key, values...)
	}
	return ctx
}

// with is the question with a value of the request changed.
func (q *Question) with(values map[string]string) *Question {
	other := *q
	other.Context = map[string][]string{}
	for key, list := range q.Context {
		other.Context[key] = list
	}
	drop := func(list []string, key string) []string {
		return slices.DeleteFunc(slices.Clone(list), func(name string) bool { return strings.EqualFold(name, key) })
	}
	for key, value := range values {
		for name := range other.Context {
			if strings.EqualFold(name, key) {
				delete(other.Context, name)
			}
		}
		other.Context[key] = []string{value}
		other.Unknown, other.Absent = drop(other.Unknown, key), drop(other.Absent, key)
	}
	return &other
}
