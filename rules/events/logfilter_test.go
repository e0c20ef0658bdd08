package events

import (
	"strings"
	"testing"
)

var disable = Event{Source: "kms.amazonaws.com", Name: "DisableKey", Region: "eu-west-1", Account: "111122223333"}

// TestLogFilter: order of terms, quotes, spaces and brackets do not matter, and what
// narrows the filter does (prowler #26, #113, #1914, PR #1943 and
// modernisation-platform #13148 tell of filters that were told apart by their text).
func TestLogFilter(t *testing.T) {
	for pattern, want := range map[string]Match{
		// As CIS prints it, and as the API, Terraform and people write it.
		`{($.eventSource = kms.amazonaws.com) && (($.eventName=DisableKey)||($.eventName=ScheduleKeyDeletion)) }`:          Every,
		`{ (($.eventName="ScheduleKeyDeletion") || ($.eventName = "DisableKey")) && $.eventSource = "kms.amazonaws.com" }`: Every,
		"{\n  $.eventName = DisableKey\n}":                                                     Every,
		`{$.eventName="Disable*"}`:                                                             Every,
		`{ $.eventName = "*Key" && $.eventName != "EnableKey" }`:                               Every,
		`{ $.eventName = %^(Disable|ScheduleDelete)% }`:                                        Every,
		`{ $.eventName != %Enable% }`:                                                          Every,
		`{ $.['eventName'] = DisableKey }`:                                                     Every,
		`{ $['eventName'] = DisableKey }`:                                                      Every,
		`{ $.eventName = DisableKey && $.errorCode NOT EXISTS }`:                               Every,
		`{ $.eventName = DisableKey && $.readOnly IS FALSE && $.eventType = "AwsApiCall" }`:    Every,
		`{ $.eventName = DisableKey || $.userIdentity.type = "Root" }`:                         Every,
		`{ $.eventName EXISTS }`:                                                               Every,
		`{ $.awsRegion = eu-west-1 && $.recipientAccountId = 111122223333 && $.eventName=*}`:   Every,
		`{ $.eventSource = kms.amazonaws.com && $.eventName = EnableKey || $.eventName = D* }`: Every, // && binds first

		`{ ($.eventSource = kms.amazonaws.com) && ($.eventName = DisableKey) && ($.userIdentity.type = "Root") }`: Some,
		`{ $.eventName = DisableKey && $.userIdentity.arn != "*admin" }`:                                          Some,
		`{ $.eventName = DisableKey && $.requestParameters.keyId = "k" }`:                                         Some,
		`{ $.eventName = DisableKey && $.resources[0].ARN = "k" }`:                                                Some,
		`{ $.eventName = DisableKey && $.errorCode != "AccessDenied" }`:                                           Some,
		`{ $.userIdentity.invokedBy NOT EXISTS }`:                                                                 Some,
		`{ $.x IS NULL || $.x IS TRUE }`:                                                                          Some,
		`{ $.eventVersion >= 1.05 }`:                                                                              Some,
		`{ $.readOnly = false }`:                                                                                  Some,

		`{ $.eventSource = kms.amazonaws.com && $.eventName = DisableKey && $.errorCode = "*Denied" }`: None,
		`{ $.eventSource = s3.amazonaws.com && $.eventName = DisableKey }`:                             None,
		`{ $.eventName = disablekey }`:                         None,
		`{ $.eventName = Disable }`:                            None,
		`{ $.eventName = DisableKey && $.readOnly IS TRUE }`:   None,
		`{ $.eventName IS NULL }`:                              None,
		`{ $.eventName NOT EXISTS || $.errorCode EXISTS }`:     None,
		`{ $.eventName = DisableKey && $.awsRegion = "us-*" }`: None,

		``:                                  Every,
		`""`:                                Every,
		`DisableKey`:                        Every,
		`"kms.amazonaws.com" "DisableKey"`:  Every,
		`?ScheduleKeyDeletion ?DisableKey`:  Every,
		`%Disable[A-Z]%`:                    Every,
		`kms.amazonaws.com -"AccessDenied"`: Some,
		`DisableKey ScheduleKeyDeletion`:    Some,
		`?DisableKey ScheduleKeyDeletion`:   Some,
		`%^Disable%`:                        Some,
		`-DisableKey`:                       None,
	} {
		filter, err := ParseLogFilter(pattern)
		if err != nil {
			t.Errorf("%s: %v", pattern, err)
		} else if got := filter.Match(disable); got != want {
			t.Errorf("%s: %d, not %d", pattern, got, want)
		}
	}
}

func TestLogFilterRefuses(t *testing.T) {
	for _, pattern := range []string{
		`{`, `{}`, `{ }`, `{ $.a }`, `{ $.a = }`, `{ $.a = "b }`, `{ $.a = %b }`, `{ $.a = %(% }`, `{ $.a = b & $.c = d }`, `{ ($.a = b }`, `{ $.a = b) }`,
		`{ $.a = b $.c = d }`, `{ a = b }`, `{ $ = b }`, `{ $. = b }`, `{ $.a[0 = b }`, `{ $.a IS MAYBE }`, `{ $.a NOT THERE }`, `{ $.a LIKE b }`,
		`[ip, user, id]`, `"open`, `%open`, `%(%`, `-`, `{ $.a = b || }`, `{ $.a != }`,
	} {
		if _, err := ParseLogFilter(pattern); err == nil {
			t.Errorf("%s is understood", pattern)
		}
	}
	if _, err := ParseLogFilter(string(make([]byte, 10<<10))); err == nil {
		t.Error("ten kilobytes are understood")
	}
}

// FuzzParseLogFilter: whatever is understood is understood in brackets too, and a
// filter for all that it takes or anything else takes no less.
func FuzzParseLogFilter(f *testing.F) {
	for _, seed := range []string{`{ $.eventName = "D*" && ($.a[0].b != %x% || $.errorCode NOT EXISTS) }`, `?a -"b" %c%`, `{$['x'] IS TRUE}`, `{((((`, ``} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, pattern string) {
		filter, err := ParseLogFilter(pattern)
		if err != nil {
			return
		}
		m := filter.Match(disable)
		if m < None || m > Every {
			t.Fatalf("%q takes %d", pattern, m)
		}
		text, json := cutBraces(pattern)
		if !json || len(pattern) > 8000 {
			return
		}
		for more, want := range map[string]Match{"{(" + text + ")}": m, "{" + text + " || $.x = 1}": max(m, Some), "{(" + text + ") && $.x = 1}": min(m, Some)} {
			filter, err := ParseLogFilter(more)
			if err != nil {
				t.Fatalf("%q is understood, and %q not: %v", pattern, more, err)
			}
			if got := filter.Match(disable); got != want {
				t.Fatalf("%q takes %d, and %q %d", pattern, m, more, got)
			}
		}
	})
}

func cutBraces(pattern string) (string, bool) {
	pattern = strings.TrimSpace(pattern)
	if len(pattern) < 2 || pattern[0] != '{' || pattern[len(pattern)-1] != '}' {
		return "", false
	}
	return pattern[1 : len(pattern)-1], true
}
