package facts

// intended finds what the requirements say of buckets and objects, in their order.
type intended struct {
	buckets map[string][]requiredBucket // by name
	objects map[string][]requiredBucket // by key of the object
}

// requiredBucket is a bucket with the key of the requirement that names it.
type requiredBucket struct {
	*RequiredBucket
	key string
}

func (b *builder) intended() *intended {
	if b.said != nil {
		return b.said
	}
	b.said = &intended{buckets: map[string][]requiredBucket{}, objects: map[string][]requiredBucket{}}
	for i := range b.intent.Requirements {
		requirement := &b.intent.Requirements[i]
		for j := range requirement.Buckets {
			one := requiredBucket{&requirement.Buckets[j], requirement.Key}
			b.said.buckets[one.Name] = append(b.said.buckets[one.Name], one)
			met := map[string]bool{}
			for _, key := range one.Objects {
				if !met[key] {
					met[key] = true
					b.said.objects[key] = append(b.said.objects[key], one)
				}
			}
		}
	}
	return b.said
}
