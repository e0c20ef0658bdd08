# METADATA
# description: Calls of which nobody hears, in words, and how to mend that.
package kmsaudit.lib.alarms

import data.kmsaudit.lib.shell

# tell names the calls and the Regions in which nobody hears of them: the first few of many.
tell(missing) := sprintf("%s in %s", [
	concat(", ", [one.event | some one in missing]),
	concat(", ", regions(missing)),
]) if {
	count(missing) <= 4
}

tell(missing) := sprintf("%s and %d more in %s", [
	concat(", ", [one.event | some one in array.slice(missing, 0, 3)]),
	count(missing) - 3,
	concat(", ", regions(missing)),
]) if {
	count(missing) > 4
}

regions(missing) := {region | some one in missing; some region in one.regions}

# idle tells why filters and rules that there are do not count.
idle([]) := ""

idle(list) := sprintf("; %s", [concat(", ", [sprintf("%s %s %s", [kinds[one.kind], one.name, problems[one.problem]]) | some one in list])]) if {
	list != []
}

kinds := {"metric_filter": "the metric filter", "event_rule": "the event rule"}

problems := {
	"no_alarm": "has no alarm on its metric",
	"no_action": "has an alarm without an action",
	"actions_disabled": "has an alarm whose actions are switched off",
	"disabled": "is disabled",
	"no_target": "has no target",
	"narrow": "takes only some of the calls",
}

# mend is a rule of EventBridge for the missing calls of a service, to be made in each Region.
mend(name, service, missing) := {
	"text": sprintf("make a rule for the calls in %s, and give it a target (aws events put-targets)", [concat(", ", regions(missing))]),
	"command": sprintf("aws events put-rule --region %s --name %s --event-pattern %s", [
		shell.quote(min(regions(missing))),
		shell.quote(name),
		shell.quote(json.marshal({
			"source": [sprintf("aws.%s", [service])],
			"detail-type": ["AWS API Call via CloudTrail"],
			"detail": {"eventSource": [sprintf("%s.amazonaws.com", [service])], "eventName": {one.event | some one in missing}},
		})),
	]),
}
