# METADATA
# title: An inline policy allows every KMS action on every key
# description: >-
#   The statement allows everything that can be done with a key, on every key of a Region, of the account or
#   of all accounts: to decrypt all data, and also to disable keys, to schedule their deletion, to change
#   their policies and to grant others their use. Whoever gets hold of one such principal reads everything
#   and can destroy it for good. Using a key, administering it and deleting it are separate duties.
#   A statement with a condition counts only where mode is strict, as in AWS's own controls, which do not
#   look at conditions. One that the same policy denies in full again does not count.
# related_resources:
#   - https://docs.aws.amazon.com/kms/latest/developerguide/iam-policies-best-practices.html
# custom:
#   id: IAM-001
#   name: iam-inline-kms-full-access
#   severity: medium
#   remediation: >-
#     Replace kms:* by the actions that are needed, such as kms:Decrypt and kms:GenerateDataKey for work with
#     S3, and the resource by the ARNs of the keys.
#   reads: [iam:GetAccountAuthorizationDetails]
#   params: {mode: precise}
#   cannot_see:
#     - What boundaries, key policies and the organization's policies take away; the policy is judged by itself.
#     - Whether a condition narrows anything; mode strict finds statements with conditions too.
#   compliance:
#     pci-dss-4.0.1: ["7.2.1", "7.2.2"]
#   suggested:
#     hipaa: ["164.312(a)(1)"]
#     cis-3.0: ["1.16"]
#     cis-5.0: ["1.15"]
#     nist-800-53-r5: [AC-6]
#     fsbp: [KMS.2]
#   mend:
#     to: inline policy
#     statement: |
#       {
#         "Sid": "OneKey", "Effect": "Allow", "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
#         "Resource": "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
#       }
package kmsaudit.identity.inline_kms_full_access

import data.kmsaudit.lib.policies

subjects contains p.id if {
	some p in input.policies
	p.kind == "inline"
}

deny contains finding if {
	some p in input.policies
	p.kind == "inline"
	some statement in policies.full(p.document.statements, input.params["IAM-001"].mode)
	finding := {
		"subject": p.id,
		"resource": p.arn,
		"place": statement.place,
		"statement": statement.identity,
		"about": {"policy": p.name},
		"msg": sprintf("the inline policy %s allows every KMS action on %s", [p.name, policies.widths[statement.keys]]),
		"evidence": {"keys": statement.keys, "conditional": statement.conditional},
		"mend": [{
			"text": "allow the actions that are needed, on the keys that they are needed for, by their ARNs",
			"to": sprintf("inline policy %s of %s", [p.name, p.arn]),
			"statement": {"Effect": "Allow", "Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": "KEY-ARN"},
		}],
	}
}

unknown contains {"subject": p.id, "resource": p.arn, "about": {"policy": p.name}, "why": p.unread.document} if {
	some p in input.policies
	p.kind == "inline"
}
