package collector

import (
	"cmp"
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// eventRules reads the rules on the default event bus of one Region (events of
// AWS services come to no other) that may match events of KMS, S3 or IAM, and
// their targets. It needs events:ListRules and ListTargetsByRule.
func (c *collection) eventRules(ctx context.Context, region string) {
	client := c.aws.events(region)
	rules := listing[snapshot.EventRule]{
		listRules, region, in(c.before.EventRules, region, func(r snapshot.EventRule) string { return r.Region }),
		func(r snapshot.EventRule) string { return r.ARN }, func(now *snapshot.EventRule, before snapshot.EventRule) { now.Targets = before.Targets },
	}.list(c, func() (rules []snapshot.EventRule, o outcome) {
		o = list(listRules, func(marker *string) (page, outcome) {
			out, o := ask(ctx, c, listRules, region, func(ctx context.Context) (*eventbridge.ListRulesOutput, error) {
				return client.ListRules(ctx, &eventbridge.ListRulesInput{Limit: aws.Int32(100), NextToken: marker})
			})
			if !o.ok() {
				return page{}, o
			}
			for _, r := range out.Rules {
				rule := snapshot.EventRule{
					ARN: aws.ToString(r.Arn), Name: aws.ToString(r.Name), Region: region,
					Bus: cmp.Or(aws.ToString(r.EventBusName), "default"), Enabled: r.State != types.RuleStateDisabled, Pattern: aws.ToString(r.EventPattern),
				}
				if !c.ours(rule.ARN, "events", region, "rule/") {
					return page{}, unreadable(listRules, "the answer names a rule that cannot be one")
				}
				if mayMatch(rule.Pattern) {
					rules = append(rules, rule)
				}
			}
			return token(out.NextToken), o
		})
		return rules, o
	})
	c.tally.found(len(rules))
	var kept []snapshot.EventRule
	for _, r := range rules {
		if r.Targets.State.Answer() {
			kept = append(kept, r)
		} else if o := c.targets(ctx, client, &r); o.gone() {
			c.gone(region, r.ARN, o)
		} else {
			kept = append(kept, r)
		}
		c.tally.read()
	}
	c.add(func(s *snapshot.Snapshot) { s.EventRules = append(s.EventRules, kept...) })
}

func (c *collection) targets(ctx context.Context, client *eventbridge.Client, r *snapshot.EventRule) outcome {
	targets := []string{}
	o := list(listTargetsByRule, func(marker *string) (page, outcome) {
		out, o := ask(ctx, c, listTargetsByRule, r.Region, func(ctx context.Context) (*eventbridge.ListTargetsByRuleOutput, error) {
			return client.ListTargetsByRule(ctx, &eventbridge.ListTargetsByRuleInput{Rule: &r.Name, Limit: aws.Int32(100), NextToken: marker})
		})
		if !o.ok() {
			return page{}, o
		}
		for _, t := range out.Targets {
			targets = append(targets, aws.ToString(t.Arn))
		}
		return token(out.NextToken), o
	})
	if !o.ok() {
		r.Targets = reading[[]string](o)
		return o
	}
	slices.Sort(targets)
	r.Targets = snapshot.Of(slices.Compact(targets))
	return o
}

// watched are the services whose events are of interest, by what a pattern calls
// them in source and in detail.eventSource.
var watched = [...]string{"aws.kms", "aws.s3", "aws.iam", "kms.amazonaws.com", "s3.amazonaws.com", "iam.amazonaws.com"}

// mayMatch is false only for a pattern that surely matches no event of the
// watched services: one that names other sources, word for word.
func mayMatch(pattern string) bool {
	if pattern == "" {
		return false // a schedule
	}
	var p struct {
		Source jsontext.Value `json:"source"`
		Detail struct {
			EventSource jsontext.Value `json:"eventSource"`
		} `json:"detail"`
	}
	if err := json.Unmarshal([]byte(pattern), &p, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)); err != nil {
		return true
	}
	return admits(p.Source) && admits(p.Detail.EventSource)
}

// admits says whether the values that a pattern allows may include a watched one.
func admits(values jsontext.Value) bool {
	var words []string
	if values == nil || json.Unmarshal(values, &words) != nil {
		return true // not restricted, or by more than plain words
	}
	return slices.ContainsFunc(words, func(word string) bool { return slices.Contains(watched[:], word) })
}
