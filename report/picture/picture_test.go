package picture_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/kmsaudit/kmsaudit/report/internal/example"
	"github.com/kmsaudit/kmsaudit/report/internal/hostile"
	"github.com/kmsaudit/kmsaudit/report/picture"
)

// small is a role that may not do all that it has to, a key, and buckets.
func small() *picture.Picture {
	return &picture.Picture{
		Title:   "KMS in account 522814710681",
		Columns: []string{"Who", "May do", "With the key", "Default of the bucket", "Objects"},
		Nodes: []picture.Node{
			{ID: "n0", Column: 0, Kind: "role", Name: "ledger-writer-of-the-payments-team", Full: []string{"arn:aws:iam::522814710681:role/ledger-writer-of-the-payments-team"}, State: picture.Fine},
			{ID: "n1", Column: 0, Kind: "role", Name: "Auditor", State: picture.Depends},
			{
				ID: "n2", Column: 1, Kind: "required actions", Name: "Decrypt", Note: "denied: GenerateDataKey",
				State: picture.Broken, Why: []string{"kms:GenerateDataKey denied: no policy of the role allows it"},
			},
			{ID: "n3", Column: 1, Kind: "actions", Name: "Decrypt", Note: "under conditions", State: picture.Depends, Why: []string{"depends on aws:SourceVpc"}},
			{ID: "n4", Column: 2, Kind: "key", Name: "alias/payments", Note: "cac96933…, Enabled", State: picture.Minor, Why: []string{"KEY-012 (low): no tags"}},
			{ID: "n5", Column: 3, Kind: "bucket", Name: "payments-prod", Note: "aws:kms, Bucket Key on", State: picture.Fine},
			{ID: "n6", Column: 3, Kind: "bucket", Name: "payments-dark", Note: "default not known", State: picture.Unknown, Why: []string{"AWS refused s3:GetEncryptionConfiguration"}},
			{ID: "n7", Column: 4, Kind: "object", Name: "ledger.csv", Note: "under the key", State: picture.Fine},
		},
		Edges: []picture.Edge{
			{From: "n0", To: "n2", State: picture.Broken, Why: []string{"the upload fails"}},
			{From: "n1", To: "n3", State: picture.Depends},
			{From: "n2", To: "n4", State: picture.Broken},
			{From: "n3", To: "n4", State: picture.Depends},
			{From: "n4", To: "n5", State: picture.Fine},
			{From: "n5", To: "n7", State: picture.Fine},
		},
		Notes: []string{"1 of 2 keys is drawn"},
	}
}

// languages are the writers, by the ending of their files.
func languages() map[string]func(io.Writer, *picture.Picture) error {
	return map[string]func(io.Writer, *picture.Picture) error{
		"svg": picture.WriteSVG, "mmd": picture.WriteMermaid, "dot": picture.WriteDOT,
	}
}

func written(t *testing.T, write func(io.Writer, *picture.Picture) error, p *picture.Picture) string {
	t.Helper()
	var b strings.Builder
	if err := write(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestGolden(t *testing.T) {
	for ending, write := range languages() {
		got := written(t, write, small())
		if again := written(t, write, small()); again != got {
			t.Errorf("%s: two runs differ", ending)
		}
		example.Golden(t, "small."+ending, got)
	}
}

// hostileOne is a picture whose every text is an attack.
func hostileOne() *picture.Picture {
	text := hostile.Text + strings.Repeat("x", 4096)
	p := small()
	p.Title, p.Notes = text, []string{text}
	for i := range p.Columns {
		p.Columns[i] = text
	}
	for i := range p.Nodes {
		n := &p.Nodes[i]
		n.Kind, n.Name, n.Note, n.Full, n.Why = text, text, text, []string{text}, []string{text}
		n.State = picture.Broken
	}
	for i := range p.Edges {
		p.Edges[i].Why = []string{text}
	}
	return p
}

// Whatever things are called, a drawing holds its own elements and no others.
func TestHostileSVG(t *testing.T) {
	text := written(t, picture.WriteSVG, hostileOne())
	allowed := map[string]bool{}
	for _, name := range strings.Fields("svg title style rect text g path circle") {
		allowed[name] = true
	}
	decoder := xml.NewDecoder(strings.NewReader(text))
	shown := 0
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			if !allowed[token.Name.Local] {
				t.Fatalf("element %s", token.Name.Local)
			}
			for _, a := range token.Attr {
				if strings.HasPrefix(a.Name.Local, "on") || strings.Contains(a.Value, hostile.Marker) {
					t.Fatalf("attribute %s=%.80q", a.Name.Local, a.Value)
				}
			}
		case xml.CharData:
			shown += strings.Count(string(token), hostile.Marker)
		}
	}
	if shown < len(small().Nodes) {
		t.Errorf("the texts show %d times only", shown)
	}
}

func TestHostileMermaid(t *testing.T) {
	text := written(t, picture.WriteMermaid, hostileOne())
	for line := range strings.Lines(text) {
		rest := strings.NewReplacer("<br/>", "", "<b>", "", "</b>", "").Replace(line)
		if strings.ContainsAny(rest, "<`\x1b\u202e\u2028") || strings.Count(line, `"`)%2 != 0 {
			t.Fatalf("not inert: %.200q", line)
		}
	}
	if want, got := strings.Count(written(t, picture.WriteMermaid, small()), "\n"), strings.Count(text, "\n"); got > want+len(small().Nodes) {
		t.Errorf("%d lines, where harmless names make %d", got, want)
	}
}

// Every line of DOT is closed by itself: no name ends a string or a statement.
func TestHostileDOT(t *testing.T) {
	for line := range strings.Lines(written(t, picture.WriteDOT, hostileOne())) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "//") || line == "}" || strings.HasSuffix(line, "{") {
			continue
		}
		open := false
		outside := ""
		for i := 0; i < len(line); i++ {
			switch {
			case open && line[i] == '\\':
				i++
			case line[i] == '"':
				open = !open
			case !open:
				outside += line[i : i+1]
			}
		}
		if open || strings.Contains(outside, hostile.Marker) || !strings.HasSuffix(line, ";") && !strings.HasSuffix(line, "}") {
			t.Fatalf("not inert: %.200q", line)
		}
	}
}

// Boxes of a column do not lie on each other, nor outside of the drawing.
func TestBoxesApart(t *testing.T) {
	p := &picture.Picture{Title: "many", Columns: []string{"a", "b"}}
	for i := range 60 {
		p.Nodes = append(p.Nodes, picture.Node{
			ID: fmt.Sprintf("n%d", i), Column: i % 2, Kind: "role", Name: strings.Repeat("long-name-", i%12+1), Note: strings.Repeat("note ", i%9), State: picture.Fine,
		})
		if i > 1 {
			p.Edges = append(p.Edges, picture.Edge{From: fmt.Sprintf("n%d", i-i%2-2), To: fmt.Sprintf("n%d", i-i%2+1), State: picture.Fine})
		}
	}
	type rect struct{ x, y, w, h int }
	var all []rect
	var width, height int
	for line := range strings.Lines(written(t, picture.WriteSVG, p)) {
		if _, after, found := strings.Cut(line, `<rect class="box" `); found {
			var r rect
			if _, err := fmt.Sscanf(after, `x="%d" y="%d" width="%d" height="%d"`, &r.x, &r.y, &r.w, &r.h); err != nil {
				t.Fatal(err)
			}
			all = append(all, r)
		}
		if _, after, found := strings.Cut(line, `viewBox="0 0 `); found {
			if _, err := fmt.Sscanf(after, "%d %d", &width, &height); err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(all) != len(p.Nodes) {
		t.Fatalf("%d boxes", len(all))
	}
	for i, a := range all {
		if a.x < 0 || a.y < 0 || a.x+a.w > width || a.y+a.h > height {
			t.Errorf("%+v is outside of %d x %d", a, width, height)
		}
		for _, b := range all[i+1:] {
			if a.x < b.x+b.w && b.x < a.x+a.w && a.y < b.y+b.h && b.y < a.y+a.h {
				t.Errorf("%+v lies on %+v", a, b)
			}
		}
	}
}
