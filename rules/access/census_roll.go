package access

import "sync"

// roll is whom censuses ask about, by whatever policies and grants call them. It is
// made when the first is taken.
type roll struct {
	once   sync.Once
	people []*actor       // by ARN
	index  map[string]int // by ARN
	called map[string]int // by unique id, session of a role, or account
	also   map[string][]int
}

func (a *Account) listed() *roll {
	r := a.roll
	r.once.Do(func() {
		all := a.everybody()
		r.people = make([]*actor, 0, len(all))
		r.index, r.called, r.also = make(map[string]int, len(all)), make(map[string]int, len(all)), map[string][]int{}
		for _, one := range all {
			if one.missing == nil {
				r.add(one)
			}
		}
	})
	return r
}

func (r *roll) add(one *actor) {
	i := len(r.people)
	r.people = append(r.people, one)
	r.index[one.ARN] = i
	if id := one.caller.UniqueID; id != "" {
		r.call(id, i)
	}
	if one.Kind == "session" || one.Kind == "foreign" {
		if w := whoIs(one.ARN); w.kind == callerSession {
			r.call(w.account+"/"+w.name, i)
		} else if w.kind == callerRoot {
			r.call(w.account, i)
		}
	}
}

func (r *roll) call(name string, i int) {
	if _, taken := r.called[name]; taken {
		r.also[name] = append(r.also[name], i)
		return
	}
	r.called[name] = i
}

// appendNamed adds the people whom the name means.
func (r *roll) appendNamed(to []int, name string) []int {
	if i, found := r.index[name]; found {
		to = append(to, i)
	}
	if i, found := r.called[name]; found {
		to = append(append(to, i), r.also[name]...)
	}
	return to
}
