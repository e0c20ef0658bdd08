package events

import "strings"

// Event is a successful management event that changes something, as CloudTrail
// records it, so far as it is known beforehand.
type Event struct {
	Source  string // kms.amazonaws.com
	Name    string // DisableKey
	Region  string
	Account string
}

// Match says which of the events that fit an Event a pattern takes.
type Match int

// They are in order: a part of a pattern that must hold too makes the lesser of two,
// one that may hold instead the greater.
const (
	None Match = iota
	Some
	Every
)

func sure(yes bool) Match {
	if yes {
		return Every
	}
	return None
}

// not is what is taken where m is left out.
func (m Match) not() Match { return Every - m }

// presence says what is known of a field of the event.
type presence int

const (
	unknown presence = iota
	missing          // it is not there
	text             // it is there, and this is its text
	boolean          // it is there, and is true or false
)

type field struct {
	presence presence
	value    string
}

// record looks up a field of CloudTrail's record ("CloudTrail record contents" of
// the CloudTrail User Guide). errorCode is there only where a call failed.
func (e Event) record(name string) field {
	switch name {
	case "eventSource":
		return field{text, e.Source}
	case "eventName":
		return field{text, e.Name}
	case "awsRegion":
		return field{text, e.Region}
	case "recipientAccountId":
		return field{text, e.Account}
	case "eventType":
		return field{text, "AwsApiCall"}
	case "eventCategory":
		return field{text, "Management"}
	case "managementEvent":
		return field{boolean, "true"}
	case "readOnly":
		return field{boolean, "false"}
	case "errorCode", "errorMessage":
		return field{presence: missing}
	}
	return field{}
}

// envelope looks up a field of what EventBridge delivers ("AWS service events
// delivered via AWS CloudTrail" of the EventBridge User Guide).
func (e Event) envelope(path string) field {
	if name, inside := strings.CutPrefix(path, "detail."); inside {
		return e.record(name)
	}
	switch path {
	case "source":
		name, _, _ := strings.Cut(e.Source, ".")
		return field{text, "aws." + name}
	case "detail-type":
		return field{text, "AWS API Call via CloudTrail"}
	case "account":
		return field{text, e.Account}
	case "region":
		return field{text, e.Region}
	}
	return field{}
}

// like compares with a pattern in which a star stands for any text.
func like(pattern, value string) bool {
	first, rest, stars := strings.Cut(pattern, "*")
	value, found := strings.CutPrefix(value, first)
	if !stars || !found {
		return found && value == ""
	}
	for {
		part, more, again := strings.Cut(rest, "*")
		if !again {
			return strings.HasSuffix(value, rest)
		}
		_, after, found := strings.Cut(value, part)
		if !found {
			return false
		}
		value, rest = after, more
	}
}
