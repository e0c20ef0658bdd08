package asff

// The part of the format that is written. What is empty is left out.

type finding struct {
	SchemaVersion         string            `json:"SchemaVersion"`
	ID                    string            `json:"Id"`
	ProductARN            string            `json:"ProductArn"`
	ProductName           string            `json:"ProductName"`
	GeneratorID           string            `json:"GeneratorId"`
	AWSAccountID          string            `json:"AwsAccountId"`
	Region                string            `json:"Region"`
	Types                 []string          `json:"Types"`
	CreatedAt             string            `json:"CreatedAt"`
	UpdatedAt             string            `json:"UpdatedAt"`
	Severity              severityOf        `json:"Severity"`
	Title                 string            `json:"Title"`
	Description           string            `json:"Description"`
	Remediation           *remediation      `json:"Remediation,omitempty"`
	ProductFields         map[string]string `json:"ProductFields"`
	Resources             []details         `json:"Resources"`
	Compliance            compliance        `json:"Compliance"`
	Workflow              *workflow         `json:"Workflow,omitempty"`
	RecordState           string            `json:"RecordState"`
	Note                  *note             `json:"Note,omitempty"`
	FindingProviderFields providerFields    `json:"FindingProviderFields"`
}

type severityOf struct {
	Label    string `json:"Label"`
	Original string `json:"Original,omitempty"`
}

type remediation struct {
	Recommendation recommendation `json:"Recommendation"`
}

type recommendation struct {
	Text string `json:"Text"`
	URL  string `json:"Url,omitempty"`
}

type details struct {
	ID        string `json:"Id"`
	Type      string `json:"Type"`
	Partition string `json:"Partition"`
	Region    string `json:"Region,omitempty"`
}

type compliance struct {
	Status              string   `json:"Status"`
	RelatedRequirements []string `json:"RelatedRequirements,omitempty"`
	StatusReasons       []reason `json:"StatusReasons,omitempty"`
}

type reason struct {
	ReasonCode  string `json:"ReasonCode"`
	Description string `json:"Description"`
}

type workflow struct {
	Status string `json:"Status"`
}

type note struct {
	Text      string `json:"Text"`
	UpdatedBy string `json:"UpdatedBy"`
	UpdatedAt string `json:"UpdatedAt"`
}

type providerFields struct {
	Severity severityOf `json:"Severity"`
	Types    []string   `json:"Types"`
}
