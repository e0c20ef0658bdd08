# METADATA
# title: An inline policy allows to decrypt with every key
# description: >-
#   kms:Decrypt reads what a key protects, and kms:ReEncryptFrom moves it under a key that somebody else
#   chose. The statement allows one of them on every key of a Region, of the account or of all accounts, those
#   that do not exist yet among them: separate keys for separate data then separate nothing. Every key of one Region only is
#   low: AWS counts that as narrower. Wildcards, NotAction
#   and NotResource are understood, and what the same policy denies on every key is left out. A statement with a
#   condition counts only where mode is strict, as in AWS's own control, which does not look at conditions.
#   The family decrypt has the two actions that Security Hub asks for, wide has kms:ReEncryptTo too.
# related_resources:
#   - https://docs.aws.amazon.com/securityhub/latest/userguide/kms-controls.html
#   - https://docs.aws.amazon.com/config/latest/developerguide/iam-inline-policy-blocked-kms-actions.html
# custom:
#   id: IAM-003
#   name: iam-inline-kms-decrypt-all-keys
#   severity: medium
#   severities: [low]
#   remediation: Name in Resource the ARNs of the keys that the principal works with.
#   reads: [iam:GetAccountAuthorizationDetails]
#   params: {family: decrypt, mode: precise}
#   cannot_see:
#     - What boundaries, key policies and the organization's policies take away; the policy is judged by itself.
#     - Whether a condition narrows anything; mode strict finds statements with conditions too.
#   compliance:
#     pci-dss-4.0.1: ["7.2.1", "7.2.2", "7.2.3", "7.2.5"]
#     hipaa: ["164.312(a)(2)(iv)"]
#     nist-800-53-r5: [AC-2, AC-2(1), AC-3, AC-3(7), AC-3(15), AC-5, AC-6, AC-6(3)]
#     fsbp: [KMS.2]
#   mend:
#     to: inline policy
#     statement: |
#       {
#         "Sid": "OneKey", "Effect": "Allow", "Action": "kms:Decrypt",
#         "Resource": "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
#       }
package kmsaudit.identity.inline_kms_decrypt_all_keys

import data.kmsaudit.lib.policies

subjects contains p.id if {
	some p in input.policies
	p.kind == "inline"
}

deny contains finding if {
	some p in input.policies
	p.kind == "inline"
	params := input.params["IAM-003"]
	some reader in policies.readers(p.document.everywhere, params.family, params.mode)
	finding := {
		"subject": p.id,
		"resource": p.arn,
		"place": reader.place,
		"statement": reader.identity,
		"about": {"policy": p.name},
		"severity": policies.gravity[reader.keys],
		"msg": sprintf("the inline policy %s allows %s on %s", [p.name, concat(", ", reader.actions), policies.widths[reader.keys]]),
		"evidence": {"actions": reader.actions, "keys": reader.keys, "conditional": reader.conditional},
		"mend": [{
			"text": "allow it on the keys that it is needed for, by their ARNs",
			"to": sprintf("inline policy %s of %s", [p.name, p.arn]),
			"statement": {"Effect": "Allow", "Action": reader.actions, "Resource": "KEY-ARN"},
		}],
	}
}

unknown contains {"subject": p.id, "resource": p.arn, "about": {"policy": p.name}, "why": p.unread.document} if {
	some p in input.policies
	p.kind == "inline"
}
