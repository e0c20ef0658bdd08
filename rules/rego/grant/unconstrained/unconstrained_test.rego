package kmsaudit.grant.unconstrained_test

import data.kmsaudit.grant.unconstrained as rule

why := {"state": "denied", "operation": "kms:ListGrants", "code": "AccessDeniedException"}

sets := [rule.subjects, rule.deny, rule.unknown]

grant(kind, constraint, operations) := {
	"place": "/g", "id": "g1", "grantee": "p",
	"kind": kind, "operations": operations, "constraint": constraint,
}

facts(more) := {"keys": [object.union({"arn": "k", "region": "r", "place": "/k", "unread": {}}, more)]}

metadata(spec) := {"metadata": {"place": "/m", "spec": spec}}

grants(list) := {"grants": {"place": "/gs", "manager": "customer", "grants": list}}

key(spec, list) := facts(object.union(metadata(spec), grants(list)))

test_finds[note] if {
	some note, [operations, read] in {
		"Decrypt": [["Decrypt", "Encrypt"], "Decrypt"],
		"ReEncryptFrom": [["ReEncryptFrom"], "ReEncryptFrom"],
	}
	[subjects, deny, unknown] := sets with input as key("SYMMETRIC_DEFAULT", [grant("role", "none", operations)])
	[subjects, unknown] == [{"k"}, set()]
	msg := sprintf("a grant lets p %s whatever is under the key, with any encryption context", [read])
	[[f.resource, f.place, f.about, f.msg] | some f in deny] == [["k", "/g", {"grant": "g1"}, msg]]
}

test_passes[note] if {
	some note, list in {
		"none": [],
		"context": [grant("role", "context", ["Decrypt"])],
		"source": [grant("role", "source", ["Decrypt"])],
		"a service": [grant("aws", "none", ["Decrypt"])],
		"writes": [grant("role", "none", ["Encrypt", "GenerateDataKey"])],
	}
	sets == [{"k"}, set(), set()] with input as key("SYMMETRIC_DEFAULT", list)
}

test_leaves_out[note] if {
	some note, input_ in {
		"asymmetric": key("RSA_2048", [grant("role", "none", ["Decrypt"])]),
		"of AWS": facts(object.union(metadata("SYMMETRIC_DEFAULT"), {"grants": {"place": "/m", "manager": "aws", "grants": []}})),
	}
	sets == [set(), set(), set()] with input as input_
}

test_unknown[name] if {
	some name, known in {"grants": metadata("SYMMETRIC_DEFAULT"), "metadata": grants([])}
	sets == [set(), set(), {{"resource": "k", "why": why}}] with input as facts(object.union(known, {"unread": {name: why}}))
}
