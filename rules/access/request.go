package access

// Request is one request: one principal, one action, one resource (rule Q1).
type Request struct {
	Principal Caller
	Action    string // service:Name, in any case
	Resource  string // one ARN, or * for actions without a resource (M9)
	// ResourceAccount owns the resource; "" means the account that the ARN names,
	// else the principal's.
	ResourceAccount string
	// Context holds the facts of the request. Nothing is derived: aws:PrincipalArn
	// and kms:CallerAccount are there if they were put there.
	Context Context
	// open says that Resource is only the beginning: what follows is not known.
	open bool
	// chosen says that the caller chooses what follows: it takes what an Allow
	// covers and a Deny does not.
	chosen bool
}

// Caller is the principal of a request.
type Caller struct {
	// ARN is that of a user, role, assumed-role session, federated user or account
	// root, or a service principal's name; "*" is anybody without a name.
	ARN string
	// UniqueID is the AIDA… or AROA… id, "" when not known (M15).
	UniqueID string
	// ServiceLinked says that the role is service-linked; an ARN whose path says
	// so needs no help (O3).
	ServiceLinked bool
}

// Policies are all policies that bear on a request.
type Policies struct {
	Identity []*Policy // of the user and its groups, or of the role
	// Boundary restricts if HasBoundary is set or there is any.
	Boundary    []*Policy
	HasBoundary bool
	Session     *Policy // nil: none
	Resource    *Policy // key or bucket policy; nil: none
	Grants      []Grant
	// SCP are the levels from the root down to the account; none means that no
	// SCP restricts. RCP likewise; RCPFullAWSAccess is implied (O4).
	SCP, RCP [][]*Policy

	PrincipalInManagementAccount bool // exempt from SCPs (O3)
	ResourceInManagementAccount  bool // exempt from RCPs (O5)
	AWSManagedKey                bool // K9
	// PublicBlocked says that RestrictPublicBuckets is on and the bucket policy is
	// public: it then gives other accounts nothing (S2).
	PublicBlocked bool
}

// Grant is a grant on the key of a request (section G).
type Grant struct {
	ID, Name                string
	Grantee                 string // ARN, account, or the name of a service (G5)
	GranteeService          string
	Retiring                string
	RetiringService         string
	IssuingAccount          string
	Operations              []string
	EncryptionContextEquals map[string]string
	EncryptionContextSubset map[string]string
	SourceARN               string
	Pointer                 string // in the snapshot
	// Unread stands for grants that were not read.
	Unread *UnreadRef
}
