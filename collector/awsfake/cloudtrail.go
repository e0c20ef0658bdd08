package awsfake

import (
	"net/http"
	"slices"
	"strings"
)

func (w *World) trailARN(t Trail) string {
	arn := w.arn("cloudtrail", t.Region, "trail/"+t.Name)
	if t.Account != "" {
		arn = strings.Replace(arn, ":"+w.Account+":", ":"+t.Account+":", 1)
	}
	return arn
}

// tokens answers with a page of a listing that has nothing but a token.
func (r *request) tokens(member, token string, list []any, most int) (answer map[string]any, ok bool) {
	from, to, next, _, ok := r.page(len(list), most, r.marker())
	if !ok {
		return nil, false
	}
	answer = map[string]any{member: append([]any{}, list[from:to]...)}
	if next != "" {
		answer[token] = next
	}
	return answer, true
}

// tokenReply is that page as JSON.
func (r *request) tokenReply(member, token string, list []any, most int) reply {
	answer, ok := r.tokens(member, token, list, most)
	if !ok {
		return r.fail(http.StatusBadRequest, "InvalidNextTokenException", "the token is not valid")
	}
	return jsonReply(answer)
}

// listTrails lists the trails of all Regions.
func (r *request) listTrails() reply {
	list := []any{}
	for _, t := range r.w.Trails {
		list = append(list, map[string]any{"TrailARN": r.w.trailARN(t), "Name": t.Name, "HomeRegion": t.Region})
	}
	return r.tokenReply("Trails", "NextToken", list, 100)
}

func (r *request) describeTrails() reply {
	names, _ := r.body["trailNameList"].([]any)
	shadows, given := r.body["includeShadowTrails"].(bool)
	list := []any{}
	for _, t := range r.w.Trails {
		switch {
		case len(names) == 0 && t.Region != r.Region:
			continue // shadow trails, which the collector does not ask for
		case len(names) > 0 && !slices.Contains(names, any(r.w.trailARN(t))):
			continue
		case t.Account != "" && given && !shadows:
			continue
		}
		list = append(list, r.trail(t))
	}
	return jsonReply(map[string]any{"trailList": list})
}

func (r *request) trail(t Trail) map[string]any {
	described := map[string]any{
		"TrailARN": r.w.trailARN(t), "Name": t.Name, "HomeRegion": t.Region, "S3BucketName": t.Bucket,
		"IsMultiRegionTrail": t.MultiRegion, "IncludeGlobalServiceEvents": t.MultiRegion,
		"IsOrganizationTrail": t.Account != "", "LogFileValidationEnabled": true,
	}
	if t.Key != "" {
		described["KmsKeyId"] = t.Key
	}
	if t.LogGroup != "" {
		described["CloudWatchLogsLogGroupArn"] = t.LogGroup
	}
	return described
}

func onTrail(parameter string, handler func(*request, Trail) reply) func(*request) reply {
	return func(r *request) reply {
		for _, t := range r.w.Trails {
			if r.text(parameter) == r.w.trailARN(t) {
				return handler(r, t)
			}
		}
		return r.fail(http.StatusBadRequest, "TrailNotFoundException", "Unknown trail")
	}
}

func (r *request) getTrailStatus(t Trail) reply {
	return jsonReply(map[string]any{"IsLogging": !t.Stopped})
}

func (r *request) getEventSelectors(t Trail) reply {
	answer := map[string]any{"TrailARN": r.w.trailARN(t)}
	basic, advanced := []any{}, advancedSelectors(t.Selectors)
	for _, s := range t.Selectors {
		if s.Fields != nil {
			continue
		}
		resources := []any{}
		for _, kind := range sorted(s.Data) {
			resources = append(resources, map[string]any{"Type": kind, "Values": s.Data[kind]})
		}
		basic = append(basic, map[string]any{
			"ReadWriteType": s.ReadWrite, "IncludeManagementEvents": s.Management,
			"ExcludeManagementEventSources": append([]string{}, s.Excluded...), "DataResources": resources,
		})
	}
	if len(advanced) > 0 {
		answer["AdvancedEventSelectors"] = advanced
	} else {
		answer["EventSelectors"] = basic
	}
	return jsonReply(answer)
}

func advancedSelectors(selectors []Selector) []any {
	list := []any{}
	for _, s := range selectors {
		if s.Fields == nil {
			continue
		}
		fields := []any{}
		for _, name := range sorted(s.Fields) {
			field := map[string]any{"Field": name}
			for operator, values := range s.Fields[name] {
				field[operator] = values
			}
			fields = append(fields, field)
		}
		list = append(list, map[string]any{"Name": s.Name, "FieldSelectors": fields})
	}
	return list
}

func (w *World) storeARN(s EventStore) string {
	return w.arn("cloudtrail", s.Region, "eventdatastore/"+s.ID)
}

func (r *request) listEventDataStores() reply {
	list := []any{}
	for _, s := range r.w.EventStores {
		if s.Region == r.Region || s.MultiRegion {
			list = append(list, map[string]any{"EventDataStoreArn": r.w.storeARN(s), "Name": s.Name})
		}
	}
	return r.tokenReply("EventDataStores", "NextToken", list, min(1000, r.number("MaxResults", 1000)))
}

func (r *request) getEventDataStore() reply {
	for _, s := range r.w.EventStores {
		if r.text("EventDataStore") != r.w.storeARN(s) || s.Region != r.Region {
			continue
		}
		answer := map[string]any{
			"EventDataStoreArn": r.w.storeARN(s), "Name": s.Name, "Status": s.Status, "MultiRegionEnabled": s.MultiRegion,
			"OrganizationEnabled": false, "AdvancedEventSelectors": advancedSelectors(s.Selectors),
		}
		if s.Key != "" {
			answer["KmsKeyId"] = s.Key
		}
		return jsonReply(answer)
	}
	return r.fail(http.StatusBadRequest, "EventDataStoreNotFoundException", "there is no such event data store")
}
