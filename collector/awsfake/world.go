package awsfake

import (
	"sync"
	"time"
)

// World is one AWS account. Fill it before the first request; after that only
// its methods may be used, and those from several goroutines.
type World struct {
	Account   string // 12 digits
	Partition string // "" means aws
	Caller    string // ARN of the identity that asks
	// Regions are those enabled in the account.
	Regions []string

	Users    []User
	Groups   []Group
	Roles    []Role
	Policies []ManagedPolicy

	Keys    []Key
	Aliases []Alias
	Stores  []KeyStore
	Buckets []Bucket

	Trails      []Trail
	EventStores []EventStore
	LogGroups   []LogGroup
	Filters     []MetricFilter
	Alarms      []Alarm
	EventRules  []EventRule
	Analyzers   []Analyzer
	// Organization is nil when the account is in none.
	Organization *Organization
	// Directory is the whole organization, for its management account.
	Directory *Directory

	// PageSize, if it is not 0, makes every page of every listing smaller than the
	// client asked for, as IAM does.
	PageSize int
	// Latency is how long every answer takes.
	Latency time.Duration
	// Faults are what goes wrong. The first that fits a request is used.
	Faults []*Fault
	// T is told of every request that AWS would refuse for its form, and of every
	// operation that is not read-only. If it is nil, such a request panics.
	T interface {
		Helper()
		Errorf(format string, args ...any)
	}

	// Quotas are the most calls that an operation in a Region takes in any second, by
	// service and operation, such as "kms ListGrants". Those beyond are throttled.
	Quotas map[string]int

	served    sync.RWMutex // held while a request is answered; see Change
	mu        sync.Mutex
	calls     map[Call]int
	recent    map[[3]string][]time.Time // of operations with a quota
	throttled int
	once      sync.Once
	index     index
	assume    func(role, externalID string) (account string, ok bool)
}

// index finds what is asked about.
type index struct{ keys, buckets map[string]int }

// known is made at the first request: the world stays as it is from then on.
func (w *World) known() index {
	w.once.Do(func() {
		w.index = index{map[string]int{}, map[string]int{}}
		for i, k := range w.Keys {
			w.index.keys[k.Region+"/"+k.ID] = i
		}
		for i, b := range w.Buckets {
			w.index.buckets[b.Name] = i
		}
	})
	return w.index
}

// Document is a policy text, not encoded.
type Document = string

// User is an IAM user.
type User struct {
	Name, ID, Path string // Path "" is /
	Created        time.Time
	Groups         []string
	Inline         map[string]Document
	Attached       []string // ARNs of managed policies
	Boundary       string   // ARN
	Tags           map[string]string
}

// Group is an IAM group.
type Group struct {
	Name, ID, Path string
	Created        time.Time
	Inline         map[string]Document
	Attached       []string
}

// Role is an IAM role.
type Role struct {
	Name, ID, Path string
	Created        time.Time
	Trust          Document
	Inline         map[string]Document
	Attached       []string
	Boundary       string
	Tags           map[string]string
	LastUsed       time.Time // zero: never
	LastUsedRegion string
}

// ManagedPolicy is a managed policy. The last version is the default one.
type ManagedPolicy struct {
	ARN, ID  string
	Created  time.Time
	Versions []Document
}

// Key is a KMS key. Empty fields are those of a new symmetric key.
type Key struct {
	ID, Region        string
	Manager           string // CUSTOMER
	State             string // Enabled
	Spec              string // SYMMETRIC_DEFAULT
	Usage             string // ENCRYPT_DECRYPT
	Origin            string // AWS_KMS
	Description       string
	Created           time.Time
	Deletion          time.Time
	CustomKeyStore    string
	CloudHSMCluster   string
	XksKey            string
	MultiRegionType   string // PRIMARY, REPLICA; "" means a key of one Region
	MultiRegionOthers []string
	Policy            Document // "" is the default key policy
	Grants            []Grant
	Rotation          bool
	RotationDays      int
	Rotations         []Rotation // those that took place, in the order they are listed
	Tags              map[string]string
	LastUsed          Use
}

// Use is when and how a key was last used; the zero value is never.
type Use struct {
	At        time.Time
	Operation string
}

// KeyStore is a custom key store.
type KeyStore struct {
	ID, Name, Region string
	Type             string // AWS_CLOUDHSM, EXTERNAL_KEY_STORE
	State            string // CONNECTED, …
}

// Rotation is a rotation of a key that took place.
type Rotation struct {
	At   time.Time
	Type string // AUTOMATIC, ON_DEMAND
}

// Grant is a grant on a key.
type Grant struct {
	ID, Name, Grantee, Retiring string
	Created                     time.Time
	Operations                  []string
	ContextEquals               map[string]string
	ContextSubset               map[string]string
}

// Alias is a KMS alias. Target is a key's id; predefined aliases have none.
type Alias struct {
	Name, Region, Target string
}

// Bucket is an S3 bucket.
type Bucket struct {
	Name, Region string
	Created      time.Time
	// Listed is the Region that the listing gives: "" means Region, "-" none.
	Listed string
	// Encryption nil is S3's own default, AES256. Unencrypted is a bucket that
	// answers as before 2023.
	Encryption  []EncryptionRule
	Unencrypted bool
	Policy      Document
	// PublicAccess is the public access block: four settings in the order of the
	// API, or nil if there is none.
	PublicAccess *[4]bool
	Ownership    string // "" is none
	// ACL grants beside the owner's full control, each with the URI of a group or a
	// canonical user id.
	ACL         []ACLGrant
	Tags        map[string]string
	Versioning  string // "" is never set
	Replication *Replication
	LogTarget   string // bucket for access logs; "" is none
	LogPrefix   string
	Inventories []Inventory
	Objects     []Object
}

// ACLGrant is a grant of an access control list.
type ACLGrant struct{ Grantee, Permission string }

// EncryptionRule is a default encryption rule of a bucket.
type EncryptionRule struct {
	Algorithm, Key string
	BucketKey      bool
	Blocked        []string
}

// Object is an S3 object.
type Object struct {
	Key       string
	Algorithm string
	KMSKey    string
	BucketKey bool
	// CustomerKey says that the object is under SSE-C.
	CustomerKey bool
	Modified    time.Time
}

// Organization is the account's place in an organization.
type Organization struct {
	ID, Management string
	Consolidated   bool // without SCPs
	// Levels run from the root to the account.
	Levels []Level
}

// Level is a root, an organizational unit or the account.
type Level struct {
	ID       string
	SCP, RCP []OrgPolicy
}

// OrgPolicy is a service or resource control policy.
type OrgPolicy struct {
	ID, Name string
	Content  Document
}

func (w *World) partition() string {
	if w.Partition == "" {
		return "aws"
	}
	return w.Partition
}

// home is the Region that global services are signed for, and the suffix that
// host names have.
func (w *World) home() (region, suffix string) {
	switch w.partition() {
	case "aws-us-gov":
		return "us-gov-west-1", "amazonaws.com"
	case "aws-cn":
		return "cn-north-1", "amazonaws.com.cn"
	case "aws-eusc":
		return "eusc-de-east-1", "amazonaws.eu"
	}
	return "us-east-1", "amazonaws.com"
}

// KeyARN is the ARN of a key of this account.
func (w *World) KeyARN(region, id string) string {
	return "arn:" + w.partition() + ":kms:" + region + ":" + w.Account + ":key/" + id
}

func (w *World) iamARN(kind, path, name string) string {
	if path == "" {
		path = "/"
	}
	return "arn:" + w.partition() + ":iam::" + w.Account + ":" + kind + path + name
}
