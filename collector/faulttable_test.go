package collector_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// hazards are what AWS and the way there do to a collector, with the tests that hold
// it to each: a function, or a case of one after a slash.
var hazards = map[string][]string{
	"throttled, some times and for ever, in the middle of a listing":  {"TestFaultsOfOneReading/kms throttled twice", "TestFaultsOfOneReading/kms throttled for ever", "TestFaultsOfOneReading/grants throttled on the second page", "TestWideThrottling"},
	"throttled in the words of each service":                          {"TestFaultsOfListings/throttled", "TestFaultsOfOneReading/organization throttled", "TestFaultsOfOneReading/s3 slow down for ever", "TestFaultsOfOneReading/alarms throttled"},
	"throttled with a time to come back":                              {"TestFaultsOfOneReading/kms throttled with a time"},
	"denied on one resource":                                          {"TestFaultsOfOneReading/policy denied", "TestFaultsOfOneReading/grants denied", "TestFaultsOfOneReading/encryption denied", "TestFaultsOfOneReading/parents denied"},
	"HEAD denied, without a body":                                     {"TestFaultsOfOneReading/head denied"},
	"a listing denied":                                                {"TestFaultsOfListings/denied", "TestRegionsRefused"},
	"bucket in another Region, by header, body, code and location":    {"TestBucketsElsewhere/listed wrongly", "TestBucketsElsewhere/only the endpoint is said", "TestBucketsElsewhere/malformed", "TestHeadElsewhere", "TestRegionNames"},
	"Region off: refused, unknown host, hanging":                      {"TestRegionOff/credentials unknown there", "TestRegionOff/token unknown there", "TestRegionOff/no such host", "TestRegionOff/no answer", "TestFaultsOfOneReading/bucket in a Region that is off"},
	"0, 1, limit and limit+1 items; pages smaller than asked for":     {"TestPages", "TestNothingIsAskedTwice"},
	"truncated without marker, in a circle, empty page, marker stale": {"TestListingsWithoutMarker", "TestFaultsOfListings/circle", "TestFaultsOfOneReading/grants empty page", "TestFaultsOfOneReading/grants expired marker"},
	"every state, origin and kind of key":                             {"TestKeyStates", "TestRotations"},
	"deleted or made while the run goes on":                           {"TestDeleted", "TestUnlistedPolicy"},
	"absences of S3 in their own codes":                               {"TestClassify", "TestFaultsOfOneReading/encryption unset", "TestUnlistedCodeFails"},
	"shapes of default encryption":                                    {"TestEncryptionShapes/none", "TestEncryptionShapes/bare id", "TestEncryptionShapes/alias", "TestEncryptionShapes/two"},
	"partitions":                                                      {"TestPartitions"},
	"no organization, a member that may not ask, no RCPs":             {"TestPartitions", "TestFaultsOfOneReading/organization denied", "TestFaultsOfOneReading/parents denied", "TestFaultsOfOneReading/rcp not there", "TestTree"},
	"HTML, reset, cut off, slow, clock, credentials expired half-way": {"TestFaultsOfOneReading/html", "TestFaultsOfOneReading/reset for ever", "TestFaultsOfOneReading/cut", "TestFaultsOfOneReading/slow", "TestFaultsOfOneReading/clock", "TestExpiredHalfWay"},
	"an answer to something else":                                     {"TestForeignListings", "TestFaultsOfOneReading/encryption foreign"},
	"texts: plus, percent, UTF-8, repeated keys, 32 KB, one object":   {"TestTexts", "TestLongPolicies", "TestStrangeNames", "TestEscapes"},
	"interrupted":        {"TestInterrupted", "TestInterruptedWhileWaiting", "TestResume"},
	"everything at once": {"TestRandomFaults"},
}

// TestEveryHazard: the tests that the table names are there.
func TestEveryHazard(t *testing.T) {
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, name := range files {
		if name == "faulttable_test.go" {
			continue
		}
		one, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		text.Write(one)
	}
	for hazard, tests := range hazards {
		for _, test := range tests {
			function, one, isCase := strings.Cut(test, "/")
			_, body, found := strings.Cut(text.String(), "\nfunc "+function+"(t *testing.T) {")
			body, _, _ = strings.Cut(body, "\n}\n")
			if !found || isCase && !strings.Contains(body, `"`+one+`"`) {
				t.Errorf("%s: there is no test %s", hazard, test)
			}
		}
	}
}
