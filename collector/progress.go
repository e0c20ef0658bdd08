package collector

import "sync"

// Progress is how far a collection is.
type Progress struct {
	Calls int // calls that ended, well or not
	Found int // resources that were listed
	Read  int // of these, those that are read
	// Operation and Region are those of the call that ended last.
	Operation, Region string
}

// tally counts and tells.
type tally struct {
	mu   sync.Mutex
	now  Progress
	tell func(Progress)
}

func (t *tally) update(change func(*Progress)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	change(&t.now)
	if t.tell != nil {
		t.tell(t.now)
	}
}

func (t *tally) called(operation, region string) {
	t.update(func(p *Progress) { p.Calls, p.Operation, p.Region = p.Calls+1, operation, region })
}

func (t *tally) found(n int) { t.update(func(p *Progress) { p.Found += n }) }

func (t *tally) read() { t.update(func(p *Progress) { p.Read++ }) }
