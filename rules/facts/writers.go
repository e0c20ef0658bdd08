package facts

import (
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/policy"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/access"
)

// ConfigWriters are the statements of a bucket policy that let others than the
// account change the bucket itself.
type ConfigWriters struct {
	Place      string            `json:"place"`
	Statements []WriterStatement `json:"statements"`
}

// WriterStatement lets somebody else do some of what configActions lists, after
// the unconditional denials of the same policy.
type WriterStatement struct {
	Place    string `json:"place"`
	Identity string `json:"identity"`
	// Anyone says that the statement names everybody; Restriction what its
	// conditions take back of that.
	Anyone      bool   `json:"anyone"`
	Restriction string `json:"restriction" enum:"none,weak,fixed"`
	// Accounts are other accounts that principals or conditions name; Trusted those
	// of them that the configuration trusts.
	Accounts []string `json:"accounts"`
	Trusted  []string `json:"trusted"`
	Actions  []string `json:"actions"`
}

// configActions are what AWS's control S3.6 forbids to other accounts.
var configActions = [...]access.S3Action{
	{Name: "s3:DeleteBucketPolicy", On: access.OnBucket},
	{Name: "s3:PutBucketAcl", On: access.OnBucket},
	{Name: "s3:PutBucketPolicy", On: access.OnBucket},
	{Name: "s3:PutEncryptionConfiguration", On: access.OnBucket},
	{Name: "s3:PutObjectAcl", On: access.OnObject},
}

// configWriter is a WriterStatement of all buckets with policies that are alike.
type configWriter struct {
	statement         int
	exposure          access.Exposure
	accounts, trusted []string
	actions           []string
}

// configWriters finds statements of the policy of bucket i that let others change
// the bucket.
func (b *builder) configWriters(bucket *snapshot.Bucket, p *probe, at string, unprobed *Unread) (*ConfigWriters, *Unread) {
	if unprobed != nil {
		return nil, unprobed
	}
	fact := &ConfigWriters{Place: at}
	if p.document == nil {
		return fact, nil
	}
	if p.found.writers == nil {
		p.found.writers = b.writersOf(bucket, p.document)
	}
	for _, one := range p.found.writers {
		fact.Statements = append(fact.Statements, WriterStatement{
			Place: at + p.document.Statements[one.statement].Pointer, Identity: p.document.Identity(one.statement), Anyone: one.exposure.Anyone,
			Restriction: restriction(one.exposure.Restriction), Accounts: one.accounts, Trusted: one.trusted, Actions: one.actions,
		})
	}
	return fact, nil
}

// writersOf are the statements of a bucket policy that let others change the bucket.
func (b *builder) writersOf(bucket *snapshot.Bucket, document *policy.Document) []configWriter {
	list := []configWriter{}
	for j := range document.Statements {
		statement := document.Statements[j]
		if statement.Effect != policy.Allow {
			continue
		}
		exposure := access.ExposureOf(document, j)
		accounts := b.externals(statement, b.s.Account.ID)
		trusted := b.trusted(statement)
		if !exposure.Anyone && len(accounts) == 0 && len(trusted) == 0 {
			continue
		}
		var callers []string
		for _, account := range slices.Concat(accounts, trusted) {
			callers = append(callers, b.namedIn(statement, account))
		}
		if exposure.Anyone {
			callers = append(callers, b.namedIn(statement, someoneElse))
		}
		if actions := b.gives(bucket, document, j, callers, configActions[:]); len(actions) > 0 {
			list = append(list, configWriter{j, exposure, accounts, trusted, actions})
		}
	}
	return list
}

// trusted are the accounts that an Allow names in its principals and that the
// configuration trusts.
func (b *builder) trusted(statement policy.Statement) []string {
	var accounts []string
	if statement.Principal == nil {
		return nil
	}
	for _, p := range statement.Principal.List {
		account := accountNamed(p.Value)
		if p.Kind == policy.KindAWS && slices.Contains(b.intent.TrustedAccounts, account) && !slices.Contains(accounts, account) {
			accounts = append(accounts, account)
		}
	}
	slices.Sort(accounts)
	return accounts
}

// gives are those of the actions that statement j of a bucket policy, with the
// denials of the same policy, gives to one of the callers, on the bucket or on
// objects in it. Conditions of the statement count as met.
func (b *builder) gives(bucket *snapshot.Bucket, document *policy.Document, j int, callers []string, actions []access.S3Action) []string {
	allow := document.Statements[j]
	allow.Conditions = nil
	alone := &policy.Document{Version: document.Version, Statements: []policy.Statement{allow}}
	for _, statement := range document.Statements {
		if statement.Effect == policy.Deny {
			alone.Statements = append(alone.Statements, statement)
		}
	}
	p := b.prober(bucket, alone)
	objects := []string{"kmsaudit-probe"}
	for _, pattern := range allow.Resource {
		if inside, ok := strings.CutPrefix(pattern, bucket.ARN+"/"); ok {
			objects = append(objects, example(inside))
		}
	}
	given := func(action access.S3Action) bool {
		on := objects
		if action.On != access.OnObject {
			on = []string{""}
		}
		for _, caller := range callers {
			for _, object := range on {
				verdict := access.Evaluate(p.request(caller, action.Name, object, form{}), &p.policies)
				if verdict == access.Allowed || verdict == access.Depends {
					return true
				}
			}
		}
		return false
	}
	var list []string
	for _, action := range actions {
		if (action.On == access.OnBucket || action.On == access.OnObject) && given(action) {
			list = append(list, action.Name)
		}
	}
	return list
}

// namedIn is a caller of an account as a statement names it: the principal itself,
// or some role where the statement names the whole account or everybody.
func (b *builder) namedIn(statement policy.Statement, account string) string {
	if statement.Principal != nil {
		for _, principal := range statement.Principal.List {
			if accountOf(principal.Value) == account && !strings.HasSuffix(principal.Value, ":root") {
				return principal.Value
			}
		}
	}
	return someRole(b.s.Account.Partition, account)
}
