package awsfake

import "net/http"

func (r *request) listRegions() reply {
	from, to, next, _, ok := r.page(len(r.w.Regions), min(50, r.number("MaxResults", 50)), r.text("NextToken"))
	if !ok {
		return r.fail(http.StatusBadRequest, "ValidationException", "the token is not valid")
	}
	home, _ := r.w.home()
	list := []any{}
	for _, region := range r.w.Regions[from:to] {
		status := "ENABLED"
		if region == home {
			status = "ENABLED_BY_DEFAULT"
		}
		list = append(list, map[string]any{"RegionName": region, "RegionOptStatus": status})
	}
	return withToken(map[string]any{"Regions": list}, next)
}

func withToken(answer map[string]any, next string) reply {
	if next != "" {
		answer["NextToken"] = next
	}
	return jsonReply(answer)
}

// outside is what every operation answers in an account without organization.
func (r *request) outside() reply {
	return r.fail(http.StatusBadRequest, "AWSOrganizationsNotInUseException", "Your account is not a member of an organization.")
}

func (r *request) orgARN(rest string) string {
	o := r.w.Organization
	return "arn:" + r.w.partition() + ":organizations::" + o.Management + ":" + rest
}

func (r *request) describeOrganization() reply {
	o := r.w.Organization
	if d := r.w.Directory; d != nil && o == nil {
		o = &Organization{ID: d.ID, Management: d.Management}
	}
	if o == nil {
		return r.outside()
	}
	features := "ALL"
	if o.Consolidated {
		features = "CONSOLIDATED_BILLING"
	}
	return jsonReply(map[string]any{"Organization": map[string]any{
		"Id": o.ID, "Arn": "arn:" + r.w.partition() + ":organizations::" + o.Management + ":organization/" + o.ID, "FeatureSet": features, "MasterAccountId": o.Management,
	}})
}

func (r *request) listParents() reply {
	o := r.w.Organization
	if o == nil {
		return r.outside()
	}
	for i := 1; i < len(o.Levels); i++ {
		if o.Levels[i].ID != r.text("ChildId") {
			continue
		}
		kind := "ORGANIZATIONAL_UNIT"
		if i == 1 {
			kind = "ROOT"
		}
		list := []any{map[string]any{"Id": o.Levels[i-1].ID, "Type": kind}}
		from, to, next, _, ok := r.page(1, 20, r.text("NextToken"))
		if !ok {
			return r.fail(http.StatusBadRequest, "InvalidInputException", "the token is not valid")
		}
		return withToken(map[string]any{"Parents": list[from:to]}, next)
	}
	return r.fail(http.StatusBadRequest, "ChildNotFoundException", "there is no such child")
}

func (r *request) listPoliciesForTarget() reply {
	o := r.w.Organization
	if o == nil {
		return r.outside()
	}
	for _, level := range o.Levels {
		if level.ID != r.text("TargetId") {
			continue
		}
		policies := level.SCP
		if r.text("Filter") == "RESOURCE_CONTROL_POLICY" {
			policies = level.RCP
		}
		from, to, next, _, ok := r.page(len(policies), min(20, r.number("MaxResults", 20)), r.text("NextToken"))
		if !ok {
			return r.fail(http.StatusBadRequest, "InvalidInputException", "the token is not valid")
		}
		list := []any{}
		for _, p := range policies[from:to] {
			list = append(list, r.summary(p))
		}
		return withToken(map[string]any{"Policies": list}, next)
	}
	return r.fail(http.StatusBadRequest, "TargetNotFoundException", "there is no such target")
}

func (r *request) summary(p OrgPolicy) map[string]any {
	return map[string]any{"Id": p.ID, "Name": p.Name, "Arn": r.orgARN("policy/" + r.w.Organization.ID + "/" + p.ID)}
}

func (r *request) describePolicy() reply {
	o := r.w.Organization
	if d := r.w.Directory; d != nil {
		for _, p := range d.Policies {
			if p.ID == r.text("PolicyId") {
				return jsonReply(map[string]any{"Policy": map[string]any{"PolicySummary": r.directorySummary(d, p), "Content": p.Content}})
			}
		}
	}
	if o == nil {
		return r.outside()
	}
	for _, level := range o.Levels {
		for _, p := range append(append([]OrgPolicy{}, level.SCP...), level.RCP...) {
			if p.ID == r.text("PolicyId") {
				return jsonReply(map[string]any{"Policy": map[string]any{"PolicySummary": r.summary(p), "Content": p.Content}})
			}
		}
	}
	return r.fail(http.StatusBadRequest, "PolicyNotFoundException", "there is no such policy")
}
