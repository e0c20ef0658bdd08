package access

import (
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// KeyRef is a reference to a key as bucket defaults and objects give it (S8).
type KeyRef struct {
	Given string `json:"given"`
	Form  string `json:"form"` // arn, id, alias, alias_arn, none
	ARN   string `json:"arn"`  // of the key; "" when not resolved
	// Status is found, missing, foreign, aws_managed, other_region, unread or none.
	Status  string `json:"status"`
	Pointer string `json:"pointer"` // of the key in the snapshot
	// Unread says why the reference could not be resolved.
	Unread *snapshot.Unread `json:"unread,omitzero"`
}

// Values of KeyRef.Status.
const (
	KeyFound       = "found"
	KeyMissing     = "missing"
	KeyForeign     = "foreign"
	KeyAWSManaged  = "aws_managed"
	KeyOtherRegion = "other_region"
	KeyUnread      = "unread"
	KeyNone        = "none"
)

// ResolveKey finds the key that a reference means to callers of this account
// (S8). A key is missing only if the listing of its Region is complete.
func (a *Account) ResolveKey(ref, bucketRegion string) KeyRef {
	k := KeyRef{Given: ref}
	r, isARN := splitARN(ref)
	switch {
	case ref == "":
		k.Form = "none"
		a.byAlias(&k, "alias/aws/s3", bucketRegion)
		if k.Status != KeyUnread {
			k.Status = KeyAWSManaged
		}
		return k
	case isARN && strings.HasPrefix(r[arnResource], "alias/"):
		k.Form = "alias_arn"
	case isARN:
		k.Form, k.ARN = "arn", ref
	case strings.HasPrefix(ref, "alias/"):
		k.Form = "alias"
		a.byAlias(&k, ref, bucketRegion)
		return k
	default:
		k.Form = "id"
		k.ARN = "arn:" + a.s.Account.Partition + ":kms:" + bucketRegion + ":" + a.id + ":key/" + ref
		if bucketRegion == "" {
			k.ARN = ""
			a.noRegion(&k)
			return k
		}
		a.byARN(&k, bucketRegion)
		return k
	}
	region := r[arnRegion]
	switch {
	case r[arnAccount] != a.id:
		k.Status = KeyForeign
	case k.Form == "alias_arn":
		a.byAlias(&k, r[arnResource], region)
	default:
		a.byARN(&k, region)
	}
	if bucketRegion != "" && region != bucketRegion && k.Status != KeyForeign {
		k.Status, k.Unread = KeyOtherRegion, nil
	}
	return k
}

func (a *Account) noRegion(k *KeyRef) {
	k.Status = KeyUnread
	k.Unread = &snapshot.Unread{State: snapshot.NotCollected, Operation: "s3:GetBucketLocation"}
}

// byARN looks the key of k.ARN up.
func (a *Account) byARN(k *KeyRef, region string) {
	if found := a.keys[k.ARN]; found != nil {
		k.Status, k.Pointer = KeyFound, found.pointer
		if found.aws {
			k.Status = KeyAWSManaged
		}
		return
	}
	a.unfound(k, "kms:ListKeys", region)
}

func (a *Account) unfound(k *KeyRef, operation, region string) {
	k.Status = KeyMissing
	if c, _ := a.s.Listed(operation, region); c.State != snapshot.OK {
		k.Status = KeyUnread
		k.Unread = &snapshot.Unread{State: c.State, Operation: operation, Code: c.Code, Message: c.Message}
	}
}

func (a *Account) byAlias(k *KeyRef, name, region string) {
	if region == "" {
		a.noRegion(k)
		return
	}
	for i := range a.s.Aliases {
		alias := &a.s.Aliases[i]
		if alias.Name != name || alias.Region != region {
			continue
		}
		if alias.TargetKey == "" {
			k.Status = KeyMissing
			if strings.HasPrefix(name, "alias/aws/") {
				k.Status = KeyAWSManaged
			}
			return
		}
		k.ARN = "arn:" + a.s.Account.Partition + ":kms:" + region + ":" + a.id + ":key/" + alias.TargetKey
		a.byARN(k, region)
		if strings.HasPrefix(name, "alias/aws/") {
			k.Status, k.Unread = KeyAWSManaged, nil
		}
		return
	}
	if strings.HasPrefix(name, "alias/aws/") {
		k.Status = KeyAWSManaged // S3 makes it when it is first used
		return
	}
	a.unfound(k, "kms:ListAliases", region)
}
