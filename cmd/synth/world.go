package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// The account and those around it.
const (
	accountID = "444455556666"
	root      = "arn:aws:iam::" + accountID + ":root"
	orgID     = "o-synthetic0"

	authorization = "iam:GetAccountAuthorizationDetails"
)

var (
	regions   = [...]string{"eu-central-1", "eu-west-1", "us-east-1", "us-west-2"}
	neighbors = [...]string{"111122223333", "777788889999", "999900001111"} // of which the first is trusted
	collected = time.Date(2026, time.November, 20, 6, 0, 0, 0, time.UTC)
)

// world is the account before it is written: names first, so that everything can
// refer to everything.
type world struct {
	plan
	roleARNs    []string
	keyNames    []keyName
	bucketNames []bucketName
	needs       []need
	needed      map[string][]int // role ARN → needs that it is in
}

type keyName struct {
	id, region, alias string
	aws               bool // AWS manages it
}

func (k keyName) arn() string { return "arn:aws:kms:" + k.region + ":" + accountID + ":key/" + k.id }

type bucketName struct{ name, region string }

func (b bucketName) arn() string { return "arn:aws:s3:::" + b.name }

// teams are what names are made of.
var teams = [...]string{"billing", "checkout", "data", "fraud", "identity", "ledger", "media", "search"}

func newWorld(p plan) *world {
	w := &world{plan: p, needed: map[string][]int{}}
	d := p.draw(1)
	for i := range p.roles {
		path := ""
		if d.chance(0.1) {
			path = "service-role/"
		}
		w.roleARNs = append(w.roleARNs, fmt.Sprintf("arn:aws:iam::%s:role/%s%s-app-%05d", accountID, path, pick(d, teams[:]), i))
	}
	d = p.draw(2)
	managed := map[string]bool{}
	for i := range p.keys {
		k := keyName{id: d.uuid(), region: pick(d, regions[:]), alias: fmt.Sprintf("alias/%s-%05d", pick(d, teams[:]), i)}
		if d.chance(0.02) {
			// An account has one key of a service and Region.
			if alias := "alias/aws/" + pick(d, awsServices[:]); !managed[k.region+alias] {
				managed[k.region+alias] = true
				k.alias, k.aws = alias, true
			}
		}
		w.keyNames = append(w.keyNames, k)
	}
	d = p.draw(3)
	for i := range p.buckets {
		w.bucketNames = append(w.bucketNames, bucketName{fmt.Sprintf("%s-%05d-%s", pick(d, teams[:]), i, accountID), pick(d, regions[:])})
	}
	w.declare()
	return w
}

var awsServices = [...]string{"s3", "ebs", "rds", "secretsmanager", "lambda", "sns", "backup"}

// key picks a customer's key, if there is one.
func (w *world) key(d *draw) keyName {
	k := pick(d, w.keyNames)
	for range 20 {
		if !k.aws {
			break
		}
		k = pick(d, w.keyNames)
	}
	return k
}

func (w *world) snapshot() *snapshot.Snapshot {
	s := &snapshot.Snapshot{
		Schema:       snapshot.Schema,
		Tool:         snapshot.Tool{Name: "synth", Version: "1"},
		Account:      snapshot.Account{ID: accountID, Partition: "aws"},
		CollectedAt:  collected,
		CollectedBy:  "arn:aws:sts::" + accountID + ":assumed-role/kmsaudit-collector/synth",
		Regions:      append([]string{}, regions[:]...),
		Coverage:     coverage(),
		Organization: snapshot.Of(memberOf()),
	}
	s.ManagedPolicies = w.managedPolicies(w.draw(4))
	s.Roles = w.roles(w.draw(5))
	s.Groups, s.Users = w.people(w.draw(6))
	s.Keys, s.Aliases = w.keysOf(w.draw(7))
	s.Buckets = w.bucketsOf(w.draw(8))
	return s
}

func coverage() []snapshot.Coverage {
	list := []snapshot.Coverage{}
	add := func(operation, region string) {
		service, _, _ := strings.Cut(operation, ":")
		list = append(list, snapshot.Coverage{Service: service, Region: region, Operation: operation, State: snapshot.OK})
	}
	add("account:ListRegions", "")
	add(authorization, "")
	add("s3:ListAllMyBuckets", "")
	for _, region := range regions {
		add("kms:ListKeys", region)
		add("kms:ListAliases", region)
	}
	return list
}

// memberOf has a guard rail at the root, as most have.
func memberOf() snapshot.Organization {
	everything := statement{Effect: "Allow", Action: "*", Resource: "*"}
	guard := statement{
		Sid: "NoDeletion", Effect: "Deny", Action: []string{"kms:ScheduleKeyDeletion", "kms:DisableKey"}, Resource: "*",
		Condition: when("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::*:role/break-glass"),
	}
	full := snapshot.NamedPolicy{Name: "FullAWSAccess", ARN: "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess", Document: snapshot.Of(document(everything))}
	rails := snapshot.NamedPolicy{Name: "GuardRails", ARN: "arn:aws:organizations::" + neighbors[0] + ":policy/" + orgID + "/service_control_policy/p-guardrails", Document: snapshot.Of(document(guard))}
	all := everything
	all.Principal = "*"
	full2 := snapshot.NamedPolicy{Name: "RCPFullAWSAccess", ARN: "arn:aws:organizations::aws:policy/resource_control_policy/p-RCPFullAWSAccess", Document: snapshot.Of(document(all))}
	level := func(id, kind string, scp ...snapshot.NamedPolicy) snapshot.OrganizationLevel {
		return snapshot.OrganizationLevel{
			ID: id, Type: kind, ServiceControlPolicies: snapshot.Of(scp),
			ResourceControlPolicies: snapshot.Of([]snapshot.NamedPolicy{full2}),
		}
	}
	return snapshot.Organization{
		ID: orgID, ARN: "arn:aws:organizations::" + neighbors[0] + ":organization/" + orgID, ManagementAccount: neighbors[0],
		Chain: snapshot.Of([]snapshot.OrganizationLevel{
			level("r-synt", "root", full, rails), level("ou-synt-workload", "organizational_unit", full), level(accountID, "account", full),
		}),
	}
}
