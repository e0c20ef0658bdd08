package rules

const ruleTemplate = `# METADATA
# title: {{.Title}}
# description: >-
#   Say here what is wrong and why that matters, for somebody who has never heard of it.
# related_resources:
#   - https://docs.aws.amazon.com/kms/latest/developerguide/overview.html
# custom:
#   id: {{.ID}}
#   name: {{.Readable}}
#   severity: low
#   remediation: Say here what to do about it.
#   reads: [{{.Operation}}]
#   cannot_see:
#     - Say here what it cannot see.
#   mend:
#     lacks:
#       cli: Say why no command mends it, or give the commands at mend.cli.
#       terraform: Say why Terraform does not mend it, or give the resource at mend.terraform.
#       statement: Say why no policy mends it, or give the statement at mend.statement and the kind of policy at mend.to.
package {{.Package}}

subjects contains x.{{.Subject}} if some x in input.{{.Kind}}

deny contains finding if {
	some x in input.{{.Kind}}
{{- if .Reading}}
	x.{{.Reading}}.{{.Member}} {{.Fault}}
{{- else}}
	x.{{.Member}} {{.Fault}}
{{- end}}
	finding := {
		"subject": x.{{.Subject}},
		"resource": x.{{.Resource}},
{{- if .Reading}}
		"place": x.{{.Reading}}.place,
{{- else}}
		"place": x.place,
{{- end}}
		"msg": "{{.Msg}}",
		"evidence": {"{{.Member}}": x.{{if .Reading}}{{.Reading}}.{{end}}{{.Member}}},
	}
}
{{if .Reading}}
unknown contains {"subject": x.{{.Subject}}, "resource": x.{{.Resource}}, "why": x.unread.{{.Reading}}} if some x in input.{{.Kind}}
{{else}}
unknown contains {"subject": x.id, "resource": x.principal, "why": {"depends": x.depends, "undecided": x.undecided}} if {
	some x in input.{{.Kind}}
	[x.depends, x.undecided] != [[], []]
}
{{end}}`

const testTemplate = `package {{.Package}}_test

import data.{{.Package}} as rule

sets := [rule.subjects, rule.deny, rule.unknown]

{{if .Reading -}}
why := {"state": "denied", "operation": "{{.Operation}}", "code": "AccessDeniedException"}

with_reading(more) := {"{{.Kind}}": [object.union({"arn": "one", "id": "one", "place": "/0", "unread": {}}, more)]}

test_finds if {
	[subjects, deny, unknown] := sets with input as with_reading({"{{.Reading}}": {{.Bad}}})
	[subjects, unknown] == [{"one"}, set()]
	[f.resource | some f in deny] == ["one"]
}

test_passes if sets == [{"one"}, set(), set()] with input as with_reading({"{{.Reading}}": {{.Good}}})

test_unknown if {
	[subjects, deny, unknown] := sets with input as with_reading({"unread": {"{{.Reading}}": why}})
	[subjects, deny] == [{"one"}, set()]
	[u.why | some u in unknown] == [why]
}
{{else -}}
row(more) := {"{{.Kind}}": [object.union(
	{"id": "one", "principal": "p", "place": "/0", "denied": [], "depends": [], "undecided": []},
	more,
)]}

test_finds if {
	[subjects, deny, unknown] := sets with input as row({"denied": [{"what": "kms:Decrypt"}]})
	[subjects, unknown] == [{"one"}, set()]
	[f.resource | some f in deny] == ["p"]
}

test_passes if sets == [{"one"}, set(), set()] with input as row({})

test_unknown if {
	[subjects, deny, unknown] := sets with input as row({"undecided": [{"what": "kms:Decrypt"}]})
	[subjects, deny] == [{"one"}, set()]
	[u.resource | some u in unknown] == ["p"]
}
{{end}}`
