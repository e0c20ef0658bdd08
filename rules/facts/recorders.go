package facts

import "slices"

// KeyRecorders are the trails, event data stores and log groups that write under a
// key, by their ARNs. Names holds the first few of Count.
type KeyRecorders struct {
	Place string   `json:"place"`
	Count int      `json:"count"`
	Names []string `json:"names"`
}

// recordKeys tells every key what records under it. A trail of which the key is not
// known may write under any; an event data store or log group under one of its Region.
func (b *builder) recordKeys() {
	if !b.wanted.wants("keys.recorders") {
		return
	}
	users := map[string][]string{}
	open := map[string]Unread{} // by Region, "" for all
	note := func(arn, region, key string, unread map[string]Unread) {
		if reason, ok := unread["encryption"]; ok {
			open[region] = reason
		} else if key != "" {
			users[key] = append(users[key], arn)
		}
	}
	for _, t := range b.document.Trails {
		key, region := "", t.Region
		if t.Encryption != nil {
			key = t.Encryption.Key
		}
		if t.Kind == "trail" {
			region = ""
		}
		note(t.ARN, region, key, t.Unread)
	}
	for _, g := range b.document.LogGroups {
		key := ""
		if g.Encryption != nil {
			key = g.Encryption.Key
		}
		note(g.ARN, g.Region, key, g.Unread)
	}
	for i := range b.document.Keys {
		key := &b.document.Keys[i]
		if _, standIn := key.Unread["recorders"]; standIn {
			continue
		}
		named := users[key.ARN]
		slices.Sort(named)
		if len(named) == 0 {
			reason, unread := open[""]
			if !unread {
				reason, unread = open[key.Region]
			}
			if unread {
				key.Unread["recorders"] = reason
				continue
			}
		}
		key.Recorders = &KeyRecorders{Place: key.Place, Count: len(named), Names: named[:min(someBuckets, len(named))]}
	}
}
