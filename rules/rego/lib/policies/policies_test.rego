package kmsaudit.lib.policies_test

import data.kmsaudit.lib.policies

allow(keys, conditional) := {"effect": "Allow", "every": true, "keys": keys, "conditional": conditional}

refuse_all(keys, conditional) := {"effect": "Deny", "every": true, "keys": keys, "conditional": conditional}

entry(action, place, conditional) := {"action": action, "place": place, "identity": "S", "keys": "all", "conditional": conditional}

test_full_of_every_width if {
	every keys in {"region", "account", "all"} {
		policies.full([allow(keys, false)], "precise") == {allow(keys, false)}
	}
	every keys in {"none", "some"} {
		policies.full([allow(keys, false)], "strict") == set()
	}
}

test_full_wants_every_action if {
	policies.full([object.union(allow("all", false), {"every": false})], "strict") == set()
}

test_conditions_count_in_strict_mode if {
	policies.full([allow("all", true)], "precise") == set()
	policies.full([allow("all", true)], "strict") == {allow("all", true)}
}

test_full_taken_back if {
	policies.full([allow("all", false), refuse_all("all", false)], "precise") == set()
	policies.full([allow("all", false), refuse_all("all", true)], "precise") == {allow("all", false)}
	policies.full([allow("all", false), refuse_all("some", false)], "precise") == {allow("all", false)}
}

test_readers_group_the_actions if {
	entries := [entry("kms:ReEncryptFrom", "/0", false), entry("kms:Decrypt", "/0", false), entry("kms:ReEncryptTo", "/1", false)]
	[[reader.place, reader.actions] | some reader in policies.readers(entries, "decrypt", "precise")] == [["/0", ["kms:Decrypt", "kms:ReEncryptFrom"]]]
	{reader.place | some reader in policies.readers(entries, "wide", "precise")} == {"/0", "/1"}
}

test_readers_with_a_condition if {
	policies.readers([entry("kms:Decrypt", "/0", true)], "decrypt", "precise") == set()
	{reader.conditional | some reader in policies.readers([entry("kms:Decrypt", "/0", true)], "decrypt", "strict")} == {true}
}
