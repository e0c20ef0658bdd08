package facts

import (
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/policy"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/access"
)

// logServices deliver logs and cannot, or not with every key, write under
// SSE-KMS: S3 server access logs and load balancers.
var logServices = []string{"logging.s3.amazonaws.com", "logdelivery.elasticloadbalancing.amazonaws.com"}

// elbAccounts are the accounts that load balancers write their logs from in
// older Regions, as published in the Elastic Load Balancing guide.
var elbAccounts = []string{
	"127311923021", "033677994240", "027434742980", "797873946194", "098369216593", "754344448648", "589379963580",
	"718504428378", "383597477331", "600734575887", "114774131450", "783225319266", "582318560864", "985666609251",
	"054676820928", "156460612806", "652711504416", "635631232127", "009996457667", "897822967062", "076674570225",
	"507241528517", "048591011584", "190560391635",
}

// logTarget looks for evidence that logs are delivered into bucket i: its policy
// lets a log service put objects, or another bucket's configuration names it.
func (b *builder) logTarget(bucket *snapshot.Bucket, i int) (*LogTarget, *Unread) {
	if j, ok := b.logged[bucket.Name]; ok {
		return &LogTarget{Place: place("buckets", j, "logging", "value"), Services: []string{logServices[0]}}, nil
	}
	at := place("buckets", i, "policy")
	if bucket.Policy.State == snapshot.Absent {
		return &LogTarget{Place: at}, nil
	}
	document, _ := snapshot.PolicyOf(bucket.Policy)
	if document == nil {
		return nil, unanswered(bucket.Policy, "s3:GetBucketPolicy")
	}
	fact := &LogTarget{Place: at + "/value"}
	for _, statement := range document.Statements {
		if statement.Effect != policy.Allow || statement.Principal == nil {
			continue
		}
		for _, principal := range statement.Principal.List {
			if !logWriter(principal) || !mayPut(statement, principal, bucket.ARN, document.Version) {
				continue
			}
			fact.Place = at + "/value" + statement.Pointer
			fact.Services = append(fact.Services, principal.Value)
		}
	}
	slices.Sort(fact.Services)
	fact.Services = slices.Compact(fact.Services)
	return fact, nil
}

func logWriter(p policy.Principal) bool {
	if p.Kind == policy.KindService {
		return slices.Contains(logServices, p.Value)
	}
	account := p.Value
	if strings.HasPrefix(account, "arn:") {
		account = accountOf(account)
	}
	return p.Kind == policy.KindAWS && slices.Contains(elbAccounts, account)
}

// mayPut asks whether the statement by itself could let the principal put an
// object; conditions count as met.
func mayPut(statement policy.Statement, principal policy.Principal, bucket, version string) bool {
	statement.Conditions = nil
	alone := &policy.Document{Version: version, Statements: []policy.Statement{statement}}
	request := &access.Request{
		Principal: access.Caller{ARN: principal.Value}, Action: "s3:PutObject", Resource: bucket + "/x",
		ResourceAccount: "", Context: access.NewContext(),
	}
	if principal.Kind == policy.KindAWS {
		return slices.ContainsFunc(statement.Action, func(a string) bool {
			return a == "*" || strings.EqualFold(a, "s3:*") || strings.EqualFold(a, "s3:PutObject") || strings.EqualFold(a, "s3:Put*")
		})
	}
	return access.Decide(request, &access.Policies{Resource: access.Compile("", access.LayerResource, alone)}).Verdict == access.Allowed
}
