package collector

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// collection is one run of Collect.
type collection struct {
	opt       Options
	aws       clients
	gate      *gate
	tally     *tally
	partition partition

	mu      sync.Mutex // for what several parts write
	s       *snapshot.Snapshot
	claimed map[string]bool // ARNs of what is listed in several Regions and read in one

	before *snapshot.Snapshot // the earlier collection; an empty one if there is none
}

// Collect asks AWS about the account that the credentials of cfg belong to. The
// permissions it can use are those of opt.Permissions; each one that is missing costs
// the readings it is for and nothing else (see Gaps).
//
// It returns an error and no snapshot only when nothing could be read: the
// account is not known, or every listing failed. When ctx ends before the
// collection does, what was read until then is returned without an error, with
// Interrupted set and everything else marked as not read; if it ends before the
// account is known, the error wraps that of ctx. With opt.Before it goes on with an
// earlier collection, and an error is then also that it is of another account.
func Collect(ctx context.Context, cfg aws.Config, opt Options) (*snapshot.Snapshot, error) {
	opt, err := opt.prepared()
	if err != nil {
		return nil, err
	}
	g := newGate(opt.Concurrency, opt.MaxShare)
	c := &collection{opt: opt, aws: newClients(cfg, g, opt.uses), gate: g, tally: &tally{tell: opt.Progress}, claimed: map[string]bool{}, before: &snapshot.Snapshot{}}
	c.s = &snapshot.Snapshot{
		Schema:      snapshot.Schema,
		Tool:        snapshot.Tool{Name: "kmsaudit", Version: opt.ToolVersion},
		CollectedAt: opt.Now().UTC().Truncate(time.Second),
		Coverage:    []snapshot.Coverage{},
	}
	if err := c.identity(ctx, cmp.Or(cfg.Region, first(opt.Regions), fallbackRegion)); err != nil {
		return nil, err
	}
	if opt.Before != nil {
		if err := c.goOn(opt.Before); err != nil {
			return nil, err
		}
	}
	var parts sync.WaitGroup
	parts.Go(func() { c.iam(ctx) })
	parts.Go(func() { c.buckets(ctx) })
	parts.Go(func() { c.organization(ctx) })
	parts.Go(func() { c.trails(ctx) })
	parts.Go(func() { c.regions(ctx) })
	parts.Wait()
	c.stillGone()
	c.s.Sort()
	if ctx.Err() != nil {
		c.s.Interrupted = true
		return c.s, nil //nolint:nilerr // the snapshot itself says that it was interrupted
	}
	if err := c.nothing(); err != nil {
		return nil, err
	}
	return c.s, nil
}

// identity finds out whose account this is. Without it there is no snapshot.
func (c *collection) identity(ctx context.Context, region string) error {
	if !snapshot.IsRegion(region) {
		return fmt.Errorf("%q is not the name of a Region", region)
	}
	client := c.aws.sts(region)
	out, o := ask(ctx, c, getCallerIdentity, region, func(ctx context.Context) (*sts.GetCallerIdentityOutput, error) {
		return client.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	})
	if ctx.Err() != nil {
		return fmt.Errorf("find out the account: %w", ctx.Err())
	}
	if !o.ok() {
		return fmt.Errorf("find out the account: %w", o.err())
	}
	id, arn := aws.ToString(out.Account), aws.ToString(out.Arn)
	parts := strings.SplitN(arn, ":", 6)
	if !snapshot.IsAccountID(id) || len(parts) != 6 || parts[0] != "arn" || parts[1] == "" {
		return fmt.Errorf("find out the account: %w", unreadable(getCallerIdentity, "neither an account nor its partition is in the answer").err())
	}
	c.partition = partitionOf(parts[1], region)
	c.s.Account = snapshot.Account{ID: id, Partition: parts[1]}
	c.s.CollectedBy = arn
	return nil
}

func (o outcome) err() error {
	if o.message == "" {
		return fmt.Errorf("%s: %s", o.action, o.code)
	}
	return fmt.Errorf("%s: %s: %s", o.action, o.code, o.message)
}

// listed notes what came of a listing.
func (c *collection) listed(region string, o outcome) {
	c.cover(snapshot.Coverage{Region: region, Operation: o.action, State: o.state, Code: o.code, Message: o.message})
}

// gone notes that a listed resource was not there any more when it was asked.
func (c *collection) gone(region, arn string, o outcome) {
	c.cover(snapshot.Coverage{Region: region, Operation: o.action, State: snapshot.Gone, Code: o.code, Resource: arn})
}

func (c *collection) cover(entry snapshot.Coverage) {
	entry.Service, _, _ = strings.Cut(entry.Operation, ":")
	c.add(func(s *snapshot.Snapshot) { s.Coverage = append(s.Coverage, entry) })
}

// add changes the snapshot, one part of the run at a time.
func (c *collection) add(to func(*snapshot.Snapshot)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	to(c.s)
}

// claim reports whether nobody else reads the resource.
func (c *collection) claim(arn string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	seen := c.claimed[arn]
	c.claimed[arn] = true
	return !seen
}

// ours says whether an ARN that AWS gave can be that of such a resource. What it
// names becomes part of requests, and of a file that has to be read again.
func (c *collection) ours(arn, service, region, kind string) bool {
	parts := strings.SplitN(arn, ":", 6)
	return len(parts) == 6 && parts[0] == "arn" && parts[1] == c.s.Account.Partition && parts[2] == service &&
		snapshot.IsRegion(region) && parts[3] == region && snapshot.IsAccountID(parts[4]) &&
		len(parts[5]) > len(kind) && strings.HasPrefix(parts[5], kind)
}

// nothing is an error when every listing of resources failed at its first page.
func (c *collection) nothing() error {
	s := c.s
	if len(s.Users)+len(s.Groups)+len(s.Roles)+len(s.ManagedPolicies)+len(s.Keys)+len(s.Aliases)+len(s.Buckets) > 0 {
		return nil
	}
	var causes []error
	for _, entry := range s.Coverage {
		switch {
		case entry.Operation == listRegions || entry.Resource != "":
		case entry.State == snapshot.OK:
			return nil
		case len(causes) < 5:
			cause := outcome{entry.Operation, entry.State, entry.Code, entry.Message}.err()
			if entry.Region != "" {
				cause = fmt.Errorf("%s: %w", entry.Region, cause)
			}
			causes = append(causes, cause)
		}
	}
	return fmt.Errorf("nothing could be read in account %s: %w", s.Account.ID, errors.Join(causes...))
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}
