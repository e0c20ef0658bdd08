package chain

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/kmsaudit/kmsaudit/report/picture"
)

// stores draws the buckets that encrypt with a key by default.
func (d *painter) stores(arn string, key int) {
	buckets := d.kept(d.byKey[arn])
	for i, b := range d.ranked(buckets) {
		if i == pictureBuckets && len(buckets) > pictureBuckets+1 {
			d.arrow(key, d.rest("buckets under "+arn, d.ranked(buckets)[i:]), picture.Fine)
			return
		}
		box := d.bucketBox(b)
		state, why := d.requests(b)
		d.arrow(key, box, state, why...)
	}
}

// otherBuckets draws those that encrypt under no key that is drawn.
func (d *painter) otherBuckets() {
	for _, name := range []string{noKey, unknownKey} {
		buckets := d.kept(d.byKey[name])
		for i, b := range d.ranked(buckets) {
			if i == pictureBuckets && len(buckets) > pictureBuckets+1 {
				d.rest("buckets under "+name, d.ranked(buckets)[i:])
				break
			}
			d.bucketBox(b)
		}
	}
}

// kept are the buckets that the focus leaves.
func (d *painter) kept(buckets []int) []int {
	if d.onlyKeys == nil && d.onlyStore == nil {
		return buckets
	}
	var kept []int
	for _, b := range buckets {
		arn := d.document.Buckets[b].ARN
		if slices.Contains(d.onlyStore, arn) || d.onlyStore == nil && slices.Contains(d.onlyKeys, d.defaultKey(b)) {
			kept = append(kept, b)
		}
	}
	return kept
}

// ranked puts the required buckets first, then those with the gravest findings.
func (d *painter) ranked(buckets []int) []int {
	rank := func(b int) int {
		fact := &d.document.Buckets[b]
		if fact.Intent.Required {
			return -1
		}
		return d.worst(fact.ARN).Gravity()
	}
	ranked := slices.Clone(buckets)
	slices.SortFunc(ranked, func(a, b int) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(d.document.Buckets[a].ARN, d.document.Buckets[b].ARN))
	})
	return ranked
}

// rest draws many buckets as one box.
func (d *painter) rest(id string, buckets []int) int {
	n := picture.Node{Column: bucketColumn, Kind: "buckets", Name: count(len(buckets), "more bucket"), State: picture.Fine}
	wrong := 0
	for _, b := range buckets {
		arn := d.document.Buckets[b].ARN
		n.Full = append(n.Full, arn)
		if d.worst(arn) == picture.Broken {
			wrong++
		}
	}
	if wrong > 0 {
		n.Note = strconv.Itoa(wrong) + " with findings"
	}
	return d.node(id, n)
}

func (d *painter) bucketBox(i int) int {
	b := &d.document.Buckets[i]
	n := picture.Node{Column: bucketColumn, Kind: "bucket", Name: b.Name, Note: defaultWords(b), Full: []string{b.ARN}}
	if unread, open := b.Unread["encryption"]; open {
		n.State, n.Why = picture.Unknown, []string{"what it encrypts with is not known: " + unread.Words()}
	}
	box := d.node(b.ARN, n)
	d.objects(b.ARN, box)
	return box
}

// requests tells how the operations that are required of a bucket fare on the side
// of S3.
func (d *painter) requests(i int) (state picture.State, why []string) {
	b := &d.document.Buckets[i]
	state = picture.Fine
	note := func(principal, what string, line Line) {
		if line.State == Allowed {
			return
		}
		state = picture.Worse(state, stateOf(line.State))
		why = append(why, d.called(principal)+", "+what+" "+string(line.State)+": "+cmp.Or(line.Text, line.Reason))
	}
	for j := range d.document.Operations {
		row := &d.document.Operations[j]
		if row.Bucket != b.ARN || d.onlyWho != nil && !slices.Contains(d.onlyWho, row.Principal) {
			continue
		}
		list := d.operationOf(row)
		for _, one := range list {
			if action := actionOf(one); !strings.HasPrefix(action, "kms:") {
				note(row.Principal, row.Operation, verdict(one.resource, one.decision))
			}
		}
		if list != nil {
			continue
		}
		for _, one := range row.Denied {
			note(row.Principal, row.Operation, Line{State: Denied, Text: one.Why})
		}
	}
	return state, why
}

// objects draws the objects of a bucket that were asked for.
func (d *painter) objects(bucket string, box int) {
	type one struct {
		arn, name, note string
		state           picture.State
	}
	var all []one
	right := 0
	for i := range d.document.Objects {
		o := &d.document.Objects[i]
		if o.Bucket != bucket {
			continue
		}
		note := d.objectNote(o)
		if note == "under the key" {
			right++
		}
		x := one{o.ARN, o.Key, note, d.worst(o.ARN)}
		if o.Encryption == nil {
			x.state = picture.Worse(x.state, picture.Unknown)
		}
		all = append(all, x)
	}
	slices.SortStableFunc(all, func(a, b one) int { return cmp.Compare(a.state.Gravity(), b.state.Gravity()) })
	for i, x := range all {
		n := picture.Node{Column: objectColumn, Kind: "object", Name: x.name, Note: x.note, Full: []string{x.arn}, State: x.state}
		if i == pictureObjects && len(all) > pictureObjects+1 {
			n = picture.Node{
				Column: objectColumn, Kind: "objects", Name: count(len(all)-i, "more object"),
				Note: strconv.Itoa(right) + " of " + strconv.Itoa(len(all)) + " under the key", State: picture.Fine,
			}
			for _, more := range all[i:] {
				n.Full = append(n.Full, more.arn)
			}
		}
		to := d.node(n.Kind+" "+x.arn, n)
		d.arrow(box, to, d.p.Nodes[to].State)
		if n.Kind == "objects" {
			return
		}
	}
}

// leftOut says what the picture does not show.
func (d *painter) leftOut(keys []string) {
	drawn := 0
	var left []string
	for _, key := range keys {
		if _, there := d.ids[key]; there {
			drawn++
		} else {
			left = append(left, key)
		}
	}
	if len(left) > 0 {
		n := picture.Node{Column: keyColumn, Kind: "keys", Name: count(len(left), "more key"), Full: left}
		wrong := 0
		for _, key := range left {
			if d.worst(key) == picture.Broken {
				wrong++
			}
		}
		n.Note = strconv.Itoa(wrong) + " with findings"
		d.node("more keys", n)
		d.p.Notes = append(d.p.Notes, strconv.Itoa(drawn)+" of "+count(len(keys), "key")+" are drawn: the required ones, then those with the gravest findings, then those of most buckets")
	}
	if d.fewer {
		d.p.Notes = append(d.p.Notes, "of those who may use a key, the largest groups are drawn that fare alike; --key draws around one key, and kmsaudit who-can tells all")
	}
	if d.unread {
		d.p.Notes = append(d.p.Notes, "not everybody who may use a key is known: some listings or policies were not read")
	}
	if reason := d.bucketsUnread(); reason != "" {
		d.p.Notes = append(d.p.Notes, "the buckets are not known: "+reason)
	}
	if reason := d.keysUnread(""); reason != "" {
		d.p.Notes = append(d.p.Notes, "not all keys are known: "+reason)
	}
}
