package awsfake

import "net/http"

func (r *request) describeLogGroups() reply {
	list := []any{}
	for _, g := range r.w.LogGroups {
		if g.Region != r.Region {
			continue
		}
		arn := r.w.arn("logs", g.Region, "log-group:"+g.Name)
		entry := map[string]any{"logGroupName": g.Name, "arn": arn + ":*", "logGroupArn": arn, "creationTime": 1}
		if g.Key != "" {
			entry["kmsKeyId"] = g.Key
		}
		list = append(list, entry)
	}
	return r.tokenReply("logGroups", "nextToken", list, min(50, r.number("limit", 50)))
}

func (r *request) describeMetricFilters() reply {
	list := []any{}
	for _, f := range r.w.Filters {
		if f.Region == r.Region {
			list = append(list, map[string]any{
				"filterName": f.Name, "logGroupName": f.Group, "filterPattern": f.Pattern,
				"metricTransformations": []any{map[string]any{"metricName": f.Name, "metricNamespace": f.Namespace, "metricValue": "1"}},
			})
		}
	}
	return r.tokenReply("metricFilters", "nextToken", list, min(50, r.number("limit", 50)))
}

func (r *request) describeAlarms() reply {
	list := []any{}
	for _, a := range r.w.Alarms {
		if a.Region != r.Region {
			continue
		}
		actions := []any{}
		for _, action := range a.Actions {
			actions = append(actions, action)
		}
		alarm := map[string]any{
			"AlarmName": a.Name, "AlarmArn": r.w.arn("cloudwatch", a.Region, "alarm:"+a.Name), "ActionsEnabled": !a.Muted, "AlarmActions": actions,
		}
		if a.Computed {
			alarm["Metrics"] = []any{
				map[string]any{"Id": "m", "MetricStat": map[string]any{
					"Metric": map[string]any{"Namespace": a.Namespace, "MetricName": a.Metric}, "Stat": "Sum",
				}},
				map[string]any{"Id": "e", "Expression": "m * 2"},
			}
		} else {
			alarm["Namespace"], alarm["MetricName"] = a.Namespace, a.Metric
		}
		list = append(list, alarm)
	}
	answer, ok := r.tokens("MetricAlarms", "NextToken", list, min(100, r.number("MaxRecords", 50)))
	if !ok {
		return r.fail(http.StatusBadRequest, "InvalidNextToken", "the token is not valid")
	}
	return cborReply(answer)
}

func (r *request) listRules() reply {
	list := []any{}
	for _, e := range r.w.EventRules {
		if e.Region != r.Region {
			continue
		}
		rule := map[string]any{
			"Name": e.Name, "Arn": r.w.arn("events", e.Region, "rule/"+e.Name), "EventBusName": "default", "State": e.state(),
		}
		if e.Pattern != "" {
			rule["EventPattern"] = e.Pattern
		} else {
			rule["ScheduleExpression"] = "rate(1 day)"
		}
		list = append(list, rule)
	}
	return r.tokenReply("Rules", "NextToken", list, min(100, r.number("Limit", 100)))
}

func (e EventRule) state() string {
	if e.State == "" {
		return "ENABLED"
	}
	return e.State
}

func (r *request) listTargetsByRule() reply {
	for _, e := range r.w.EventRules {
		if e.Name != r.text("Rule") || e.Region != r.Region {
			continue
		}
		list := []any{}
		for i, target := range e.Targets {
			list = append(list, map[string]any{"Id": string(rune('a' + i)), "Arn": target})
		}
		return r.tokenReply("Targets", "NextToken", list, min(100, r.number("Limit", 100)))
	}
	return r.fail(http.StatusBadRequest, "ResourceNotFoundException", "Rule "+r.text("Rule")+" does not exist")
}

func (r *request) listAnalyzers() reply {
	list := []any{}
	for _, a := range r.w.Analyzers {
		if a.Region == r.Region {
			list = append(list, map[string]any{
				"arn": r.w.arn("access-analyzer", a.Region, "analyzer/"+a.Name), "name": a.Name, "type": a.Type, "status": a.Status,
				"createdAt": "2026-03-01T12:00:00Z",
			})
		}
	}
	return r.tokenReply("analyzers", "nextToken", list, 100)
}
