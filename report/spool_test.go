package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// filledAtRandom gives every field a value, so that a field which is not kept shows.
func filledAtRandom(v reflect.Value, r *rand.Rand) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("text %d é", r.IntN(1000)))
	case reflect.Int:
		v.SetInt(r.Int64N(2000) - 1000)
	case reflect.Uint8:
		v.SetUint(uint64(1 + r.IntN(5)))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		filledAtRandom(v.Elem(), r)
	case reflect.Struct:
		for i := range v.NumField() {
			filledAtRandom(v.Field(i), r)
		}
	case reflect.Slice:
		if v.Type() == reflect.TypeFor[json.RawMessage]() {
			v.SetBytes([]byte(`{"a":"\u0000"}`))
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 3, 3))
		for i := range 3 {
			filledAtRandom(v.Index(i), r)
		}
	case reflect.Map:
		v.Set(reflect.ValueOf(map[string]string{"one": "1", "two": strconv.Itoa(r.IntN(9)), "": ""}))
	default:
		panic(v.Kind())
	}
}

// kept is what a spool gives back of one record.
func kept[T any, P record[T]](t *testing.T, one T) T {
	t.Helper()
	s := spool[T, P]{}
	defer s.close()
	if err := errors.Join(s.add(pointers([]T{one})), s.settle()); err != nil {
		t.Fatal(err)
	}
	var got []T
	s.each(func(one *T) bool { got = append(got, *one); return true })
	if s.err != nil || len(got) != 1 {
		t.Fatalf("%d records, %v", len(got), s.err)
	}
	return got[0]
}

// TestRecords: every field of what is kept comes back, also when it is empty.
func TestRecords(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // G404: it is a test
	var f Finding
	var u Unknown
	var g Gap
	if !reflect.DeepEqual(kept(t, f), f) || !reflect.DeepEqual(kept(t, u), u) || !reflect.DeepEqual(kept(t, g), g) {
		t.Error("what is empty comes back as something")
	}
	filledAtRandom(reflect.ValueOf(&f).Elem(), r)
	filledAtRandom(reflect.ValueOf(&u).Elem(), r)
	filledAtRandom(reflect.ValueOf(&g).Elem(), r)
	for _, pair := range [][2]any{{kept(t, f), f}, {kept(t, u), u}, {kept(t, g), g}} {
		if !reflect.DeepEqual(pair[0], pair[1]) {
			t.Errorf("got  %+v\nwant %+v", pair[0], pair[1])
		}
	}
}

// TestSpoolSorts: however many runs there are, and of whatever length, the records
// come out as a stable sort has them.
func TestSpoolSorts(t *testing.T) {
	for _, runs := range []int{0, 1, 2, fanIn, fanIn + 1, fanIn*fanIn + 3} {
		r := rand.New(rand.NewPCG(uint64(runs), 7)) //nolint:gosec // G404: it is a test
		s := spool[Finding, *Finding]{compare: func(a, b *Finding) int { return strings.Compare(a.Rule, b.Rule) }}
		var want []Finding
		for i := range runs {
			var part []Finding
			for j := range r.IntN(4) {
				part = append(part, Finding{Rule: fmt.Sprintf("R-%d", r.IntN(20)), Msg: fmt.Sprintf("%d of %d", j, i), Severity: High})
			}
			if i%3 == 0 { // the others have more than one run in them
				slices.SortStableFunc(part, func(a, b Finding) int { return strings.Compare(a.Rule, b.Rule) })
			}
			if err := s.add(pointers(part)); err != nil {
				t.Fatal(err)
			}
			want = append(want, part...)
		}
		slices.SortStableFunc(want, func(a, b Finding) int { return strings.Compare(a.Rule, b.Rule) })
		if err := s.settle(); err != nil {
			t.Fatal(err)
		}
		var got []Finding
		s.each(func(f *Finding) bool { got = append(got, *f); return true })
		if s.err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%d runs: %d records, want %d, or not in order; %v", runs, len(got), len(want), s.err)
		}
		var some []Finding
		s.of(func(f *Finding) string { return f.Rule }, "R-7", func(f *Finding) bool { some = append(some, *f); return true })
		want = slices.DeleteFunc(want, func(f Finding) bool { return f.Rule != "R-7" })
		if !slices.EqualFunc(some, want, func(a, b Finding) bool { return reflect.DeepEqual(a, b) }) {
			t.Errorf("%d runs: of one rule %d, want %d", runs, len(some), len(want))
		}
		s.close()
	}
}

// TestSpoolFiles: the files are in TMPDIR, nobody else may read them, and none is
// left; what is wrong with them is told.
func TestSpoolFiles(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	file := newSpoolFile()
	info, err := file.file.Stat()
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	file.close()
	if left, err := os.ReadDir(folder); len(left) != 0 || err != nil {
		t.Errorf("left: %v, %v", left, err)
	}
	broken := spool[Gap, *Gap]{}
	if err := errors.Join(broken.add(pointers([]Gap{{Account: "1"}, {Account: "2"}})), broken.settle()); err != nil {
		t.Fatal(err)
	}
	defer broken.close()
	if err := broken.file.file.Truncate(7); err != nil {
		t.Fatal(err)
	}
	broken.each(func(*Gap) bool { return true })
	if !errors.Is(broken.err, ErrNotKept) {
		t.Errorf("a file that was cut off: %v", broken.err)
	}
	t.Setenv("TMPDIR", folder+"/none")
	if got := kept(t, Gap{Account: "1"}); got.Account != "1" {
		t.Errorf("without a folder: %+v", got)
	}
	s := newStored(true)
	if s.Held() != nil || (*Stored)(nil).Held() != nil {
		t.Error("nothing is held in memory")
	}
	for range 2 * fanIn { // in several runs, which are merged
		if err := s.take(&Results{Gaps: []Gap{{Account: "1"}}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.settle(); err != nil || s.gaps.count != 2*fanIn || !errors.Is(s.Held(), fs.ErrNotExist) {
		t.Errorf("without a folder: %v, %d, held %v", err, s.gaps.count, s.Held())
	}
	s.Close()
}

func FuzzRecord(f *testing.F) {
	one := Finding{Rule: "KEY-001", About: map[string]string{"a": "b"}, Waived: &Waived{Reason: "x"}}
	var w recordWriter
	one.fields(&w)
	f.Add(w.bytes)
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01})
	f.Fuzz(func(_ *testing.T, bytes []byte) {
		var finding Finding
		finding.fields(&recordReader{rest: string(bytes)})
		var gap Gap
		gap.fields(&recordReader{rest: string(bytes)})
	})
}
