package access

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// state is what is known of a context key.
type state uint8

const (
	unset   state = iota // nothing was said here
	absent               // known not to be there
	known                // there, with its values
	present              // there, value not known
	unknown              // neither presence nor value is known
)

// fact is what is known of one key.
type fact struct {
	state  state
	values []string
	many   bool // multivalued
	head   bool // the value begins so; what follows is not known
}

// facts are the keys of one source, in lower case; prefixes cover families such
// as aws:principaltag/. They are few: looking through them is faster than hashing.
type facts struct {
	entries  []entry
	prefixes []family
	base     *facts // asked when nothing is said here
}

type entry struct {
	key string
	fact
}

type family struct {
	prefix string
	state  state
}

func (f *facts) lookup(key string) fact {
	for ; f != nil; f = f.base {
		if e := f.entry(key); e != nil {
			return e.fact
		}
		for _, p := range f.prefixes {
			if strings.HasPrefix(key, p.prefix) {
				return fact{state: p.state}
			}
		}
	}
	return fact{}
}

func (f *facts) entry(key string) *entry {
	for i := range f.entries {
		if e := &f.entries[i]; e.key == key {
			return e
		}
	}
	return nil
}

// put says what is known of a key, in lower case, in place of what was said.
func (f *facts) put(key string, known fact) {
	if e := f.entry(key); e != nil {
		e.fact = known
		return
	}
	f.entries = append(f.entries, entry{key, known})
}

func (f *facts) set(key string, values ...string) {
	f.put(strings.ToLower(key), fact{state: known, values: values})
}

func (f *facts) setMany(key string, values []string) {
	if len(values) == 0 {
		f.mark(absent, key)
		return
	}
	f.put(strings.ToLower(key), fact{state: known, values: values, many: true})
}

func (f *facts) mark(s state, keys ...string) {
	for _, key := range keys {
		key = strings.ToLower(key)
		if prefix, ok := strings.CutSuffix(key, "*"); ok {
			f.prefixes = append(f.prefixes, family{prefix, s})
			continue
		}
		f.put(key, fact{state: s})
	}
}

// signature is equal for facts that are equal as far as the tested keys go.
func (f *facts) signature(tested map[string]bool) string {
	var text strings.Builder
	for _, key := range slices.Sorted(maps.Keys(tested)) {
		if found := f.lookup(key); found.state != unset {
			fmt.Fprintf(&text, "%q %v\n", key, found)
		}
	}
	return text.String()
}

func newFacts() *facts { return &facts{} }

// Context holds what is known of a request's context keys: keys have values, are
// absent, or are not known (U1). Keys are compared without regard to case (C1).
// A Context is a value: the With… methods leave the receiver as it is.
type Context struct {
	own       *facts
	under     [4]*facts // derived facts, asked in this order after own
	otherwise state     // of keys that nobody mentions; unset means absent
}

// NewContext returns a context in which every key is absent.
func NewContext() Context { return Context{otherwise: absent} }

func (c Context) with(change func(*facts)) Context {
	own := newFacts()
	if c.own != nil {
		own.entries = append(make([]entry, 0, len(c.own.entries)+2), c.own.entries...)
		own.prefixes = slices.Clone(c.own.prefixes)
	}
	change(own)
	c.own = own
	return c
}

// With returns a context in which the key has the value; several values make it
// multivalued, none makes it absent.
func (c Context) With(key string, values ...string) Context {
	return c.with(func(f *facts) {
		if len(values) == 1 {
			f.set(key, values...)
			return
		}
		f.setMany(key, values)
	})
}

// WithMany returns a context in which the multivalued key has the values; an
// empty list makes it absent.
func (c Context) WithMany(key string, values []string) Context {
	return c.with(func(f *facts) { f.setMany(key, values) })
}

// WithUnknown returns a context in which neither presence nor value of the keys
// is known. A key that ends in * stands for all keys that begin so, "*" for
// every key not mentioned.
func (c Context) WithUnknown(keys ...string) Context { return c.marked(unknown, keys) }

// WithPresent returns a context in which the keys are there with values that are
// not known.
func (c Context) WithPresent(keys ...string) Context { return c.marked(present, keys) }

// WithAbsent returns a context in which the keys are known not to be there. A key
// that ends in * stands for all keys that begin so.
func (c Context) WithAbsent(keys ...string) Context { return c.marked(absent, keys) }

// viaService is the context of a call that a service makes for the caller: what is
// said of the caller's network and of its connection does not hold there (C16).
func (c Context) viaService() Context {
	if c.own == nil {
		return c
	}
	return c.with(func(f *facts) {
		for _, key := range [...]string{"aws:sourceip", "aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip", "aws:sourcevpcarn"} {
			if e := f.entry(key); e != nil {
				e.fact = fact{state: unknown}
			}
		}
		f.entries = slices.DeleteFunc(f.entries, func(e entry) bool { return e.key == "aws:securetransport" })
	})
}

func (c Context) marked(s state, keys []string) Context {
	marked := c.with(func(f *facts) {
		for _, key := range keys {
			if key != "*" {
				f.mark(s, key)
			}
		}
	})
	for _, key := range keys {
		if key == "*" {
			marked.otherwise = s
		}
	}
	return marked
}

// lookup takes the key in lower case.
func (c *Context) lookup(key string) fact {
	if f := c.own.lookup(key); f.state != unset {
		return f
	}
	for _, facts := range c.under {
		if f := facts.lookup(key); f.state != unset {
			return f
		}
	}
	if c.otherwise == unset {
		return fact{state: absent}
	}
	return fact{state: c.otherwise}
}

// multivalued reports the keys that hold sets by their definition (C21).
func multivalued(key string) bool {
	switch key {
	case "kms:resourcealiases", "kms:encryptioncontextkeys", "kms:grantoperations",
		"aws:tagkeys", "aws:calledvia", "aws:principalorgpaths", "aws:resourceorgpaths",
		"aws:sourceorgpaths", "aws:vpceorgpaths", "aws:principalservicenameslist",
		"s3:requestobjecttagkeys":
		return true
	}
	return false
}
