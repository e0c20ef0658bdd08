package facts

import "maps"

// reasons keeps one copy of what is unread of many resources for the same reasons, as
// with a reading that nobody asked for.
type reasons struct {
	names []string // of readings
	met   map[string]map[string]Unread
	text  []byte
}

func newReasons(kind string) *reasons {
	return &reasons{names: Readings()[kind], met: map[string]map[string]Unread{}}
}

// share puts the one copy in place of unread, which must not be changed afterwards.
func (r *reasons) share(unread *map[string]Unread) {
	if len(*unread) == 0 {
		*unread = nil
		return
	}
	r.text = r.text[:0]
	told := 0
	for _, name := range r.names {
		reason, ok := (*unread)[name]
		if !ok {
			r.text = append(r.text, '-')
			continue
		}
		told++
		for _, word := range [...]string{reason.State, reason.Operation, reason.Code} {
			r.text = append(append(r.text, word...), '\n')
		}
	}
	if told < len(*unread) {
		return // another name is among them
	}
	switch known := r.met[string(r.text)]; {
	case known == nil:
		r.met[string(r.text)] = *unread
	case maps.Equal(known, *unread): // words may have new lines in them
		*unread = known
	}
}

// shareReasons is for a document to which nothing is added any more.
func (d *Document) shareReasons() {
	keys, buckets, policies := newReasons("keys"), newReasons("buckets"), newReasons("policies")
	for i := range d.Keys {
		keys.share(&d.Keys[i].Unread)
	}
	for i := range d.Buckets {
		buckets.share(&d.Buckets[i].Unread)
	}
	for i := range d.Policies {
		policies.share(&d.Policies[i].Unread)
	}
	objects := newReasons("objects")
	for i := range d.Objects {
		objects.share(&d.Objects[i].Unread)
	}
}
