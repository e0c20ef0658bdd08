package facts

import (
	"strconv"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/policy"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/access"
)

// mostAlike is how many different bucket policies are remembered for others like them.
const mostAlike = 4096

// found is what was found out by asking.
type found struct {
	uploads  map[form]upload
	open     map[transport][]string
	lockout  *lockedOut
	writers  []configWriter // nil when not asked
	openings []opening      // likewise
}

// upload is what becomes of uploads, and what denies them.
type upload struct {
	word string
	by   []access.StatementRef
}

// probe is a bucket whose policy is asked what it denies. What is found out is shared
// by all buckets of whose policies the same can be said.
type probe struct {
	*prober
	name     string
	document *policy.Document // nil where the bucket has none
	at       string           // of the document
}

// probe prepares to ask what the policy of bucket i denies, and says where it
// stands, or why that cannot be asked.
func (b *builder) probe(bucket *snapshot.Bucket, i int) (*probe, string, *Unread) {
	p := &probe{name: bucket.Name, at: place("buckets", i, "policy")}
	if bucket.Policy.State != snapshot.Absent {
		var reason *Unread
		if p.document, reason = certainPolicy(bucket.Policy, "s3:GetBucketPolicy"); reason != nil {
			return nil, "", reason
		}
		p.at += "/value"
	}
	alike, shared := b.alike(bucket.ARN, p.document)
	if !shared {
		p.prober = b.prober(bucket, p.document)
		return p, p.at, nil
	}
	if p.prober = b.probers[alike]; p.prober == nil {
		p.prober = b.prober(bucket, p.document)
		if len(b.probers) < mostAlike {
			b.probers[alike] = p.prober
		}
	}
	return p, p.at, nil
}

// statements names statements as those of this bucket's policy.
func (p *probe) statements(refs []access.StatementRef) []Statement {
	if refs == nil {
		return nil
	}
	list := statementsOf(refs)
	for i, ref := range refs {
		if ref.Layer == access.LayerResource {
			of := &p.document.Statements[ref.Index]
			list[i].Policy, list[i].Sid, list[i].Place, list[i].Identity = p.name, of.Sid, p.at+of.Pointer, p.document.Identity(ref.Index)
		}
	}
	return list
}

// alike is the same for bucket policies that say the same of the bucket they are of:
// what differs is the bucket's name in their resources, and names of statements. Two
// policies are not taken for alike if some resource, in them or in what the
// organization adds, is neither everything nor the bucket or what is in it.
func (b *builder) alike(bucket string, document *policy.Document) (text string, shared bool) {
	if strings.ContainsAny(bucket, "*?$") {
		return "", false // names of buckets have none
	}
	for _, level := range b.controls {
		for _, control := range level {
			for i := range control.Statements {
				s := &control.Statements[i]
				if !isEverything(s.Resource) || !isEverything(s.NotResource) {
					return "", false
				}
			}
		}
	}
	if document == nil {
		return "", true
	}
	w := &wording{}
	w.put(document.Version)
	for i := range document.Statements {
		s := &document.Statements[i]
		w.put(s.Effect)
		w.principals(s.Principal)
		w.principals(s.NotPrincipal)
		w.list(s.Action)
		w.list(s.NotAction)
		if !w.resources(s.Resource, bucket) || !w.resources(s.NotResource, bucket) {
			return "", false
		}
		w.count(len(s.Conditions))
		for j := range s.Conditions {
			w.put(s.Conditions[j].Operator)
			w.put(s.Conditions[j].Key)
			w.list(s.Conditions[j].Values)
		}
	}
	return string(w.text), true
}

func isEverything(resources []string) bool {
	for _, resource := range resources {
		if resource != "*" {
			return false
		}
	}
	return true
}

// wording writes what a policy says so that no two texts of it are equal that do not
// say the same.
type wording struct{ text []byte }

func (w *wording) count(n int) { w.text = append(strconv.AppendInt(w.text, int64(n), 10), ':') }

func (w *wording) put(part string) {
	w.count(len(part))
	w.text = append(w.text, part...)
}

func (w *wording) list(values []string) {
	if values == nil {
		w.text = append(w.text, '-') // no list is something else than an empty one
		return
	}
	w.count(len(values))
	for _, value := range values {
		w.put(value)
	}
}

func (w *wording) principals(p *policy.Principals) {
	if p == nil {
		w.text = append(w.text, '-')
		return
	}
	w.count(len(p.List))
	for _, one := range p.List {
		w.put(one.Kind)
		w.put(one.Value)
	}
}

// resources leaves the bucket's name out; false means that this cannot be done.
func (w *wording) resources(list []string, bucket string) bool {
	if list == nil {
		w.text = append(w.text, '-')
		return true
	}
	w.count(len(list))
	for _, resource := range list {
		inside, own := strings.CutPrefix(resource, bucket)
		switch {
		case resource == "*":
			w.text = append(w.text, '*')
		case own && (inside == "" || inside[0] == '/'):
			w.put(inside)
		default:
			return false
		}
	}
	return true
}
