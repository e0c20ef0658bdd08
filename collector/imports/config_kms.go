package imports

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// useKey takes the answers that an item about a key has. Of grants and of past
// rotations AWS Config knows nothing.
func (i *importer) useKey(n *item) error {
	parts := strings.SplitN(n.ARN, ":", 6)
	id, found := strings.CutPrefix(parts[5], "key/")
	if parts[2] != "kms" || !found || !keyID().MatchString(id) || !snapshot.IsRegion(parts[3]) {
		return n.wrong("", "%s is not the ARN of a key", n.ARN)
	}
	say := func(operation string, out any) {
		i.second(n, place{operation: sdk("KMS", operation), region: parts[3], resource: id}, out)
	}
	var m types.KeyMetadata
	said, err := n.configuration(&m)
	if err != nil {
		return err
	}
	// Older items do not say of what kind a multi-Region key is, nor when imported
	// material expires.
	multi := strings.HasPrefix(id, "mrk-")
	m.MultiRegion = aws.Bool(multi)
	whole := said["keystate"] && said["keymanager"] && said["origin"] && (said["keyspec"] || said["customermasterkeyspec"]) && said["keyusage"] &&
		(!multi || m.MultiRegionConfiguration != nil) &&
		(m.ExpirationModel != types.ExpirationModelTypeKeyMaterialExpires || m.ValidTo != nil)
	// A key that AWS Config knows is there, whatever else is known.
	say("ListResourceTags", nil)
	if whole {
		say("DescribeKey", &kms.DescribeKeyOutput{KeyMetadata: &m})
	}
	var rotation any
	if ok, err := n.supplementary("KeyRotationStatus", &rotation); err != nil {
		return err
	} else if ok {
		if on, ok := truth(rotation); ok {
			say("GetKeyRotationStatus", &kms.GetKeyRotationStatusOutput{KeyRotationEnabled: on})
		}
	}
	var policy jsontext.Value
	if ok, err := n.supplementary("Policy", &policy); err != nil {
		return err
	} else if ok && policy.Kind() == '{' {
		say("GetKeyPolicy", &kms.GetKeyPolicyOutput{Policy: aws.String(string(policy))})
	}
	tags, err := n.tags()
	if err != nil || tags == nil {
		return err
	}
	out := &kms.ListResourceTagsOutput{}
	for key, value := range tags {
		out.Tags = append(out.Tags, types.Tag{TagKey: aws.String(key), TagValue: aws.String(value)})
	}
	say("ListResourceTags", out)
	return nil
}

// truth reads a truth value that may be a text.
func truth(v any) (value, ok bool) {
	switch v := v.(type) {
	case bool:
		return v, true
	case string:
		return strings.EqualFold(v, "true"), strings.EqualFold(v, "true") || strings.EqualFold(v, "false")
	}
	return false, false
}

// useAlias adds an alias to those of its Region.
func (i *importer) useAlias(n *item) error {
	var alias types.AliasListEntry
	if _, err := n.configuration(&alias); err != nil {
		return err
	}
	parts := strings.SplitN(n.ARN, ":", 6)
	if !snapshot.IsRegion(parts[3]) || aws.ToString(alias.AliasName) == "" || aws.ToString(alias.AliasArn) != n.ARN {
		return n.wrong("/configuration", "this is not the alias %s", n.ARN)
	}
	at := place{operation: sdk("KMS", "ListAliases"), region: parts[3]}
	out := &kms.ListAliasesOutput{Aliases: []types.AliasListEntry{alias}}
	continued(out, 1)
	i.second(n, at, out)
	return nil
}
