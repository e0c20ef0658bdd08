package collector

import (
	"context"
	"sync"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// ask makes one call with all its attempts, and says what came of it. The value
// is there if and only if the outcome is ok.
func ask[T any](ctx context.Context, c *collection, action, region string, do func(context.Context) (*T, error)) (*T, outcome) {
	if ctx.Err() != nil {
		return nil, outcome{action, snapshot.Failed, codeInterrupted, ""}
	}
	where := lane{action, region}
	if why := c.gate.givenUp(where); why != "" {
		return nil, outcome{action, snapshot.Failed, codeGivenUp, why}
	}
	bounded, cancel := context.WithTimeout(withDials(withRegion(ctx, region)), callTimeout)
	defer cancel()
	out, err := do(bounded)
	result := classify(action, err)
	if ctx.Err() != nil && err != nil {
		return nil, outcome{action, snapshot.Failed, codeInterrupted, ""}
	}
	c.gate.ended(where, result)
	c.tally.called(action, region)
	if result.ok() && out == nil {
		return nil, unreadable(action, "there is no answer")
	}
	return out, result
}

// maxPolicy is far beyond AWS's quotas for policies, the highest of which is
// 32 KB for that of a key.
const maxPolicy = 1 << 20

// readDocument reads the text of a policy that AWS gave. One that is too long is
// not kept either.
func readDocument(action, text string) snapshot.Reading[snapshot.Document] {
	if len(text) > maxPolicy {
		return reading[snapshot.Document](outcome{action, snapshot.Failed, codeTooLong, "the policy is longer than AWS allows any"})
	}
	return snapshot.ReadDocument(action, text)
}

// page says where a listing goes on.
type page struct {
	more bool
	next *string
}

// maxPages is beyond any listing that AWS's quotas allow.
const maxPages = 20000

// list asks for the pages of a listing until it ends. What the pages before a
// fault held is kept; the outcome then says that the listing is not complete.
// Two faults that the SDK's paginators do not see end a listing: more to come
// without a marker, and a marker that was there before.
func list(action string, next func(marker *string) (page, outcome)) outcome {
	var marker *string
	seen := map[string]bool{}
	for range maxPages {
		p, result := next(marker)
		switch {
		case !result.ok(), !p.more:
			return result
		case p.next == nil || *p.next == "":
			return outcome{action, snapshot.Failed, codeNoMarker, "the listing says that there is more and not where"}
		case seen[*p.next]:
			return outcome{action, snapshot.Failed, codeRepeated, "the listing goes in a circle"}
		}
		seen[*p.next] = true
		marker = p.next
	}
	return outcome{action, snapshot.Failed, codeEndless, "the listing does not end"}
}

// token is the page of a listing that has nothing but a token.
func token(next *string) page { return page{more: next != nil && *next != "", next: next} }

// each does something to every element of a list, n at a time.
func each[T any](n int, list []T, do func(*T)) {
	next := make(chan *T)
	var workers sync.WaitGroup
	for range min(n, len(list)) {
		workers.Go(func() {
			for element := range next {
				do(element)
			}
		})
	}
	for i := range list {
		next <- &list[i]
	}
	close(next)
	workers.Wait()
}

// unique keeps the first of the elements that share a name: a listing that
// changes while it is paged can show one twice.
func unique[T any](list []T, name func(T) string) []T {
	seen := make(map[string]bool, len(list))
	kept := list[:0]
	for _, element := range list {
		if n := name(element); n != "" && !seen[n] {
			seen[n] = true
			kept = append(kept, element)
		}
	}
	return kept
}
