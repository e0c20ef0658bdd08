package kmsaudit.keypolicy.no_admin_test

import data.kmsaudit.keypolicy.no_admin as rule

why := {"state": "denied", "operation": "kms:GetKeyPolicy", "code": "AccessDeniedException"}

sets := [rule.subjects, rule.deny, rule.unknown]

facts(more) := {"account": {"arn": "root"}, "keys": [object.union({"arn": "k", "place": "/k", "unread": {}}, more)]}

keepers(more) := facts({"keepers": object.union(
	{"place": "/p", "status": "somebody", "some": [], "gone": [], "foreign": [], "depends": []},
	more,
)})

test_finds[note] if {
	some note, [more, words] in {
		"named nobody": [{}, ""],
		"gone": [{"gone": ["AROA1", "AIDA2"]}, "; gone are AROA1, AIDA2"],
		"foreign": [{"foreign": ["r"]}, "; of other accounts are r"],
		"both": [{"gone": ["AROA1"], "foreign": ["r"]}, "; gone are AROA1; of other accounts are r"],
	}
	[subjects, deny, unknown] := sets with input as keepers(object.union({"status": "nobody"}, more))
	[subjects, unknown] == [{"k"}, set()]
	msg := concat("", ["nobody can change the key policy: it does not leave that to the account", words])
	[[f.resource, f.place, f.msg] | some f in deny] == [["k", "/p", msg]]
}

test_passes if sets == [{"k"}, set(), set()] with input as keepers({"some": ["root"], "gone": ["AROA1"]})

test_leaves_out_keys_of_aws if sets == [set(), set(), set()] with input as keepers({"status": "aws"})

test_unknown_conditions if {
	depends := [{"what": "kms:PutKeyPolicy", "resource": "k", "tests": []}]
	unknown := {{"resource": "k", "why": {"depends": depends, "undecided": []}}}
	sets == [{"k"}, set(), unknown] with input as keepers({"status": "open", "depends": depends})
}

test_unknown_unread if sets == [set(), set(), {{"resource": "k", "why": why}}] with input as facts({"unread": {"keepers": why}})
