package main

import (
	"fmt"
	"math/rand/v2"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// draw draws lots. Each kind of resource draws from a source of its own, so that
// more of one kind leaves the others as they are.
type draw struct {
	*rand.Rand
	unread float64
	refuse int // how many readings were refused
}

func (p plan) draw(kind uint64) *draw {
	return &draw{Rand: rand.New(rand.NewPCG(p.seed, kind)), unread: p.unread}
}

// chance is true in share of all cases.
func (d *draw) chance(share float64) bool { return d.Float64() < share }

// pick picks one of list.
func pick[T any](d *draw, list []T) T { return list[d.IntN(len(list))] }

// weighted picks an index with the given weights.
func (d *draw) weighted(weights ...float64) int {
	total := 0.0
	for _, w := range weights {
		total += w
	}
	at := d.Float64() * total
	for i, w := range weights {
		if at -= w; at < 0 {
			return i
		}
	}
	return len(weights) - 1
}

// hex is n hexadecimal digits.
func (d *draw) hex(n int) string {
	text := ""
	for len(text) < n {
		text += fmt.Sprintf("%016x", d.Uint64())
	}
	return text[:n]
}

// uuid has the form of a key id.
func (d *draw) uuid() string {
	x := d.hex(32)
	return x[:8] + "-" + x[8:12] + "-" + x[12:16] + "-" + x[16:20] + "-" + x[20:]
}

// id has the form of a unique id of IAM.
func (d *draw) id(prefix string) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	text := []byte(prefix)
	for len(text) < 21 {
		text = append(text, letters[d.IntN(len(letters))])
	}
	return string(text)
}

// asked is the reading of v by operation, or one without an answer where the lot
// falls so. The ways to get no answer take turns.
func asked[T any](d *draw, operation string, v T) snapshot.Reading[T] {
	if !d.chance(d.unread) {
		return snapshot.Of(v)
	}
	return refused[T](d, operation)
}

// none is a reading that found nothing configured, or nothing at all.
func none[T any](d *draw, operation, code string) snapshot.Reading[T] {
	if !d.chance(d.unread) {
		return snapshot.None[T](operation, code)
	}
	return refused[T](d, operation)
}

func refused[T any](d *draw, operation string) snapshot.Reading[T] {
	d.refuse++
	r := snapshot.Reading[T]{Operation: operation}
	switch d.refuse % 4 {
	case 0:
		r.State = snapshot.NotCollected
	case 1:
		r.State, r.Code, r.Message = snapshot.Denied, "AccessDenied", "not authorized to perform: "+operation
	case 2:
		r.State, r.Code, r.Message = snapshot.Failed, "ServiceUnavailable", "the service is not available"
	case 3:
		r.State, r.Code = snapshot.Gone, "NotFoundException"
	}
	return r
}
