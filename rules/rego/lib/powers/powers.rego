# METADATA
# description: Powers over keys and buckets, as findings and as what is not known.
package kmsaudit.lib.powers

# finding says who has a power by one policy; things is what it is over, in the plural.
finding(id, kind, users, things) := {
	"subject": id,
	"resource": users.arn,
	"place": users.place,
	"statement": users.identity,
	"about": {"power": kind, "policy": users.what},
	"msg": sprintf("%s can perform %s on %s by the %s%s", [
		who(users),
		concat(", ", users.actions),
		over(users, things),
		users.what,
		conditions(users.tests),
	]),
	"evidence": {
		"principals": users.principals, "count": users.count, "policies": users.policies, "actions": users.actions,
		"over": users.over, "reach": users.reach, "tests": users.tests,
	},
}

# who names one of the users.
who(users) := users.principals[0] if users.count == 1

who(users) := sprintf("%d principals, %s among them,", [users.count, users.principals[0]]) if users.count > 1

over(users, _) := users.over[0] if users.reach == 1

over(users, things) := sprintf("%d %s", [users.reach, things]) if users.reach != 1

conditions([]) := ""

conditions(tests) := sprintf(" if %s", [concat(" and ", {sprintf("%s %s %s", [test.key, test.operator, concat(", ", test.values)]) |
	some test in tests
})]) if {
	tests != []
}

# unknown is what is not known of a power.
unknown(id, kind, account, undecided) := {
	"subject": id,
	"resource": account,
	"about": {"power": kind},
	"why": {"depends": [], "undecided": undecided},
}
