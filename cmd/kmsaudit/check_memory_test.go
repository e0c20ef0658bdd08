package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"strings"
	"testing"
	"time"
)

// liveHeap is what is held, garbage aside, and what others allocate meanwhile too.
func liveHeap() uint64 {
	runtime.GC()
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// mostHeld is the most that is held at a time while something is done.
func mostHeld(every time.Duration, do func()) uint64 {
	before, most := liveHeap(), uint64(0)
	done, looked := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(looked)
		for {
			select {
			case <-done:
				return
			case <-time.After(every):
				most = max(most, liveHeap())
			}
		}
	}()
	do()
	close(done)
	<-looked
	return max(most, before) - before
}

// copiesOf makes a folder of so many accounts that are all as the bad one.
func copiesOf(t *testing.T, accounts int) string {
	t.Helper()
	text := read(t, filepath.Join("..", "..", "testdata", "accounts", "bad", "snapshot.json"))
	var s struct {
		Account struct {
			ID string `json:"id"`
		} `json:"account"`
	}
	if err := json.Unmarshal([]byte(text), &s); err != nil || s.Account.ID == "" {
		t.Fatalf("the account is not named: %v", err)
	}
	folder := t.TempDir()
	for i := range accounts {
		id := fmt.Sprintf("8%011d", i)
		write(t, filepath.Join(folder, id+".json"), strings.ReplaceAll(text, s.Account.ID, id))
	}
	return folder
}

// TestCheckFolderMemory: a folder of many accounts takes no more memory than one of
// few, whether it is judged, merged or written anew, and no temporary
// file is left.
func TestCheckFolderMemory(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector holds memory of its own")
	}
	const few, many = 30, 150 // writers hold up to a thousand findings, which few have too
	folders := map[int]string{few: copiesOf(t, few), many: copiesOf(t, many)}
	temporary, out := t.TempDir(), t.TempDir()
	t.Chdir(t.TempDir())
	t.Setenv("TMPDIR", temporary)
	most := map[string]map[int]uint64{"check": {}, "report merge": {}, "report": {}}
	size := map[int]uint64{}
	for _, accounts := range []int{few, many} {
		folder := folders[accounts]
		file := func(name string) string { return filepath.Join(out, name) }
		does := func(what string, every time.Duration, args ...string) {
			most[what][accounts] = mostHeld(every, func() {
				if got := call(t, args...); got.code != exitOK {
					t.Fatalf("%s: %+v", what, got)
				}
			})
		}
		formats := []string{"-f", "ndjson=" + file("n"), "-f", "csv=" + file("c"), "-f", "junit=" + file("x")}
		does("check", 40*time.Millisecond, append([]string{"check", folder, "--as-of", day, "--fail-on", "none", "-f", "json=" + file("all.json")}, formats...)...)
		does("report merge", time.Millisecond, append([]string{"report", "merge", file("all.json"), "--fail-on", "none", "-f", "json=" + file("merged.json")}, formats...)...)
		does("report", time.Millisecond, append([]string{"report", file("merged.json")}, formats...)...)
		if read(t, file("merged.json")) != read(t, file("all.json")) {
			t.Error("what was merged is not the whole")
		}
		size[accounts] = uint64(len(read(t, file("all.json"))))
	}
	grown := size[many] - size[few]
	for what, held := range most {
		t.Logf("%s: %d kB with %d accounts, %d kB with %d; the results are %d kB more", what, held[few]>>10, few, held[many]>>10, many, grown>>10)
		if held[many] > held[few]+grown*2/3 {
			t.Errorf("%s: %d kB with %d accounts, %d kB with %d: it grows with them", what, held[few]>>10, few, held[many]>>10, many)
		}
	}
	if left, err := os.ReadDir(temporary); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}
