package events

import (
	"strings"
	"testing"
)

func TestRulePattern(t *testing.T) {
	for pattern, want := range map[string]Match{
		`{"source":["aws.kms"],"detail-type":["AWS API Call via CloudTrail"],"detail":{"eventSource":["kms.amazonaws.com"],"eventName":["ScheduleKeyDeletion","DisableKey"]}}`: Every,
		`{"detail":{"eventName":[{"prefix":"Disable"}]},"account":["111122223333"],"region":["eu-west-1"]}`:                                                                    Every,
		`{"detail":{"eventName":[{"prefix":{"equals-ignore-case":"disable"}}]}}`:                                                                                               Every,
		`{"detail":{"eventName":[{"suffix":"Key"}]}}`:                                                                                                                          Every,
		`{"detail":{"eventName":[{"wildcard":"*able*"}]}}`:                                                                                                                     Every,
		`{"detail":{"eventName":[{"equals-ignore-case":"disablekey"}]}}`:                                                                                                       Every,
		`{"detail":{"eventName":[{"anything-but":["EnableKey"]}]}}`:                                                                                                            Every,
		`{"detail":{"eventName":[{"anything-but":{"prefix":["Enable","Get"]}}]}}`:                                                                                              Every,
		`{"detail":{"errorCode":[{"exists":false}],"readOnly":[false],"eventName":[{"exists":true}]}}`:                                                                         Every,
		`{"$or":[{"source":["aws.s3"]},{"source":["aws.kms"]}]}`:                                                                                                               Every,
		`{"detail":{"$or":[{"eventName":["DisableKey"]},{"eventName":["EnableKey"]}]}}`:                                                                                        Every,
		`{"source":["aws.kms"],"detail":{"userIdentity":{"type":["Root"]}}}`:                                                                                                   Some,
		`{"source":["aws.kms"],"resources":["k"]}`:                                                                                                                             Some,
		`{"source":["aws.kms"],"detail":{"sourceIPAddress":[{"cidr":"10.0.0.0/8"}]}}`:                                                                                          Some,
		`{"source":["aws.kms"],"detail":{"requestParameters":{"pendingWindowInDays":[{"exists":true}]}}}`:                                                                      Some,
		`{"detail":{"eventName":[{"wildcard":"a\\*b"}]}}`:                                                                                                                      Some,
		`{"detail":{"eventName":[{"numeric":[">",1]}]}}`:                                                                                                                       Some,
		`{"source":["aws.s3"]}`: None,
		`{"detail-type":["KMS CMK Deletion"],"source":["aws.kms"]}`:                None,
		`{"detail":{"eventName":["EnableKey"]}}`:                                   None,
		`{"detail":{"eventName":[{"anything-but":{"suffix":"Key"}}]}}`:             None,
		`{"detail":{"eventName":[null,1]}}`:                                        None,
		`{"detail":{"errorCode":["AccessDenied",{"anything-but":"x"}]}}`:           None,
		`{"detail":{"readOnly":[true,"false"]}}`:                                   None,
		`{"source":[]}`:                                                            None,
		`{"source":["aws.kms"],"$or":[{"region":["us-east-1"]},{"region":["x"]}]}`: None,
	} {
		rule, err := ParseRulePattern(pattern)
		if err != nil {
			t.Errorf("%s: %v", pattern, err)
		} else if got := rule.Match(disable); got != want {
			t.Errorf("%s: %d, not %d", pattern, got, want)
		}
	}
	for _, pattern := range []string{
		``, `null`, `[]`, `{"source":"aws.kms"}`, `{"source":[["a"]]}`, `{"source":[{"like":"a"}]}`, `{"source":[{"prefix":"a","suffix":"b"}]}`, `{"source":[{}]}`,
		`{"$or":["a"]}`, strings.Repeat(`{"a":`, 100) + `["b"]` + strings.Repeat(`}`, 100),
	} {
		if _, err := ParseRulePattern(pattern); err == nil {
			t.Errorf("%s is understood", pattern)
		}
	}
}

// FuzzParseRulePattern: what takes an event takes it beside another pattern too.
func FuzzParseRulePattern(f *testing.F) {
	f.Add(`{"source":["aws.kms",{"prefix":"x"}],"detail":{"$or":[{"eventName":[{"anything-but":["a"]}]},{"readOnly":[false]}]}}`)
	f.Add(`{"account":[{"exists":true}],"x":{"y":[null,1,true]}}`)
	f.Fuzz(func(t *testing.T, pattern string) {
		rule, err := ParseRulePattern(pattern)
		if err != nil {
			return
		}
		m := rule.Match(disable)
		if m < None || m > Every {
			t.Fatalf("%q takes %d", pattern, m)
		}
		for more, want := range map[string]Match{
			`{"$or":[` + pattern + `,{"detail":{"eventName":["DisableKey"]}}]}`: Every,
			`{"$or":[` + pattern + `,{"source":["aws.s3"]}]}`:                   m,
		} {
			rule, err := ParseRulePattern(more)
			if err != nil {
				continue // it is as deep as it may be
			}
			if got := rule.Match(disable); got != want {
				t.Fatalf("%q takes %d, and %q %d", pattern, m, more, got)
			}
		}
	})
}
