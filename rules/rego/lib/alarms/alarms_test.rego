package kmsaudit.lib.alarms_test

import data.kmsaudit.lib.alarms

test_tell if {
	alarms.tell([{"event": "A", "regions": ["r", "s"]}, {"event": "B", "regions": ["r"]}]) == "A, B in r, s"
	alarms.tell([{"event": name, "regions": ["r"]} | some name in ["A", "B", "C", "D", "E"]]) == "A, B, C and 2 more in r"
}

test_idle if {
	alarms.idle([]) == ""
	alarms.idle([
		{"kind": "metric_filter", "name": "f", "region": "r", "problem": "no_alarm"},
		{"kind": "event_rule", "name": "e", "region": "r", "problem": "disabled"},
	]) == "; the metric filter f has no alarm on its metric, the event rule e is disabled"
}

test_mend if {
	mend := alarms.mend("key-changes", "kms", [{"event": "DisableKey", "regions": ["s", "r"]}])
	mend.text == "make a rule for the calls in r, s, and give it a target (aws events put-targets)"
	pattern := concat("", [
		`{"detail":{"eventName":["DisableKey"],"eventSource":["kms.amazonaws.com"]},`,
		`"detail-type":["AWS API Call via CloudTrail"],"source":["aws.kms"]}`,
	])
	mend.command == sprintf("aws events put-rule --region 'r' --name 'key-changes' --event-pattern '%s'", [pattern])
}
