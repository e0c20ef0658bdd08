package rules

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"text/template"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/format"
)

// Scaffold says which rule to begin.
type Scaffold struct {
	Package string // the root of its package, such as acme, or kmsaudit
	Family  string
	Name    string // of the folder, such as team_tag
	ID      string
}

var scaffoldName = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)

// begun is what the first form of a rule of a family looks at: a small judgement
// that holds to the contract, for the author to change into the one that is meant.
type begun struct {
	kind, reading, member string
	fault                 string // what is wrong with the member
	bad, good             any
	operation, title      string
}

func beginnings() map[string]begun {
	return map[string]begun{
		"key":       {"keys", "rotation", "status", `== "off"`, "off", "on", "kms:GetKeyRotationStatus", "the key does not rotate"},
		"keypolicy": {"keys", "delegation", "extent", `== "all"`, "all", "some", "kms:GetKeyPolicy", "the key policy leaves everything to IAM policies"},
		"grant":     {"keys", "grants", "count", "> 100", 101, 1, "kms:ListGrants", "the key has more than 100 grants"},
		"identity":  {"identities", "inline", "names", "!= []", []string{"example"}, []string{}, "iam:GetAccountAuthorizationDetails", "the identity has inline policies"},
		"bucket":    {"buckets", "encryption", "bucket_key", "== false", false, true, "s3:GetEncryptionConfiguration", "the bucket has no Bucket Key"},
		"object":    {"objects", "encryption", "algorithm", `== "none"`, "none", "aws:kms", "s3:GetObject", "the object is not encrypted"},
		"logging":   {"trails", "encryption", "key", `== ""`, "", "arn:aws:kms:eu-west-1:111122223333:key/1", "cloudtrail:DescribeTrails", "the trail has no key of KMS"},
		"access":    {"access", "", "denied", "!= []", nil, nil, "iam:GetAccountAuthorizationDetails", "a required action is denied"},
	}
}

// Files are the three files of the rule, by name. They pass rules test as they
// are.
func (s Scaffold) Files(c *Catalogue) (map[string][]byte, error) {
	b, ok := beginnings()[s.Family]
	switch {
	case !ok:
		return nil, fmt.Errorf("%q is not one of the families %s", s.Family, strings.Join(Families(), ", "))
	case !scaffoldName.MatchString(s.Name):
		return nil, fmt.Errorf("%q is no name of a rule; one such as team_tag is wanted", s.Name)
	case !ruleID.MatchString(s.ID):
		return nil, fmt.Errorf("%q is no id of a rule; one such as USR-001 is wanted", s.ID)
	case !scaffoldName.MatchString(s.Package):
		return nil, fmt.Errorf("%q is no name of a package; one such as acme is wanted", s.Package)
	}
	words := map[string]any{
		"Package": s.Package + "." + s.Family + "." + s.Name, "Rule": s.Name, "ID": s.ID,
		"Readable": strings.ReplaceAll(s.Package+"_"+s.Family+"_"+s.Name, "_", "-"),
		"Kind":     b.kind, "Reading": b.reading, "Member": b.member, "Fault": b.fault, "Operation": b.operation,
		"Msg": b.title, "Title": strings.ToUpper(b.title[:1]) + b.title[1:], "Subject": "arn", "Resource": "arn",
	}
	resource, one := s.resource(c, b)
	if _, hasID := resource["id"]; hasID {
		words["Subject"] = "id"
	}
	if b.reading == "" {
		words["Resource"] = "principal"
	}
	words["Bad"], words["Good"] = one(b.bad), one(b.good)
	files := map[string][]byte{}
	for name, text := range map[string]string{s.Name + ".rego": ruleTemplate, s.Name + "_test.rego": testTemplate} {
		filled := &bytes.Buffer{}
		if err := template.Must(template.New(name).Parse(text)).Execute(filled, words); err != nil {
			return nil, err
		}
		formatted, err := format.SourceWithOpts(name, filled.Bytes(), format.Opts{RegoVersion: ast.RegoV1})
		if err != nil {
			return nil, fmt.Errorf("write %s: %w", name, err)
		}
		files[name] = formatted
	}
	files["examples.json"] = s.examples(b, resource, one)
	return files, nil
}

// resource is one of the family's, without its reading, and what makes the reading
// or, of a row, what is denied.
func (s Scaffold) resource(c *Catalogue, b begun) (map[string]any, func(any) string) {
	items := c.FactsSchema()["properties"].(map[string]any)[b.kind].(map[string]any)["items"].(map[string]any)
	resource := sample(items).(map[string]any)
	for name, value := range map[string]any{
		"arn": "arn:aws:kms:eu-west-1:111122223333:key/1", "id": "one", "name": "one", "region": "eu-west-1", "place": "/" + b.kind + "/0",
		"principal": "arn:aws:iam::111122223333:role/one",
	} {
		if _, has := resource[name]; has {
			resource[name] = value
		}
	}
	return resource, func(value any) string {
		if b.reading == "" {
			return ""
		}
		reading := sample(items["properties"].(map[string]any)[b.reading].(map[string]any)).(map[string]any)
		reading["place"], reading[b.member] = "/"+b.kind+"/0/"+b.reading, value
		return compact(reading)
	}
}

func (s Scaffold) examples(b begun, resource map[string]any, one func(any) string) []byte {
	with := func(members map[string]any) map[string]any {
		one := plain(resource).(map[string]any)
		for name, value := range members {
			one[name] = value
		}
		return map[string]any{b.kind: []any{one}}
	}
	var bad, good, open map[string]any
	if b.reading == "" {
		bad = with(map[string]any{"denied": []any{map[string]any{
			"what": "kms:Decrypt", "resource": "", "verdict": "ImplicitlyDenied", "missing": []any{"identity"}, "by": []any{}, "why": "no policy allows it",
		}}})
		good = with(map[string]any{"allowed": []any{map[string]any{"what": "kms:Decrypt"}}})
		open = with(map[string]any{"undecided": []any{map[string]any{"what": "kms:Decrypt", "unread": []any{map[string]any{
			"policy": "the key policy", "place": "/keys/0", "state": "denied", "operation": "kms:GetKeyPolicy", "code": "AccessDeniedException",
		}}}}})
	} else {
		bad = with(map[string]any{b.reading: json.RawMessage(one(b.bad))})
		good = with(map[string]any{b.reading: json.RawMessage(one(b.good))})
		open = with(map[string]any{"unread": map[string]any{b.reading: map[string]any{"state": "denied", "operation": b.operation, "code": "AccessDeniedException"}}})
	}
	text, err := json.MarshalIndent(Examples{
		Findings: []Example{{Name: "wrong", Note: "what the rule is there to find", Facts: bad}},
		Passes:   []Example{{Name: "right", Note: "the same, set right", Facts: good}},
		Unknown:  []Example{{Name: "refused", Note: "AWS refused to say: nobody knows, and that is no pass", Facts: open}},
	}, "", "  ")
	if err != nil {
		panic(err) // it is made of maps, lists and words
	}
	return append(text, '\n')
}

func compact(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // it is made of maps, lists and words
	}
	return string(text)
}

// NextID is the first free id with a prefix, such as USR.
func (c *Catalogue) NextID(prefix string) string {
	for n := 1; ; n++ {
		id := fmt.Sprintf("%s-%03d", prefix, n)
		if !slices.ContainsFunc(c.rules, func(r *Rule) bool { return r.ID == id }) {
			return id
		}
	}
}
