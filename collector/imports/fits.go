package imports

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// fits holds an output to the account, Region and key that its name or its
// mapping says, as far as it names them itself. Files are easily mixed up.
func (i *importer) fits(name string, text []byte, at place, out any) error {
	check := func(pointer string, arn *string, want string) error {
		parts := strings.SplitN(aws.ToString(arn), ":", 6)
		if arn == nil || len(parts) != 6 {
			return nil // an id alone says neither account nor Region
		}
		if err := i.of(parts[1], parts[4]); err != nil {
			return misplaced(name, text, pointer, "%v", err)
		}
		if parts[3] != at.region || want != "" && parts[5] != "key/"+want {
			return misplaced(name, text, pointer, "this is about %s, and the file is taken for %s in %s", *arn, at.operation.cli()+" "+want, at.region)
		}
		return nil
	}
	switch out := out.(type) {
	case *sts.GetCallerIdentityOutput:
		parts := strings.SplitN(aws.ToString(out.Arn), ":", 6)
		if len(parts) != 6 {
			return misplaced(name, text, "", "the identity has no ARN")
		}
		if err := i.of(parts[1], aws.ToString(out.Account)); err != nil {
			return misplaced(name, text, "/Account", "%v", err)
		}
	case *kms.DescribeKeyOutput:
		if id := aws.ToString(out.KeyMetadata.KeyId); id != "" && id != at.resource {
			return misplaced(name, text, "/KeyMetadata/KeyId", "this is about key %s, and the file is taken for that of key %s", id, at.resource)
		}
		return check("/KeyMetadata/Arn", out.KeyMetadata.Arn, at.resource)
	case *kms.ListKeysOutput:
		for n, k := range out.Keys {
			if err := check(fmt.Sprintf("/Keys/%d/KeyArn", n), k.KeyArn, aws.ToString(k.KeyId)); err != nil {
				return err
			}
		}
	case *kms.ListAliasesOutput:
		for n, a := range out.Aliases {
			if err := check(fmt.Sprintf("/Aliases/%d/AliasArn", n), a.AliasArn, ""); err != nil {
				return err
			}
		}
	case *kms.ListGrantsOutput:
		for n, g := range out.Grants {
			if err := check(fmt.Sprintf("/Grants/%d/KeyId", n), g.KeyId, at.resource); err != nil {
				return err
			}
		}
	case *kms.GetKeyRotationStatusOutput:
		return check("/KeyId", out.KeyId, at.resource)
	}
	return nil
}
