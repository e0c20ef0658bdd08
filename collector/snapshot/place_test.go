package snapshot

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestPositionsOfFiles: a file is read in pieces, plain and compressed, and gives the
// lines and columns that counting in its whole text gives.
func TestPositionsOfFiles(t *testing.T) {
	for name, separator := range map[string]string{"one line": ", ", "lines": ",\r\n\n  "} {
		var b strings.Builder
		b.WriteString("{\"list\" : [ ")
		for i := range 20_000 {
			if i > 0 {
				b.WriteString(separator)
			}
			fmt.Fprintf(&b, `{"é€😀": "<%d>"}`, i)
		}
		text := b.String() + "]}"
		var pointers []string
		for i := 0; i < 20_000; i += 7 {
			pointers = append(pointers, fmt.Sprintf("/list/%d/é€😀", i))
		}
		pointers = append(pointers, "", "/list", "/list/20000", "/nowhere")
		want := map[string]Position{"": {1, 1}, "/list": {1, 11}}
		for _, pointer := range pointers[:len(pointers)-4] {
			at := strings.Index(text, `"<`+strings.Split(pointer, "/")[2]+`>"`)
			line := strings.LastIndexByte(text[:at], '\n') + 1
			want[pointer] = Position{strings.Count(text[:at], "\n") + 1, utf8.RuneCountInString(text[line:at]) + 1}
		}
		var packed bytes.Buffer
		w := gzip.NewWriter(&packed)
		_, _ = w.Write([]byte(text))
		_ = w.Close()
		for kind, stored := range map[string][]byte{"plain": []byte(text), "gzip": packed.Bytes()} {
			path := filepath.Join(t.TempDir(), "file.json")
			if err := os.WriteFile(path, stored, 0o600); err != nil {
				t.Fatal(err)
			}
			sum := sha256.Sum256(stored)
			f := &File{Path: path, SHA256: hex.EncodeToString(sum[:])}
			got := f.Positions(pointers)
			for pointer, at := range want {
				if got[pointer] != at {
					t.Errorf("%s, %s: %s is at %v, want %v", name, kind, pointer, got[pointer], at)
					break
				}
			}
			if len(got) != len(want) {
				t.Errorf("%s, %s: %d positions, want %d", name, kind, len(got), len(want))
			}
			f.SHA256 = strings.Repeat("0", 64)
			if got := f.Positions(pointers); got != nil {
				t.Errorf("%s, %s: a file that is another one by now has %d positions", name, kind, len(got))
			}
		}
	}
}
