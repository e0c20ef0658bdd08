package facts

import (
	"cmp"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// ObjectEvents says for which buckets nothing records what is done with objects.
// Buckets that trails write to are left out: their log would log itself.
type ObjectEvents struct {
	Place  string         `json:"place"`
	Reads  UnloggedEvents `json:"reads"`
	Writes UnloggedEvents `json:"writes"`
}

// UnloggedEvents are buckets whose events are not recorded: the first few of Count,
// and how many of them have a Bucket Key, so that KMS records no single objects.
type UnloggedEvents struct {
	Count      int      `json:"count"`
	Buckets    []string `json:"buckets"`
	BucketKeys int      `json:"bucket_keys"`
}

// objectEvents finds the buckets whose object events nothing records. One that
// certainly is not recorded stands, whatever else is not known.
func (b *builder) objectEvents() (*ObjectEvents, *Unread) {
	fact := &ObjectEvents{Place: "/account"}
	recorders := b.recorders()
	targets := map[string]bool{}
	for _, t := range b.s.Trails {
		settings, _ := t.Settings.Get()
		targets[settings.Bucket] = true
	}
	listing, _ := b.standing("s3:ListAllMyBuckets")
	open := listing
	unlisted, _ := b.standing("cloudtrail:ListTrails")
	if stores, _ := b.standing("cloudtrail:ListEventDataStores"); unlisted == nil {
		unlisted = stores
	}
	for _, bucket := range b.s.Buckets {
		if targets[bucket.Name] {
			continue
		}
		region, located := bucket.Region.Get()
		reads, writes, unknown := false, false, unlisted
		for i := range recorders {
			switch r := &recorders[i]; {
			case r.off, located && !r.covers(region):
			case r.open != nil:
				unknown = cmp.Or(unknown, r.open)
			case !located && !r.everywhere:
				unknown = cmp.Or(unknown, unanswered(bucket.Region, "s3:GetBucketLocation"))
			default:
				reads = reads || r.takesObjects(bucket.ARN, true)
				writes = writes || r.takesObjects(bucket.ARN, false)
			}
		}
		if unknown != nil && (!reads || !writes) {
			open = cmp.Or(open, unknown)
			continue
		}
		encryption, _ := bucket.Encryption.Get()
		hasKey := len(encryption.Rules) == 1 && encryption.Rules[0].BucketKey
		for _, missing := range [...]struct {
			list *UnloggedEvents
			ok   bool
		}{{&fact.Reads, reads}, {&fact.Writes, writes}} {
			if !missing.ok {
				missing.list.add(bucket.Name, hasKey)
			}
		}
	}
	if open != nil && fact.Reads.Count+fact.Writes.Count == 0 {
		return nil, open
	}
	return fact, nil
}

func (u *UnloggedEvents) add(bucket string, hasKey bool) {
	const few = 5
	u.Count++
	if len(u.Buckets) < few {
		u.Buckets = append(u.Buckets, bucket)
	}
	if hasKey {
		u.BucketKeys++
	}
}

// takesObjects tells whether the events of all objects of a bucket are taken.
func (r *recorder) takesObjects(bucket string, readOnly bool) bool {
	for _, s := range r.selectors {
		if len(s.Fields) > 0 {
			if takesObjects(s.Fields, bucket+"/", readOnly) {
				return true
			}
			continue
		}
		if s.ReadWriteType == "ReadOnly" && !readOnly || s.ReadWriteType == "WriteOnly" && readOnly {
			continue
		}
		for _, d := range s.DataResources {
			if d.Type != "AWS::S3::Object" {
				continue
			}
			for _, value := range d.Values {
				everything := strings.TrimSuffix(bucket[:strings.LastIndex(bucket, ":")], "::")
				if value == bucket+"/" || strings.TrimRight(value, ":") == everything {
					return true
				}
			}
		}
	}
	return false
}

// takesObjects tells whether an advanced selector takes all events of objects whose
// ARNs begin with a prefix. A test of anything else leaves some out, and so does one
// that looks further into the ARN.
func takesObjects(fields []snapshot.FieldSelector, prefix string, readOnly bool) bool {
	event := map[string]string{"eventcategory": "Data", "resources.type": "AWS::S3::Object", "readonly": "false", "eventsource": "s3.amazonaws.com"}
	if readOnly {
		event["readonly"] = "true"
	}
	var rest []snapshot.FieldSelector
	objects := false
	for _, f := range fields {
		switch strings.ToLower(f.Field) {
		case "resources.arn":
			if len(f.Equals)+len(f.EndsWith) > 0 || !beginsWithOne(prefix, f.StartsWith) || touches(prefix, f) {
				return false
			}
			continue
		case "resources.type":
			objects = true
		}
		rest = append(rest, f)
	}
	return objects && takes(rest, event)
}

func beginsWithOne(prefix string, starts []string) bool {
	for _, start := range starts {
		if strings.HasPrefix(prefix, start) {
			return true
		}
	}
	return len(starts) == 0
}

// touches tells whether what a test leaves out may be below the prefix.
func touches(prefix string, f snapshot.FieldSelector) bool {
	for _, not := range f.NotEquals {
		if strings.HasPrefix(not, prefix) {
			return true
		}
	}
	for _, not := range f.NotStartsWith {
		if strings.HasPrefix(not, prefix) || strings.HasPrefix(prefix, not) {
			return true
		}
	}
	return len(f.NotEndsWith) > 0
}
