package report

import (
	"bytes"
	"encoding/json"
)

// Mend is one concrete mend of a finding. A finding's mend is a list of them, or
// null.
type Mend struct {
	Text string `json:"text"` // what to do
	// To names the policy that Statement belongs into.
	To string `json:"to,omitempty"`
	// Command does it, to be pasted into a shell.
	Command string `json:"command,omitempty"`
	// Statement is the policy statement to add.
	Statement json.RawMessage `json:"statement,omitempty"`
}

// Mends reads the mends of a finding; false if they are not written as a list of
// Mend.
func (f *Finding) Mends() ([]Mend, bool) {
	var mends []Mend
	if len(f.Mend) == 0 {
		return nil, true
	}
	if err := strict(f.Mend, &mends); err != nil {
		return nil, false
	}
	for i := range mends {
		if s := bytes.TrimSpace(mends[i].Statement); bytes.Equal(s, []byte("{}")) || bytes.Equal(s, []byte("null")) {
			mends[i].Statement = nil
		}
	}
	return mends, true
}
