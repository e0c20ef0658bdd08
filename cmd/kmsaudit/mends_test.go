package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
)

// TestCommandsOfMends holds the commands in the documentation of the rules to the
// operations of the SDK and their parameters.
func TestCommandsOfMends(t *testing.T) {
	commands := 0
	for _, rule := range catalogue(t).Rules() {
		if rule.Mend.CLI == "" {
			continue
		}
		all, err := commandsIn(rule.Mend.CLI)
		if err != nil {
			t.Errorf("%s: %v", rule.ID, err)
		}
		for _, words := range all {
			commands++
			if err := heldToSDK(t, words); err != nil {
				t.Errorf("%s: %s: %v", rule.ID, strings.Join(words, " "), err)
			}
		}
	}
	if commands < 150 {
		t.Errorf("%d commands", commands)
	}
}

// TestHeldToSDK shows that the check finds what is wrong.
func TestHeldToSDK(t *testing.T) {
	for line, want := range map[string]string{
		"aws kms rotate-key --key-id k":                             "no operation rotate-key",
		"aws km disable-key --key-id k":                             "no service km",
		"aws kms disable-key --key k":                               "no parameter --key",
		"aws kms disable-key":                                       "missing required field, DisableKeyInput.KeyId",
		"aws kms disable-key --key-id":                              "--key-id: it has no value",
		"aws s3api put-bucket-encryption --bucket b":                "PutBucketEncryptionInput.ServerSideEncryptionConfiguration",
		`aws events put-rule --name n --event-pattern '{"source":'`: "not JSON",
		"aws s3api put-bucket-encryption --bucket b --server-side-encryption-configuration '{\"Rule\": []}'": "unknown field",
		"aws kms disable-key --key-id 'k": "a quote is open",
	} {
		all, err := commandsIn(line)
		if err == nil {
			err = heldToSDK(t, all[0])
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, and %q was wanted", line, err, want)
		}
	}
}

// commandsIn splits lines for a shell into commands and these into words.
func commandsIn(text string) ([][]string, error) {
	var all [][]string
	var words []string
	word, quoted, begun := "", false, false
	end := func() {
		if begun {
			words = append(words, word)
		}
		word, begun = "", false
	}
	text = strings.ReplaceAll(text, "\\\n", "")
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "#") && !quoted {
			continue
		}
		for _, r := range line {
			switch {
			case r == '\'':
				quoted, begun = !quoted, true
			case quoted:
				word += string(r)
			case r == ' ' || r == '\n':
				end()
			default:
				word, begun = word+string(r), true
			}
		}
		if quoted {
			continue
		}
		if end(); len(words) > 0 {
			all, words = append(all, words), nil
		}
	}
	if quoted {
		return nil, errors.New("a quote is open")
	}
	return all, nil
}

// heldToSDK makes the call with a client that sends nothing: service, operation and
// parameters have to exist, and the SDK wants what AWS needs.
func heldToSDK(t *testing.T, words []string) error {
	t.Helper()
	if i := slices.Index(words, ">"); i > 0 {
		words = words[:i]
	}
	if len(words) < 3 || words[0] != "aws" {
		return errors.New("it is no command of the AWS CLI")
	}
	client, ok := clients()[words[1]]
	if !ok {
		return fmt.Errorf("there is no service %s", words[1])
	}
	operation := reflect.Value{}
	for i := range client.NumMethod() {
		if sameName(words[2], client.Type().Method(i).Name) {
			operation = client.Method(i)
		}
	}
	if !operation.IsValid() {
		return fmt.Errorf("there is no operation %s", words[2])
	}
	input := reflect.New(operation.Type().In(1).Elem())
	for rest := words[3:]; len(rest) > 0; {
		n := 1
		for n < len(rest) && !strings.HasPrefix(rest[n], "--") {
			n++
		}
		option, values := rest[0], rest[1:n]
		rest = rest[n:]
		if slices.Contains([]string{"--query", "--output", "--region"}, option) {
			continue
		}
		field := input.Elem().FieldByNameFunc(func(name string) bool { return sameName(strings.TrimPrefix(option, "--"), name) })
		if !field.IsValid() {
			return fmt.Errorf("there is no parameter %s", option)
		}
		if err := set(field, values); err != nil {
			return fmt.Errorf("%s: %w", option, err)
		}
	}
	err, _ := operation.Call([]reflect.Value{reflect.ValueOf(t.Context()), input})[1].Interface().(error)
	var lacking smithy.InvalidParamsError
	if errors.As(err, &lacking) {
		return lacking
	}
	if !errors.Is(err, errNotSent) {
		return fmt.Errorf("the call ended otherwise: %w", err)
	}
	return nil
}

var errNotSent = errors.New("not sent")

// nowhere is an HTTP client that sends nothing.
type nowhere struct{}

func (nowhere) Do(*http.Request) (*http.Response, error) { return nil, errNotSent }

// clients are those of the services, by their names in the AWS CLI.
func clients() map[string]reflect.Value {
	cfg := aws.Config{
		Region: "us-east-1", HTTPClient: nowhere{}, RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	}
	return map[string]reflect.Value{
		"accessanalyzer": reflect.ValueOf(accessanalyzer.NewFromConfig(cfg)),
		"cloudtrail":     reflect.ValueOf(cloudtrail.NewFromConfig(cfg)),
		"events":         reflect.ValueOf(eventbridge.NewFromConfig(cfg)),
		"iam":            reflect.ValueOf(iam.NewFromConfig(cfg)),
		"kms":            reflect.ValueOf(kms.NewFromConfig(cfg)),
		"logs":           reflect.ValueOf(cloudwatchlogs.NewFromConfig(cfg)),
		"organizations":  reflect.ValueOf(organizations.NewFromConfig(cfg)),
		"s3api":          reflect.ValueOf(s3.NewFromConfig(cfg)),
	}
}

// sameName compares disable-key with DisableKey, and ssekms-key-id with SSEKMSKeyId.
func sameName(kebab, name string) bool {
	return strings.EqualFold(strings.ReplaceAll(kebab, "-", ""), name)
}

// set gives a parameter the values of an option, as the AWS CLI reads them: text, JSON,
// Name=value,Name=value, or a file, which is taken to be right.
func set(field reflect.Value, values []string) error {
	if field.Kind() == reflect.Interface { // of one of several kinds, named by its only member
		var of struct{ SSEKMS types.SSEKMSEncryption }
		err := strictly(values[0], &of)
		field.Set(reflect.ValueOf(&types.ObjectEncryptionMemberSSEKMS{Value: of.SSEKMS}))
		return err
	}
	var text string
	kind := field.Type()
	for kind.Kind() == reflect.Pointer {
		kind = kind.Elem()
	}
	switch {
	case kind.Kind() == reflect.Bool && len(values) == 0:
		text = "true"
	case len(values) == 0:
		return errors.New("it has no value")
	case kind.Kind() == reflect.String:
		if strings.HasPrefix(strings.TrimSpace(values[0]), "{") && !json.Valid([]byte(values[0])) {
			return errors.New("it is not JSON")
		}
		text = asJSON(values[0])
	case kind.Kind() == reflect.Slice && kind.Elem().Kind() == reflect.Uint8:
		text = `"AA=="`
	case strings.HasPrefix(values[0], "file://"):
		text = `{"Role": "r", "Rules": []}`
	case kind.Kind() == reflect.Slice && strings.HasPrefix(values[0], "["):
		text = values[0]
	case kind.Kind() == reflect.Slice:
		var all []string
		for _, value := range values {
			all = append(all, shorthand(value))
		}
		text = "[" + strings.Join(all, ",") + "]"
	default:
		text = shorthand(values[0])
	}
	return strictly(text, field.Addr().Interface())
}

func strictly(text string, into any) error {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}

func asJSON(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // it is text, or a map of texts
	}
	return string(text)
}

// shorthand writes Name=value,Name=value as JSON, and numbers and objects as they are.
func shorthand(value string) string {
	if json.Valid([]byte(value)) || strings.HasPrefix(value, "{") {
		return value
	}
	if !strings.Contains(value, "=") {
		return asJSON(value)
	}
	members := map[string]any{}
	for one := range strings.SplitSeq(value, ",") {
		name, text, _ := strings.Cut(one, "=")
		members[name] = text
		if text == "true" || text == "false" {
			members[name] = text == "true"
		}
	}
	return asJSON(members)
}
