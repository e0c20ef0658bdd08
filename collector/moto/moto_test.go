package moto

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/kmsaudit/kmsaudit/collector"
	"github.com/kmsaudit/kmsaudit/collector/awsfake"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// TestMotoWitness collects accounts from moto and from our own stand-in, and
// compares.
func TestMotoWitness(t *testing.T) {
	address := server(t)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	var found []difference
	for _, ours := range []*awsfake.World{awsfake.Reference(), varied(t)} {
		reset(t, address)
		ours.T = t
		ids := seed(ctx, t, config(address), ours)
		want := tree(t, collect(ctx, t, ours.Config()), nil)
		got := tree(t, collect(ctx, t, config(address)), ids)
		compare("", want, got, func(place string, fake, moto any) {
			found = append(found, difference{place: place, fake: fake, moto: moto})
		})
	}
	used := map[string]bool{}
	for _, d := range found {
		i := slices.IndexFunc(allowed, func(a allowance) bool { return a.place.MatchString(d.place) && a.fits(d) })
		if i < 0 {
			t.Errorf("%s: our stand-in has %v, moto %v", d.place, d.fake, d.moto)
			continue
		}
		used[allowed[i].name] = true
	}
	for _, a := range allowed {
		if !used[a.name] {
			t.Errorf("%q is listed as a difference (%s) and there is none any more", a.name, a.reason)
		}
	}
}

func collect(ctx context.Context, t *testing.T, cfg aws.Config) *snapshot.Snapshot {
	t.Helper()
	s, err := collector.Collect(ctx, cfg, collector.Options{
		Regions: []string{awsfake.ReferenceRegion},
		Objects: map[string][]string{
			awsfake.ReferenceBucket1: {awsfake.ReferenceObject, "missing"}, awsfake.ReferenceBucket2: {awsfake.ReferenceObject},
		},
		SampleObjects: 5,
		Now:           func() time.Time { return time.Date(2026, 11, 20, 6, 0, 0, 0, time.UTC) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var (
	date   = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z$`)
	grant  = regexp.MustCompile(`^[0-9a-f]{64}$`)
	unique = regexp.MustCompile(`^A[A-Z]{3}[A-Z0-9]{16,17}$`)
)

// tree is a snapshot as JSON values, with what cannot be the same made so: the
// account, the ids of keys and identities, dates.
func tree(t *testing.T, s *snapshot.Snapshot, ids map[string]string) any {
	t.Helper()
	text, err := snapshot.Encode(s)
	if err != nil {
		t.Fatal(err)
	}
	same := strings.ReplaceAll(string(text), awsfake.ReferenceAccount, motoAccount)
	for declared, id := range ids {
		same = strings.ReplaceAll(same, id, declared)
	}
	var value any
	if err := json.Unmarshal([]byte(same), &value); err != nil {
		t.Fatal(err)
	}
	return normal(value)
}

func normal(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name := range v {
			v[name] = normal(v[name])
		}
		delete(v, "message") // words for people
	case []any:
		for i := range v {
			v[i] = normal(v[i])
		}
	case string:
		if date.MatchString(v) {
			return "a date"
		}
		if grant.MatchString(v) {
			return "a grant"
		}
		if unique.MatchString(v) {
			return v[:4] + "…"
		}
	}
	return v
}

// compare calls differ for every place where two trees differ. Elements of lists
// are told apart by their ARN or name.
func compare(place string, a, b any, differ func(place string, a, b any)) {
	if before, ok := a.([]any); ok {
		a = named(before)
	}
	if after, ok := b.([]any); ok {
		b = named(after)
	}
	before, ok1 := a.(map[string]any)
	after, ok2 := b.(map[string]any)
	if !ok1 || !ok2 {
		if fmt.Sprint(a) != fmt.Sprint(b) {
			differ(place, a, b)
		}
		return
	}
	for name := range before {
		compare(place+"/"+name, before[name], after[name], differ)
	}
	for name := range after {
		if _, ok := before[name]; !ok {
			compare(place+"/"+name, nil, after[name], differ)
		}
	}
}

func named(list []any) map[string]any {
	elements := map[string]any{}
	for i, element := range list {
		name := strconv.Itoa(i)
		if m, ok := element.(map[string]any); ok {
			for _, field := range []string{"arn", "name", "operation"} {
				if text, ok := m[field].(string); ok {
					name = text[strings.LastIndex(text, ":")+1:]
					break
				}
			}
		}
		elements[name] = element
	}
	return elements
}
