package collector

import "time"

// pace is how fast an operation is asked in a Region: never more in any second
// than its part of AWS's quota, and less while AWS throttles.
type pace struct {
	full     float64 // calls per second at most; 0 is no bound
	rate     float64 // now; 0 is no bound
	left     []time.Time
	waiting  []*turn
	slowed   time.Time // when it last became slower
	step     float64   // how much faster it becomes in a second
	failures int       // calls in a row
}

// window says how many may leave within which time. A low rate is spread evenly:
// a handful at once would be two handfuls in a second.
func (p *pace) window() (n int, within time.Duration) {
	if p.rate < 10 {
		return 1, time.Duration(float64(time.Second) / p.rate)
	}
	return int(p.rate), time.Second
}

// ready is when the next may leave.
func (p *pace) ready() time.Time {
	if p.rate == 0 {
		return time.Time{}
	}
	n, within := p.window()
	if len(p.left) < n {
		return time.Time{}
	}
	return p.left[len(p.left)-n].Add(within)
}

// maxLeft is how many departures are remembered at least: more than the highest
// quota needs.
const maxLeft = 2048

func (p *pace) departs(now time.Time) {
	if len(p.left) == 2*maxLeft {
		p.left = append(p.left[:0], p.left[maxLeft:]...)
	}
	p.left = append(p.left, now)
}

// slower halves the rate because AWS throttled an attempt. The attempts that were
// under way at that time tell nothing new.
func (p *pace) slower(left, now time.Time) {
	if !left.After(p.slowed) {
		return
	}
	rate := p.rate
	if rate == 0 { // nobody knows the quota: what was tried is too much
		for i := len(p.left) - 1; i >= 0 && now.Sub(p.left[i]) < time.Second; i-- {
			rate++
		}
	}
	p.slowed = now
	p.step = max(0.5, rate/20)
	p.rate = max(1, rate/2)
	if p.full > 0 {
		p.rate = min(p.rate, p.full)
	}
}

// faster goes back towards the full rate, by one step in a second.
func (p *pace) faster() {
	if p.rate == 0 || p.rate == p.full {
		return
	}
	p.rate += p.step / p.rate
	if p.full > 0 {
		p.rate = min(p.rate, p.full)
	}
}
