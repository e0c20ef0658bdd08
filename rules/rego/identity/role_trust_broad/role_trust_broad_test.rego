package kmsaudit.identity.role_trust_broad_test

import data.kmsaudit.identity.role_trust_broad as rule

why := {"state": "denied", "operation": "iam:GetAccountAuthorizationDetails", "code": "AccessDenied"}

sets := [rule.subjects, rule.deny, rule.unknown]

role(more) := {"roles": [object.union({"arn": "r", "name": "r", "place": "/r", "unread": {}}, more)]}

statement(provider, tests) := {"place": "/s", "identity": "S", "provider": provider, "tests": tests}

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
