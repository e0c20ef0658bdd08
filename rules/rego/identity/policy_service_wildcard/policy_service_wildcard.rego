# METADATA
# title: A policy allows every action of a service
# description: >-
#   The statement allows every action of a service, such as s3:* or kms:*, or every action but those that NotAction
#   names: to read and to delete, to use and to administer, and whatever AWS adds to the service later. Least
#   privilege names the actions. Statements that allow everything on everything are the matter of
#   iam-policy-admin-star. Policies that AWS manages are left out: nobody but AWS can change them. So are permissions
#   boundaries that are attached to nobody: they allow nothing by themselves, and wildcards are usual in them. Inline
#   policies count where the parameter inline says so; AWS's own control looks at managed policies only. Services that the
#   parameter services_allowed lists do not count. A statement with a condition counts only where mode is strict, as
#   in AWS's own control, which does not look at conditions.
# related_resources:
#   - https://docs.aws.amazon.com/config/latest/developerguide/iam-policy-no-statements-with-full-access.html
#   - https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html
# custom:
#   id: IAM-012
#   name: iam-policy-service-wildcard
#   severity: low
#   remediation: Name the actions that are needed, with a wildcard behind a common prefix at most, as in s3:Get*.
#   reads: [iam:GetAccountAuthorizationDetails]
#   params:
#     mode: precise
#     inline: true
#     services_allowed: []
#   cannot_see:
#     - Whether the policy is attached to anybody.
#     - Which of the actions are used; IAM's last accessed information tells.
#   compliance:
#     nist-800-53-r5: [AC-2, AC-2(1), AC-3, AC-3(7), AC-3(15), AC-5, AC-6, AC-6(2), AC-6(3), AC-6(10)]
#     fsbp: [IAM.21]
#   suggested:
#     pci-dss-4.0.1: ["7.2.2"]
#   mend:
#     to: managed policy
#     statement: |
#       {
#         "Sid": "Objects", "Effect": "Allow", "Action": ["s3:Get*", "s3:PutObject"],
#         "Resource": "arn:aws:s3:::amzn-s3-demo-bucket/*"
#       }
package kmsaudit.identity.policy_service_wildcard

import data.kmsaudit.lib.policies

subjects contains p.id if {
	some p in input.policies
	p.manager == "customer"
	p.kind in asked
	p.use.boundary_only == false
}

deny contains finding if {
	some p in input.policies
	some statement in p.wildcards.statements
	statement.everything == false
	p.manager == "customer"
	p.kind in asked
	p.use.boundary_only == false
	params := input.params["IAM-012"]
	policies.counts(statement.conditional, params.mode)
	services := [service | some service in statement.services; not service in params.services_allowed]
	services != []
	finding := {
		"subject": p.id,
		"resource": p.arn,
		"place": statement.place,
		"statement": statement.identity,
		"about": {"policy": p.name},
		"msg": sprintf("the %s policy %s allows %s", [p.kind, p.name, says(services, statement.but)]),
		"evidence": {"services": services, "but": statement.but, "conditional": statement.conditional},
		"mend": [{
			"text": "allow the actions that are needed, on the resources that they are needed for",
			"to": sprintf("%s policy %s", [p.kind, p.name]),
			"statement": {"Effect": "Allow", "Action": ["SERVICE:ACTION"], "Resource": "RESOURCE-ARN"},
		}],
	}
}

unknown contains {"subject": p.id, "resource": p.arn, "about": {"policy": p.name}, "why": p.unread.use} if {
	some p in input.policies
	p.manager == "customer"
	p.kind in asked
}

unknown contains {"subject": p.id, "resource": p.arn, "about": {"policy": p.name}, "why": p.unread.wildcards} if {
	some p in input.policies
	p.manager == "customer"
	p.kind in asked
	p.use.boundary_only == false
}

asked contains "managed"

asked contains "inline" if input.params["IAM-012"].inline

says(["*"], []) := "every action of every service, on some resources"

says(["*"], but) := sprintf("every action but %s", [concat(", ", but)]) if but != []

says(services, _) := sprintf("every action of %s", [concat(", ", services)]) if services != ["*"]
