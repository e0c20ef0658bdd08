package facts

// Schema names the facts format.
const Schema = "kmsaudit.facts/v1"

// Document is what a rule sees as input. Pointer members of resources are their
// readings; every other member is always there.
type Document struct {
	Schema  string  `json:"schema"`
	Account Account `json:"account"`
	// Params holds, by rule id, the parameters in force.
	Params map[string]map[string]any `json:"params"`
	// Prices are the list prices that cost estimates use, in US dollars.
	Prices     Prices       `json:"prices"`
	Keys       []Key        `json:"keys"`
	Buckets    []Bucket     `json:"buckets"`
	Objects    []Object     `json:"objects"`
	Policies   []Policy     `json:"policies"`
	Roles      []Role       `json:"roles"`
	Identities []Identity   `json:"identities"`
	Trails     []Trail      `json:"trails"`
	LogGroups  []LogGroup   `json:"log_groups"`
	Monitoring []Monitoring `json:"monitoring"`
	Access     []Access     `json:"access"`
	Operations []Operation  `json:"operations"`
	Exclusive  []Exclusive  `json:"exclusive"`
	Crossings  []Crossing   `json:"crossings"`
	Effects    []Effect     `json:"effects"`
	Needless   []Needless   `json:"needless"`
	Powers     []Power      `json:"powers"`
}

// Account is the account that the document is about.
type Account struct {
	ARN       string `json:"arn"`
	ID        string `json:"id"`
	Partition string `json:"partition"`
	Place     string `json:"place"`
}

// Prices are AWS's list prices in US dollars, as of November 2026.
type Prices struct {
	KMSRequests10000 float64 `json:"kms_requests_10000"`
	KeyMonth         float64 `json:"key_month"`
}

// Unread says why a reading is not there: the state of the question, what was
// asked and AWS's error code.
type Unread struct {
	State     string `json:"state" enum:"denied,failed,not_collected"`
	Operation string `json:"operation"`
	Code      string `json:"code"`
}

// Key is a KMS key of the account, or the stand-in for the keys of a Region
// whose listing failed.
type Key struct {
	ARN      string            `json:"arn"`
	Region   string            `json:"region"`
	Place    string            `json:"place"`
	Unread   map[string]Unread `json:"unread"`
	Metadata *KeyMetadata      `json:"metadata,omitempty"`
	Rotation *KeyRotation      `json:"rotation,omitempty"`
	Policy   *KeyPolicy        `json:"policy,omitempty"`
	// Membership says which organizations its policy lets in.
	Membership *KeyMembership `json:"membership,omitempty"`
	// Rotated is when the key last got new material.
	Rotated *KeyRotated `json:"rotated,omitempty"`
	// UsedBy are the buckets that name the key as their default.
	UsedBy *KeyUsedBy `json:"used_by,omitempty"`
	// Recorders are trails, event data stores and log groups that write under the key.
	Recorders *KeyRecorders `json:"recorders,omitempty"`
	// Environments are those of the buckets that name the key as their default.
	Environments *KeyEnvironments `json:"environments,omitempty"`
	// Deletion bounds the waiting period before the key is deleted.
	Deletion *KeyDeletion `json:"deletion,omitempty"`
	// Material says how long imported key material lasts.
	Material *KeyMaterial `json:"material,omitempty"`
	// Usage is the last use that is on record.
	Usage   *KeyUsage   `json:"usage,omitempty"`
	Tags    *KeyTags    `json:"tags,omitempty"`
	Store   *KeyStore   `json:"store,omitempty"`
	Aliases *KeyAliases `json:"aliases,omitempty"`
	// Delegation says what its policy leaves to IAM.
	Delegation *KeyDelegation `json:"delegation,omitempty"`
	// Decryptors are those who may decrypt with it, Keepers those who can change
	// its policy, Duties those who administer and use it.
	Decryptors *KeyDecryptors `json:"decryptors,omitempty"`
	Keepers    *KeyKeepers    `json:"keepers,omitempty"`
	Duties     *KeyDuties     `json:"duties,omitempty"`
	Grants     *KeyGrants     `json:"grants,omitempty"`
	// Inverted, Services, Named, Granting, Bypass, Context and Plain are statements of
	// its policy that are looked at for one thing each.
	Inverted *KeyInverted `json:"inverted,omitempty"`
	Services *KeyServices `json:"services,omitempty"`
	Named    *KeyNamed    `json:"named,omitempty"`
	Granting *KeyGranting `json:"granting,omitempty"`
	Bypass   *KeyBypass   `json:"bypass,omitempty"`
	Context  *KeyContext  `json:"context,omitempty"`
	Plain    *KeyPlain    `json:"plain,omitempty"`
	// Home are the environments that the key itself belongs to.
	Home *KeyHome `json:"home,omitempty"`
}

// KeyMetadata is what DescribeKey says.
type KeyMetadata struct {
	Place       string `json:"place"`
	Manager     string `json:"manager" enum:"customer,aws"`
	State       string `json:"state"` // AWS's word, such as Enabled
	Spec        string `json:"spec"`
	Usage       string `json:"usage"`
	Origin      string `json:"origin"`
	MultiRegion string `json:"multi_region" enum:"no,primary,replica"`
	// PendingDays is how many days are left until the key is deleted, -1 when it
	// is not pending deletion.
	PendingDays int `json:"pending_days"`
	// Renewal says how the key can get new material: by itself, on demand only, or
	// not at all.
	Renewal string `json:"renewal" enum:"automatic,on_demand,none"`
	// Rotatable says that KMS can rotate the key by itself: customer managed,
	// symmetric, enabled, material made by KMS, and no replica of another key.
	Rotatable bool `json:"rotatable"`
}

// KeyRotation is what GetKeyRotationStatus says. Days is 0 when AWS gave none.
type KeyRotation struct {
	Place      string `json:"place"`
	Status     string `json:"status" enum:"on,off,unsupported"`
	PeriodDays int    `json:"period_days"`
}

// KeyMembership are the organizations that conditions of the key policy let in
// and that are not the account's own.
type KeyMembership struct {
	Place   string   `json:"place"`
	Foreign []string `json:"foreign"`
}

// KeyRotated says how long ago the key got its material: by a rotation, or when
// it was made.
type KeyRotated struct {
	Place string `json:"place"`
	Days  int    `json:"days"`
	By    string `json:"by" enum:"rotation,creation"`
}

// KeyUsedBy are the buckets that name a key as their default. Buckets holds the
// first few of Count.
type KeyUsedBy struct {
	Place   string   `json:"place"`
	Count   int      `json:"count"`
	Buckets []string `json:"buckets"`
}

// KeyEnvironments are the environments of the buckets that name a key as their
// default, sorted.
type KeyEnvironments struct {
	Place string   `json:"place"`
	Names []string `json:"names"`
}

// KeyPolicy is a key policy, statement by statement. AWS fixes the policies of
// the keys that it manages itself: those have no statements here.
type KeyPolicy struct {
	Place      string         `json:"place"`
	Manager    string         `json:"manager" enum:"customer,aws"`
	Statements []KeyStatement `json:"statements"`
}

// KeyStatement is one statement of a key policy.
type KeyStatement struct {
	Place    string `json:"place"`
	Identity string `json:"identity"`
	Effect   string `json:"effect" enum:"Allow,Deny"`
	// Anyone says that the statement names everybody, or everybody but some.
	Anyone bool `json:"anyone"`
	// Restriction says what of that its conditions, and the denials of the same
	// policy, take back: nothing, something that a stranger can meet, or all but
	// named principals, accounts, organizations or networks.
	Restriction string `json:"restriction" enum:"none,weak,fixed"`
	// External are the accounts that the statement allows by name and that are
	// neither the owner nor trusted.
	External []string `json:"external"`
	// Open are the KMS actions that a stranger has by the statement.
	Open  []string `json:"open"`
	Tests []Test   `json:"tests"`
}

// Test is one test of a condition. The operator of one that a Deny makes begins
// with "must fail: ": the request is denied where it holds.
type Test struct {
	Key      string   `json:"key"`
	Operator string   `json:"operator"`
	Values   []string `json:"values"`
}

// Bucket is an S3 bucket of the account, or the stand-in for all of them when
// their listing failed.
type Bucket struct {
	ARN    string `json:"arn"`
	Name   string `json:"name"`
	Region string `json:"region"` // "" when it is not known
	Place  string `json:"place"`
	// Intent is what the configuration says of the bucket.
	Intent     BucketIntent      `json:"intent"`
	Unread     map[string]Unread `json:"unread"`
	Encryption *BucketEncryption `json:"encryption,omitempty"`
	LogTarget  *LogTarget        `json:"log_target,omitempty"`
	DefaultKey *DefaultKey       `json:"default_key,omitempty"`
	// KeyRef is how the default encryption names its key.
	KeyRef *KeyRef `json:"key_ref,omitempty"`
	// Guards are what the bucket policy denies.
	Guards *Guards `json:"guards,omitempty"`
	// CustomerKeys says whether SSE-C is refused.
	CustomerKeys *CustomerKeys `json:"customer_keys,omitempty"`
	// TLS is the oldest version of TLS that is let through.
	TLS *TLSFloor `json:"tls,omitempty"`
	// Writers are others who may change the bucket.
	Writers *ConfigWriters `json:"writers,omitempty"`
	// Lockout says whether the policy keeps everybody from mending it.
	Lockout     *Lockout      `json:"lockout,omitempty"`
	Public      *PublicAccess `json:"public,omitempty"`
	Replication *Replication  `json:"replication,omitempty"`
	Inventories *Inventories  `json:"inventories,omitempty"`
}

// BucketIntent is what requirements say of a bucket.
type BucketIntent struct {
	Required         bool   `json:"required"` // a requirement names it
	Key              string `json:"key"`      // ARN of the required key, or ""
	BucketKey        string `json:"bucket_key" enum:"on,off,unsaid"`
	DSSE             bool   `json:"dsse"`
	RequestsPerMonth int    `json:"requests_per_month"` // 0: not said
}

// BucketEncryption is the default encryption. Key is as configured: an ARN, a
// bare id or an alias, or "" for the AWS managed key.
type BucketEncryption struct {
	Place     string `json:"place"`
	Algorithm string `json:"algorithm"` // none, AES256, aws:kms, aws:kms:dsse or a newer word of AWS
	KMS       bool   `json:"kms"`       // aws:kms or aws:kms:dsse
	Key       string `json:"key"`
	BucketKey bool   `json:"bucket_key"`
	SSEC      string `json:"sse_c" enum:"blocked,allowed,unsaid"`
}

// LogTarget says whether a service of AWS delivers logs into the bucket, by the
// evidence of its policy.
type LogTarget struct {
	Place    string   `json:"place"`
	Services []string `json:"services"` // service principals that may put objects
}

// DefaultKey is the key behind the default encryption, looked up.
type DefaultKey struct {
	Place string `json:"place"`
	Given string `json:"given"`
	// Form is how the configuration names the key; none when the default is not
	// SSE-KMS.
	Form string `json:"form" enum:"none,arn,id,alias,alias_arn,aws_managed"`
	ARN  string `json:"arn"` // "" when there is no such key
	// Problem is why S3 cannot use the key, or none.
	Problem string `json:"problem" enum:"none,missing,disabled,pending_deletion,pending_import,unavailable,other_region,wrong_usage"`
	State   string `json:"state"` // AWS's word, "" when there is no such key
	// ContextTests are places of key policy statements that test the encryption
	// context for object ARNs, which a Bucket Key would make fail (rule S5).
	ContextTests []string `json:"context_tests"`
}

// Object is an object whose encryption was asked for.
type Object struct {
	ID     string `json:"id"` // ARN
	ARN    string `json:"arn"`
	Bucket string `json:"bucket"` // ARN
	Key    string `json:"key"`    // the object's key
	URI    string `json:"uri"`    // s3://BUCKET/KEY
	Place  string `json:"place"`
	// Declared says how the configuration knows the object: by its bucket and
	// name, as a copy in another bucket of a declared name, or not at all.
	Declared   string            `json:"declared" enum:"yes,copy,no"`
	Unread     map[string]Unread `json:"unread"`
	Encryption *ObjectEncryption `json:"encryption,omitempty"`
	Expected   *ExpectedKey      `json:"expected,omitempty"`
	// KeyState is the state of the key that the object is under.
	KeyState *ObjectKey `json:"key_state,omitempty"`
}

// ObjectKey is the key that an object is under, looked up.
type ObjectKey struct {
	Place   string `json:"place"`
	ARN     string `json:"arn"`    // "" when the object is not under a key of KMS
	Region  string `json:"region"` // of the key
	Problem string `json:"problem" enum:"none,missing,disabled,pending_deletion,pending_import,unavailable,other_region,wrong_usage"`
	State   string `json:"state"`
}

// ObjectEncryption is what HeadObject says.
type ObjectEncryption struct {
	Place     string `json:"place"`
	Exists    bool   `json:"exists"`
	Algorithm string `json:"algorithm"` // none, AES256, aws:kms, aws:kms:dsse, SSE-C
	Key       string `json:"key"`
	BucketKey bool   `json:"bucket_key"`
}

// ExpectedKey is the key that an object should be under: the required one for
// declared objects and their copies, else the bucket's default.
type ExpectedKey struct {
	Place string `json:"place"`
	ARN   string `json:"arn"` // "" when nothing asks for a key
	By    string `json:"by" enum:"requirement,default,nothing"`
}
