package kmsaudit.identity.role_trust_broad_test

import data.kmsaudit.identity.role_trust_broad as rule

why := {"state": "denied", "operation": "iam:GetAccountAuthorizationDetails", "code": "AccessDenied"}

sets := [rule.subjects, rule.deny, rule.unknown]

role(more) := {"roles": [object.union({"arn": "r", "name": "r", "place": "/r", "unread": {}}, more)]}

statement(provider, tests) := {"place": "/s", "identity": "S", "provider": provider, "accounts": [], "tests": tests}

trust(open) := {"place": "/t", "open": open}

decrypts(keys) := {"place": "/t", "keys": keys}

test_finds_the_statement if {
	[subjects, deny, unknown] := sets with input as role({"trust": trust([statement("", [])]), "decrypts": decrypts(["k", "l"])})
	[subjects, unknown] == [{"r"}, set()]
	[[f.resource, f.place, f.statement, f.msg] | some f in deny] == [["r", "/s", "S", "anyone can assume the role, and it can decrypt with k, l"]]
}

test_says_who if {
	open := [statement("p", [{"key": "p:aud", "operator": "StringEquals", "values": ["sts.amazonaws.com"]}])]
	found := {[f.msg, f.mend[0].text] | some f in rule.deny} with input as role({"trust": trust(open), "decrypts": decrypts(["k"])})
	found == {[
		"every user of p who meets p:aud can assume the role, and it can decrypt with k",
		"add StringEquals on the sub of p with the subjects that may come",
	]}
}

test_finds_other_accounts if {
	open := [object.union(statement("", [{"key": "sts:ExternalId", "operator": "StringEquals", "values": ["x"]}]), {"accounts": ["1", "2"]})]
	found := {[f.severity, f.msg, f.mend[0].text] | some f in rule.deny} with input as role({"trust": trust(open), "decrypts": decrypts(["k"])})
	found == {[
		"medium",
		"principals of account 1 and 2 who meet sts:ExternalId can assume the role, and it can decrypt with k",
		"take 1, 2 out of the statement, or add to trusted_accounts in the configuration",
	]}
}

test_strangers_are_high if {
	{f.severity | some f in rule.deny} == {"high"} with input as role({"trust": trust([statement("", [])]), "decrypts": decrypts(["k"])})
}

test_passes[note] if {
	some note, facts in {
		"nobody": {"trust": trust([]), "decrypts": decrypts([])},
		"no keys": {"trust": trust([statement("", [])]), "decrypts": decrypts([])},
		"nobody, whatever it decrypts": {"trust": trust([]), "unread": {"decrypts": why}},
	}
	sets == [{"r"}, set(), set()] with input as role(facts)
}

test_unknown[note] if {
	some note, facts in {
		"trust": {"unread": {"trust": why, "decrypts": why}},
		"decrypts": {"trust": trust([statement("", [])]), "unread": {"decrypts": why}},
	}
	sets == [{"r"}, set(), {{"resource": "r", "why": why}}] with input as role(facts)
}
