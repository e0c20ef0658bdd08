package organization

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// ManifestName is the name of the manifest in its folder.
const ManifestName = "manifest.json"

// ManifestSchema names the format of the manifest.
const ManifestSchema = "kmsaudit.manifest/v1"

// Manifest says what became of each account.
type Manifest struct {
	Schema string        `json:"schema"`
	Tool   snapshot.Tool `json:"tool"`
	// StartedAt is when the run began, in UTC, or the first of those that were gone
	// on with.
	StartedAt time.Time `json:"started_at"`
	// CollectedBy is the ARN of the identity that assumed the roles.
	CollectedBy string `json:"collected_by"`
	// Organization is there if its accounts were listed.
	Organization *Organization `json:"organization,omitzero"`
	// Accounts are all that are known, sorted by id.
	Accounts []Entry `json:"accounts"`
	// Unlisted are listings of the organization that failed: there may be more
	// accounts.
	Unlisted []Failure `json:"unlisted,omitzero"`
}

// Organization is the organization that the accounts are in.
type Organization struct {
	ID                string `json:"id"`
	ManagementAccount string `json:"management_account"`
}

// Entry is one account.
type Entry struct {
	ID      string   `json:"id"`
	Name    string   `json:"name,omitzero"`
	State   string   `json:"state,omitzero"`   // AWS's word, such as ACTIVE
	Parents []string `json:"parents,omitzero"` // the root and units above it
	Status  Status   `json:"status"`
	// File is the name of the snapshot in the folder, with the checksum of its bytes.
	File        string    `json:"file,omitzero"`
	SHA256      string    `json:"sha256,omitzero"`
	CollectedAt time.Time `json:"collected_at,omitzero"`
	Gaps        int       `json:"gaps,omitzero"` // questions that AWS did not answer
	// Names are the ARNs of other accounts that the snapshot names.
	Names []string `json:"names,omitzero"`
	// Failure is why there is no snapshot.
	Failure *Failure `json:"failure,omitzero"`
}

// Failure is a call that failed.
type Failure struct {
	Operation string `json:"operation"`
	Resource  string `json:"resource,omitzero"`
	State     string `json:"state"`
	Code      string `json:"code,omitzero"`
	Message   string `json:"message,omitzero"`
}

// Status says what became of an account.
type Status string

// The statuses. Of those that were to be collected, only the complete ones are
// done with.
const (
	Complete    Status = "complete"
	WithGaps    Status = "gaps"        // written; AWS did not answer everything
	Interrupted Status = "interrupted" // written in part
	Failed      Status = "failed"      // nothing is written
	Pending     Status = "pending"     // it was not its turn yet
	Skipped     Status = "skipped"     // nobody asked for it
	Inactive    Status = "inactive"    // suspended or closed: nothing can be read there
)

// Wanted says whether the account was to be collected.
func (s Status) Wanted() bool { return s != Skipped && s != Inactive }

var statuses = []Status{Complete, WithGaps, Interrupted, Failed, Pending, Skipped, Inactive}

// ReadManifest reads the manifest of a folder, strictly. A folder without one is
// fs.ErrNotExist.
func ReadManifest(folder string) (*Manifest, error) {
	path := filepath.Join(folder, ManifestName)
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return decodeManifest(path, text)
}

var (
	// fileName keeps a manifest from naming what is not in its folder.
	fileName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9]{12}\.json(\.gz)?$`) })
	checksum = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9a-f]{64}$`) })
)

func decodeManifest(path string, text []byte) (*Manifest, error) {
	m := &Manifest{}
	if err := json.Unmarshal(text, m, json.RejectUnknownMembers(true)); err != nil {
		return nil, snapshot.Explain(path, text, err)
	}
	wrong := func(pointer, format string, values ...any) error {
		e := &snapshot.Error{File: path, Pointer: pointer, Problem: fmt.Sprintf(format, values...)}
		at, ok := snapshot.Positions(text, []string{pointer})[pointer]
		if !ok { // it is missing where it should be
			at = snapshot.Positions(text, []string{""})[""]
		}
		e.Line, e.Column = at.Line, at.Column
		return e
	}
	if m.Schema != ManifestSchema {
		return nil, wrong("/schema", "schema %q is not known to this version, which reads %q", m.Schema, ManifestSchema)
	}
	seen := map[string]bool{}
	for i, e := range m.Accounts {
		at := fmt.Sprintf("/accounts/%d", i)
		written := e.Status == Complete || e.Status == WithGaps || e.Status == Interrupted
		switch {
		case !snapshot.IsAccountID(e.ID):
			return nil, wrong(at+"/id", "%q is not an account: it has 12 digits", e.ID)
		case seen[e.ID]:
			return nil, wrong(at, "the account stands twice")
		case !slices.Contains(statuses, e.Status):
			return nil, wrong(at+"/status", "%q is not one of %v", e.Status, statuses)
		case written != (e.File != ""), written != (e.SHA256 != ""):
			return nil, wrong(at, "an account that is %s has a file and its checksum: %v", e.Status, written)
		case written && (!fileName().MatchString(e.File) || e.File[:12] != e.ID || !checksum().MatchString(e.SHA256)):
			return nil, wrong(at, "the file of account %s is %s.json or %s.json.gz, and its checksum has 64 digits", e.ID, e.ID, e.ID)
		}
		seen[e.ID] = true
	}
	return m, nil
}

// Write writes the manifest into its folder, so that a reader sees the old one or
// the new one.
func (m *Manifest) Write(folder string) error {
	text, err := json.Marshal(m, json.Deterministic(true), jsontext.WithIndent("  "))
	if err != nil {
		return fmt.Errorf("encode the manifest: %w", err)
	}
	return replace(filepath.Join(folder, ManifestName), append(text, '\n'))
}

// replace writes a file with mode 0600 and renames it to its name.
func replace(path string, text []byte) error {
	temporary, err := os.CreateTemp(filepath.Dir(path), ".kmsaudit-*") // CreateTemp's mode is 0600
	if err != nil {
		return err
	}
	_, err = temporary.Write(text)
	err = errors.Join(err, temporary.Close())
	if err == nil {
		err = os.Rename(temporary.Name(), path)
	}
	if err != nil {
		_ = os.Remove(temporary.Name())
	}
	return err
}

// intact says whether the file of an entry is there with the bytes that the
// manifest knows.
func (e *Entry) intact(folder string) bool {
	text, err := os.ReadFile(filepath.Join(folder, e.File))
	return err == nil && sum(text) == e.SHA256
}

func sum(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// missing says whether a folder has no manifest.
func missing(err error) bool { return errors.Is(err, fs.ErrNotExist) }
