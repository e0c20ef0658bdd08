package imports

import (
	"bytes"
	"fmt"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"sync"

	smithy "github.com/aws/smithy-go"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// Dump says which answer of AWS a file holds.
type Dump struct {
	Operation string // as the AWS CLI calls it, such as "kms get-key-policy"
	Region    string // for the services of a Region
	// Resource is what was asked about: the id or ARN of a key, the name of a
	// bucket, bucket/key of an object; "" for listings.
	Resource string
}

// place is a question: what is asked, where, and about what.
type place struct {
	operation        *operation
	region, resource string
}

// ByName finds out from a file's name which answer it holds. The name is
// SERVICE_OPERATION.json, with _REGION after that for services of a Region, and
// _RESOURCE for what is asked about one: kms_get-key-policy_us-east-1_1234abcd.json.
func ByName(path string) (Dump, bool) {
	name := strings.TrimSuffix(filepath.Base(path), ".gz")
	name = strings.TrimSuffix(strings.TrimSuffix(name, ".json"), ".txt")
	service, rest, _ := strings.Cut(name, "_")
	command, rest, _ := strings.Cut(rest, "_")
	o := cli(service + " " + command)
	if o == nil {
		return Dump{}, false
	}
	d := Dump{Operation: o.cli()}
	if o.regional {
		d.Region, rest, _ = strings.Cut(rest, "_")
	}
	d.Resource = rest
	if len(o.about) == 2 { // such as bucket and key
		d.Resource = strings.Replace(rest, "_", "/", 1)
	}
	return d, true
}

var (
	keyID      = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(mrk-)?[A-Za-z0-9-]{1,64}$`) })
	bucketName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{2,254}$`) })
)

// place checks what a dump says of itself. What an ARN says beside the id of its
// key, the importer takes note of.
func (i *importer) place(d Dump) (place, error) {
	at := place{operation: cli(strings.TrimPrefix(d.Operation, "aws ")), region: d.Region, resource: d.Resource}
	o := at.operation
	if o == nil {
		return at, fmt.Errorf("%q is no command whose output can be imported", d.Operation)
	}
	if parts := strings.SplitN(d.Resource, ":", 6); o.service == "KMS" && len(parts) == 6 {
		if at.region != "" && at.region != parts[3] {
			return at, fmt.Errorf("the key is in %s, not in %s", parts[3], at.region)
		}
		if err := i.of(parts[1], parts[4]); err != nil {
			return at, err
		}
		at.region, at.resource = parts[3], strings.TrimPrefix(parts[5], "key/")
	}
	if o.service == "CloudTrail" {
		at.resource = at.resource[strings.LastIndexByte(at.resource, '/')+1:]
	}
	at.resource = strings.TrimPrefix(at.resource, "arn:aws:s3:::")
	switch {
	case !o.regional && at.region != "":
		return at, fmt.Errorf("%s has no Region", o.cli())
	case o.regional && !snapshot.IsRegion(at.region):
		return at, fmt.Errorf("%s is asked in a Region such as us-east-1, not in %q", o.cli(), at.region)
	case len(o.about) == 0 && at.resource != "":
		return at, fmt.Errorf("%s is about nothing that could be called %q", o.cli(), at.resource)
	case len(o.about) > 0 && at.resource == "":
		return at, fmt.Errorf("%s is about something: its id or name is missing", o.cli())
	case o.service == "KMS" && len(o.about) > 0 && !keyID().MatchString(at.resource):
		return at, fmt.Errorf("%q is not the id or ARN of a key", at.resource)
	case o.service == "S3" && len(o.about) > 0:
		if bucket, key, found := strings.Cut(at.resource, "/"); !bucketName().MatchString(bucket) || found != (len(o.about) == 2) || found && key == "" {
			return at, fmt.Errorf("%q is not what %s is asked about", at.resource, o.cli())
		}
	}
	return at, nil
}

// complaint is how the AWS CLI tells an error of AWS.
var complaint = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?s)An error occurred \(([A-Za-z0-9.]{1,100})\) when calling the ([A-Za-z0-9]{1,100}) operation(?: \([^)]*\))?: (.*)`)
})

// dump reads the output of a command. What the command said in the place of an
// output is an answer too: that there is none may be what AWS answered.
func (i *importer) dump(name string, text []byte, at place) error {
	o := at.operation
	trimmed := bytes.TrimSpace(text)
	switch {
	case len(trimmed) == 0:
		return i.keep(name, at, nil, &smithy.GenericAPIError{
			Code: "EmptyFile", Message: "the file is empty: " + o.cli() + " failed, or had nothing to say",
		})
	case trimmed[0] != '{':
		said := complaint().FindSubmatch(trimmed)
		if said == nil {
			return misplaced(name, text, "", "this is no JSON object, and no error as the AWS CLI tells it")
		}
		if got := string(said[2]); got != o.name {
			return misplaced(name, text, "", "this is what came of %s, not of %s", got, o.name)
		}
		return i.keep(name, at, nil, &smithy.GenericAPIError{Code: string(said[1]), Message: strings.TrimSpace(string(said[3]))})
	}
	names, err := members(text)
	if err != nil {
		return wrong(name, text, err)
	}
	out := o.output()
	if _, wrapped := member(names, "Policy"); o.member == "Policy" && !wrapped {
		if _, document := member(names, "Statement"); document { // --query Policy --output text
			policy := string(text)
			reflect.ValueOf(out).Elem().FieldByName("Policy").Set(reflect.ValueOf(&policy))
			return i.keep(name, at, out, nil)
		}
	}
	found, ok := member(names, o.member)
	switch {
	case o.member == "" || o.name == "GetBucketVersioning" && raw(names):
	case !ok:
		return misplaced(name, text, "", "this is no output of %s: it has no %s", o.cli(), o.member)
	case found == 'n' && o.name != "GetBucketLocation": // where null means us-east-1
		return misplaced(name, text, "/"+o.member, "this is null")
	}
	if err := decode(text, out); err != nil {
		return wrong(name, text, err)
	}
	if err := i.fits(name, text, at, out); err != nil {
		return err
	}
	if kind, ok := member(names, "NextToken"); ok && kind != 'n' {
		continued(out, 1) // the AWS CLI stopped at --max-items
	}
	return i.keep(name, at, out, nil)
}

// raw says that an output is as the SDK for Python gives it: what is empty is left
// out, and the metadata prove that there was an answer.
func raw(names map[string]jsontext.Kind) bool {
	_, ok := names["ResponseMetadata"]
	return ok
}

// member finds a member of an object, whatever the case of its name.
func member(names map[string]jsontext.Kind, name string) (jsontext.Kind, bool) {
	for candidate, kind := range names {
		if strings.EqualFold(candidate, name) {
			return kind, true
		}
	}
	return 0, false
}
