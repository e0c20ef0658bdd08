package facts

// Wanted names what somebody will read of the facts that take a look at the whole
// account: readings such as keys.decryptors, and collections of rows such as
// crossings. What is not wanted is left out. Nil wants everything.
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
