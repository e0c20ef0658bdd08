package awsfake

import (
	"strconv"
	"strings"
)

// paging is what a fault does to the page of a listing.
type paging int

const (
	asAsked    paging = iota
	noMarker          // says that there is more and not where
	sameMarker        // always gives the same marker
	emptyPage         // gives nothing but a marker
)

// page cuts the elements of a listing that a request asks for. marker is the one
// that it came with, most the limit that it has or AWS has.
func (r *request) page(n, most int, marker string) (from, to int, next string, more, ok bool) {
	r.Page = marker
	if marker != "" && marker != "same" {
		text, found := strings.CutPrefix(marker, "after-")
		text, _, _ = strings.Cut(text, "-empty")
		var err error
		if from, err = strconv.Atoi(text); !found || err != nil || from > n {
			return 0, 0, "", false, false
		}
	}
	if size := r.w.PageSize; size > 0 {
		most = min(most, size)
	}
	to = min(n, from+most)
	paging := r.paging
	if paging == noMarker && r.Service != "kms" && r.Service != "iam" && r.Operation != "ListBucketInventoryConfigurations" {
		paging = asAsked // the others have nothing but the marker to say that there is more
	}
	switch paging {
	case noMarker:
		return from, to, "", true, true
	case sameMarker:
		return from, to, "same", true, true
	case emptyPage:
		return from, from, "after-" + strconv.Itoa(from) + "-empty", true, true
	}
	if to < n {
		return from, to, "after-" + strconv.Itoa(to), true, true
	}
	return from, to, "", false, true
}
