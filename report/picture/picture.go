package picture

// State says how a part of a picture fares.
type State string

// The states, the gravest first.
const (
	Broken  State = "broken"  // a finding of medium severity or worse, or a required request that is denied
	Minor   State = "minor"   // a finding of low severity
	Unknown State = "unknown" // it was not read, or could not be judged
	Depends State = "depends" // allowed under conditions
	Fine    State = "fine"
)

// Gravity is the place of a state in the order of gravity, 0 for the gravest.
func (s State) Gravity() int {
	for i, one := range [...]State{Broken, Minor, Unknown, Depends} {
		if s == one {
			return i
		}
	}
	return 4
}

// Worse is the graver of two states.
func Worse(a, b State) State {
	if b.Gravity() < a.Gravity() {
		return b
	}
	return a
}

// Picture is a drawing in columns, from left to right. The zero value is an
// empty one.
type Picture struct {
	Title   string   `json:"title"`
	Columns []string `json:"columns"` // what stands over each
	Nodes   []Node   `json:"nodes"`
	Edges   []Edge   `json:"edges"`
	Notes   []string `json:"notes"` // what it leaves out
}

// Node is a box.
type Node struct {
	ID     string   `json:"id"` // letters and digits
	Column int      `json:"column"`
	Kind   string   `json:"kind"` // role, user, actions, key, bucket, object and the like
	Name   string   `json:"name"`
	Note   string   `json:"note"`
	Full   []string `json:"full"` // the ARNs of what it stands for
	State  State    `json:"state"`
	Why    []string `json:"why"` // what is wrong, a sentence each
}

// Edge is an arrow between two boxes.
type Edge struct {
	From  string   `json:"from"` // id of a box
	To    string   `json:"to"`
	State State    `json:"state"`
	Why   []string `json:"why"`
}

// Heat is the map of who can do one thing with which key.
type Heat struct {
	Action  string    `json:"action"`
	Columns []Axis    `json:"columns"`
	Rows    []HeatRow `json:"rows"`
	Notes   []string  `json:"notes"` // what it leaves out
}

// Axis is a row or a column: several that fare alike are one.
type Axis struct {
	Name  string   `json:"name"`
	Full  []string `json:"full"`  // the ARNs, or the first of them
	Count int      `json:"count"` // how many it stands for
}

// HeatRow is those who fare alike with each key.
type HeatRow struct {
	Axis
	Cells []State `json:"cells"` // by column; "" where denied, Fine where allowed
}
