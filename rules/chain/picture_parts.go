package chain

import (
	"slices"
	"strconv"

	"github.com/kmsaudit/kmsaudit/report/picture"
)

// node draws a box for what id stands for, once, and returns its index.
func (d *painter) node(id string, n picture.Node) int {
	if i, drawn := d.ids[id]; drawn {
		return i
	}
	i := len(d.p.Nodes)
	d.ids[id] = i
	n.ID = "n" + strconv.Itoa(i)
	if n.State == "" {
		n.State = picture.Fine
	}
	for _, resource := range n.Full {
		for _, r := range d.on[resource] {
			n.State = picture.Worse(n.State, r.state)
		}
	}
	// The gravest is said first.
	for gravity := range picture.Fine.Gravity() + 1 {
		for _, resource := range n.Full {
			for _, r := range d.on[resource] {
				if r.state.Gravity() == gravity {
					n.Why = append(n.Why, r.text)
				}
			}
		}
	}
	n.Why = someReasons(n.Why)
	d.p.Nodes = append(d.p.Nodes, n)
	return i
}

// arrow draws an arrow between two boxes, once; a graver one takes its place.
func (d *painter) arrow(from, to int, state picture.State, why ...string) {
	ends := [2]int{from, to}
	i, drawn := d.arrows[ends]
	if !drawn {
		i = len(d.p.Edges)
		d.arrows[ends] = i
		d.p.Edges = append(d.p.Edges, picture.Edge{From: d.p.Nodes[from].ID, To: d.p.Nodes[to].ID, State: state})
	}
	e := &d.p.Edges[i]
	e.State = picture.Worse(e.State, state)
	for _, one := range why {
		if !slices.Contains(e.Why, one) {
			e.Why = append(e.Why, one)
		}
	}
	e.Why = someReasons(e.Why)
}

func someReasons(why []string) []string {
	if len(why) <= pictureReasons+1 {
		return why
	}
	return append(why[:pictureReasons:pictureReasons], strconv.Itoa(len(why)-pictureReasons)+" more")
}

func stateOf(s State) picture.State {
	switch s {
	case Denied, Finding:
		return picture.Broken
	case Unknown:
		return picture.Unknown
	case Depends:
		return picture.Depends
	case Allowed, OK, Absent:
	}
	return picture.Fine
}
