package collector

// standIn has the stand-in's names of the SDK's services.
var standIn = map[string]string{
	"STS": "sts", "Account": "account", "IAM": "iam", "KMS": "kms", "S3": "s3", "CloudTrail": "cloudtrail", "CloudWatch Logs": "logs",
	"CloudWatch": "monitoring", "EventBridge": "events", "AccessAnalyzer": "access-analyzer", "Organizations": "organizations",
}

// ActionOf is the IAM action of an operation of the table, by its name in the
// stand-in's notes.
func ActionOf(service, operation string) (string, bool) {
	for _, c := range calls {
		if standIn[c.service] == service && c.operation == operation {
			return c.action, true
		}
	}
	return "", false
}

// Calls is the table of calls without those about a whole organization, for the
// tests that hold a stand-in to it.
func Calls() []Call {
	var list []Call
	for _, c := range calls {
		if everything := (Options{LastUsage: true, SampleObjects: 1}); !everything.uses(c) {
			continue
		}
		list = append(list, Call{standIn[c.service], c.operation, string(c.per), c.page, c.rate})
	}
	return list
}

// Call is a line of it, with the stand-in's name of the service.
type Call struct {
	Service, Operation string
	Per                string
	Page               int
	Rate               float64
}

// The units, by the names that the tests count them under.
const (
	PerAccount        = string(perAccount)
	PerRegion         = string(perRegion)
	PerKey            = string(perKey)
	PerCustomerKey    = string(perCustomerKey)
	PerSelfRotating   = string(perSelfRotating)
	PerRotatableKey   = string(perRotatableKey)
	PerUsedKey        = string(perUsedKey)
	PerBucket         = string(perBucket)
	PerListedBucket   = string(perListedBucket)
	PerUnplacedBucket = string(perUnplacedBucket)
	PerSampledBucket  = string(perSampledBucket)
	PerObject         = string(perObject)
	PerTrail          = string(perTrail)
	PerTrailRegion    = string(perTrailRegion)
	PerFilterRegion   = string(perFilterRegion)
	PerEventStore     = string(perEventStore)
	PerEventRule      = string(perEventRule)
	PerLevel          = string(perLevel)
	PerLevelAndKind   = string(perLevelAndKind)
	PerPolicy         = string(perPolicy)
)
