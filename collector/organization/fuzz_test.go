package organization

import (
	"slices"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// FuzzAccounts: a list of accounts is refused or names accounts, each once.
func FuzzAccounts(f *testing.F) {
	for _, text := range []string{
		one + ", first\n# none\n" + two, `{"Accounts": [{"Id": "` + one + `", "Name": "x", "Status": "ACTIVE"}]}`, `{"Accounts": []}`, "\ufeff" + one, "{",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		accounts, err := ParseAccounts("a", text)
		if err != nil {
			return
		}
		var seen []string
		for _, a := range accounts {
			if !snapshot.IsAccountID(a.ID) || slices.Contains(seen, a.ID) {
				t.Errorf("%q is an account of %q", a.ID, text)
			}
			seen = append(seen, a.ID)
		}
		if len(seen) == 0 {
			t.Errorf("%q is taken for a list", text)
		}
	})
}

// FuzzManifest: a manifest is refused, or it names nothing outside of its folder and
// can be written and read again.
func FuzzManifest(f *testing.F) {
	for _, text := range []string{
		`{"schema":"kmsaudit.manifest/v1","accounts":[{"id":"` + one + `","status":"complete","file":"` + one + `.json.gz","sha256":"` +
			`aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}]}`,
		`{"schema":"kmsaudit.manifest/v1","accounts":[{"id":"` + one + `","status":"gaps","file":"../x.json"}]}`, `{}`, `{"schema":"kmsaudit.manifest/v1"}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := decodeManifest("m", text)
		if err != nil {
			return
		}
		for _, e := range m.Accounts {
			if e.File != "" && e.File != e.ID+".json" && e.File != e.ID+".json.gz" {
				t.Errorf("account %q has the file %q", e.ID, e.File)
			}
		}
		folder := t.TempDir()
		if err := m.Write(folder); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadManifest(folder); err != nil {
			t.Errorf("what was written is not read: %v", err)
		}
	})
}
