package sarif

import "encoding/json"

// The part of SARIF 2.1.0 that is written. What is empty is left out.

// run is a run but for its invocations and results, which are many.
type run struct {
	Tool              tool              `json:"tool"`
	AutomationDetails automationDetails `json:"automationDetails"`
	Artifacts         []artifact        `json:"artifacts,omitempty"`
	ColumnKind        string            `json:"columnKind"`
	Properties        *runProperties    `json:"properties,omitempty"`
}

type runProperties struct {
	Snapshots []snapshot `json:"snapshots"`
}

type snapshot struct {
	Path        string `json:"path,omitempty"`
	SHA256      string `json:"sha256,omitempty"`
	CollectedAt string `json:"collectedAt,omitempty"`
	CollectedBy string `json:"collectedBy,omitempty"`
	Interrupted bool   `json:"interrupted,omitempty"`
}

type tool struct {
	Driver driver `json:"driver"`
}

type driver struct {
	Name           string       `json:"name"`
	Version        string       `json:"version,omitempty"`
	InformationURI string       `json:"informationUri"`
	Rules          []descriptor `json:"rules,omitempty"`
	Notifications  []descriptor `json:"notifications"`
}

// descriptor is a rule, or a kind of notification.
type descriptor struct {
	ID                   string          `json:"id"`
	Name                 string          `json:"name,omitempty"`
	ShortDescription     message         `json:"shortDescription"`
	FullDescription      *message        `json:"fullDescription,omitempty"`
	Help                 *message        `json:"help,omitempty"`
	HelpURI              string          `json:"helpUri,omitempty"`
	DefaultConfiguration *configuration  `json:"defaultConfiguration,omitempty"`
	Properties           *ruleProperties `json:"properties,omitempty"`
}

type configuration struct {
	Level string `json:"level"`
}

type ruleProperties struct {
	Tags             []string `json:"tags"`
	Precision        string   `json:"precision"`
	ProblemSeverity  string   `json:"problem.severity"`
	SecuritySeverity string   `json:"security-severity,omitempty"`
}

type message struct {
	Text     string `json:"text"`
	Markdown string `json:"markdown,omitempty"`
}

type automationDetails struct {
	ID string `json:"id"`
}

type notification struct {
	Descriptor     reference  `json:"descriptor"`
	AssociatedRule *reference `json:"associatedRule,omitempty"`
	Level          string     `json:"level"`
	Message        message    `json:"message"`
	Locations      []location `json:"locations,omitempty"`
}

type reference struct {
	ID    string `json:"id"`
	Index int    `json:"index"`
}

type artifact struct {
	Location artifactLocation  `json:"location"`
	Roles    []string          `json:"roles"`
	Hashes   map[string]string `json:"hashes,omitempty"`
}

type result struct {
	RuleID              string            `json:"ruleId"`
	RuleIndex           int               `json:"ruleIndex"`
	Level               string            `json:"level"`
	Message             message           `json:"message"`
	Locations           []location        `json:"locations"`
	PartialFingerprints map[string]string `json:"partialFingerprints"`
	BaselineState       string            `json:"baselineState,omitempty"`
	Suppressions        []suppression     `json:"suppressions,omitempty"`
	Properties          resultProperties  `json:"properties,omitzero"`
}

type resultProperties struct {
	Severity  string            `json:"severity,omitempty"`
	Account   string            `json:"account,omitempty"`
	Region    string            `json:"region,omitempty"`
	Statement string            `json:"statement,omitempty"`
	Pointer   string            `json:"pointer,omitempty"`
	About     map[string]string `json:"about,omitempty"`
	Mend      json.RawMessage   `json:"mend,omitempty"`
}

type suppression struct {
	Kind          string                `json:"kind"`
	Status        string                `json:"status"`
	Justification string                `json:"justification,omitempty"`
	Properties    suppressionProperties `json:"properties,omitzero"`
}

type suppressionProperties struct {
	Owner   string `json:"owner,omitempty"`
	Expires string `json:"expires,omitempty"`
	Ticket  string `json:"ticket,omitempty"`
}

type location struct {
	PhysicalLocation physicalLocation  `json:"physicalLocation"`
	LogicalLocations []logicalLocation `json:"logicalLocations,omitempty"`
}

type physicalLocation struct {
	ArtifactLocation artifactLocation `json:"artifactLocation"`
	Region           region           `json:"region"`
}

type artifactLocation struct {
	URI string `json:"uri"`
}

type region struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn"`
	EndLine     int `json:"endLine"`
	EndColumn   int `json:"endColumn"`
}

type logicalLocation struct {
	FullyQualifiedName string `json:"fullyQualifiedName"`
	Kind               string `json:"kind"`
}
