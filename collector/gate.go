package collector

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// The bounds of one call. AWS answers these calls in tens of milliseconds; the
// attempts leave room for about a minute of throttling.
const (
	maxAttempts    = 8
	maxBackoff     = 20 * time.Second
	attemptTimeout = 30 * time.Second
	callTimeout    = 2 * time.Minute
	// maxDials attempts to reach a host that was never reached, with pauses of at most
	// maxDialBackoff, and it is taken for not being there.
	maxDials       = 5
	maxDialBackoff = 2 * time.Second
	// maxFailures in a row, each of them after all attempts, and an operation is
	// given up on in its Region; so is a host if nothing came back from it, and
	// everything if the credentials are no longer good.
	maxFailures = 5
)

// gate holds every attempt back until it may leave: when fewer attempts than its
// bound are under way, and the pace of the operation in its Region allows it. Who
// comes first leaves first, but nobody waits for a turn that is not his: an
// attempt whose pace holds it back takes nothing from the others.
// The SDK's own quota for retries is switched off: shared by a wide fan-out it
// fails calls within a second that would succeed in two.
type gate struct {
	share float64 // of AWS's quotas

	mu      sync.Mutex
	free    int // attempts that may still be under way
	came    int // attempts so far
	lanes   map[lane]*pace
	queues  []*pace // those with attempts that wait
	timer   *time.Timer
	hosts   map[lane]*host
	expired int // calls in a row
}

// lane is an operation in a Region; a host is called like the lane of an operation
// whose name is that of the service.
type lane struct{ action, region string }

func (l lane) host() lane {
	service, _, _ := strings.Cut(l.action, ":")
	return lane{service, l.region}
}

// host is what is known of a service's host in a Region.
type host struct {
	reached bool // it has answered
	silent  int  // calls in a row that it did not answer
}

// turn is an attempt that waits.
type turn struct {
	number int
	come   chan struct{} // closed when it may leave
}

func newGate(slots int, share float64) *gate {
	return &gate{share: share, free: slots, lanes: map[lane]*pace{}, hosts: map[lane]*host{}}
}

// pace returns the pace of a lane. The caller holds the lock, here and in host and
// dispatch.
func (g *gate) pace(at lane) *pace {
	p := g.lanes[at]
	if p == nil {
		p = &pace{}
		for _, c := range calls {
			if c.action == at.action {
				p.full = c.rate * g.share
			}
		}
		p.rate = p.full
		g.lanes[at] = p
	}
	return p
}

func (g *gate) host(at lane) *host {
	h := g.hosts[at.host()]
	if h == nil {
		h = &host{}
		g.hosts[at.host()] = h
	}
	return h
}

// enter waits for a turn. What it returns ends the turn.
func (g *gate) enter(ctx context.Context, at lane) (leave func(), err error) {
	g.mu.Lock()
	p := g.pace(at)
	t := &turn{g.came, make(chan struct{})}
	g.came++
	if !slices.Contains(g.queues, p) {
		g.queues = append(g.queues, p)
	}
	p.waiting = append(p.waiting, t)
	g.dispatch()
	g.mu.Unlock()
	select {
	case <-t.come:
		return g.leave, nil
	case <-ctx.Done():
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if i := slices.Index(p.waiting, t); i >= 0 {
		p.waiting = slices.Delete(p.waiting, i, i+1)
	} else { // the turn came in the same moment
		g.free++
		g.dispatch()
	}
	return nil, ctx.Err()
}

func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.free++
	g.dispatch()
}

// dispatch lets go whoever may. If it is only the pace that holds the others back,
// it comes again when the first of them may go.
func (g *gate) dispatch() {
	now := time.Now()
	for g.free > 0 {
		g.queues = slices.DeleteFunc(g.queues, func(p *pace) bool { return len(p.waiting) == 0 })
		var first *pace
		var soonest time.Time
		for _, p := range g.queues {
			switch ready := p.ready(); {
			case !ready.After(now):
				if first == nil || p.waiting[0].number < first.waiting[0].number {
					first = p
				}
			case soonest.IsZero() || ready.Before(soonest):
				soonest = ready
			}
		}
		if first == nil {
			if !soonest.IsZero() {
				g.comeAgain(soonest.Sub(now))
			}
			return
		}
		close(first.waiting[0].come)
		first.waiting = first.waiting[1:]
		first.departs(now)
		g.free--
	}
}

func (g *gate) comeAgain(after time.Duration) {
	if g.timer != nil {
		g.timer.Stop()
	}
	g.timer = time.AfterFunc(after, func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.dispatch()
	})
}

// heard notes what came back of an attempt that left at some time.
func (g *gate) heard(at lane, left time.Time, throttled, answered bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	p := g.pace(at)
	switch {
	case throttled:
		p.slower(left, time.Now())
	case answered:
		p.faster()
	}
	if h := g.host(at); answered {
		h.reached = true
	}
}

// reached says whether the host of a lane has answered in this run.
func (g *gate) reached(at lane) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.host(at).reached
}

// ended notes how a call ended after all its attempts.
func (g *gate) ended(at lane, o outcome) {
	g.mu.Lock()
	defer g.mu.Unlock()
	count := func(failures *int, another bool) {
		if another {
			*failures++
		} else {
			*failures = 0
		}
	}
	count(&g.pace(at).failures, isExhausted(o))
	count(&g.host(at).silent, isSilence(o))
	count(&g.expired, isExpired(o.code))
}

// givenUp says why a call is not worth making, or "".
func (g *gate) givenUp(at lane) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.expired >= maxFailures:
		return "not asked: the credentials have expired"
	case g.host(at).silent >= maxFailures:
		return "not asked: the service does not answer"
	case g.pace(at).failures >= maxFailures:
		return "not asked: too many calls of this operation failed in a row"
	}
	return ""
}

// isExhausted: another call of the same kind would most likely end the same way.
func isExhausted(o outcome) bool {
	return isSilence(o) || o.state == snapshot.Failed && (isThrottle(o.code) || strings.HasPrefix(o.code, "HTTP5") ||
		o.code == "InternalError" || o.code == "InternalFailure" || o.code == "ServiceUnavailable" ||
		o.code == "ServiceUnavailableException" || o.code == "KMSInternalException")
}

// isSilence: nothing came back.
func isSilence(o outcome) bool {
	return o.state == snapshot.Failed && (o.code == codeTimeout || o.code == codeNoAnswer)
}
