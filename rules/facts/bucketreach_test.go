package facts

import (
	"slices"
	"strings"
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

const (
	theBucket = "arn:aws:s3:::bucket-695267-2"
	bothARNs  = `["` + theBucket + `","` + theBucket + `/*"]`
)

// bucketWith is the fact of the second bucket of the reference account, with the
// statements as its policy; none is no policy.
func bucketWith(t *testing.T, statements string, change func(*snapshot.Snapshot), with Intent) Bucket {
	t.Helper()
	d, _ := build(t, func(s *snapshot.Snapshot) {
		s.Buckets[1].PublicAccessBlock = snapshot.None[snapshot.PublicAccessBlock]("s3:GetBucketPublicAccessBlock", "NoSuchPublicAccessBlockConfiguration")
		s.Buckets[1].Replication = snapshot.None[snapshot.Replication]("s3:GetReplicationConfiguration", "")
		s.Buckets[1].Inventories = snapshot.Of([]snapshot.InventoryConfig{})
		if statements != "" {
			s.Buckets[1].Policy = doc(t, `{"Version":"2012-10-17","Statement":[`+statements+`]}`)
		}
		if change != nil {
			change(s)
		}
	}, with)
	return d.Buckets[1]
}

func TestTLSFloor(t *testing.T) {
	deny := func(action, resource, condition string) string {
		return `{"Effect":"Deny","Principal":"*","Action":"` + action + `","Resource":` + resource + `,"Condition":` + condition + `}`
	}
	below := func(version string) string { return `{"NumericLessThan":{"s3:TlsVersion":"` + version + `"}}` }
	for name, test := range map[string]struct {
		statements, floor string
		open              int
	}{
		"no policy":            {"", "none", 0},
		"plain HTTP only":      {deny("s3:*", bothARNs, `{"Bool":{"aws:SecureTransport":"false"}}`), "none", 0},
		"1.2":                  {deny("s3:*", bothARNs, below("1.2")), "1.2", 0},
		"1.2 as a number":      {deny("s3:*", bothARNs, `{"NumericLessThan":{"s3:TlsVersion":1.2}}`), "1.2", 0},
		"1.3":                  {deny("s3:*", bothARNs, below("1.3")), "1.3", 0},
		"1.1":                  {deny("s3:*", bothARNs, below("1.1")), "1.1", 0},
		"objects only":         {deny("s3:*", `"`+theBucket+`/*"`, below("1.2")), "none", 9},
		"reads only":           {deny("s3:Get*", bothARNs, below("1.2")), "none", 12},
		"from a network only":  {deny("s3:*", bothARNs, `{"NumericLessThan":{"s3:TlsVersion":"1.2"},"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}}`), "none", 0},
		"and plain HTTP apart": {deny("s3:*", bothARNs, below("1.2")) + "," + deny("s3:*", bothARNs, `{"Bool":{"aws:SecureTransport":"false"}}`), "1.2", 0},
	} {
		got := bucketWith(t, test.statements, nil, Intent{}).TLS
		if got.Floor != test.floor || len(got.Open) != test.open {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestConfigWriters(t *testing.T) {
	allow := func(principal, action, resource, more string) string {
		return `{"Effect":"Allow","Principal":` + principal + `,"Action":` + action + `,"Resource":` + resource + more + `}`
	}
	other := `{"AWS":"arn:aws:iam::444455556666:root"}`
	all := []string{"s3:DeleteBucketPolicy", "s3:PutBucketAcl", "s3:PutBucketPolicy", "s3:PutEncryptionConfiguration", "s3:PutObjectAcl"}
	for name, test := range map[string]struct {
		statements string
		accounts   []string
		anyone     string // "", none, weak, fixed
		actions    []string
	}{
		"no policy":         {"", nil, "", nil},
		"reads":             {allow(other, `["s3:GetObject","s3:ListBucket"]`, bothARNs, ""), nil, "", nil},
		"everything":        {allow(other, `"s3:*"`, bothARNs, ""), []string{"444455556666"}, "", all},
		"on objects":        {allow(other, `"s3:*"`, `"`+theBucket+`/*"`, ""), []string{"444455556666"}, "", []string{"s3:PutObjectAcl"}},
		"below a prefix":    {allow(other, `"s3:PutObjectAcl"`, `"`+theBucket+`/in/*"`, ""), []string{"444455556666"}, "", []string{"s3:PutObjectAcl"}},
		"a role":            {allow(`{"AWS":"arn:aws:iam::444455556666:role/x"}`, `"s3:PutBucket*"`, bothARNs, ""), []string{"444455556666"}, "", []string{"s3:PutBucketAcl", "s3:PutBucketPolicy"}},
		"own account":       {allow(`{"AWS":"arn:aws:iam::522814710681:root"}`, `"s3:*"`, bothARNs, ""), nil, "", nil},
		"a service":         {allow(`{"Service":"logging.s3.amazonaws.com"}`, `"s3:*"`, bothARNs, `,"Condition":{"StringEquals":{"aws:SourceAccount":"444455556666"}}`), nil, "", nil},
		"NotAction":         {allow(other, `"s3:PutObject"`, bothARNs, "") + "," + `{"Effect":"Allow","Principal":` + other + `,"NotAction":"s3:PutBucket*","Resource":` + bothARNs + `}`, []string{"444455556666"}, "", []string{"s3:DeleteBucketPolicy", "s3:PutEncryptionConfiguration", "s3:PutObjectAcl"}},
		"denied again":      {allow(other, `"s3:*"`, bothARNs, "") + `,{"Effect":"Deny","Principal":"*","Action":"s3:PutBucketPolicy","Resource":` + bothARNs + `}`, []string{"444455556666"}, "", []string{"s3:DeleteBucketPolicy", "s3:PutBucketAcl", "s3:PutEncryptionConfiguration", "s3:PutObjectAcl"}},
		"denied at times":   {allow(other, `"s3:PutBucketPolicy"`, bothARNs, "") + `,{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":` + bothARNs + `,"Condition":{"Bool":{"aws:MultiFactorAuthPresent":"false"}}}`, []string{"444455556666"}, "", []string{"s3:PutBucketPolicy"}},
		"everybody":         {allow(`"*"`, `"s3:PutBucketAcl"`, bothARNs, ""), nil, "none", []string{"s3:PutBucketAcl"}},
		"the organization":  {allow(`"*"`, `"s3:PutBucketAcl"`, bothARNs, `,"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1234567890"}}`), nil, "fixed", []string{"s3:PutBucketAcl"}},
		"weak":              {allow(`"*"`, `"s3:PutBucketAcl"`, bothARNs, `,"Condition":{"StringLike":{"aws:PrincipalArn":"*"}}`), nil, "weak", []string{"s3:PutBucketAcl"}},
		"account condition": {allow(`"*"`, `"s3:PutBucketAcl"`, bothARNs, `,"Condition":{"StringEquals":{"aws:PrincipalAccount":["522814710681","444455556666"]}}`), []string{"444455556666"}, "fixed", []string{"s3:PutBucketAcl"}},
	} {
		statements := bucketWith(t, test.statements, nil, Intent{}).Writers.Statements
		if test.actions == nil {
			if len(statements) != 0 {
				t.Errorf("%s: %+v", name, statements)
			}
			continue
		}
		if len(statements) != 1 {
			t.Errorf("%s: %+v", name, statements)
			continue
		}
		got := statements[0]
		restriction := ""
		if got.Anyone {
			restriction = got.Restriction
		}
		if !slices.Equal(got.Accounts, test.accounts) || !slices.Equal(got.Actions, test.actions) || restriction != test.anyone {
			t.Errorf("%s: %+v", name, got)
		}
	}
	trusting := Intent{TrustedAccounts: []string{"444455556666"}}
	if got := bucketWith(t, allow(other, `"s3:PutBucketAcl"`, bothARNs, ""), nil, trusting).Writers.Statements; len(got) != 1 || len(got[0].Accounts) != 0 || len(got[0].Trusted) != 1 {
		t.Errorf("a trusted account: %+v", got)
	}
}

func TestLockout(t *testing.T) {
	deny := func(principal, more string) string {
		return `{"Sid":"Lock","Effect":"Deny",` + principal + `,"Action":"s3:*","Resource":` + bothARNs + more + `}`
	}
	unlisted := func(s *snapshot.Snapshot) {
		for i := range s.Coverage {
			if s.Coverage[i].Operation == "iam:GetAccountAuthorizationDetails" {
				s.Coverage[i].State = snapshot.Denied
			}
		}
	}
	except := func(arn string) string { return `,"Condition":{"ArnNotEquals":{"aws:PrincipalArn":"` + arn + `"}}` }
	former := "arn:aws:iam::522814710681:role/former"
	for name, test := range map[string]struct {
		statements string
		change     func(*snapshot.Snapshot)
		locked     bool
		gone       int
		unread     bool
	}{
		"no policy":             {statements: ""},
		"everybody":             {statements: deny(`"Principal":"*"`, ""), locked: true},
		"objects only":          {statements: strings.Replace(deny(`"Principal":"*"`, ""), bothARNs, `"`+theBucket+`/*"`, 1)},
		"all but delete":        {statements: strings.Replace(deny(`"Principal":"*"`, ""), `"s3:*"`, `"s3:Put*"`, 1)},
		"the account":           {statements: deny(`"Principal":{"AWS":"522814710681"}`, ""), locked: true},
		"another account":       {statements: deny(`"Principal":{"AWS":"444455556666"}`, "")},
		"but an administrator":  {statements: deny(`"Principal":"*"`, except(admin))},
		"but one who is gone":   {statements: deny(`"Principal":"*"`, except(former)), locked: true, gone: 1},
		"but some pattern":      {statements: deny(`"Principal":"*"`, `,"Condition":{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::522814710681:role/*Admin"}}`)},
		"not listed":            {statements: deny(`"Principal":"*"`, except(former)), change: unlisted, unread: true},
		"not listed, everybody": {statements: deny(`"Principal":"*"`, ""), change: unlisted, locked: true},
		"but a network":         {statements: deny(`"Principal":"*"`, `,"Condition":{"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}}`)},
		"but plain HTTP":        {statements: deny(`"Principal":"*"`, `,"Condition":{"Bool":{"aws:SecureTransport":"false"}}`)},
		"NotPrincipal":          {statements: deny(`"NotPrincipal":{"AWS":"`+admin+`"}`, "")},
	} {
		b := bucketWith(t, test.statements, test.change, Intent{})
		if _, unread := b.Unread["lockout"]; unread != test.unread {
			t.Errorf("%s: unread %v", name, unread)
		}
		if b.Lockout != nil && (b.Lockout.Locked != test.locked || len(b.Lockout.Gone) != test.gone || test.locked && len(b.Lockout.By) == 0) {
			t.Errorf("%s: %+v", name, b.Lockout)
		}
	}
}

func TestPublic(t *testing.T) {
	allow := func(principal, condition string) string {
		return `{"Effect":"Allow","Principal":` + principal + `,"Action":"s3:GetObject","Resource":"` + theBucket + `/*"` + condition + `}`
	}
	everybody := allow(`"*"`, "")
	block := func(b snapshot.PublicAccessBlock) func(*snapshot.Snapshot) {
		return func(s *snapshot.Snapshot) { s.Buckets[1].PublicAccessBlock = snapshot.Of(b) }
	}
	refusedBlock := func(s *snapshot.Snapshot) {
		s.Buckets[1].PublicAccessBlock = snapshot.Reading[snapshot.PublicAccessBlock]{State: snapshot.Denied}
	}
	refusedPolicy := snapshot.Reading[snapshot.Document]{State: snapshot.Denied}
	lists := func(s *snapshot.Snapshot) { s.Buckets[1].Ownership = snapshot.Of("ObjectWriter") }
	list := func(groups ...string) func(*snapshot.Snapshot) {
		return func(s *snapshot.Snapshot) {
			lists(s)
			acl := snapshot.ACL{Owner: "me", Grants: []snapshot.ACLGrant{{Grantee: "me", Permission: "FULL_CONTROL"}}}
			for _, group := range groups {
				acl.Grants = append(acl.Grants, snapshot.ACLGrant{Grantee: "http://acs.amazonaws.com/groups/" + group, Permission: "READ"})
			}
			s.Buckets[1].ACL = snapshot.Of(acl)
		}
	}
	both := func(changes ...func(*snapshot.Snapshot)) func(*snapshot.Snapshot) {
		return func(s *snapshot.Snapshot) {
			for _, change := range changes {
				change(s)
			}
		}
	}
	refusedList := func(s *snapshot.Snapshot) {
		lists(s)
		s.Buckets[1].ACL = snapshot.Reading[snapshot.ACL]{State: snapshot.Denied, Operation: "s3:GetBucketAcl"}
	}
	refusedOwnership := func(s *snapshot.Snapshot) {
		s.Buckets[1].Ownership = snapshot.Reading[string]{State: snapshot.Denied, Operation: "s3:GetBucketOwnershipControls"}
	}
	for name, test := range map[string]struct {
		statements string
		change     func(*snapshot.Snapshot)
		open       []string
		blocked    string
		unread     string // operation
		listed     int
	}{
		"list of the owner":          {change: list(), blocked: "none"},
		"list for everybody":         {change: list("global/AllUsers"), blocked: "none", listed: 1},
		"list for AWS":               {change: list("global/AuthenticatedUsers", "global/AllUsers"), blocked: "none", listed: 2},
		"list for logs":              {change: list("s3/LogDelivery"), blocked: "none"},
		"list and policy":            {statements: everybody, change: list("global/AllUsers"), open: []string{"s3:GetObject"}, blocked: "none", listed: 1},
		"list ignored":               {change: both(list("global/AllUsers"), block(snapshot.PublicAccessBlock{IgnorePublicACLs: true})), blocked: "some"},
		"list not put any more":      {change: both(list("global/AllUsers"), block(snapshot.PublicAccessBlock{BlockPublicACLs: true})), blocked: "some", listed: 1},
		"list, lists are off":        {change: both(list("global/AllUsers"), func(s *snapshot.Snapshot) { s.Buckets[1].Ownership = snapshot.Of("BucketOwnerEnforced") }), blocked: "none"},
		"list, block refused":        {change: both(list("global/AllUsers"), refusedBlock), unread: "s3:GetBucketPublicAccessBlock"},
		"list, policy refused":       {change: both(list("global/AllUsers"), func(s *snapshot.Snapshot) { s.Buckets[1].Policy = refusedPolicy }), blocked: "none", listed: 1},
		"list refused":               {change: refusedList, unread: "s3:GetBucketAcl"},
		"list refused, ignored":      {change: both(refusedList, block(snapshot.PublicAccessBlock{IgnorePublicACLs: true})), blocked: "some"},
		"list refused, and public":   {statements: everybody, change: refusedList, open: []string{"s3:GetObject"}, blocked: "none"},
		"list, ownership refused":    {change: both(list("global/AllUsers"), refusedOwnership), blocked: "none", listed: 1},
		"no list, ownership refused": {change: both(list(), refusedOwnership), blocked: "none"},
		"both refused":               {change: both(refusedList, refusedOwnership), unread: "s3:GetBucketAcl"},
		"nothing":                    {blocked: "none"},
		"everybody":                  {statements: everybody, open: []string{"s3:GetObject"}, blocked: "none"},
		"any AWS principal":          {statements: allow(`{"AWS":"*"}`, ""), open: []string{"s3:GetObject"}, blocked: "none"},
		"by referer":                 {statements: allow(`"*"`, `,"Condition":{"StringLike":{"aws:Referer":"https://example.com/*"}}`), open: []string{"s3:GetObject"}, blocked: "none"},
		"the organization":           {statements: allow(`"*"`, `,"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1234567890"}}`), blocked: "none"},
		"from an endpoint":           {statements: allow(`"*"`, `,"Condition":{"StringEquals":{"aws:SourceVpce":"vpce-1"}}`), blocked: "none"},
		"from everywhere":            {statements: allow(`"*"`, `,"Condition":{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}`), open: []string{"s3:GetObject"}, blocked: "none"},
		"another account":            {statements: allow(`{"AWS":"444455556666"}`, ""), blocked: "none"},
		"denied again":               {statements: everybody + `,{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":` + bothARNs + `}`, blocked: "none"},
		"plain HTTP denied":          {statements: everybody + `,{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":` + bothARNs + `,"Condition":{"Bool":{"aws:SecureTransport":"false"}}}`, open: []string{"s3:GetObject"}, blocked: "none"},
		"restricted":                 {statements: everybody, change: block(snapshot.PublicAccessBlock{RestrictPublicBuckets: true}), blocked: "some"},
		"blocked for the future":     {statements: everybody, change: block(snapshot.PublicAccessBlock{BlockPublicPolicy: true}), open: []string{"s3:GetObject"}, blocked: "some"},
		"all blocked":                {statements: everybody, change: block(snapshot.PublicAccessBlock{BlockPublicACLs: true, IgnorePublicACLs: true, BlockPublicPolicy: true, RestrictPublicBuckets: true}), blocked: "all"},
		"lists count":                {change: lists, unread: "s3:GetBucketAcl"},
		"lists count, and public":    {statements: everybody, change: lists, open: []string{"s3:GetObject"}, blocked: "none"},
		"lists ignored": {change: func(s *snapshot.Snapshot) {
			lists(s)
			block(snapshot.PublicAccessBlock{IgnorePublicACLs: true})(s)
		}, blocked: "some"},
		"ownership not set": {change: func(s *snapshot.Snapshot) {
			s.Buckets[1].Ownership = snapshot.None[string]("s3:GetBucketOwnershipControls", "")
		}, unread: "s3:GetBucketAcl"},
		"ownership refused": {change: func(s *snapshot.Snapshot) {
			s.Buckets[1].Ownership = snapshot.Reading[string]{State: snapshot.Denied, Operation: "s3:GetBucketOwnershipControls"}
		}, unread: "s3:GetBucketOwnershipControls"},
		"block refused":             {change: refusedBlock, unread: "s3:GetBucketPublicAccessBlock"},
		"block refused, and public": {statements: everybody, change: refusedBlock, unread: "s3:GetBucketPublicAccessBlock"},
		"policy refused":            {change: func(s *snapshot.Snapshot) { s.Buckets[1].Policy = refusedPolicy }, unread: "s3:GetBucketPolicy"},
		"policy refused, restricted": {change: func(s *snapshot.Snapshot) {
			s.Buckets[1].Policy = refusedPolicy
			block(snapshot.PublicAccessBlock{RestrictPublicBuckets: true})(s)
		}, blocked: "some"},
	} {
		b := bucketWith(t, test.statements, test.change, Intent{})
		if why := b.Unread["public"]; why.Operation != test.unread {
			t.Errorf("%s: unread %+v", name, why)
			continue
		}
		if b.Public != nil && (!slices.Equal(b.Public.Open, test.open) || b.Public.Blocked != test.blocked || len(test.open) > 0 && len(b.Public.By) != 1 || len(b.Public.Listed) != test.listed) {
			t.Errorf("%s: %+v", name, b.Public)
		}
	}
}
