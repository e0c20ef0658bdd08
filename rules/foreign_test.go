package rules

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/report"
)

// TestMain lets the test program be the sandbox, as kmsaudit is.
func TestMain(m *testing.M) {
	if slices.Equal(os.Args[1:], []string{"confined"}) {
		if err := Confined(context.Background(), os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1) //nolint:forbidigo // it is the main of a process
		}
		os.Exit(0) //nolint:forbidigo // it is the main of a process
	}
	os.Exit(m.Run()) //nolint:forbidigo // it is the main of the tests
}

// users makes a rule that finds every key which rotates, with a body of its own.
func users(n int, body string) string {
	return fmt.Sprintf(`# METADATA
# title: T
# description: D
# custom: {id: USR-%03d, name: users-rule-%d, severity: low, remediation: R, reads: [kms:GetKeyRotationStatus]}
package acme.key.rule_%d

subjects contains k.arn if some k in input.keys

deny contains {"resource": k.arn, "place": k.place, "msg": "m"} if {
	some k in input.keys
	k.rotation.status == "off"
	%s
}

unknown contains {"resource": k.arn, "why": k.unread.rotation} if some k in input.keys
`, n, n, n, body)
}

// folder writes files and returns where they are.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func with(t *testing.T, path string) (*Catalogue, error) {
	t.Helper()
	c := catalogue(t)
	s, err := OpenSource(path)
	if err == nil {
		err = c.Add(s)
	}
	return c, err
}

// TestRefusedSources holds users' rules to their packages, ids and contract, and
// errors to naming file and line.
func TestRefusedSources(t *testing.T) {
	good := users(1, "true")
	change := func(old, new string) map[string]string {
		changed := strings.Replace(good, old, new, 1)
		if changed == good {
			t.Fatalf("nothing is changed by %q", old)
		}
		return map[string]string{"key/rule_1/rule_1.rego": changed}
	}
	both := func(name, text string) map[string]string {
		return map[string]string{"key/rule_1/rule_1.rego": good, name: text}
	}
	for name, test := range map[string]struct {
		files   map[string]string
		problem string // "" for none
	}{
		"good":                 {map[string]string{"key/rule_1/rule_1.rego": good}, ""},
		"anywhere":             {map[string]string{"x.rego": good}, ""},
		"helper":               {both("lib/h.rego", "package acme.h\n\ndouble(n) := n * 2\n"), ""},
		"library":              {change("true", `data.kmsaudit.lib.shell.quote(k.arn) == "x"`), ""},
		"misused library":      {change("true", `data.kmsaudit.lib.shell.quote(1) == "x"`), "rule_1.rego:12: rego_type_error: data.kmsaudit.lib.shell.quote: invalid argument"},
		"other rule":           {change("true", `"x" in data.kmsaudit.key.rotation_disabled.subjects`), ""},
		"misused rule":         {change("true", `data.kmsaudit.key.rotation_disabled.subjects == 1 + "x"`), "rule_1.rego:12: rego_type_error"},
		"data":                 {both("data.json", `{"acme_data": {"n": 1}}`), ""},
		"mend":                 {change("reads:", `mend: {cli: aws kms enable-key --key-id k, to: key policy, statement: '{"Effect": "Deny", "Action": "kms:*"}'}, reads:`), ""},
		"mend without a place": {change("reads:", `mend: {statement: '{"Effect": "Deny"}'}, reads:`), `rule_1.rego:1: read METADATA: custom.mend.to: "" is none of bucket policy`},
		"place without a mend": {change("reads:", `mend: {to: key policy}, reads:`), "there is no custom.mend.statement to go there"},
		"mend that is none":    {change("reads:", `mend: {to: key policy, statement: '{"Efect": "Deny"}'}, reads:`), "custom.mend.statement: policy document: /Statement/Efect: IAM knows no such element"},
		"odd lack":             {change("reads:", `mend: {lacks: {ansible: no}}, reads:`), "custom.mend.lacks.ansible: only cli"},
		"package of kmsaudit":  {change("package acme.key", "package kmsaudit.key"), "rule_1.rego:5: the packages of kmsaudit are its own"},
		"helper of kmsaudit":   {both("h.rego", "package kmsaudit.lib.shell\n\nquote(x) := x\n"), "h.rego:1: the packages of kmsaudit are its own"},
		"data of kmsaudit":     {both("data.json", `{"kmsaudit": {}}`), "data.json: data.kmsaudit is kmsaudit's own"},
		"nested data":          {both("kmsaudit/data.json", `{"x": {}}`), "data.kmsaudit is kmsaudit's own"},
		"built-in id":          {change("USR-001", "KEY-001"), "rule_1.rego:1: custom.id KEY-001 is that of a rule of kmsaudit"},
		"built-in name":        {change("users-rule-1", "kms-key-rotation-disabled"), "is that of a rule of kmsaudit"},
		"own id twice":         {both("b.rego", strings.Replace(users(2, "true"), "USR-002", "USR-001", 1)), "custom.id USR-001 is that of the rule in"},
		"no id":                {change("id: USR-001, ", ""), "rule_1.rego:1: read METADATA: custom.id"},
		"no metadata":          {change("# METADATA", "# nothing"), "rule_1.rego:5: the package publishes subjects, deny, unknown and has no METADATA"},
		"no rule":              {map[string]string{"h.rego": "package acme.h\n\nx := 1\n"}, "holds no rule"},
		"no rego":              {map[string]string{"README.md": "x"}, "holds no .rego file"},
		"two modules":          {both("more.rego", "package acme.key.rule_1\n\nx := 1\n"), "more.rego:1: the package is that of the rule in"},
		"helper reads input":   {both("h.rego", "package acme.h\n\nx(n) := input.keys[n]\n"), "h.rego:3: a helper reads input.keys[n]"},
		"handed on":            {change("true", "f(k)"), "rule_1.rego:12: the resource k is handed on as a whole"},
		"handed on by a name":  {change("true", "x := k\n\tx.arn"), "the resource k is handed on as a whole"},
		"every":                {change("true", `every other in input.keys { other.rotation.status == "on" }`), "every over input.keys hides"},
		"computed reading":     {change("true", `some name in ["rotation"]; k[name]`), "does not name the reading"},
		"computed unread":      {change("true", `some name in ["rotation"]; k.unread[name]`), "does not name the reading"},
		"all keys handed on":   {change("true", `f(input.keys)`), "input.keys is handed on as a whole"},
		"input handed on":      {change("true", `object.get(input, "keys", [])`), "input is input as a whole"},
		"counted":              {change("true", `count(input.keys) == 1`), ""},
		"not over a reading":   {change("true", `not k.rotation.status == "on"`), "rule_1.rego:12: not over the reading"},
		"misspelt fact":        {change("k.rotation.status", "k.rotation.statsu"), "rule_1.rego:11: rego_type_error: undefined ref: k.rotation.statsu"},
		"misspelt collection":  {change("input.keys\n\tk", "input.kyes\n\tk"), "undefined ref: input.kyes"},
		"network":              {change("true", `http.send({"url": "http://127.0.0.1", "method": "get"})`), "rule_1.rego:12: rego_type_error: undefined function http.send"},
		"environment":          {change("true", "opa.runtime().env"), "undefined function opa.runtime"},
		"clock":                {change("true", "time.now_ns() > 0"), "undefined function time.now_ns"},
		"trace":                {change("true", `trace("x")`), "undefined function trace"},
		"files by a schema":    {change("true", `json.match_schema({}, {"$ref": "file:///etc/passwd"})`), "undefined function json.match_schema"},
		"network by a schema":  {change("true", `json.verify_schema({"$ref": "http://127.0.0.1/"})`), "undefined function json.verify_schema"},
		"no unknown":           {change("unknown contains", "unknowns contains"), "the set unknown is missing"},
		"forgotten operation":  {change("reads: [kms:GetKeyRotationStatus]", "reads: [kms:DescribeKey]"), "rule_1.rego:1): custom.reads lacks what the reading rotation comes from: add kms:GetKeyRotationStatus"},
		"misspelt operation":   {change("reads: [kms:GetKeyRotationStatus]", "reads: [kms:GetKeyRotation]"), "add kms:GetKeyRotationStatus"},
		"forgotten unread":     {change("k.unread.rotation", "k.unread.metadata"), "never asks for unread.rotation"},
		"syntax":               {change("subjects contains", "subjects contain"), "rule_1.rego:7"},
		"empty module":         {both("empty.rego", ""), "empty.rego"},
		"data that is no data": {both("data.json", `[1]`), "data.json: an object is wanted"},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := with(t, folder(t, test.files))
			if err == nil {
				_, err = c.Compile(t.Context(), nil)
				c.proven = false // all rules are compiled together then
				if _, together := c.Compile(t.Context(), nil); fmt.Sprint(together) != fmt.Sprint(err) {
					t.Errorf("got %v, and together with the rules of kmsaudit %v", err, together)
				}
			}
			if test.problem == "" && err != nil || test.problem != "" && (err == nil || !strings.Contains(err.Error(), test.problem)) {
				t.Errorf("got %v, want …%s…", err, test.problem)
			}
		})
	}
}

// TestReadsRules tells modules that may read the rules of kmsaudit.
func TestReadsRules(t *testing.T) {
	for text, want := range map[string]bool{
		"x := data.kmsaudit.key.rotation_disabled.deny":  true,
		"x := data.kmsaudit[family].deny if some family": true,
		"x := data.kmsaudit":                             true,
		"x := data":                                      true,
		"x := data[root] if some root":                   true,
		"x := [y | some y in data.kmsaudit.key]":         true,
		"x := walk(data)":                                true,
		"x if acme.x with data.kmsaudit.key as {}":       true,
		"x := data.kmsaudit.lib.shell.quote(1)":          false,
		"x := data.acme.numbers[data.acme.index]":        false,
		"x := input.data.kmsaudit":                       false,
		`x := {"data": "data.kmsaudit"}`:                 false,
	} {
		module, err := parse("x.rego", []byte("package acme\n\n"+text+"\n"), false)
		if err != nil {
			t.Fatal(err)
		}
		if got := readsRules(module); got != want {
			t.Errorf("%s: %t", text, got)
		}
	}
	for path, want := range map[string]bool{"data.kmsaudit.key.rotation_disabled": true, "data.kmsaudit": true, "data.kmsaudit.lib.shell": false, "data.acme.h": false} {
		module, err := parse("x.rego", []byte("package acme\n\nimport "+path+"\n\nx := 1\n"), false)
		if err != nil {
			t.Fatal(err)
		}
		if got := readsRules(module); got != want {
			t.Errorf("import %s: %t", path, got)
		}
	}
}

func TestSourceDoesNotLeaveItsFolder(t *testing.T) {
	outside := folder(t, map[string]string{"secret.rego": users(1, "true")})
	dir := folder(t, map[string]string{"a.rego": users(2, "true")})
	if err := os.Symlink(filepath.Join(outside, "secret.rego"), filepath.Join(dir, "b.rego")); err != nil {
		t.Skip(err)
	}
	if _, err := OpenSource(dir); err == nil || !strings.Contains(err.Error(), "b.rego") {
		t.Errorf("a link out of the folder was followed: %v", err)
	}
}

type entry struct {
	name string
	kind byte
	text string
}

func archive(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	zipped := gzip.NewWriter(&b)
	w := tar.NewWriter(zipped)
	for _, e := range entries {
		header := &tar.Header{Name: e.name, Typeflag: e.kind, Size: int64(len(e.text)), Mode: 0o600}
		if e.kind != tar.TypeReg {
			header.Size, header.Linkname = 0, "/etc/passwd"
		}
		if err := w.WriteHeader(header); err != nil {
			t.Fatal(err)
		}
		if e.kind == tar.TypeReg {
			if _, err := w.Write([]byte(e.text)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zipped.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestBundles(t *testing.T) {
	file := func(name, text string) entry { return entry{name, tar.TypeReg, text} }
	good := file("/key/rule_1/rule_1.rego", users(1, "data.acme_data.on"))
	data := file("/data.json", `{"acme_data": {"on": true}}`)
	for name, test := range map[string]struct {
		bundle  []byte
		problem string
	}{
		"good":         {archive(t, good, data, file("/.manifest", `{"revision": "", "roots": [""], "rego_version": 1}`)), ""},
		"traversal":    {archive(t, good, file("../../evil.rego", "package evil")), `"../../evil.rego" leads out of the bundle`},
		"hidden":       {archive(t, good, file("/a/../../evil.rego", "package evil")), "leads out of the bundle"},
		"link":         {archive(t, good, entry{"x.rego", tar.TypeSymlink, ""}), "is a link or a device"},
		"hard link":    {archive(t, good, entry{"x.rego", tar.TypeLink, ""}), "is a link or a device"},
		"twice":        {archive(t, good, good), "is in it twice"},
		"large file":   {archive(t, file("x.rego", strings.Repeat("#", maxSourceFile+1))), "x.rego is larger than 4 MiB"},
		"bomb":         {archive(t, good, file("x.bin", strings.Repeat("0", maxSourceBytes+1))), "unpacked it is larger than 64 MiB"},
		"other Rego":   {archive(t, good, file(".manifest", `{"rego_version": 0}`)), "not Rego v1"},
		"wasm":         {archive(t, good, file(".manifest", `{"wasm": [{"entrypoint": "x"}]}`)), "compiled to wasm"},
		"bad manifest": {archive(t, good, file(".manifest", `{`)), ".manifest: "},
		"not gzipped":  {[]byte("hello"), "not gzipped"},
		"not tar":      {zipped(t, strings.Repeat("hello", 400)), "no tar archive"},
		"cut short":    {archive(t, good, data)[:100], "unexpected EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "b.tar.gz")
			if err := os.WriteFile(path, test.bundle, 0o600); err != nil {
				t.Fatal(err)
			}
			c, err := with(t, path)
			if err == nil {
				_, err = c.Compile(t.Context(), nil)
			}
			if test.problem == "" && err != nil || test.problem != "" && (err == nil || !strings.Contains(err.Error(), test.problem)) {
				t.Errorf("got %v, want …%s…", err, test.problem)
			}
		})
	}
}

func zipped(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// FuzzBundle reads anything as a bundle: it may refuse, and must stay within its
// limits.
func FuzzBundle(f *testing.F) {
	f.Add(archive(f, entry{"a.rego", tar.TypeReg, "package a"}))
	f.Add([]byte("hello"))
	f.Fuzz(func(t *testing.T, text []byte) {
		s := &Source{Name: "b.tar.gz", Files: map[string][]byte{}}
		if s.unpack(bytes.NewReader(text)) != nil {
			return
		}
		for name := range s.Files {
			if !filepath.IsLocal(name) {
				t.Errorf("took %q", name)
			}
		}
	})
}

// TestSandbox runs rules that never end, that take all memory in many steps and in
// a single one, that fail and that answer: the last one always does.
func TestSandbox(t *testing.T) {
	dir := folder(t, map[string]string{
		"1.rego": users(1, "count([1 | some x in numbers.range(1, 20000); some y in numbers.range(1, 20000); some z in numbers.range(1, 20000); x * y * z == 0]) == 0"),
		"2.rego": users(2, "count([z | some x in numbers.range(1, 100000000); z := sprintf(\"%200d\", [x])]) == 0"),
		"3.rego": users(3, `bits.lsh(1, 80000000000) == 0`),
		"4.rego": users(4, "to_number(k.arn) == 1"),
		"5.rego": users(5, "true"),
	})
	c, err := with(t, dir)
	if err != nil {
		t.Fatal(err)
	}
	e, err := c.Compile(t.Context(), func(r *Rule) bool { return r.Foreign() || r.ID == "KEY-001" })
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	s := Settings{Sandbox: Sandbox{Command: []string{program, "confined"}, Timeout: 3 * time.Second, Memory: 64 << 20}}
	r, err := e.Audit(t.Context(), []*snapshot.File{changed(t, same)}, s)
	if err != nil {
		t.Fatal(err)
	}
	if ids := ruleIDs(r.Findings); !slices.Equal(ids, []string{"KEY-001", "USR-005"}) {
		t.Errorf("findings of %v", ids)
	}
	codes, told := map[string]string{}, map[string]string{}
	for _, gap := range r.Gaps {
		codes[gap.Rules[0]], told[gap.Rules[0]] = gap.Code, gap.Message
		if !strings.Contains(gap.Message, gap.Rules[0]) || !strings.Contains(gap.Message, ".rego") || !gap.Listing {
			t.Errorf("gap %+v", gap)
		}
	}
	want := map[string]string{"USR-001": "RuleTimeout", "USR-002": "RuleMemory", "USR-003": "RuleMemory", "USR-004": "RuleError"}
	if runtime.GOOS != "linux" {
		delete(want, "USR-003") // only there has the system the last word on memory
	}
	for id, code := range want {
		if codes[id] != code {
			t.Errorf("%s is told as %q, not %q: %s", id, codes[id], code, told[id])
		}
	}
	if v := (report.Gate{}).Verdict(r); v.ExitCode != report.ExitFailure || !strings.Contains(v.Reason, "USR-001") {
		t.Errorf("the gate says %+v", v)
	}
}

// TestSandboxAgrees runs the same rule in this process and in the sandbox, whole
// and sharded: one that ranges over keys, and one that has to see all of them.
func TestSandboxAgrees(t *testing.T) {
	whole := users(2, `count([other.arn | some other in input.keys]) == 1`)
	dir := folder(t, map[string]string{"1.rego": users(1, "true"), "2.rego": whole})
	c, err := with(t, dir)
	if err != nil {
		t.Fatal(err)
	}
	e, err := c.Compile(t.Context(), (*Rule).Foreign)
	if err != nil {
		t.Fatal(err)
	}
	if e.uses["USR-001"].whole != "" || e.uses["USR-002"].whole == "" {
		t.Errorf("sharding: %q, %q", e.uses["USR-001"].whole, e.uses["USR-002"].whole)
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var want []report.Finding
	for _, command := range [][]string{nil, {program, "confined"}} {
		r, err := e.Audit(t.Context(), []*snapshot.File{changed(t, same)}, Settings{Sandbox: Sandbox{Command: command}})
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Findings) != 2 || len(r.Gaps) != 0 {
			t.Errorf("%v: %d findings, gaps %+v", command, len(r.Findings), r.Gaps)
		}
		for i := range r.Findings {
			r.Findings[i].Place.File = ""
		}
		if want == nil {
			want = r.Findings
		}
		for i, f := range r.Findings {
			if f.Fingerprint != want[i].Fingerprint || f.Msg != want[i].Msg {
				t.Errorf("%v: %+v", command, f)
			}
		}
	}
}

// TestWorkedExample runs the example of README.md.
func TestWorkedExample(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(readme), "<!-- the worked example begins: a test runs it -->\n```rego\n")
	rule, _, found := strings.Cut(rest, "```\n<!-- the worked example ends -->")
	if !found {
		t.Fatal("README.md has no worked example")
	}
	s := &Source{Name: "our-rules", Files: map[string][]byte{"key/team_tag/team_tag.rego": []byte(rule)}}
	for _, problem := range unformatted(s) {
		t.Error(problem)
	}
	c := catalogue(t)
	if err := c.Add(s); err != nil {
		t.Fatal(err)
	}
	e, err := c.Compile(t.Context(), (*Rule).Foreign)
	if err != nil {
		t.Fatal(err)
	}
	tagged := changed(t, func(s *snapshot.Snapshot) {
		s.Keys[0].Tags.Value = &map[string]string{"Team": "payments"}
	})
	for file, want := range map[*snapshot.File]int{changed(t, same): 1, tagged: 0} {
		r, err := e.Audit(t.Context(), []*snapshot.File{file}, Settings{})
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Findings) != want || len(r.Findings)+r.Summary.Passed == 0 || len(r.Unknown) > 0 {
			t.Errorf("%d findings, %d pass, unknown %+v; want %d", len(r.Findings), r.Summary.Passed, r.Unknown, want)
		}
	}
}
