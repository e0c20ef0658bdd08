package collector

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// The bounds of one call. AWS answers these calls in tens of milliseconds; the
// attempts leave room for about a minute of throttling.
const (
	maxAttempts    = 8
	maxBackoff     = 20 * time.Second
	attemptTimeout = 30 * time.Second
	callTimeout    = 2 * time.Minute
	// maxFailures in a row, each of them after all attempts, and an operation is
	// given up on in its Region.
	maxFailures = 5
	// share is how much of a published quota is used: others in the account use
	// the same one.
	share = 0.8
)

// gate holds every attempt back until it may leave: a bound on how many are under
// way, and a pace for each operation and Region that gives way when AWS throttles.
// The SDK's own quota for retries is switched off: shared by a wide fan-out it
// fails calls within a second that would succeed in two.
type gate struct {
	slots chan struct{}

	mu    sync.Mutex
	lanes map[lane]*pace
}

type lane struct{ action, region string }

type pace struct {
	limiter  *rate.Limiter
	full     rate.Limit
	failures int // in a row
}

func newGate(slots int) *gate {
	return &gate{slots: make(chan struct{}, slots), lanes: map[lane]*pace{}}
}

// pace returns the lane of an operation. The caller holds the lock.
func (g *gate) pace(at lane) *pace {
	p := g.lanes[at]
	if p == nil {
		full, burst := rate.Inf, 1
		for _, c := range calls {
			if c.action == at.action && c.rate > 0 {
				full, burst = rate.Limit(c.rate*share), max(5, int(c.rate/10))
			}
		}
		p = &pace{limiter: rate.NewLimiter(full, burst), full: full}
		g.lanes[at] = p
	}
	return p
}

// enter waits for a turn. What it returns ends the turn.
func (g *gate) enter(ctx context.Context, at lane) (leave func(), err error) {
	g.mu.Lock()
	limiter := g.pace(at).limiter
	g.mu.Unlock()
	if err := limiter.Wait(ctx); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, context.DeadlineExceeded // the turn would come too late
	}
	select {
	case g.slots <- struct{}{}:
		return func() { <-g.slots }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// heard adapts the pace to AWS's answer: half as fast when throttled, then
// slowly faster again.
func (g *gate) heard(at lane, throttled bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	p := g.pace(at)
	now := p.limiter.Limit()
	switch {
	case throttled && now == rate.Inf:
		p.limiter.SetLimit(32)
	case throttled:
		p.limiter.SetLimit(max(1, now/2))
	case now < p.full:
		p.limiter.SetLimit(min(p.full, now*1.05))
	}
}

// ended notes how a call ended after all its attempts.
func (g *gate) ended(at lane, o outcome) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if p := g.pace(at); isExhausted(o) {
		p.failures++
	} else {
		p.failures = 0
	}
}

func (g *gate) givenUp(at lane) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.pace(at).failures >= maxFailures
}
