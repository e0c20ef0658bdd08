package facts

// Resource is what all that rules judge have in common.
type Resource struct {
	ID, Place string
	Unread    map[string]Unread // nil for rows, which have no readings
}

// Resources calls see for everything that rules judge.
func (d *Document) Resources(see func(Resource)) {
	for i := range d.Keys {
		see(Resource{d.Keys[i].ARN, d.Keys[i].Place, d.Keys[i].Unread})
	}
	for i := range d.Buckets {
		see(Resource{d.Buckets[i].ARN, d.Buckets[i].Place, d.Buckets[i].Unread})
	}
	for i := range d.Objects {
		see(Resource{d.Objects[i].ID, d.Objects[i].Place, d.Objects[i].Unread})
	}
	for i := range d.Policies {
		see(Resource{d.Policies[i].ID, d.Policies[i].Place, d.Policies[i].Unread})
	}
	for i := range d.Roles {
		see(Resource{d.Roles[i].ARN, d.Roles[i].Place, d.Roles[i].Unread})
	}
	for i := range d.Identities {
		see(Resource{d.Identities[i].ARN, d.Identities[i].Place, d.Identities[i].Unread})
	}
	for i := range d.Trails {
		see(Resource{d.Trails[i].ARN, d.Trails[i].Place, d.Trails[i].Unread})
	}
	for i := range d.LogGroups {
		see(Resource{d.LogGroups[i].ARN, d.LogGroups[i].Place, d.LogGroups[i].Unread})
	}
	for i := range d.Monitoring {
		see(Resource{d.Monitoring[i].ARN, d.Monitoring[i].Place, d.Monitoring[i].Unread})
	}
	for i := range d.Access {
		see(Resource{ID: d.Access[i].ID, Place: d.Access[i].Place})
	}
	for i := range d.Operations {
		see(Resource{ID: d.Operations[i].ID, Place: d.Operations[i].Place})
	}
	for i := range d.Crossings {
		see(Resource{ID: d.Crossings[i].ID, Place: d.Crossings[i].Place})
	}
	for i := range d.Effects {
		see(Resource{ID: d.Effects[i].ID, Place: d.Effects[i].Place})
	}
	for i := range d.Needless {
		see(Resource{ID: d.Needless[i].ID, Place: d.Needless[i].Place})
	}
	for i := range d.Exclusive {
		see(Resource{ID: d.Exclusive[i].ID, Place: d.Exclusive[i].Place})
	}
	for i := range d.Powers {
		see(Resource{ID: d.Powers[i].ID, Place: d.Powers[i].Place})
	}
}
