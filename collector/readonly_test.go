package collector

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/account"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/kmsaudit/kmsaudit/collector/awsfake"
)

// TestReadOnly: a client of the collector refuses what is not in the table, and
// nothing of it leaves the process.
func TestReadOnly(t *testing.T) {
	w := awsfake.Reference()
	w.T = t
	c := newClients(w.Config(), newGate(1, 1), Options{Regions: []string{"us-east-1"}}.uses)
	ctx := t.Context()
	name := awsfake.ReferenceBucket1
	refused := map[string]error{}
	_, refused["CreateKey"] = c.kms("us-east-1").CreateKey(ctx, &kms.CreateKeyInput{})
	_, refused["ScheduleKeyDeletion"] = c.kms("us-east-1").ScheduleKeyDeletion(ctx, &kms.ScheduleKeyDeletionInput{KeyId: &name})
	_, refused["Decrypt"] = c.kms("us-east-1").Decrypt(ctx, &kms.DecryptInput{CiphertextBlob: []byte("x")})
	_, refused["GetObject"] = c.s3("us-east-1").GetObject(ctx, &s3.GetObjectInput{Bucket: &name, Key: &name})
	_, refused["DeleteBucket"] = c.s3("us-east-1").DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: &name})
	_, refused["CreateUser"] = c.iam("us-east-1").CreateUser(ctx, &iam.CreateUserInput{UserName: &name})
	_, refused["HeadObject"] = c.s3("us-east-1").HeadObject(ctx, &s3.HeadObjectInput{Bucket: &name, Key: &name}) // no objects were chosen
	_, refused["ListRegions"] = c.account("us-east-1").ListRegions(ctx, &account.ListRegionsInput{})             // the Regions were
	_, refused["ListRoots"] = c.organizations("us-east-1").ListRoots(ctx, &organizations.ListRootsInput{})
	for operation, err := range refused {
		if o := classify(operation, err); o.code != codeNotReadOnly {
			t.Errorf("%s: %v", operation, err)
		}
	}
	if calls := w.Calls(); len(calls) > 0 {
		t.Errorf("%v reached AWS", calls)
	}
	if _, err := c.kms("us-east-1").ListKeys(ctx, &kms.ListKeysInput{}); err != nil {
		t.Errorf("ListKeys: %v", err)
	}
}
