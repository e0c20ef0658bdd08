package facts

import (
	"maps"
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// KeyTags are the tags that people gave a key, sorted.
type KeyTags struct {
	Place string `json:"place"`
	Tags  []Tag  `json:"tags"`
}

// Tag is one tag of a resource.
type Tag struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// KeyStore is the custom key store that holds a key.
type KeyStore struct {
	Place string `json:"place"`
	ID    string `json:"id"` // "" for a key in KMS's own store
}

// KeyAliases are the aliases of a key, sorted.
type KeyAliases struct {
	Place string   `json:"place"`
	Names []string `json:"names"`
}

// tags reads the tags of key i, without those that AWS gave it.
func (b *builder) tags(k snapshot.Key, i int) (*KeyTags, *Unread) {
	tags, ok := k.Tags.Get()
	if !ok && !k.Tags.State.Answer() {
		return nil, unanswered(k.Tags, "kms:ListResourceTags")
	}
	fact := &KeyTags{Place: place("keys", i, "tags")}
	for _, name := range slices.Sorted(maps.Keys(tags)) {
		if !strings.HasPrefix(name, "aws:") {
			fact.Tags = append(fact.Tags, Tag{Key: name, Value: tags[name]})
		}
	}
	return fact, nil
}

// store reads which key store holds key i.
func (b *builder) store(k snapshot.Key, i int) (*KeyStore, *Unread) {
	m, ok := k.Metadata.Get()
	if !ok {
		return nil, unanswered(k.Metadata, "kms:DescribeKey")
	}
	return &KeyStore{Place: place("keys", i, "metadata", "value"), ID: m.CustomKeyStore}, nil
}

// aliases finds the aliases of key i. They are known if the Region's were listed
// in full; one that is known is enough to know that the key has one.
func (b *builder) aliases(k snapshot.Key, i int) (*KeyAliases, *Unread) {
	fact := &KeyAliases{Place: place("keys", i), Names: b.named[k.Region+" "+k.ID]}
	c, _ := b.s.Listed("kms:ListAliases", k.Region)
	if len(fact.Names) == 0 && !c.State.Answer() {
		return nil, &Unread{State: word(c.State), Operation: "kms:ListAliases", Code: c.Code}
	}
	return fact, nil
}
