# METADATA
# title: A policy allows everything on everything
# description: >-
#   The statement allows every action on every resource. Whoever has the policy is an administrator of the account,
#   and of every key whose policy delegates to IAM: can decrypt all data, change key policies, delete keys and give
#   others all of that. Of what is stolen in an account such credentials are the worst. Policies that AWS manages, such
#   as AdministratorAccess, are left out: nobody but AWS can change them. So are permissions boundaries that are
#   attached to nobody: they allow nothing by themselves. A statement with a condition counts only where mode is
#   strict, as in AWS's own control, which does not look at conditions.
# related_resources:
#   - https://docs.aws.amazon.com/config/latest/developerguide/iam-policy-no-statements-with-admin-access.html
#   - https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html
# custom:
#   id: IAM-011
#   name: iam-policy-admin-star
#   severity: high
#   remediation: >-
#     Name the actions and the resources that are needed; IAM Access Analyzer can write the policy from what was used.
#     Keep administration to few roles that are assumed with MFA.
#   reads: [iam:GetAccountAuthorizationDetails]
#   params: {mode: precise}
#   cannot_see:
#     - Who has AWS's own AdministratorAccess; its attachments are no fault of a policy.
#     - What boundaries, key policies and the organization's policies take away; the policy is judged by itself.
#   compliance:
#     cis-3.0: ["1.16"]
#     cis-5.0: ["1.15"]
#     hipaa: ["164.308(a)(4)(ii)(B)"]
#     nist-800-53-r5: [AC-2, AC-2(1), AC-3, AC-3(7), AC-3(15), AC-5, AC-6, AC-6(2), AC-6(3), AC-6(10)]
#     fsbp: [IAM.1]
#   suggested:
#     pci-dss-4.0.1: ["7.2.1"]
#   mend:
#     to: managed policy
#     statement: |
#       [
#         {"Sid": "Objects", "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::amzn-s3-demo-bucket/*"},
#         {
#           "Sid": "TheirKey", "Effect": "Allow", "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
#           "Resource": "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
#         }
#       ]
package kmsaudit.identity.policy_admin_star

import data.kmsaudit.lib.policies

subjects contains p.id if {
	some p in input.policies
	p.manager == "customer"
	p.use.boundary_only == false
}

deny contains finding if {
	some p in input.policies
	p.manager == "customer"
	p.use.boundary_only == false
	some statement in p.wildcards.statements
	statement.everything
	policies.counts(statement.conditional, input.params["IAM-011"].mode)
	finding := {
		"subject": p.id,
		"resource": p.arn,
		"place": statement.place,
		"statement": statement.identity,
		"about": {"policy": p.name},
		"msg": sprintf("the %s policy %s allows every action on every resource", [p.kind, p.name]),
		"evidence": {"conditional": statement.conditional},
		"mend": [{
			"text": "allow the actions that are needed, on the resources that they are needed for",
			"to": sprintf("%s policy %s", [p.kind, p.name]),
			"statement": {"Effect": "Allow", "Action": ["s3:GetObject", "kms:Decrypt"], "Resource": ["OBJECTS-ARN", "KEY-ARN"]},
		}],
	}
}

unknown contains {"subject": p.id, "resource": p.arn, "about": {"policy": p.name}, "why": p.unread.use} if {
	some p in input.policies
	p.manager == "customer"
}

unknown contains {"subject": p.id, "resource": p.arn, "about": {"policy": p.name}, "why": p.unread.wildcards} if {
	some p in input.policies
	p.manager == "customer"
	p.use.boundary_only == false
}
