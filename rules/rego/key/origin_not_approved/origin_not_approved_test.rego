package kmsaudit.key.origin_not_approved_test

import data.kmsaudit.key.origin_not_approved as rule

why := {"state": "denied", "operation": "kms:DescribeKey", "code": "AccessDeniedException"}

sets := [rule.subjects, rule.deny, rule.unknown]

metadata(more) := object.union(
	{"place": "/m", "manager": "customer", "state": "Enabled", "origin": "AWS_KMS", "spec": "SYMMETRIC_DEFAULT", "usage": "ENCRYPT_DECRYPT"},
	more,
)

store(id) := {"place": "/m", "id": id}

key(params, more) := {
	"params": {"KEY-011": object.union({"origins": ["AWS_KMS"], "specs": [], "custom_key_stores": []}, params)},
	"keys": [object.union({"arn": "k", "region": "r", "place": "/k", "unread": {}}, more)],
}

test_finds[msg] if {
	some msg, [params, more, id, command] in {
		"the key is not of an approved kind: its origin EXTERNAL": [
			{}, {"origin": "EXTERNAL"}, "",
			"aws kms create-key --region 'r' --origin 'AWS_KMS' --key-spec 'SYMMETRIC_DEFAULT' --key-usage 'ENCRYPT_DECRYPT'",
		],
		"the key is not of an approved kind: its spec RSA_2048": [
			{"specs": ["RSA_4096", "RSA_3072"]}, {"spec": "RSA_2048"}, "",
			"aws kms create-key --region 'r' --origin 'AWS_KMS' --key-spec 'RSA_4096' --key-usage 'ENCRYPT_DECRYPT'",
		],
		"the key is not of an approved kind: its origin EXTERNAL_KEY_STORE and its key store cks-2": [
			{"origins": ["AWS_CLOUDHSM"], "custom_key_stores": ["cks-1"]}, {"origin": "EXTERNAL_KEY_STORE"}, "cks-2",
			"aws kms create-key --region 'r' --origin 'AWS_CLOUDHSM' --key-spec 'SYMMETRIC_DEFAULT' --key-usage 'ENCRYPT_DECRYPT'",
		],
	}
	[subjects, deny, unknown] := sets with input as key(params, {"metadata": metadata(more), "store": store(id)})
	[subjects, unknown] == [{"k"}, set()]
	[[f.resource, f.place, f.msg, f.mend[0].command] | some f in deny] == [["k", "/m", msg, command]]
}

test_passes[note] if {
	some note, [params, more, id] in {
		"default": [{}, {}, ""],
		"everything": [{"origins": []}, {"origin": "EXTERNAL"}, ""],
		"key store": [{"origins": ["AWS_CLOUDHSM"], "custom_key_stores": ["cks-1"]}, {"origin": "AWS_CLOUDHSM"}, "cks-1"],
		"no key store": [{"custom_key_stores": ["cks-1"]}, {}, ""],
	}
	sets == [{"k"}, set(), set()] with input as key(params, {"metadata": metadata(more), "store": store(id)})
}

test_leaves_out[note] if {
	some note, more in {
		"keys of AWS": {"manager": "aws", "origin": "EXTERNAL"},
		"pending deletion": {"state": "PendingDeletion", "origin": "EXTERNAL"},
	}
	sets == [set(), set(), set()] with input as key({}, {"metadata": metadata(more), "unread": {"store": why}})
}

test_unknown if {
	unknown := {{"resource": "k", "why": why}}
	sets == [{"k"}, set(), unknown] with input as key({}, {"metadata": metadata({}), "unread": {"store": why}})
	sets == [set(), set(), unknown] with input as key({}, {"store": store(""), "unread": {"metadata": why}})
}
