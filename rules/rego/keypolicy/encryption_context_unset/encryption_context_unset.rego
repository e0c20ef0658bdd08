# METADATA
# title: The key decrypts without the encryption context that is asked for
# description: >-
#   Where several tenants or applications share a key, the encryption context tells their data apart: a role that is bound to
#   its pair of the context cannot decrypt what is another's, and CloudTrail shows whose data each call was about. Keys that
#   are to be used so carry a tag (the parameter tag) with any value but no or false; other keys are not judged. On those
#   every statement of the key policy that lets somebody decrypt has to test kms:EncryptionContext, or a Deny has to refuse
#   requests without it. A statement for the account itself is one of them: IAM policies alone bind nobody.
# related_resources:
#   - https://docs.aws.amazon.com/kms/latest/developerguide/encrypt_context.html
#   - https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
# custom:
#   id: POL-013
#   name: kms-policy-encryption-context-unset
#   severity: low
#   remediation: Test kms:EncryptionContext in the statement, or deny kms:Decrypt where the pair is missing.
#   question: must_not_be_able
#   reads: [kms:GetKeyPolicy, kms:ListResourceTags, kms:DescribeKey]
#   params: {tag: EncryptionContextRequired}
#   cannot_see:
#     - Whether the context that is tested for is the right one.
#     - Grants; kms-grant-unconstrained looks at these.
#   suggested:
#     nist-800-53-r5: [AC-6]
#   mend:
#     to: key policy
#     statement: |
#       {
#         "Sid": "TenantRequired", "Effect": "Deny", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*",
#         "Condition": {"Null": {"kms:EncryptionContext:tenant": "true"}}
#       }
package kmsaudit.keypolicy.encryption_context_unset

subjects contains k.arn if {
	some k in input.keys
	possible(k.metadata.manager, k.metadata.spec)
	asked(k.tags.tags, input.params["POL-013"].tag)
}

deny contains finding if {
	some k in input.keys
	possible(k.metadata.manager, k.metadata.spec)
	asked(k.tags.tags, input.params["POL-013"].tag)
	some statement in k.context.loose
	finding := {
		"resource": k.arn,
		"place": statement.place,
		"statement": statement.identity,
		"msg": sprintf("%s may decrypt without an encryption context", [concat(", ", statement.principals)]),
		"evidence": {"principals": statement.principals},
		"mend": [{
			"text": "refuse requests without the pair; write its name for NAME",
			"to": sprintf("key policy of %s", [k.arn]),
			"statement": {
				"Sid": "EncryptionContextRequired",
				"Effect": "Deny",
				"Principal": "*",
				"Action": "kms:Decrypt",
				"Resource": "*",
				"Condition": {"Null": {"kms:EncryptionContext:NAME": "true"}},
			},
		}],
	}
}

unknown contains {"resource": k.arn, "why": k.unread.metadata} if some k in input.keys

unknown contains {"resource": k.arn, "why": k.unread.tags} if {
	some k in input.keys
	possible(k.metadata.manager, k.metadata.spec)
}

unknown contains {"resource": k.arn, "why": k.unread.context} if {
	some k in input.keys
	possible(k.metadata.manager, k.metadata.spec)
	asked(k.tags.tags, input.params["POL-013"].tag)
}

# possible keys have encryption contexts in their requests, and a policy of one's own.
possible("customer", "SYMMETRIC_DEFAULT")

asked(tags, name) if {
	some tag in tags
	tag.key == name
	not lower(tag.value) in {"no", "false"}
}
