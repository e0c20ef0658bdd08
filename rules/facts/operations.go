package facts

import (
	"strings"
	"sync"

	"github.com/kmsaudit/kmsaudit/rules/access"
)

// addOperations decides every S3 operation that a requirement's principals need
// on its buckets: the S3 request and the KMS requests behind it (rules S1–S5).
func (b *builder) addOperations() {
	for _, requirement := range b.intent.Requirements {
		for _, bucket := range requirement.Buckets {
			operations := bucket.Operations
			if len(operations) == 0 {
				operations = []string{"GetObject", "PutObject"}
			}
			objects := bucket.Objects
			if len(objects) == 0 {
				objects = []string{"*"}
			}
			for _, principal := range requirement.Principals {
				for _, operation := range operations {
					for _, object := range objects {
						b.addOperation(requirement, bucket, principal, operation, object)
					}
				}
			}
		}
	}
}

func (b *builder) addOperation(requirement Requirement, bucket RequiredBucket, principal, operation, object string) {
	arn := "arn:" + b.s.Account.Partition + ":s3:::" + bucket.Name
	row := Operation{
		ID:          strings.Join([]string{requirement.Name, principal, bucket.Name, operation, object}, "|"),
		Requirement: requirement.Name, Principal: principal, Bucket: arn, Object: object, Operation: operation,
		Place: b.placeOf(principal),
	}
	missing, unread := b.who(principal)
	if missing == nil && unread == nil {
		missing, unread = b.bucket(bucket.Name)
	}
	switch {
	case missing != nil:
		row.Denied = []Denied{missing.of(operation, arn)}
	case unread != nil:
		row.Undecided = []Undecided{{What: operation, Unread: unread}}
	default:
		answer := b.answer(questionOf(&row), b.bucketFact(arn), requirement.Key)
		row.Key = answer.Key.ARN
		for _, p := range answer.Parts {
			if p.Half == "kms" && answer.Key.Status == access.KeyMissing {
				row.Denied = append(row.Denied, absent{"NoSuchKey", "the key " + answer.Key.Given + " does not exist"}.of(p.Action, p.Resource))
				continue
			}
			lists{&row.Allowed, &row.Denied, &row.Depends, &row.Undecided}.put(p.Action, p.Resource, b.ours(principal, p.Resource, p.Decision))
		}
		if len(answer.Parts) == 0 {
			row.Undecided = []Undecided{{What: operation, Unread: []UnreadPolicy{{
				Policy: "the operation is not one that kmsaudit knows", Place: row.Place, State: "not_collected", Operation: "s3:" + operation,
			}}}}
		}
	}
	row.Mends = mendsOf(principal, row.Denied)
	b.document.Operations = append(b.document.Operations, row)
}

func questionOf(row *Operation) access.S3Question {
	question := access.S3Question{Principal: row.Principal, Operation: row.Operation, Bucket: row.Bucket, Stance: access.MustBeAble}
	if row.Object != "*" {
		question.Object = row.Object
	}
	return question
}

// answer decides the operation as a client would make it: over TLS of a version that a
// policy may ask for, and either
// without headers for encryption, so that the bucket's default counts, or with
// those that name the right key. One of the two is enough.
func (b *builder) answer(question access.S3Question, bucket *Bucket, required string) access.OperationAnswer {
	plain := withoutHeaders()
	key := required
	if bucket != nil && bucket.DefaultKey != nil {
		switch {
		case bucket.DefaultKey.Form == "none" && required != "":
			// An object that should be under the key is uploaded under it, by a header.
			question.Key = b.account.ResolveKey(required, bucket.Region)
		case bucket.DefaultKey.ARN != "":
			key = bucket.DefaultKey.ARN
		}
	}
	question.Context = plain
	answer := b.among.S3(question)
	if answer.Verdict == access.Allowed || key == "" {
		return answer
	}
	algorithm := "aws:kms"
	if bucket != nil && bucket.Encryption != nil && bucket.Encryption.KMS {
		algorithm = bucket.Encryption.Algorithm
	}
	question.Context = plain.With(encryptionHeaders[0], algorithm).With(encryptionHeaders[1], key)
	if named := b.among.S3(question); named.Verdict == access.Allowed {
		return named
	}
	return answer
}

// withoutHeaders is a request over TLS that asks for no encryption.
var withoutHeaders = sync.OnceValue(func() access.Context {
	return access.NewContext().With("aws:SecureTransport", "true").With("s3:TlsVersion", "1.3").WithAbsent(encryptionHeaders...)
})

// encryptionHeaders are the condition keys of the headers that ask for an
// encryption: the algorithm, the key of KMS, the client's own key.
var encryptionHeaders = []string{
	"s3:x-amz-server-side-encryption", "s3:x-amz-server-side-encryption-aws-kms-key-id",
	"s3:x-amz-server-side-encryption-customer-algorithm",
}

func (b *builder) bucketFact(arn string) *Bucket {
	i, known := b.buckets[part(arn, 5)]
	if !known {
		return nil
	}
	return &b.document.Buckets[i] // one for each of the snapshot, in its order
}
