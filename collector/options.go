package collector

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// Options say what to collect. The zero value collects everything that this
// version knows in every enabled Region, without looking at objects.
type Options struct {
	// Regions are those to ask for keys; empty means every Region that is enabled
	// in the account. Buckets are listed for the whole account in any case.
	Regions []string
	// Objects are the keys of objects whose encryption is read, by bucket name.
	// Buckets that the account does not have are passed over.
	Objects map[string][]string
	// Copies are keys of objects that are looked for in every bucket, besides those
	// that Objects names there. One that is found is read like a named object, one
	// that S3 says is not there leaves nothing behind, and anything else (a refusal
	// above all, which S3 gives for what is not there too if s3:ListBucket is
	// missing) is an object whose encryption is not known.
	Copies []string
	// SampleObjects is how many more objects are drawn from each bucket.
	SampleObjects int
	// LastUsage asks when each customer managed key was last used: one call for each
	// key, of which AWS allows five in a second.
	LastUsage bool
	// Organization is the account's place in its organization, where somebody has
	// read it already (see Tree); it is not asked for then.
	Organization *snapshot.Reading[snapshot.Organization]
	// Before is an earlier collection of the account to go on with: what it has
	// answers to is not asked again (see resume.go). It has to be whole, as ReadFile
	// reads it, and parts of it are in the result.
	Before *snapshot.Snapshot
	// Seed makes the drawing repeatable.
	Seed int64
	// ToolVersion goes into the snapshot.
	ToolVersion string
	// Progress is told how far the run is, after every call to AWS and every
	// resource. It is never called twice at a time and has to return at once.
	Progress func(Progress)
	// Now is the clock that dates the snapshot; nil is time.Now.
	Now func() time.Time
	// MaxShare is the part of AWS's published quotas that may be used, above 0 and up
	// to 1; 0 means half. Others in the account use the same quotas.
	MaxShare float64
	// Concurrency is how many calls are under way at a time; 0 means 16.
	Concurrency int
}

func (o Options) prepared() (Options, error) {
	for _, region := range o.Regions {
		if !snapshot.IsRegion(region) {
			return o, fmt.Errorf("%q is not the name of a Region", region)
		}
	}
	if o.SampleObjects < 0 || o.Concurrency < 0 {
		return o, errors.New("a number of objects or calls cannot be negative")
	}
	if o.MaxShare < 0 || o.MaxShare > 1 {
		return o, errors.New("the share of AWS's quotas has to be above 0 and at most 1")
	}
	o.Regions = slices.Compact(slices.Sorted(slices.Values(o.Regions)))
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.MaxShare == 0 {
		o.MaxShare = 0.5
	}
	if o.Concurrency == 0 {
		o.Concurrency = 16
	}
	return o, nil
}
