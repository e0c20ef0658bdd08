package facts

// Wanted names what somebody will read of the facts: collections such as roles, and
// readings such as keys.decryptors. Of what takes a while to find out, what is not
// wanted is left out. Nil wants everything.
type Wanted map[string]bool

// wants reports whether one of them is wanted.
func (w Wanted) wants(names ...string) bool {
	if w == nil {
		return true
	}
	for _, name := range names {
		if w[name] {
			return true
		}
	}
	return false
}
