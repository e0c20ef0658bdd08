package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"strings"
	"testing"
)

// liveHeap is what is held, garbage aside, and what others allocate meanwhile too.
func liveHeap() uint64 {
	runtime.GC()
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// heldMeanwhile looks at what is held while a report is written: at its beginning,
// when all has been judged, and every megabyte.
type heldMeanwhile struct {
	before, most uint64
	written      int
	next         int
}

func (h *heldMeanwhile) Write(p []byte) (int, error) {
	if h.written >= h.next {
		h.next = h.written + 1<<20
		live := liveHeap()
		h.most = max(h.most, live-min(h.before, live))
	}
	h.written += len(p)
	return len(p), nil
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
// few, whether it is judged, held against an earlier run, merged or written anew, and
// no temporary file is left.
func TestCheckFolderMemory(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector holds memory of its own")
	}
	const few, many = 30, 130 // writers hold up to a thousand findings, which few have too
	folders := map[int]string{few: copiesOf(t, few), many: copiesOf(t, many)}
	temporary, out := t.TempDir(), t.TempDir()
	t.Chdir(t.TempDir())
	t.Setenv("TMPDIR", temporary)
	all := filepath.Join(out, "all.json")
	held := map[string]map[int]uint64{}
	size := map[int]uint64{}
	for _, accounts := range []int{few, many} {
		does := func(what string, args ...string) {
			stdout := &heldMeanwhile{before: liveHeap()}
			var stderr bytes.Buffer
			if code := run(t.Context(), append(args, "-f", "json"), strings.NewReader(""), stdout, &stderr, nil); code != exitOK || stdout.written == 0 {
				t.Fatalf("%s: exit code %d, %d bytes: %s", what, code, stdout.written, &stderr)
			}
			if held[what] == nil {
				held[what] = map[int]uint64{}
			}
			held[what][accounts] = stdout.most
		}
		check := []string{"check", folders[accounts], "--as-of", day, "--fail-on", "none"}
		does("check", append(check, "-f", "ndjson="+all+".nd", "-f", "csv="+all+".csv", "-f", "junit="+all+".xml")...)
		if got := call(t, append(check, "-f", "json="+all)...); got.code != exitOK {
			t.Fatalf("%+v", got)
		}
		size[accounts] = uint64(len(read(t, all)))
		does("check --baseline", append(check, "--baseline", all)...)
		does("report merge", "report", "merge", all, "--fail-on", "none")
		does("report", "report", all)
	}
	grown := size[many] - size[few]
	for what, held := range held {
		t.Logf("%s: %d kB with %d accounts, %d kB with %d; the results are %d kB more", what, held[few]>>10, few, held[many]>>10, many, grown>>10)
		if held[many] > held[few]+grown/3 {
			t.Errorf("%s: %d kB with %d accounts, %d kB with %d: it grows with them", what, held[few]>>10, few, held[many]>>10, many)
		}
	}
	if left, err := os.ReadDir(temporary); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}
