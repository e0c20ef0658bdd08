package awsfake

import (
	"net/http"
	"slices"
	"strings"
)

// inRegion are the keys of the Region that a request is for.
func (r *request) inRegion() []Key {
	var keys []Key
	for _, k := range r.w.Keys {
		if k.Region == r.Region {
			keys = append(keys, k)
		}
	}
	return keys
}

func onKey(handler func(*request, Key) reply) func(*request) reply {
	return func(r *request) reply {
		id := r.text("KeyId")
		if k, ok := r.w.known().keys[r.Region+"/"+strings.TrimPrefix(id, r.w.KeyARN(r.Region, ""))]; ok {
			return handler(r, r.w.Keys[k].complete())
		}
		return r.fail(http.StatusBadRequest, "NotFoundException", "Key '"+id+"' does not exist")
	}
}

func (k Key) complete() Key {
	fill := func(field *string, value string) {
		if *field == "" {
			*field = value
		}
	}
	fill(&k.Manager, "CUSTOMER")
	fill(&k.State, "Enabled")
	fill(&k.Spec, "SYMMETRIC_DEFAULT")
	fill(&k.Usage, "ENCRYPT_DECRYPT")
	fill(&k.Origin, "AWS_KMS")
	return k
}

// paged answers with a page of a listing.
func (r *request) paged(member string, list []any, most int) reply {
	from, to, next, more, ok := r.page(len(list), min(most, max(1, r.number("Limit", most))), r.text("Marker"))
	if !ok {
		return r.fail(http.StatusBadRequest, "InvalidMarkerException", "the marker is not valid")
	}
	answer := map[string]any{member: append([]any{}, list[from:to]...), "Truncated": more}
	if next != "" {
		answer["NextMarker"] = next
	}
	return jsonReply(answer)
}

func (r *request) listKeys() reply {
	var list []any
	for _, k := range r.inRegion() {
		list = append(list, map[string]any{"KeyId": k.ID, "KeyArn": r.w.KeyARN(k.Region, k.ID)})
	}
	return r.paged("Keys", list, 1000)
}

func (r *request) listAliases() reply {
	var list []any
	for _, a := range r.w.Aliases {
		if a.Region != r.Region {
			continue
		}
		arn := strings.Replace(r.w.KeyARN(a.Region, ""), ":key/", ":"+a.Name, 1)
		entry := map[string]any{"AliasName": a.Name, "AliasArn": arn}
		if a.Target != "" {
			entry["TargetKeyId"] = a.Target
		}
		list = append(list, entry)
	}
	return r.paged("Aliases", list, 100)
}

func (r *request) describeKey(k Key) reply {
	arn := r.w.KeyARN(k.Region, k.ID)
	m := map[string]any{
		"AWSAccountId": r.w.Account, "KeyId": k.ID, "Arn": arn, "CreationDate": seconds(k.Created),
		"Enabled": k.State == "Enabled", "Description": k.Description, "KeyUsage": k.Usage, "KeyState": k.State,
		"Origin": k.Origin, "KeyManager": k.Manager, "CustomerMasterKeySpec": k.Spec, "KeySpec": k.Spec,
		"MultiRegion": k.MultiRegionType != "",
	}
	for name, value := range map[string]string{"CustomKeyStoreId": k.CustomKeyStore, "CloudHsmClusterId": k.CloudHSMCluster} {
		if value != "" {
			m[name] = value
		}
	}
	if k.XksKey != "" {
		m["XksKeyConfiguration"] = map[string]any{"Id": k.XksKey}
	}
	if !k.Deletion.IsZero() {
		m["DeletionDate"] = seconds(k.Deletion)
	}
	if k.MultiRegionType != "" {
		own := map[string]any{"Arn": arn, "Region": k.Region}
		primary, replicas := own, []any{}
		for _, other := range k.MultiRegionOthers {
			entry := map[string]any{"Arn": other, "Region": strings.Split(other, ":")[3]}
			if k.MultiRegionType == "REPLICA" {
				primary, replicas = entry, append(replicas, own)
			} else {
				replicas = append(replicas, entry)
			}
		}
		m["MultiRegionConfiguration"] = map[string]any{
			"MultiRegionKeyType": k.MultiRegionType, "PrimaryKey": primary, "ReplicaKeys": replicas,
		}
	}
	return jsonReply(map[string]any{"KeyMetadata": m})
}

func (r *request) getKeyPolicy(k Key) reply {
	text := k.Policy
	if text == "" {
		text = `{
  "Version" : "2012-10-17",
  "Id" : "key-default-1",
  "Statement" : [ {
    "Sid" : "Enable IAM User Permissions",
    "Effect" : "Allow",
    "Principal" : {
      "AWS" : "arn:` + r.w.partition() + `:iam::` + r.w.Account + `:root"
    },
    "Action" : "kms:*",
    "Resource" : "*"
  } ]
}`
	}
	return jsonReply(map[string]any{"Policy": text, "PolicyName": "default"})
}

func (r *request) listGrants(k Key) reply {
	var list []any
	for _, g := range k.Grants {
		entry := map[string]any{
			"KeyId": r.w.KeyARN(k.Region, k.ID), "GrantId": g.ID, "Name": g.Name, "GranteePrincipal": g.Grantee,
			"CreationDate": seconds(g.Created), "IssuingAccount": "arn:" + r.w.partition() + ":iam::" + r.w.Account + ":root",
			"Operations": g.Operations,
		}
		if g.Retiring != "" {
			entry["RetiringPrincipal"] = g.Retiring
		}
		constraints := map[string]any{}
		if g.ContextEquals != nil {
			constraints["EncryptionContextEquals"] = g.ContextEquals
		}
		if g.ContextSubset != nil {
			constraints["EncryptionContextSubset"] = g.ContextSubset
		}
		if len(constraints) > 0 {
			entry["Constraints"] = constraints
		}
		list = append(list, entry)
	}
	return r.paged("Grants", list, 100)
}

func (r *request) getKeyRotationStatus(k Key) reply {
	if k.Spec != "SYMMETRIC_DEFAULT" || slices.Contains([]string{"EXTERNAL", "AWS_CLOUDHSM", "EXTERNAL_KEY_STORE"}, k.Origin) {
		return r.fail(http.StatusBadRequest, "UnsupportedOperationException", "the key cannot rotate")
	}
	on := k.Rotation && k.State != "PendingDeletion"
	answer := map[string]any{"KeyId": r.w.KeyARN(k.Region, k.ID), "KeyRotationEnabled": on}
	if on && k.RotationDays > 0 {
		answer["RotationPeriodInDays"] = k.RotationDays
		answer["NextRotationDate"] = seconds(k.Created.AddDate(0, 0, k.RotationDays))
	}
	return jsonReply(answer)
}

func (r *request) listKeyRotations(k Key) reply {
	switch {
	case k.Spec != "SYMMETRIC_DEFAULT" || k.Usage != "ENCRYPT_DECRYPT" || k.Origin != "AWS_KMS" && k.Origin != "EXTERNAL":
		return r.fail(http.StatusBadRequest, "UnsupportedOperationException", "the key cannot be rotated")
	case k.State != "Enabled" && k.State != "Disabled":
		return r.fail(http.StatusBadRequest, "KMSInvalidStateException", "the key is "+k.State)
	}
	var list []any
	for _, rotation := range k.Rotations {
		entry := map[string]any{"KeyId": r.w.KeyARN(k.Region, k.ID)}
		if !rotation.At.IsZero() {
			entry["RotationDate"] = seconds(rotation.At)
		}
		if rotation.Type != "" {
			entry["RotationType"] = rotation.Type
		}
		list = append(list, entry)
	}
	return r.paged("Rotations", list, 1000)
}

func (r *request) listResourceTags(k Key) reply {
	var list []any
	for _, name := range sorted(k.Tags) {
		list = append(list, map[string]any{"TagKey": name, "TagValue": k.Tags[name]})
	}
	return r.paged("Tags", list, 50)
}

func (r *request) getKeyLastUsage(k Key) reply {
	last := map[string]any{}
	if !k.LastUsed.At.IsZero() {
		last = map[string]any{"Timestamp": seconds(k.LastUsed.At), "Operation": k.LastUsed.Operation, "CloudTrailEventId": "event-1"}
	}
	return jsonReply(map[string]any{
		"KeyId": r.w.KeyARN(k.Region, k.ID), "KeyCreationDate": seconds(k.Created), "TrackingStartDate": seconds(k.Created), "KeyLastUsage": last,
	})
}

func (r *request) describeCustomKeyStores() reply {
	var list []any
	for _, s := range r.w.Stores {
		if s.Region == r.Region {
			list = append(list, map[string]any{
				"CustomKeyStoreId": s.ID, "CustomKeyStoreName": s.Name, "CustomKeyStoreType": s.Type, "ConnectionState": s.State,
			})
		}
	}
	return r.paged("CustomKeyStores", list, 1000)
}
