package ocsf

import "encoding/json"

// The part of the schema that is written. What is empty is left out.

type event struct {
	ActivityID   int          `json:"activity_id"`
	ActivityName string       `json:"activity_name"`
	CategoryUID  int          `json:"category_uid"`
	CategoryName string       `json:"category_name"`
	ClassUID     int          `json:"class_uid"`
	ClassName    string       `json:"class_name"`
	TypeUID      int          `json:"type_uid"`
	TypeName     string       `json:"type_name"`
	Time         int64        `json:"time"` // milliseconds since 1970
	SeverityID   int          `json:"severity_id"`
	Severity     string       `json:"severity"`
	StatusID     int          `json:"status_id"`
	Status       string       `json:"status"`
	StatusDetail string       `json:"status_detail,omitempty"`
	Message      string       `json:"message"`
	Metadata     metadata     `json:"metadata"`
	Cloud        cloud        `json:"cloud"`
	FindingInfo  findingInfo  `json:"finding_info"`
	Compliance   check        `json:"compliance"`
	Remediation  *remediation `json:"remediation,omitempty"`
	Resources    []details    `json:"resources"`
	Unmapped     extra        `json:"unmapped,omitzero"`
}

type metadata struct {
	Version   string   `json:"version"`
	Product   product  `json:"product"`
	Profiles  []string `json:"profiles"`
	EventCode string   `json:"event_code,omitempty"`
}

type product struct {
	Name       string `json:"name"`
	VendorName string `json:"vendor_name"`
	Version    string `json:"version,omitempty"`
}

type cloud struct {
	Provider string   `json:"provider"`
	Account  *account `json:"account,omitempty"`
	Region   string   `json:"region,omitempty"`
}

type account struct {
	UID    string `json:"uid"`
	TypeID int    `json:"type_id"`
	Type   string `json:"type"`
}

type findingInfo struct {
	UID      string   `json:"uid"`
	Title    string   `json:"title"`
	Desc     string   `json:"desc,omitempty"`
	Analytic analytic `json:"analytic"`
}

type analytic struct {
	Name   string `json:"name"`
	UID    string `json:"uid,omitempty"`
	TypeID int    `json:"type_id"`
	Type   string `json:"type"`
}

type check struct {
	Standards     []string `json:"standards"`
	Requirements  []string `json:"requirements,omitempty"`
	Control       string   `json:"control,omitempty"`
	StatusID      int      `json:"status_id"`
	Status        string   `json:"status"`
	StatusDetails []string `json:"status_details,omitempty"`
}

type remediation struct {
	Desc       string   `json:"desc"`
	References []string `json:"references,omitempty"`
}

type details struct {
	UID            string `json:"uid,omitempty"`
	Name           string `json:"name"`
	Type           string `json:"type"`
	Region         string `json:"region,omitempty"`
	CloudPartition string `json:"cloud_partition"`
}

type extra struct {
	Statement string            `json:"statement,omitempty"`
	About     map[string]string `json:"about,omitempty"`
	Place     string            `json:"place,omitempty"`
	Pointer   string            `json:"pointer,omitempty"`
	Evidence  json.RawMessage   `json:"evidence,omitempty"`
}
