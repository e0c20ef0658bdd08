package facts

// Intent is what the account is meant to be, as the configuration says. Its yaml
// names are those of the configuration file.
type Intent struct {
	Requirements      []Requirement `yaml:"requirements"`
	KeyAdministrators []string      `yaml:"key_administrators"` // ARNs
	TrustedAccounts   []string      `yaml:"trusted_accounts"`   // 12 digits each
	Environments      Environments  `yaml:"environments"`
}

// Environments says how the environment of a bucket, key, user or role is known: by
// the value of a tag, or by globs over names, which go first. The names of keys are
// their aliases, without alias/.
type Environments struct {
	Tag   string              `yaml:"tag"`
	Names map[string][]string `yaml:"names"`
}

// Requirement says who needs which actions on which key, for which buckets and
// objects.
type Requirement struct {
	Name       string           `yaml:"name"`
	Principals []string         `yaml:"principals"` // ARNs of users and roles
	Key        string           `yaml:"key"`        // ARN
	Actions    []string         `yaml:"actions"`    // of KMS, with wildcards
	Exclusive  bool             `yaml:"exclusive"`
	Buckets    []RequiredBucket `yaml:"buckets"`
}

// RequiredBucket is a bucket whose objects the requirement's key protects.
type RequiredBucket struct {
	Name             string   `yaml:"name"`
	Operations       []string `yaml:"operations"` // of S3, by the names of the API
	BucketKey        *bool    `yaml:"bucket_key"`
	DSSE             bool     `yaml:"dsse"` // wants two layers of encryption
	RequestsPerMonth int      `yaml:"requests_per_month"`
	Objects          []string `yaml:"objects"` // keys
}

// Says lists the parts of the configuration that say something, by the names
// that rules use for what they need.
func (i Intent) Says() map[string]bool {
	says := map[string]bool{
		"requirements":       len(i.Requirements) > 0,
		"key_administrators": len(i.KeyAdministrators) > 0,
		"trusted_accounts":   len(i.TrustedAccounts) > 0,
		"environments":       i.Environments.Tag != "" || len(i.Environments.Names) > 0,
	}
	for _, r := range i.Requirements {
		says["requirements.exclusive"] = says["requirements.exclusive"] || r.Exclusive
		says["requirements.buckets"] = says["requirements.buckets"] || len(r.Buckets) > 0
	}
	return says
}
