package imports

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// item is what AWS Config recorded of one resource. Sources write some names in
// two ways, and every value as JSON or as a text that holds JSON.
type item struct {
	Type          string         `json:"resourceType"`
	ID            string         `json:"resourceId"`
	Name          string         `json:"resourceName"`
	ARN           string         `json:"arn"`
	Account       string         `json:"accountId"`
	AWSAccount    string         `json:"awsAccountId"`
	Region        string         `json:"awsRegion"`
	Status        string         `json:"configurationItemStatus"`
	CapturedAt    time.Time      `json:"configurationItemCaptureTime"`
	Tags          jsontext.Value `json:"tags"`
	Configuration jsontext.Value `json:"configuration"`
	Supplementary jsontext.Value `json:"supplementaryConfiguration"`

	file    string
	text    []byte
	pointer string
	more    map[string]jsontext.Value // the supplementary configuration, by name
	said    map[string]bool           // what the configuration of an identity says
}

// items are those of the resources that are read, by type and ARN; of several
// items of one resource the one captured last.
type items map[string]*item

// wrong is a problem with a part of the item.
func (n *item) wrong(part, format string, values ...any) error {
	return misplaced(n.file, n.text, n.pointer+part, format, values...)
}

// configItems reads a snapshot, or a history, of AWS Config.
func (i *importer) configItems(name string, text []byte) error {
	var file struct {
		Items []jsontext.Value `json:"configurationItems"`
		Base  []jsontext.Value `json:"baseConfigurationItems"`
	}
	if err := decode(text, &file); err != nil {
		return wrong(name, text, err)
	}
	list, member := file.Items, "configurationItems"
	if list == nil {
		list, member = file.Base, "baseConfigurationItems"
	}
	others := map[string]int{}
	for j, value := range list {
		n := &item{file: name, text: text, pointer: fmt.Sprintf("/%s/%d", member, j)}
		if err := decode(value, n); err != nil {
			return n.wrong("", "%s", problem(err))
		}
		switch account := cmp.Or(n.Account, n.AWSAccount); {
		case !readTypes[n.Type]:
			continue
		case i.opt.Account != "" && account != "" && account != i.opt.Account:
			others[account]++ // an aggregator has several
			continue
		}
		if err := i.take(n); err != nil {
			return err
		}
	}
	for _, account := range slices.Sorted(maps.Keys(others)) {
		i.note("%s: %d resources of account %s are left out", name, others[account], account)
	}
	return nil
}

// readTypes are the types of resources that are read.
var readTypes = map[string]bool{
	"AWS::KMS::Key": true, "AWS::KMS::Alias": true, "AWS::S3::Bucket": true,
	"AWS::IAM::User": true, "AWS::IAM::Group": true, "AWS::IAM::Role": true, "AWS::IAM::Policy": true,
}

// take keeps an item if it is newer than what is known of its resource.
func (i *importer) take(n *item) error {
	parts := strings.SplitN(n.ARN, ":", 6)
	if len(parts) != 6 {
		return n.wrong("", "the item has no ARN")
	}
	account := cmp.Or(n.Account, n.AWSAccount, parts[4], i.opt.Account)
	if account == "" {
		return n.wrong("", "neither the item nor its ARN says of which account it is: say it with --account")
	}
	if err := i.of(parts[1], account); err != nil {
		return n.wrong("", "%v", err)
	}
	if n.CapturedAt.IsZero() {
		return n.wrong("", "the item does not say when it was captured")
	}
	if known := i.config[n.Type+" "+n.ARN]; known == nil || n.CapturedAt.After(known.CapturedAt) {
		i.config[n.Type+" "+n.ARN] = n
	}
	return nil
}

// useConfig turns the items into answers, where nobody else gave one.
func (i *importer) useConfig() error {
	list := new(iam.GetAccountAuthorizationDetailsOutput)
	identities := place{operation: sdk("IAM", "GetAccountAuthorizationDetails")}
	_, better := i.answers[identities]
	ignored := 0
	for _, name := range slices.Sorted(maps.Keys(i.config)) {
		n := i.config[name]
		var err error
		switch identity := strings.HasPrefix(n.Type, "AWS::IAM::"); {
		case n.deleted():
		case n.Type == "AWS::KMS::Key":
			err = i.useKey(n)
		case n.Type == "AWS::KMS::Alias":
			err = i.useAlias(n)
		case n.Type == "AWS::S3::Bucket":
			err = i.useBucket(n)
		case identity && better:
			ignored++
		case identity:
			err = i.useIdentity(n, list)
			continued(list, 1) // AWS Config records what it was told to
			i.second(n, identities, nil)
		}
		if err != nil {
			return err
		}
	}
	if a := i.answers[identities]; a != nil && a.second {
		a.pages = []any{list}
	}
	if ignored > 0 {
		i.note("%d identities of AWS Config are left out: the authorization details say more of them", ignored)
	}
	return nil
}

// second takes an answer of AWS Config, if no other input has one. Without an
// output it says only that there is something to ask about.
func (i *importer) second(n *item, at place, out any) {
	known := i.answers[at]
	if known == nil {
		known = &answer{from: n.file, second: true}
		i.answers[at] = known
	}
	if known.second && out != nil {
		known.pages = append(known.pages, out)
	}
}

// deleted says that the item tells of a resource that is gone, or that AWS Config
// was told not to record.
func (n *item) deleted() bool {
	return strings.Contains(n.Status, "Deleted") || strings.Contains(n.Status, "NotRecorded")
}

// unfold takes a text that holds JSON for what it holds, as often as needed.
func unfold(value jsontext.Value) jsontext.Value {
	for range 4 {
		value = bytes.TrimSpace(value)
		if value.Kind() != '"' {
			return value
		}
		var inner string
		if err := json.Unmarshal(value, &inner); err != nil || !jsontext.Value(inner).IsValid() {
			return value
		}
		value = jsontext.Value(inner)
	}
	return value
}

// configuration reads the item's configuration into one of the SDK's types, and
// returns which of its members say something.
func (n *item) configuration(into any) (said map[string]bool, err error) {
	value := unfold(n.Configuration)
	names, err := members(value)
	if err == nil && names == nil {
		err = errors.New("this has to be a JSON object, or a text that holds one")
	}
	if err == nil {
		err = decode(value, into)
	}
	if err != nil {
		return nil, n.wrong("/configuration", "%s", problem(err))
	}
	said = map[string]bool{}
	for name, kind := range names {
		said[strings.ToLower(name)] = kind != 'n'
	}
	return said, nil
}

// supplementary reads one of the supplementary values. What is not there, and
// what is null, was not said.
func (n *item) supplementary(name string, into any) (bool, error) {
	if n.more == nil {
		n.more = map[string]jsontext.Value{}
		if value := unfold(n.Supplementary); value.Kind() == '{' {
			if err := decode(value, &n.more); err != nil {
				return false, n.wrong("/supplementaryConfiguration", "%s", problem(err))
			}
		}
	}
	value := unfold(n.more[name])
	if len(value) == 0 || value.Kind() == 'n' {
		return false, nil
	}
	if err := decode(value, into); err != nil {
		return false, n.wrong("/supplementaryConfiguration/"+name, "%s", problem(err))
	}
	return true, nil
}

// tags are the item's, or nil where it has none: AWS Config writes none for what
// it did not ask for, too.
func (n *item) tags() (map[string]string, error) {
	value := unfold(n.Tags)
	tags := map[string]string{}
	var err error
	switch value.Kind() {
	case '{':
		err = decode(value, &tags)
	case '[':
		var list []struct{ Key, Value string }
		err = decode(value, &list)
		for _, tag := range list {
			tags[tag.Key] = tag.Value
		}
	}
	if err != nil {
		return nil, n.wrong("/tags", "%s", problem(err))
	}
	if len(tags) == 0 {
		return nil, nil
	}
	return tags, nil
}
