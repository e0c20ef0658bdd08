package rules

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/open-policy-agent/opa/v1/util"
)

// bundle reads a bundle as opa build writes it. Nothing of it is written to disk.
func (s *Source) bundle() error {
	file, err := os.Open(s.Name)
	if err != nil {
		return plainError(err)
	}
	defer func() { _ = file.Close() }() // it was only read
	return s.unpack(file)
}

// unpack reads the gzipped tar archive of a bundle. A name that leads out of it,
// a link, a name that comes twice and whatever exceeds the limits is an error.
func (s *Source) unpack(from io.Reader) error {
	plain, err := gzip.NewReader(from)
	if err != nil {
		return fmt.Errorf("it is not gzipped: %w", err)
	}
	// The limit holds for what is skipped as well, and for the headers.
	limited := &io.LimitedReader{R: plain, N: maxSourceBytes + 1}
	archive := tar.NewReader(limited)
	total := 0
	for {
		header, err := archive.Next()
		switch {
		case limited.N <= 0:
			return fmt.Errorf("unpacked it is larger than %d MiB", maxSourceBytes>>20)
		case errors.Is(err, io.EOF):
			return s.checkManifest()
		case err != nil:
			return fmt.Errorf("it is no tar archive: %w", err)
		}
		name := strings.TrimLeft(header.Name, "/") // opa build writes /data.json
		switch header.Typeflag {
		case tar.TypeDir, tar.TypeXGlobalHeader:
			continue
		case tar.TypeReg:
		default:
			return fmt.Errorf("%q is a link or a device; only files are taken", header.Name)
		}
		if !filepath.IsLocal(name) || strings.Contains(name, `\`) {
			return fmt.Errorf("the name %q leads out of the bundle", header.Name)
		}
		name = path.Clean(name)
		if !wantedFile(name) {
			continue
		}
		if _, twice := s.Files[name]; twice {
			return fmt.Errorf("%s is in it twice", name)
		}
		err = s.take(name, archive, &total)
		if limited.N <= 0 {
			return fmt.Errorf("unpacked it is larger than %d MiB", maxSourceBytes>>20)
		}
		if err != nil {
			return err
		}
	}
}

// checkManifest refuses a bundle that means to be run in another way.
func (s *Source) checkManifest() error {
	text, ok := s.Files[".manifest"]
	if !ok {
		return nil
	}
	var manifest struct {
		RegoVersion *int              `json:"rego_version"`
		Wasm        []json.RawMessage `json:"wasm"`
	}
	if err := json.Unmarshal(text, &manifest); err != nil {
		return fmt.Errorf(".manifest: %w", err)
	}
	switch {
	case manifest.RegoVersion != nil && *manifest.RegoVersion != 1:
		return errors.New(".manifest: the rules are not Rego v1; bring them there with opa fmt --v0-v1")
	case len(manifest.Wasm) > 0:
		return errors.New(".manifest: the rules are compiled to wasm; build the bundle with --target rego")
	}
	return nil
}

// data is what the data files say, each at the place of its folder, as in OPA.
func (s *Source) data(into map[string]any) error {
	for _, name := range s.names() {
		switch path.Base(name) {
		case "data.json", "data.yaml", "data.yml":
		default:
			continue
		}
		var value any
		if err := util.Unmarshal(bytes.TrimSpace(s.Files[name]), &value); err != nil {
			return fmt.Errorf("%s: %w", s.at(name), err)
		}
		var parts []string
		if dir := path.Dir(name); dir != "." {
			parts = strings.Split(dir, "/")
		}
		for i := len(parts) - 1; i >= 0; i-- {
			value = map[string]any{parts[i]: value}
		}
		object, ok := value.(map[string]any)
		if !ok {
			return fmt.Errorf("%s: an object is wanted", s.at(name))
		}
		if _, ours := object[ownPackage]; ours {
			return fmt.Errorf("%s: data.%s is kmsaudit's own: choose another name", s.at(name), ownPackage)
		}
		if err := join(into, object); err != nil {
			return fmt.Errorf("%s: %w", s.at(name), err)
		}
	}
	return nil
}

// join puts what one object says into another; two values for one thing are an error.
func join(into, from map[string]any) error {
	for name, value := range from {
		old, taken := into[name]
		a, isObject := old.(map[string]any)
		b, also := value.(map[string]any)
		switch {
		case !taken:
			into[name] = value
		case isObject && also:
			if err := join(a, b); err != nil {
				return err
			}
		default:
			return fmt.Errorf("%q is said twice", name)
		}
	}
	return nil
}

// at names a file of the source the way that errors do.
func (s *Source) at(name string) string {
	if s.Name == "" {
		return name // it came with kmsaudit
	}
	return strings.TrimRight(filepath.ToSlash(s.Name), "/") + "/" + name
}
