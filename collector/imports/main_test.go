package imports_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	smithy "github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"github.com/kmsaudit/kmsaudit/collector"
	"github.com/kmsaudit/kmsaudit/collector/awsfake"
	"github.com/kmsaudit/kmsaudit/collector/imports"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

var day = time.Date(2026, time.November, 20, 6, 0, 0, 0, time.UTC)

// recorded collects a world and keeps its answers as the SDK for Python and the
// AWS CLI give them: file name → text.
func recorded(t *testing.T, w *awsfake.World, opt collector.Options) (*snapshot.Snapshot, map[string]string) {
	t.Helper()
	var mu sync.Mutex
	files := map[string]string{}
	cfg := w.Config()
	cfg.APIOptions = append(cfg.APIOptions, func(stack *middleware.Stack) error {
		return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("record",
			func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
				out, metadata, err := next.HandleInitialize(ctx, in)
				name := fileName(t, middleware.GetServiceID(ctx), middleware.GetOperationName(ctx), awsmiddleware.GetRegion(ctx), in.Parameters)
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					var api smithy.APIError
					if !errors.As(err, &api) {
						t.Errorf("%s: %v", name, err)
						return out, metadata, err
					}
					files[name+".txt"] = "\nAn error occurred (" + api.ErrorCode() + ") when calling the " + middleware.GetOperationName(ctx) + " operation: " + api.ErrorMessage() + "\n"
				} else {
					files[name+".json"] = printed(t, out.Result)
				}
				return out, metadata, err
			}), middleware.After)
	})
	opt.Concurrency = 1
	var s *snapshot.Snapshot
	synctest.Test(t, func(t *testing.T) { // the pace of AWS's quotas takes no time
		var err error
		if s, err = collector.Collect(t.Context(), cfg, opt); err != nil {
			t.Fatal(err)
		}
	})
	return s, files
}

// fileName is the name that says which answer a file holds.
func fileName(t *testing.T, service, operation, region string, input any) string {
	t.Helper()
	for _, line := range imports.Operations() {
		tool, words, _ := strings.Cut(line, " ")
		if !strings.EqualFold(strings.ReplaceAll(words, "-", ""), operation) || tool != command(service) {
			continue
		}
		name := tool + "_" + words
		if slices.Contains([]string{"kms", "cloudtrail", "logs", "cloudwatch", "events", "accessanalyzer"}, tool) && operation != "ListTrails" {
			name += "_" + region
		}
		v := reflect.ValueOf(input).Elem()
		for _, field := range []string{"KeyId", "Bucket", "Key", "Name", "TrailName", "EventDataStore", "Rule", "ChildId", "TargetId", "Filter", "PolicyId"} {
			f := v.FieldByName(field)
			if f.IsValid() && f.Kind() == reflect.Pointer {
				f = f.Elem()
			}
			if f.IsValid() && f.Kind() == reflect.String && operation != "DescribeOrganization" {
				about := f.String()
				name += "_" + about[strings.LastIndexByte(about, '/')+1:]
			}
		}
		return name
	}
	t.Errorf("%s %s cannot be imported", service, operation)
	return service + "_" + operation
}

// command is what the AWS CLI calls a service of the SDK.
func command(service string) string {
	if name, ok := map[string]string{"S3": "s3api", "CloudWatch Logs": "logs", "EventBridge": "events"}[service]; ok {
		return name
	}
	return strings.ToLower(service)
}

// printed writes an output without what it does not say.
func printed(t *testing.T, output any) string {
	t.Helper()
	nothing := json.MarshalToFunc(func(enc *jsontext.Encoder, _ middleware.Metadata) error { return enc.WriteToken(jsontext.Null) })
	text, err := json.Marshal(output, json.WithMarshalers(nothing))
	if err != nil {
		t.Fatal(err)
	}
	var tree map[string]any
	if err := json.Unmarshal(text, &tree); err != nil {
		t.Fatal(err)
	}
	prune(tree)
	tree["ResponseMetadata"] = map[string]any{"HTTPStatusCode": 200}
	text, err = json.Marshal(tree, jsontext.WithIndent("    "), json.Deterministic(true))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func prune(v any) {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			text, isText := member.(string)
			object, isObject := member.(map[string]any)
			if member == nil || isText && text == "" && name != "LocationConstraint" || isObject && len(object) == 0 {
				delete(v, name)
				continue
			}
			prune(member)
		}
	case []any:
		for _, element := range v {
			prune(element)
		}
	}
}

// written writes files to a folder of their own and lists them as inputs.
func written(t *testing.T, files map[string]string) []imports.Input {
	t.Helper()
	dir := t.TempDir()
	var inputs []imports.Input
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		inputs = append(inputs, imports.Input{Path: path})
	}
	slices.SortFunc(inputs, func(a, b imports.Input) int { return strings.Compare(a.Path, b.Path) })
	return inputs
}

// imported makes a snapshot of files.
func imported(t *testing.T, files map[string]string) *snapshot.Snapshot {
	t.Helper()
	opt := imports.Options{CollectedAt: day, ToolVersion: "test"}
	s, notes, err := imports.Import(t.Context(), written(t, files), opt)
	if err != nil {
		t.Fatal(err)
	}
	for _, note := range notes {
		t.Log(note)
	}
	return s
}

// same compares two snapshots as they are written.
func same(t *testing.T, want, got *snapshot.Snapshot) {
	t.Helper()
	want.Tool, want.CollectedAt, want.Sources = got.Tool, got.CollectedAt, got.Sources
	a, err := snapshot.Encode(want)
	if err != nil {
		t.Fatal(err)
	}
	b, err := snapshot.Encode(got)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(a), string(b)); diff != "" {
		t.Errorf("(-collected +imported):\n%s", diff)
	}
	if _, err := snapshot.Decode("imported", b); err != nil {
		t.Errorf("the snapshot is not valid: %v", err)
	}
}
