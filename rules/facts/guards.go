package facts

// KeyRef is how a bucket's default encryption names its key, before anybody
// looks whether the key can be used.
type KeyRef struct {
	Place string `json:"place"`
	Given string `json:"given"`
	Form  string `json:"form" enum:"none,arn,id,alias,alias_arn,aws_managed"`
	ARN   string `json:"arn"` // "" when there is no such key
	// Owner says whose key it is; trusted is another account that the
	// configuration trusts.
	Owner   string `json:"owner" enum:"none,own,aws,trusted,foreign"`
	Account string `json:"account"` // "" when no key is involved
}

// Guards are what the bucket policy, with the organization's resource control
// policies where they are known, denies to everybody.
type Guards struct {
	Place string `json:"place"`
	// OpenToHTTP are requests that are not denied over plain HTTP, such as
	// "s3:GetObject by another account"; none when TLS is enforced.
	OpenToHTTP []string `json:"open_to_http"`
	// OtherAlgorithm says whether an upload that asks for SSE-S3 is denied.
	OtherAlgorithm string `json:"other_algorithm" enum:"denied,allowed,depends"`
	// OtherKey says whether an upload that names another key is denied.
	OtherKey string `json:"other_key" enum:"denied,allowed,depends"`
	// NoHeader says whether an upload without headers, which the default
	// encryption would take care of, is denied; NoHeaderBy are the statements.
	NoHeader   string      `json:"no_header" enum:"denied,allowed,depends"`
	NoHeaderBy []Statement `json:"no_header_by"`
}

// CustomerKeys says whether uploads with keys of the client (SSE-C) are refused.
type CustomerKeys struct {
	Place string `json:"place"`
	By    string `json:"by" enum:"bucket,policy,nothing"`
}

// Policy is an identity policy: inline, or managed by the customer or by AWS.
type Policy struct {
	ID  string `json:"id"`
	ARN string `json:"arn"` // of the managed policy, or of the identity that has the inline policy
	// Name of the policy.
	Name     string            `json:"name"`
	Kind     string            `json:"kind" enum:"inline,managed"`
	Manager  string            `json:"manager" enum:"customer,aws"`
	Place    string            `json:"place"`
	Unread   map[string]Unread `json:"unread"`
	Document *PolicyDocument   `json:"document,omitempty"`
	// Wildcards are the statements that allow every action, or every one of a service.
	Wildcards *PolicyWildcards `json:"wildcards,omitempty"`
	Use       *PolicyUse       `json:"use,omitempty"`
	// Idle are the statements in which something never matches.
	Idle *PolicyIdle `json:"idle,omitempty"`
}

// PolicyDocument is the part of an identity policy that is about KMS.
type PolicyDocument struct {
	Place      string            `json:"place"`
	Statements []PolicyStatement `json:"statements"`
	// Everywhere are the actions that the policy allows on every key of the account
	// or more, once for each statement, less what the same policy denies on every
	// key without a condition.
	Everywhere []Everywhere `json:"everywhere"`
}

// PolicyStatement is a statement of an identity policy that touches KMS.
type PolicyStatement struct {
	Place       string   `json:"place"`
	Identity    string   `json:"identity"`
	Effect      string   `json:"effect" enum:"Allow,Deny"`
	Every       bool     `json:"every"` // every action on a key
	Keys        string   `json:"keys" enum:"none,some,region,account,all"`
	Conditional bool     `json:"conditional"`
	NotAction   bool     `json:"not_action"`
	NotResource bool     `json:"not_resource"`
	Aliases     []string `json:"aliases"` // resources that name aliases
	// KeyActions says that at least one action on keys, rather than on aliases
	// only, is named.
	KeyActions bool `json:"key_actions"`
	// AliasActions says that actions on aliases are named, which need both the
	// alias and the key.
	AliasActions bool `json:"alias_actions"`
}

// Everywhere is an action that is allowed on every key of a Region, of the
// account, or of all.
type Everywhere struct {
	Action      string `json:"action"`
	Place       string `json:"place"`
	Identity    string `json:"identity"`
	Conditional bool   `json:"conditional"`
	Keys        string `json:"keys" enum:"region,account,all"`
}

// Role is a role of the account, for what its trust policy lets in.
type Role struct {
	ARN    string            `json:"arn"`
	Name   string            `json:"name"`
	Place  string            `json:"place"`
	Unread map[string]Unread `json:"unread"`
	Trust  *Trust            `json:"trust,omitempty"`
	// Decrypts are keys that the role can decrypt with; asked only for roles that
	// strangers can assume.
	Decrypts *Decrypts `json:"decrypts,omitempty"`
}

// Trust is a trust policy: the statements that let strangers in.
type Trust struct {
	Place string           `json:"place"`
	Open  []TrustStatement `json:"open"`
}

// TrustStatement lets strangers assume a role, or other accounts that nobody trusts.
type TrustStatement struct {
	Place    string   `json:"place"`
	Identity string   `json:"identity"`
	Provider string   `json:"provider"` // of web identities, "" for AWS principals
	Accounts []string `json:"accounts"` // other accounts by name, none for strangers
	Tests    []Test   `json:"tests"`    // which strangers can meet; all, for accounts
}

// Decrypts are keys that a role can decrypt with: the first few, sorted.
type Decrypts struct {
	Place string   `json:"place"`
	Keys  []string `json:"keys"`
}
