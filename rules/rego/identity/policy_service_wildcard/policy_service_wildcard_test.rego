package kmsaudit.identity.policy_service_wildcard_test

import data.kmsaudit.identity.policy_service_wildcard as rule

why := {"state": "denied", "operation": "iam:GetAccountAuthorizationDetails", "code": "AccessDenied"}

sets := [rule.subjects, rule.deny, rule.unknown]

about := {"policy": "P"}

statement(services, more) := object.union(
	{"place": "/s", "identity": "S", "conditional": false, "everything": false, "services": services, "but": []},
	more,
)

wildcards(list) := {"wildcards": {"place": "/d", "statements": list}}

attached := {"use": {"place": "/p", "boundary_only": false}}

boundary := {"use": {"place": "/p", "boundary_only": true}}

facts(params, parts) := {
	"params": {"IAM-012": object.union({"mode": "precise", "inline": true, "services_allowed": []}, params)},
	"policies": [object.union_n(array.concat(
		[{"id": "i", "arn": "a", "name": "P", "kind": "managed", "manager": "customer", "place": "/p", "unread": {}}],
		parts,
	))],
}

test_finds[msg] if {
	some msg, [params, parts] in {
		"the managed policy P allows every action of kms, s3": [{}, [wildcards([statement(["kms", "s3"], {})])]],
		"the managed policy P allows every action of kms": [{"services_allowed": ["s3"]}, [wildcards([statement(["kms", "s3"], {})])]],
		"the inline policy P allows every action of every service, on some resources": [{}, [{"kind": "inline"}, wildcards([statement(["*"], {})])]],
		"the managed policy P allows every action but iam:*": [{}, [wildcards([statement(["*"], {"but": ["iam:*"]})])]],
		"the managed policy P allows every action of sqs": [{"mode": "strict"}, [wildcards([statement(["sqs"], {"conditional": true})])]],
	}
	[subjects, deny, unknown] := sets with input as facts(params, array.concat([attached], parts))
	[subjects, unknown] == [{"i"}, set()]
	[[f.subject, f.resource, f.place, f.statement, f.about, f.msg] | some f in deny] == [["i", "a", "/s", "S", about, msg]]
}

test_passes[note] if {
	some note, [params, list] in {
		"nothing": [{}, []],
		"allowed": [{"services_allowed": ["s3"]}, [statement(["s3"], {})]],
		"everything": [{}, [statement(["*"], {"everything": true})]],
		"a condition": [{}, [statement(["s3"], {"conditional": true})]],
	}
	sets == [{"i"}, set(), set()] with input as facts(params, [attached, wildcards(list)])
}

test_leaves_out[note] if {
	some note, [params, parts] in {
		"a boundary": [{}, [boundary, wildcards([statement(["s3"], {})])]],
		"inline": [{"inline": false}, [{"kind": "inline"}, attached, wildcards([statement(["s3"], {})])]],
		"of AWS": [{}, [{"manager": "aws"}, {"unread": {"wildcards": why, "use": why}}]],
	}
	sets == [set(), set(), set()] with input as facts(params, parts)
}

test_unknown[note] if {
	some note, [subjects, parts] in {
		"document": [{"i"}, [attached, {"unread": {"wildcards": why}}]],
		"use": [set(), [wildcards([statement(["s3"], {})]), {"unread": {"use": why}}]],
	}
	unknown := {{"subject": "i", "resource": "a", "about": about, "why": why}}
	sets == [subjects, set(), unknown] with input as facts({}, parts)
}
