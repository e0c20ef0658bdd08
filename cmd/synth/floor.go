package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/policy"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/access"
	"github.com/kmsaudit/kmsaudit/rules/facts"
)

// floorRules are the rules that the floor judges.
func floorRules() []string {
	return []string{"IAM-001", "IAM-007", "KEY-001", "KEY-002", "KEY-005", "POL-001", "POL-010", "S3-008"}
}

const floorUsage = `Judges a snapshot by eight rules in plain Go, without facts, OPA or reports, and
prints a JSON object for each finding: what an audit of these rules takes at
least. It shares with kmsaudit how snapshots are read and access is decided.
synth bench compares kmsaudit with it.
`

// floor is the audit.
type floor struct {
	s       *snapshot.Snapshot
	intent  facts.Intent
	account *access.Account
	out     *json.Encoder
}

// floorFinding is what identifies a finding.
type floorFinding struct {
	Rule      string `json:"rule"`
	Resource  string `json:"resource"`
	Pointer   string `json:"pointer"`
	Statement string `json:"statement"`
	Msg       string `json:"msg"`
}

func runFloor(args []string, stdout, stderr io.Writer) error {
	f := flag.NewFlagSet("synth floor", flag.ContinueOnError)
	config := f.String("config", "", "`file` of the configuration that was made with the snapshot")
	from := f.String("snapshot", "", "`file` of the snapshot")
	if err := parse(f, args, stderr, floorUsage); err != nil {
		return err
	}
	if *from == "" || *config == "" {
		return fmt.Errorf("%w: floor needs -snapshot and -config", errUsage)
	}
	intent, err := readIntent(*config)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(stdout)
	a := &floor{intent: intent, out: json.NewEncoder(out)}
	file, err := snapshot.ReadForAudit(*from)
	if err != nil {
		return err
	}
	a.s, a.account = file.Snapshot, access.New(file.Snapshot)
	return errors.Join(a.judge(), out.Flush())
}

func (a *floor) judge() error {
	for _, one := range []func() error{a.keys, a.decryptors, a.buckets, a.inline, a.required} {
		if err := one(); err != nil {
			return err
		}
	}
	return nil
}

func (a *floor) tell(rule, resource, pointer, statement, msg string, values ...any) error {
	return a.out.Encode(floorFinding{rule, resource, pointer, statement, fmt.Sprintf(msg, values...)})
}

// keys judges rotation, deletion and openness.
func (a *floor) keys() error {
	for i, k := range a.s.Keys {
		at := fmt.Sprintf("/keys/%d", i)
		m, described := k.Metadata.Get()
		if described && m.Manager != "AWS" {
			if m.State == "PendingDeletion" || m.State == "PendingReplicaDeletion" {
				if err := a.tell("KEY-005", k.ARN, at+"/metadata/value", "", "the key is scheduled for deletion"); err != nil {
					return err
				}
			}
			if err := a.rotation(k, m, at); err != nil {
				return err
			}
		}
		document, _ := snapshot.PolicyOf(k.Policy)
		if document == nil || len(document.Repeated) > 0 || described && m.Manager == "AWS" {
			continue
		}
		for j, statement := range document.Statements {
			if statement.Effect != policy.Allow {
				continue
			}
			e := access.ExposureOf(document, j)
			if e.Anyone && e.Restriction == access.RestrictionNone && len(e.Actions) > 0 {
				err := a.tell("POL-001", k.ARN, at+"/policy/value"+statement.Pointer, document.Identity(j), "anyone can use the key for %s", strings.Join(e.Actions, ", "))
				if err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (a *floor) rotation(k snapshot.Key, m snapshot.KeyMetadata, at string) error {
	rotation, ok := k.Rotation.Get()
	if !ok || m.Spec != "SYMMETRIC_DEFAULT" || m.Usage != "ENCRYPT_DECRYPT" || m.Origin != "AWS_KMS" || m.State != "Enabled" || m.MultiRegionType == "REPLICA" {
		return nil
	}
	switch days := rotation.PeriodDays; {
	case !rotation.Enabled:
		return a.tell("KEY-001", k.ARN, at+"/rotation/value", "", "the key could rotate by itself and does not")
	case days > 365:
		return a.tell("KEY-002", k.ARN, at+"/rotation/value", "", "the key rotates every %d days, and 365 are the most allowed", days)
	}
	return nil
}

// decryptors judges how many can decrypt.
func (a *floor) decryptors() error {
	const most = 20
	census := a.account.Census("kms:Decrypt", access.MustNotBeAble)
	var aside []access.Principal
	for _, one := range a.account.Principals() {
		switch one.Kind {
		case "user", "role", "session", "foreign":
			if !one.ServiceLinked {
				continue
			}
		}
		aside = append(aside, one)
	}
	for i, k := range a.s.Keys {
		m, described := k.Metadata.Get()
		document, _ := snapshot.PolicyOf(k.Policy)
		if document == nil || len(document.Repeated) > 0 || described && (m.Manager == "AWS" || m.Usage != "ENCRYPT_DECRYPT") {
			continue
		}
		tally := census.Count(k.ARN)
		n := tally.Allowed + tally.Depends
		for _, one := range aside {
			if v := census.Of(one.ARN, k.ARN); v == access.Allowed || v == access.Depends {
				n--
			}
		}
		if n > most {
			if err := a.tell("POL-010", k.ARN, fmt.Sprintf("/keys/%d", i), "", "%d principals may decrypt with the key", n); err != nil {
				return err
			}
		}
	}
	return nil
}

// buckets judges Bucket Keys.
func (a *floor) buckets() error {
	declined := map[string]bool{}
	for _, requirement := range a.intent.Requirements {
		for _, bucket := range requirement.Buckets {
			if bucket.BucketKey != nil && !*bucket.BucketKey {
				declined[bucket.Name] = true
			}
		}
	}
	for i, b := range a.s.Buckets {
		encryption, ok := b.Encryption.Get()
		if !ok || len(encryption.Rules) != 1 || declined[b.Name] {
			continue
		}
		if rule := encryption.Rules[0]; rule.Algorithm == "aws:kms" && !rule.BucketKey {
			if err := a.tell("S3-008", b.ARN, fmt.Sprintf("/buckets/%d/encryption/value/rules/0", i), "", "the Bucket Key is off"); err != nil {
				return err
			}
		}
	}
	return nil
}

// inline judges inline policies that allow all of KMS.
func (a *floor) inline() error {
	for i, r := range a.s.Roles {
		if err := a.full(r.ARN, r.InlinePolicies, fmt.Sprintf("/roles/%d", i)); err != nil {
			return err
		}
	}
	for i, u := range a.s.Users {
		if err := a.full(u.ARN, u.InlinePolicies, fmt.Sprintf("/users/%d", i)); err != nil {
			return err
		}
	}
	for i, g := range a.s.Groups {
		if err := a.full(g.ARN, g.InlinePolicies, fmt.Sprintf("/groups/%d", i)); err != nil {
			return err
		}
	}
	return nil
}

func (a *floor) full(owner string, policies snapshot.Reading[[]snapshot.NamedPolicy], at string) error {
	list, _ := policies.Get()
	for i, named := range list {
		document, _ := snapshot.PolicyOf(named.Document)
		if document == nil || len(document.Repeated) > 0 {
			continue
		}
		var found []int
		taken := false // back, by a Deny of all of it
		for j, statement := range document.Statements {
			reach := access.ReachOf(document, j, a.s.Account.Partition, a.s.Account.ID, a.s.Regions)
			wide := reach.Keys == access.AccountKeys || reach.Keys == access.EveryKey
			switch {
			case !reach.Every || len(statement.Conditions) > 0:
			case statement.Effect == policy.Deny:
				taken = taken || wide
			case wide || reach.Keys == access.RegionKeys:
				found = append(found, j)
			}
		}
		if taken {
			continue
		}
		for _, j := range found {
			pointer := fmt.Sprintf("%s/inline_policies/value/%d/document/value%s", at, i, document.Statements[j].Pointer)
			if err := a.tell("IAM-001", owner, pointer, document.Identity(j), "the inline policy %s allows every KMS action", named.Name); err != nil {
				return err
			}
		}
	}
	return nil
}

// required judges whether those who need a key can use it.
func (a *floor) required() error {
	at := map[string]string{}
	for i, r := range a.s.Roles {
		at[r.ARN] = fmt.Sprintf("/roles/%d", i)
	}
	for _, requirement := range a.intent.Requirements {
		var actions []string
		for _, pattern := range requirement.Actions {
			actions = append(actions, access.ExpandKMS(pattern)...)
		}
		for _, principal := range requirement.Principals {
			var denied []string
			for _, action := range actions {
				verdict := a.account.Verdict(access.Question{
					Principal: principal, Action: action, Resource: requirement.Key, Stance: access.MustBeAble,
					Context: access.NewContext().With("aws:SecureTransport", "true"),
				})
				if verdict.Denied() {
					denied = append(denied, action)
				}
			}
			if len(denied) > 0 {
				if err := a.tell("IAM-007", principal, at[principal], "", "it needs %s on %s", strings.Join(denied, ", "), requirement.Key); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
