package chain

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/report"
	"github.com/kmsaudit/kmsaudit/report/picture"
	"github.com/kmsaudit/kmsaudit/rules/access"
)

// How much a picture shows before it counts the rest.
const (
	pictureKeys    = 6
	pictureGroups  = 3 // of those who fare alike with a key
	pictureAlone   = 3 // members of a group that are drawn one by one
	pictureBuckets = 3 // under a key
	pictureObjects = 2 // of a bucket
	pictureReasons = 8 // at a box or an arrow
)

// The columns of a picture.
const (
	whoColumn = iota
	actionColumn
	keyColumn
	bucketColumn
	objectColumn
)

// Picture draws the account: who may do what with which key, which buckets encrypt
// with it by default, and what their objects are really under, with what the rules
// found where it belongs. A large account is drawn by its required keys and those
// with the gravest findings, and the rest is counted. focus narrows the picture to
// what is around the resources that it names.
func (w *World) Picture(results *report.Results, focus ...Resource) *picture.Picture {
	d := &painter{
		teller: &teller{World: w, chain: &Chain{}},
		p: &picture.Picture{
			Title:   "KMS in account " + w.s.Account.ID,
			Columns: []string{"Who", "May do", "With the key", "Default of the bucket", "Objects"},
		},
		ids: map[string]int{}, on: map[string][]reason{}, arrows: map[[2]int]int{}, have: map[[2]string]bool{}, census: map[string]*access.Census{},
	}
	d.reasons(results)
	d.look(focus)
	keys := d.chosenKeys()
	for _, key := range keys {
		d.key(key)
	}
	d.otherBuckets()
	d.leftOut(keys)
	return d.p
}

// painter draws one picture.
type painter struct {
	*teller
	p      *picture.Picture
	ids    map[string]int // what a box stands for → index
	arrows map[[2]int]int
	have   map[[2]string]bool  // principals whose required actions on a key are drawn
	on     map[string][]reason // resource → what is said of it
	census map[string]*access.Census
	unread bool // a listing that could add holders was not read
	fewer  bool // not all who may use a key are drawn

	byKey     map[string][]int // what names the key of a default → buckets
	onlyKeys  []string         // nil for all
	onlyWho   []string
	onlyStore []string // buckets
}

// reason is something that is to be said of a resource.
type reason struct {
	text    string
	state   picture.State
	mention []string // other resources that it names
}

// reasons puts what the rules say at the resources that they say it of. What is
// waived is not wrong.
func (d *painter) reasons(results *report.Results) {
	for e := range results.Entries() {
		if e.Waived != nil || e.Account != d.s.Account.ID || e.Resource == d.s.Account.ARN() {
			continue // what is said of the account is not said of its root user
		}
		r := reason{text: e.Rule + " (" + e.Severity.String() + "): " + e.Msg, state: picture.Minor}
		switch {
		case !e.Known:
			r.text, r.state = e.Rule+" could not judge: "+e.Msg, picture.Unknown
		case e.Severity >= report.Medium:
			r.state = picture.Broken
		case e.Severity == report.Info:
			r.state = picture.Fine
		}
		for _, value := range e.About {
			if strings.HasPrefix(value, "arn:") {
				r.mention = append(r.mention, value)
			}
		}
		d.on[e.Resource] = append(d.on[e.Resource], r)
	}
}

// worst is the gravest of what is said of a resource.
func (d *painter) worst(resource string) picture.State {
	state := picture.Fine
	for _, r := range d.on[resource] {
		state = picture.Worse(state, r.state)
	}
	return state
}

// look takes the focus, and finds what it leaves of keys.
func (d *painter) look(focus []Resource) {
	d.byKey = map[string][]int{}
	for i := range d.document.Buckets {
		name := d.defaultKey(i)
		d.byKey[name] = append(d.byKey[name], i)
	}
	for _, r := range focus {
		switch r.Kind {
		case "key":
			d.onlyKeys = append(d.onlyKeys, r.ARN)
		case "bucket", "object":
			bucket, _, _ := strings.Cut(r.ARN, "/")
			d.onlyStore = append(d.onlyStore, bucket)
			d.onlyKeys = append(d.onlyKeys, d.defaultKey(d.buckets[bucket]))
		default:
			d.onlyWho = append(d.onlyWho, r.ARN)
			d.onlyKeys = append(d.onlyKeys, d.keysOf(r.ARN)...)
		}
	}
}

// keysOf are the keys that a principal may use or has to be able to use.
func (d *painter) keysOf(principal string) []string {
	var keys []string
	for i := range d.intent.Requirements {
		if r := &d.intent.Requirements[i]; slices.Contains(r.Principals, principal) && r.Key != "" {
			keys = append(keys, r.Key)
		}
	}
	for i := range d.s.Keys {
		key := d.s.Keys[i].ARN
		for _, action := range d.uses(key) {
			if !slices.Contains(keys, key) && !d.of(action).Of(principal, key).Denied() {
				keys = append(keys, key)
			}
		}
	}
	return keys
}

// of is the census of an action.
func (d *painter) of(action string) *access.Census {
	if d.census[action] == nil {
		d.census[action] = d.account.Census(action, access.MustNotBeAble)
	}
	return d.census[action]
}

// The names under which byKey has buckets that encrypt under no key that is known.
const (
	noKey      = ""
	awsKey     = "aws/s3"
	unknownKey = "?"
)

// defaultKey is the ARN of the key that a bucket encrypts with by default, or how
// it is called.
func (d *painter) defaultKey(i int) string {
	b := &d.document.Buckets[i]
	switch {
	case b.Encryption == nil:
		return unknownKey
	case !b.Encryption.KMS:
		return noKey
	case b.DefaultKey != nil && b.DefaultKey.ARN != "":
		return b.DefaultKey.ARN
	case b.KeyRef != nil && b.KeyRef.ARN != "":
		return b.KeyRef.ARN
	}
	return cmp.Or(b.Encryption.Key, awsKey)
}

// chosenKeys are the keys that are drawn: the required, then those with the
// gravest findings, then those of most buckets.
func (d *painter) chosenKeys() []string {
	rank := map[string]int{}
	for i := range d.s.Keys {
		k := &d.s.Keys[i]
		if m, ok := k.Metadata.Get(); !ok || m.Manager != "AWS" {
			rank[k.ARN] = 0
		}
	}
	for name, buckets := range d.byKey {
		if name != noKey && name != unknownKey {
			rank[name] = len(buckets)
		}
	}
	for key := range rank {
		rank[key] = min(rank[key], 99) + 100*(picture.Fine.Gravity()-d.worst(key).Gravity())
	}
	for _, r := range d.intent.Requirements {
		if r.Key != "" {
			rank[r.Key] += 1000
		}
	}
	var keys []string
	for key := range rank {
		if d.onlyKeys == nil || slices.Contains(d.onlyKeys, key) {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, func(a, b string) int { return cmp.Or(cmp.Compare(rank[b], rank[a]), cmp.Compare(a, b)) })
	return keys
}
