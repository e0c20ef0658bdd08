package awsfake

import "time"

// The reference account: the worked example that every feature is first shown on.
const (
	ReferenceAccount = "522814710681"
	ReferenceRegion  = "us-east-1"
	ReferenceKey     = "cac96933-72ff-0000-0000-000000000000"
	ReferenceRole    = "cmtr-4n6e9j62-iam-sewk-iam_role"
	ReferenceObject  = "confidential_credentials.csv"
	// Bucket 1 is not encrypted with KMS, bucket 2 is.
	ReferenceBucket1 = "bucket-695267-1"
	ReferenceBucket2 = "bucket-695267-2"
)

// Reference returns the world of the reference account, new at every call.
func Reference() *World {
	created := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	key := "arn:aws:kms:us-east-1:522814710681:key/" + ReferenceKey
	administrator := "arn:aws:iam::aws:policy/AdministratorAccess"
	blocked := [4]bool{true, true, true, true}
	return &World{
		Account: ReferenceAccount,
		Caller:  "arn:aws:sts::522814710681:assumed-role/kmsaudit-collector/nightly",
		Regions: []string{ReferenceRegion},
		Roles: []Role{
			{
				Name: "KeyAdmin", ID: "AROAEXAMPLEKEYADMIN00", Created: created,
				Trust:    `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::522814710681:root"},"Action":"sts:AssumeRole"}]}`,
				Attached: []string{administrator},
			},
			{
				Name: ReferenceRole, ID: "AROAEXAMPLEIAMSEWK000", Created: created,
				Trust: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`,
				Inline: map[string]Document{
					"KMSAccessPolicy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["kms:Encrypt","kms:Decrypt","kms:ReEncrypt*","kms:GenerateDataKey*","kms:DescribeKey"],"Resource":"` + key + `"}]}`,
					"S3Access":        `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":["arn:aws:s3:::bucket-695267-1/*","arn:aws:s3:::bucket-695267-2/*"]},{"Effect":"Allow","Action":"s3:ListBucket","Resource":["arn:aws:s3:::bucket-695267-1","arn:aws:s3:::bucket-695267-2"]}]}`,
				},
			},
		},
		Policies: []ManagedPolicy{{
			ARN: administrator, ID: "ANPAIWMBCKSKIEE64ZLYK", Created: time.Date(2015, 2, 6, 18, 39, 46, 0, time.UTC),
			Versions: []Document{`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`},
		}},
		Keys: []Key{{
			ID: ReferenceKey, Region: ReferenceRegion, Created: created, Description: "server-side encryption of " + ReferenceBucket2,
		}},
		Aliases: []Alias{{Name: "alias/confidential", Region: ReferenceRegion, Target: ReferenceKey}},
		Buckets: []Bucket{
			{
				Name: ReferenceBucket1, Region: ReferenceRegion, Created: created,
				Encryption:   []EncryptionRule{{Algorithm: "AES256", Blocked: []string{"NONE"}}},
				PublicAccess: &blocked, Ownership: "BucketOwnerEnforced",
				Objects: []Object{{Key: ReferenceObject, Algorithm: "AES256", Modified: created.Add(time.Hour)}},
			},
			{
				Name: ReferenceBucket2, Region: ReferenceRegion, Created: created,
				Encryption:   []EncryptionRule{{Algorithm: "aws:kms", Key: key, BucketKey: true, Blocked: []string{"SSE-C"}}},
				PublicAccess: &blocked, Ownership: "BucketOwnerEnforced",
				Objects: []Object{{Key: ReferenceObject, Algorithm: "aws:kms", KMSKey: key, BucketKey: true, Modified: created.Add(2 * time.Hour)}},
			},
		},
	}
}
