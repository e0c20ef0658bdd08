// Command manifest holds Kubernetes manifests to the types that the API server decodes
// them into: an unknown field, a wrong type or another kind is an error.
//
//	manifest FILE…
package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/yaml"
	strict "sigs.k8s.io/yaml"
)

func main() {
	failed := len(os.Args) < 2
	for _, path := range os.Args[1:] {
		if err := check(path); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", path, err)
			failed = true
		}
	}
	if failed {
		os.Exit(1)
	}
}

// check checks every document of a file.
func check(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	documents := 0
	for from := yaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(text))); ; documents++ {
		one, err := from.Read()
		switch {
		case errors.Is(err, io.EOF) && documents > 0:
			return nil
		case err != nil:
			return err
		}
		var head struct{ APIVersion, Kind string }
		if err := strict.Unmarshal(one, &head); err != nil {
			return err
		}
		into := map[string]any{
			"batch/v1 CronJob": &batch.CronJob{}, "v1 PersistentVolumeClaim": &core.PersistentVolumeClaim{}, "v1 ServiceAccount": &core.ServiceAccount{},
			"v1 ConfigMap": &core.ConfigMap{},
		}[head.APIVersion+" "+head.Kind]
		if into == nil {
			return fmt.Errorf("%s %s is no kind that is known here", head.APIVersion, head.Kind)
		}
		if err := strict.UnmarshalStrict(one, into); err != nil {
			return err
		}
	}
}
