package access

import (
	"slices"
	"strings"
)

// coverage are the buckets that a pattern covers, and of those the ones of which
// it covers a part, in order. Most patterns are of one bucket.
type coverage struct{ some, parts []int }

func (c *coverage) how(on int) byte {
	if _, part := slices.BinarySearch(c.parts, on); part {
		return 1
	}
	if _, some := slices.BinarySearch(c.some, on); some {
		return 2
	}
	return 0
}

// ofOne reports a context key that is among the names, or of a family of them.
func ofOne(names map[string]bool, key string) bool {
	if names[key] {
		return true
	}
	for i := range key {
		if (key[i] == '/' || key[i] == ':') && names[key[:i+1]] {
			return true
		}
	}
	return false
}

// on says how a statement covers a bucket: not, in part, or all of it.
func (s *bucketSorter) on(st *statement, i int) int {
	how := 0
	for j := range st.resources {
		c := s.covered(&st.resources[j])
		how = max(how, int(c.how(i)))
	}
	return how
}

// reachable are the buckets that a statement may cover; it holds until the next
// statement is asked about.
func (s *bucketSorter) reachable(st *statement) set {
	if st.notResource {
		return s.whole // but for some, which are decided
	}
	clear(s.now)
	for i := range st.resources {
		if st.resources[i].any {
			return s.whole
		}
		for _, on := range s.covered(&st.resources[i]).some {
			s.now.add(on)
		}
	}
	return s.now
}

// covered are the buckets that a pattern covers.
func (s *bucketSorter) covered(p *arnPattern) coverage {
	c, met := s.covers[p.text]
	if met {
		return c
	}
	open := Context{otherwise: unknown}
	for _, on := range s.under(p.head()) {
		at := s.at(on, &open)
		switch p.covers(&at) {
		case maybe:
			c.parts = append(c.parts, on)
			c.some = append(c.some, on)
		case yes:
			c.some = append(c.some, on)
		case no:
		}
	}
	s.covers[p.text] = c
	return c
}

// at is a request on a bucket, or on an object of it, as far as patterns look at it.
func (s *bucketSorter) at(i int, ctx *Context) situation {
	resource := s.arns[i]
	if s.object {
		resource += "/"
	}
	parts, ok := splitARN(resource)
	return situation{resource: resource, isARN: ok, parts: parts, open: s.object, ctx: ctx}
}

// under are the buckets whose ARN, or an object's, may begin with the text.
func (s *bucketSorter) under(head string) []int {
	bucket, _, inside := strings.Cut(head, "/")
	from, _ := slices.BinarySearch(s.arns, bucket)
	var list []int
	for i := from; i < len(s.arns) && strings.HasPrefix(s.arns[i], bucket) && (!inside || s.arns[i] == bucket); i++ {
		list = append(list, i)
	}
	return list
}

// head is what every ARN begins with that the pattern matches.
func (p *arnPattern) head() string {
	end := strings.IndexAny(p.text, "*?$")
	if end < 0 {
		return p.text
	}
	return p.text[:end]
}
