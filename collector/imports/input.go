package imports

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"time"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// maxInput bounds an input, and what a compressed one may unfold to: a snapshot
// of AWS Config is some tens of megabytes.
const maxInput = 1 << 30

// file reads an input.
func (i *importer) file(input Input) error {
	stored, at, err := i.load(input.Path)
	if err != nil {
		return fmt.Errorf("read %s: %w", input.Path, err)
	}
	if i.oldest.IsZero() || at.Before(i.oldest) {
		i.oldest = at
	}
	sum := sha256.Sum256(stored)
	text := stored
	if bytes.HasPrefix(stored, []byte{0x1f, 0x8b}) {
		if text, err = unzip(stored); err != nil {
			return fmt.Errorf("read %s: %w", input.Path, err)
		}
	}
	i.sources = append(i.sources, snapshot.Source{
		File: filepath.Base(input.Path), SHA256: hex.EncodeToString(sum[:]), At: at.UTC().Truncate(time.Second),
	})
	return i.read(input.Path, text, input.Dump)
}

// read finds out what an input holds, and takes it.
func (i *importer) read(path string, text []byte, dump *Dump) error {
	i.now = path
	if named, ok := ByName(path); dump == nil && ok {
		dump = &named
	}
	if dump != nil {
		at, err := i.place(*dump)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if at.operation.name != "GetAccountAuthorizationDetails" {
			return i.dump(path, text, at)
		}
	}
	names, err := members(text)
	if err != nil {
		return wrong(path, text, err)
	}
	for _, list := range [...]string{"configurationItems", "baseConfigurationItems"} {
		if _, ok := member(names, list); ok {
			return i.configItems(path, text)
		}
	}
	for _, list := range [...]string{"UserDetailList", "GroupDetailList", "RoleDetailList"} {
		if _, ok := member(names, list); ok {
			return i.authorization(path, text, names)
		}
	}
	return misplaced(path, text, "", "this is neither the authorization details of IAM nor a snapshot of AWS Config, "+
		"and its name does not say which output of the AWS CLI it is")
}

// configSnapshot is how AWS Config names the files that it delivers.
var configSnapshot = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`_Config(?:Snapshot|History)_(?:AWS::[A-Za-z0-9:]+_)?([0-9]{8}T[0-9]{6}Z)_`)
})

// load reads a file as it is, and says of when it is.
func (i *importer) load(path string) ([]byte, time.Time, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, time.Time{}, bare(err)
	}
	if info.Size() > maxInput {
		return nil, time.Time{}, fmt.Errorf("the file has more than %d bytes", maxInput)
	}
	at := cmp.Or(i.opt.CollectedAt, info.ModTime())
	if said := configSnapshot().FindStringSubmatch(filepath.Base(path)); said != nil {
		if t, err := time.Parse("20060102T150405Z", said[1]); err == nil {
			at = t
		}
	}
	stored, err := os.ReadFile(path)
	return stored, at, bare(err)
}

func unzip(stored []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(stored))
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(r, maxInput+1))
	if err == nil && len(text) > maxInput {
		err = fmt.Errorf("the file unfolds to more than %d bytes", maxInput)
	}
	return text, err
}

// bare is the cause of an error without the path, which the caller names.
func bare(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
