package rules

import (
	"encoding/json"
	"testing"
)

func TestLaidOut(t *testing.T) {
	for text, want := range map[string]string{
		`{"b":1,"a":[]}`: `{"b": 1, "a": []}`,
		`{"keys":[{"arn":"0123456789","place":"/keys/0","unread":{},"state":"Enabled","names":["a<b","c","d"]}]}`: `{"keys": [{
  "arn": "0123456789",
  "state": "Enabled",
  "names": ["a<b", "c", "d"]
}]}`,
		`{"unread":{"policy":{"state":"failed","code":"Timeout"}},"one":true,"two":false,"three":null,"four":1.50}`: `{
  "unread": {"policy": {
    "state": "failed",
    "code": "Timeout"
  }},
  "one": true, "two": false,
  "three": null,
  "four": 1.50
}`,
		`["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","b"]`: `[
  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
  "b"
]`,
	} {
		got, err := laidOut([]byte(text), 28)
		if err != nil || got != want {
			t.Errorf("%s: %v\n%s\nand wanted\n%s", text, err, got, want)
		}
		if !json.Valid([]byte(got)) {
			t.Errorf("%s is no JSON any more:\n%s", text, got)
		}
	}
	if _, err := laidOut([]byte(`{"a":`), 28); err == nil {
		t.Error("half a document is laid out")
	}
}
