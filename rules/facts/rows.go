package facts

// Access is one requirement, principal and key: which of the required KMS
// actions the principal has.
type Access struct {
	ID          string      `json:"id"`
	Requirement string      `json:"requirement"`
	Principal   string      `json:"principal"`
	Key         string      `json:"key"`
	Place       string      `json:"place"`
	Allowed     []Allowed   `json:"allowed"`
	Denied      []Denied    `json:"denied"`
	Depends     []Depends   `json:"depends"`
	Undecided   []Undecided `json:"undecided"`
	Mends       []Mend      `json:"mends"`
}

// Operation is one requirement, principal, bucket and S3 operation. The lists
// hold the S3 request and the KMS requests that S3 makes for it.
type Operation struct {
	ID          string      `json:"id"`
	Requirement string      `json:"requirement"`
	Principal   string      `json:"principal"`
	Bucket      string      `json:"bucket"` // ARN
	Object      string      `json:"object"` // its key, or * for any
	Operation   string      `json:"operation"`
	Key         string      `json:"key"` // ARN of the KMS key, "" when none is involved
	Place       string      `json:"place"`
	Allowed     []Allowed   `json:"allowed"`
	Denied      []Denied    `json:"denied"`
	Depends     []Depends   `json:"depends"`
	Undecided   []Undecided `json:"undecided"`
	Mends       []Mend      `json:"mends"`
}

// Exclusive is a key that only the principals of its requirements may use. The
// lists hold groups of others, by the policy that gives them the use. Or it is a
// policy that gives the use of more than ten such keys (Reach), which is left out of
// the rows of the keys, or what is not known of as many: Key is the account then.
type Exclusive struct {
	ID          string      `json:"id"`
	Requirement string      `json:"requirement"`
	Key         string      `json:"key"`
	Place       string      `json:"place"`
	Reach       int         `json:"reach"` // 0 of a key
	Keys        []string    `json:"keys"`  // the first few that a policy reaches, sorted
	Allowed     []Users     `json:"allowed"`
	Depends     []Users     `json:"depends"`
	Undecided   []Undecided `json:"undecided"`
}

// Crossing is a key of an environment, and who of other environments can decrypt
// with it because a policy or grant singles out the key or the principal. Or it is
// an environment of principals, and which keys of others they can decrypt with
// because policies single out neither.
type Crossing struct {
	ID       string `json:"id"`
	Scope    string `json:"scope" enum:"key,account"`
	Resource string `json:"resource"` // the key, or the account
	// Environments are those of the key, or that of the principals.
	Environments []string    `json:"environments"`
	Place        string      `json:"place"`
	Allowed      []Crossers  `json:"allowed"`
	Depends      []Crossers  `json:"depends"`
	Undecided    []Undecided `json:"undecided"`
}

// Crossers are principals who can decrypt with keys of environments that are not
// theirs.
type Crossers struct {
	What       string      `json:"what"` // their environment
	Count      int         `json:"count"`
	Principals []string    `json:"principals"` // the first few, sorted
	Others     []string    `json:"others"`     // environments of the keys
	KeyCount   int         `json:"key_count"`  // of keys
	Keys       []string    `json:"keys"`       // the first few, sorted
	By         []Statement `json:"by"`         // what gives it to the first of them
	Tests      []Test      `json:"tests"`      // on which it hangs for the first of them
}

// Effect is a policy of a key or of an identity, for its statements about KMS that
// can be judged: does what they say ever come to anything?
type Effect struct {
	ID       string `json:"id"`
	Kind     string `json:"kind" enum:"identity,key"`
	Resource string `json:"resource"` // the key, the identity, or the managed policy
	Policy   string `json:"policy"`   // its name
	Place    string `json:"place"`
	// Denied are the statements that have no effect.
	Denied    []NoEffect  `json:"denied"`
	Undecided []Undecided `json:"undecided"`
}

// NoEffect is a statement that has no effect, in whole or, with the fault test, in part.
type NoEffect struct {
	What     string `json:"what"` // the statement's identity
	Place    string `json:"place"`
	Identity string `json:"identity"`
	Effect   string `json:"effect" enum:"Allow,Deny"`
	Fault    string `json:"fault" enum:"overruled,nobody,action,resource,condition,cross_account,test"`
	Why      string `json:"why"`   // in words
	Mend     string `json:"mend"`  // likewise
	Count    int    `json:"count"` // of principals that have the statement, where it is overruled
	// Principal, Action and Resource are one case of that, By is what denies it.
	Principal string      `json:"principal"`
	Action    string      `json:"action"`
	Resource  string      `json:"resource"`
	By        []Statement `json:"by"`
	Tests     []Test      `json:"tests"`
}

// Needless is a key of which the only known use is to encrypt objects of S3.
type Needless struct {
	ID          string   `json:"id"`
	Key         string   `json:"key"`
	Place       string   `json:"place"`
	BucketCount int      `json:"bucket_count"` // buckets with objects under it
	Buckets     []string `json:"buckets"`      // the first few
	// Allowed are those who can decrypt with it, by a policy that names the key or
	// them, and reach none of the objects.
	Allowed   []NeedlessUse `json:"allowed"`
	Undecided []Undecided   `json:"undecided"`
}

// NeedlessUse are principals who do not need what they can do.
type NeedlessUse struct {
	What       string      `json:"what"` // the action
	Count      int         `json:"count"`
	Principals []string    `json:"principals"` // the first few, sorted
	By         []Statement `json:"by"`         // what gives it to the first of them
}

// Power is a kind of power over the keys or buckets of the account: who has it, by
// the policy that gives it. Those who are meant to have it are left out: the account's
// root user, service-linked roles and key administrators. Of kind unbounded are the
// users and roles that have a power over keys and no permissions boundary, the key
// administrators among them.
type Power struct {
	ID        string       `json:"id"`
	Kind      string       `json:"kind" enum:"destroy,takeover,encryption,unbounded"`
	ARN       string       `json:"arn"` // of the account
	Place     string       `json:"place"`
	Allowed   []PowerUsers `json:"allowed"`
	Depends   []PowerUsers `json:"depends"`
	Undecided []Undecided  `json:"undecided"`
	// Guards are the service control policies that deny one of the actions, under
	// conditions at least; for unbounded only.
	Guards []string `json:"guards"`
}

// PowerUsers are principals whom one policy, or the inline policies of one name,
// give a power.
type PowerUsers struct {
	What       string   `json:"what"` // the policy
	ARN        string   `json:"arn"`  // of the policy, of its owner if it is inline, or of the principal; that of the account for several
	Policies   int      `json:"policies"`
	Place      string   `json:"place"`
	Identity   string   `json:"identity"` // of its statement
	Count      int      `json:"count"`
	Principals []string `json:"principals"` // the first few, sorted
	Actions    []string `json:"actions"`
	// Over are the first few of the keys or buckets, in all Reach.
	Reach int      `json:"reach"`
	Over  []string `json:"over"`
	Tests []Test   `json:"tests"`
}

// Allowed is a request that is allowed.
type Allowed struct {
	What string `json:"what"` // the action
}

// Denied is a request that is denied: by a Deny, or for want of an Allow.
type Denied struct {
	What     string `json:"what"`
	Resource string `json:"resource"`
	// Verdict is NoSuchPrincipal, NoSuchKey or NoSuchBucket where a complete
	// listing does not have what the requirement names.
	Verdict string      `json:"verdict" enum:"ExplicitlyDenied,ImplicitlyDenied,NoSuchPrincipal,NoSuchKey,NoSuchBucket"`
	Missing []string    `json:"missing"` // layers without an Allow
	By      []Statement `json:"by"`      // the statements that deny
	Why     string      `json:"why"`     // in words
}

// Depends is a request whose answer hangs on conditions that nobody knows yet.
type Depends struct {
	What     string `json:"what"`
	Resource string `json:"resource"`
	Tests    []Test `json:"tests"`
}

// Undecided is what cannot be decided because something was not read.
type Undecided struct {
	What   string         `json:"what"`
	Unread []UnreadPolicy `json:"unread"`
}

// UnreadPolicy is a policy or listing that was not read.
type UnreadPolicy struct {
	Policy    string `json:"policy"`
	Place     string `json:"place"`
	State     string `json:"state" enum:"denied,failed,not_collected"`
	Operation string `json:"operation"`
	Code      string `json:"code"`
}

// Users are principals that one policy gives the use of a key.
type Users struct {
	What       string      `json:"what"` // the policy, as evidence names it
	Place      string      `json:"place"`
	Identity   string      `json:"identity"` // of the statement, "" for a grant
	Count      int         `json:"count"`
	Principals []string    `json:"principals"` // the first few, sorted
	Actions    []string    `json:"actions"`
	Paths      []string    `json:"paths"`
	Tests      []Test      `json:"tests"`
	By         []Statement `json:"by"`
}

// Statement names a policy statement.
type Statement struct {
	Layer    string `json:"layer"`
	Policy   string `json:"policy"`
	Sid      string `json:"sid"`
	Place    string `json:"place"`
	Identity string `json:"identity"`
}

// Mend is a concrete mend: what to do, and the statement to add where there is
// one.
type Mend struct {
	Text      string         `json:"text"`
	To        string         `json:"to"` // the policy that the statement belongs into
	Statement map[string]any `json:"statement"`
}
