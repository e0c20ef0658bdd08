package access

import (
	"iter"
)

// Block is principals and keys of which every principal has the action on every key
// by policies that single out neither, such as one that allows it on every key of
// the account. For single pairs another verdict may stand (Named): it goes before.
type Block struct {
	People  []int // as in Principals
	Keys    []int // as in Keys
	Verdict Verdict
}

// Pair is a principal and a key that were looked at by themselves: one is named in a
// policy or grant that counts for the other, or a pattern matches few keys.
type Pair struct {
	Person  int // as in Principals
	Verdict Verdict
	// Block is what the blocks say of the two.
	Block Verdict
	// ByName says that an Allow of the principal's policies names the key by its ARN,
	// or that the key's policy or a grant allows something to the principal by name; of
	// a denied pair it is not told.
	ByName bool
}

// Principals are those whom the census asks about, sorted by ARN.
func (c *Census) Principals() []Principal {
	list := make([]Principal, len(c.people))
	for i, one := range c.people {
		list[i] = one.Principal
	}
	return list
}

// Blocks yields the blocks that are not denied, in a fixed order.
func (c *Census) Blocks() iter.Seq[Block] {
	return func(yield func(Block) bool) {
		keys := make([][]int, len(c.patterns))
		for k, class := range c.keyClass {
			if class >= 0 && len(keys) > 0 {
				keys[class] = append(keys[class], k)
			}
		}
		for class, row := range c.dense {
			for people, v := range row {
				if v > 0 && !yield(Block{People: c.members[people], Keys: keys[class], Verdict: v.verdict()}) {
					return
				}
			}
		}
	}
}

// Named lists the pairs of a key, denied ones too, by principal. Of a key whose
// policy was not read there are none.
func (c *Census) Named(keyARN string) []Pair {
	k, found := c.number[keyARN]
	if !found || c.set == 0 || c.keyClass[k] < 0 {
		return nil
	}
	row := c.dense[c.keyClass[k]]
	named := map[string]bool{}
	for _, one := range c.account.NamedIn(keyARN) {
		named[one.ARN] = true
	}
	for i := range c.keys[k].grants {
		named[c.keys[k].grants[i].Grantee] = true
	}
	list := make([]Pair, 0, len(c.pairs[k].people))
	for p, v := range c.pairs[k].all() {
		block := verdict(0)
		if class := c.class[p]; class >= 0 {
			block = row[class]
		}
		list = append(list, Pair{Person: p, Verdict: v.verdict(), Block: block.verdict(), ByName: v > 0 && (named[c.people[p].ARN] || c.names(c.people[p], keyARN))})
	}
	return list
}

// names reports an Allow of the principal's policies that names the key.
func (c *Census) names(one *actor, keyARN string) bool {
	for _, p := range one.identity {
		if p == nil || p.allows&serviceKMS == 0 {
			continue
		}
		for i := range p.statements {
			st := &p.statements[i]
			if st.deny || st.notResource || st.kms&c.set == 0 {
				continue
			}
			for j := range st.resources {
				if r := &st.resources[j]; r.exact() && r.text == keyARN {
					return true
				}
			}
		}
	}
	return false
}
