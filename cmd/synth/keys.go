package main

import (
	"fmt"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

func (w *world) keysOf(d *draw) ([]snapshot.Key, []snapshot.Alias) {
	var keys []snapshot.Key
	var aliases []snapshot.Alias
	for _, name := range w.keyNames {
		if name.aws || d.chance(0.9) {
			aliases = append(aliases, snapshot.Alias{
				ARN:  "arn:aws:kms:" + name.region + ":" + accountID + ":" + name.alias,
				Name: name.alias, Region: name.region, TargetKey: name.id,
			})
		}
		k := snapshot.Key{ARN: name.arn(), ID: name.id, Region: name.region}
		if name.aws { // of which nothing more is asked
			k.Metadata = asked(d, "kms:DescribeKey", snapshot.KeyMetadata{
				Manager: "AWS", State: "Enabled", Spec: "SYMMETRIC_DEFAULT", Usage: "ENCRYPT_DECRYPT", Origin: "AWS_KMS",
				Description: "Default key of a service", CreatedAt: past(d, 3000),
			})
			keys = append(keys, k)
			continue
		}
		m := keyMetadata(d)
		k.Metadata = asked(d, "kms:DescribeKey", m)
		k.Policy = asked(d, "kms:GetKeyPolicy", document(w.keyPolicy(d, name)...))
		k.Grants = asked(d, "kms:ListGrants", w.grants(d))
		k.Tags = asked(d, "kms:ListResourceTags", tags(d))
		k.Rotation = snapshot.Reading[snapshot.Rotation]{State: snapshot.Unsupported, Operation: "kms:GetKeyRotationStatus"}
		if m.Spec == "SYMMETRIC_DEFAULT" && m.Origin == "AWS_KMS" {
			rotation := snapshot.Rotation{}
			if d.chance(0.6) {
				rotation = snapshot.Rotation{Enabled: true, PeriodDays: pick(d, []int{365, 365, 90, 730, 2560})}
			}
			k.Rotation = asked(d, "kms:GetKeyRotationStatus", rotation)
		}
		keys = append(keys, k)
	}
	return keys, aliases
}

func keyMetadata(d *draw) snapshot.KeyMetadata {
	m := snapshot.KeyMetadata{
		Manager: "CUSTOMER", State: "Enabled", Spec: "SYMMETRIC_DEFAULT", Usage: "ENCRYPT_DECRYPT", Origin: "AWS_KMS",
		CreatedAt: past(d, 2500), Description: "key of " + pick(d, teams[:]),
	}
	switch d.weighted(930, 30, 20, 10, 5, 5) {
	case 1:
		m.State = "Disabled"
	case 2:
		m.State, m.PendingWindowDays, m.DeletionDate = "PendingDeletion", 30, collected.AddDate(0, 0, 1+d.IntN(29))
	case 3:
		m.Spec, m.Usage = "RSA_2048", "SIGN_VERIFY"
	case 4:
		m.Spec, m.Usage = "HMAC_256", "GENERATE_VERIFY_MAC"
	case 5:
		m.State, m.Origin = "PendingImport", "EXTERNAL"
	}
	return m
}

// keyPolicy draws a key policy: nearly all let the account's own policies count.
func (w *world) keyPolicy(d *draw, name keyName) []statement {
	var list []statement
	if d.chance(0.96) {
		list = append(list, statement{Sid: "Enable IAM User Permissions", Effect: "Allow", Principal: aws(root), Action: "kms:*", Resource: "*"})
	}
	if d.chance(0.5) || len(list) == 0 {
		var arns []string
		for range 1 + d.IntN(4) {
			arns = append(arns, pick(d, w.roleARNs))
		}
		list = append(list, statement{Sid: "Users", Effect: "Allow", Principal: aws(arns...), Action: useActions, Resource: "*"})
	}
	switch d.weighted(89, 5, 1, 3, 2) {
	case 1:
		s := statement{Sid: "ThroughS3", Effect: "Allow", Principal: "*", Action: []string{"kms:Decrypt", "kms:GenerateDataKey*"}, Resource: "*"}
		s.Condition = when("StringEquals", "kms:ViaService", "s3."+name.region+".amazonaws.com")
		if d.chance(0.8) {
			s.Condition["StringEquals"]["kms:CallerAccount"] = []string{accountID}
		}
		list = append(list, s)
	case 2:
		list = append(list, statement{Effect: "Allow", Principal: aws("*"), Action: "kms:Decrypt", Resource: "*"})
	case 3:
		list = append(list, statement{Sid: "Neighbor", Effect: "Allow", Principal: aws("arn:aws:iam::" + pick(d, neighbors[:]) + ":root"), Action: useActions, Resource: "*"})
	case 4:
		list = append(list, statement{Sid: "NeighborRole", Effect: "Allow", Principal: aws("arn:aws:iam::" + pick(d, neighbors[:]) + ":role/reader"), Action: "kms:Decrypt", Resource: "*"})
	}
	if d.chance(0.1) {
		list = append(list, statement{Sid: "Not", Effect: "Deny", Principal: aws(pick(d, w.roleARNs)), Action: "kms:*", Resource: "*"})
	}
	return list
}

func (w *world) grants(d *draw) []snapshot.Grant {
	list := []snapshot.Grant{}
	if !d.chance(0.15) {
		return list
	}
	for range 1 + d.IntN(3) {
		g := snapshot.Grant{
			ID: d.hex(64), Name: fmt.Sprintf("grant-%d", d.IntN(1000)), CreatedAt: past(d, 400), IssuingAccount: root,
			Grantee: pick(d, w.roleARNs), Operations: []string{"Decrypt", "GenerateDataKey", "DescribeKey"},
		}
		switch d.IntN(6) {
		case 0:
			g.Grantee = "arn:aws:iam::" + pick(d, neighbors[:]) + ":role/backup"
		case 1:
			g.EncryptionContextSubset = map[string]string{"aws:s3:arn": pick(d, w.bucketNames).arn()}
		case 2:
			g.RetiringPrincipal = pick(d, w.roleARNs)
		}
		list = append(list, g)
	}
	return list
}
