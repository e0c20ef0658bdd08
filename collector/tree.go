package collector

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// Tree is an organization as its management account, or a delegated
// administrator, sees it: every account and where it is, and the policies that
// hang above it.
type Tree struct {
	ID, ARN, ManagementAccount string
	Caller                     Caller   // who read it
	Members                    []Member // sorted by id
	// Gaps are the listings that failed: what they hold is not known.
	Gaps []Gap

	features types.OrganizationFeatureSet
	nodes    map[string]*node
	policies map[types.PolicyType]*controls
	reader   *treeReader
}

// Member is an account of an organization.
type Member struct {
	ID, Name string
	State    string   // AWS's word, such as ACTIVE
	Parents  []string // ids of the root and the organizational units above it, from the root down
}

// node is the root, an organizational unit or an account.
type node struct{ id, kind, name, parent string }

// ReadTree reads the organization of the account that the credentials of cfg
// belong to. It needs the actions of TreePermissions. An error means that there is
// no organization, or that nobody knows which accounts it has.
func ReadTree(ctx context.Context, cfg aws.Config, progress func(Progress)) (*Tree, error) {
	c := aboutTree(cfg, progress)
	if err := c.identity(ctx, cmp.Or(cfg.Region, fallbackRegion)); err != nil {
		return nil, err
	}
	r := &treeReader{c: c, client: c.aws.organizations(c.partition.home), tree: &Tree{nodes: map[string]*node{}, policies: map[types.PolicyType]*controls{}}}
	r.tree.reader, r.tree.Caller = r, Caller{c.s.Account, c.s.CollectedBy}
	if err := r.read(ctx); err != nil {
		return nil, err
	}
	slices.SortFunc(r.tree.Members, func(a, b Member) int { return cmp.Compare(a.ID, b.ID) })
	return r.tree, nil
}

// Caller is whom credentials belong to.
type Caller struct {
	Account snapshot.Account
	ARN     string
}

// WhoAsks finds out whom the credentials of cfg belong to.
func WhoAsks(ctx context.Context, cfg aws.Config) (Caller, error) {
	c := aboutTree(cfg, nil)
	err := c.identity(ctx, cmp.Or(cfg.Region, fallbackRegion))
	return Caller{c.s.Account, c.s.CollectedBy}, err
}

func aboutTree(cfg aws.Config, progress func(Progress)) *collection {
	g := newGate(treeConcurrency, 1)
	return &collection{
		opt: Options{Concurrency: treeConcurrency}, aws: newClients(cfg, g, ofTree), gate: g,
		tally: &tally{tell: progress}, s: &snapshot.Snapshot{},
	}
}

// treeConcurrency is how many calls about an organization are under way at a
// time: AWS allows a few in a second.
const treeConcurrency = 4

// treeReader asks about an organization from its root down. That takes fewer
// calls than to ask for the parents and policies of each account: as many as there
// are organizational units and policies, and pages of accounts.
type treeReader struct {
	c      *collection
	client *organizations.Client
	mu     sync.Mutex
	tree   *Tree
}

func (r *treeReader) read(ctx context.Context) error {
	home := r.c.partition.home
	out, o := ask(ctx, r.c, describeOrganization, home, func(ctx context.Context) (*organizations.DescribeOrganizationOutput, error) {
		return r.client.DescribeOrganization(ctx, &organizations.DescribeOrganizationInput{})
	})
	if o.ok() && (out.Organization == nil || aws.ToString(out.Organization.Id) == "") {
		o = unreadable(describeOrganization, "the organization has no id")
	}
	if !o.ok() {
		return fmt.Errorf("read the organization: %w", o.err())
	}
	t := r.tree
	t.ID, t.ARN = aws.ToString(out.Organization.Id), aws.ToString(out.Organization.Arn)
	t.ManagementAccount, t.features = aws.ToString(out.Organization.MasterAccountId), out.Organization.FeatureSet

	var roots []types.Root
	o = list(listRoots, func(marker *string) (page, outcome) {
		out, o := ask(ctx, r.c, listRoots, home, func(ctx context.Context) (*organizations.ListRootsOutput, error) {
			return r.client.ListRoots(ctx, &organizations.ListRootsInput{NextToken: marker})
		})
		if !o.ok() {
			return page{}, o
		}
		roots = append(roots, out.Roots...)
		return token(out.NextToken), o
	})
	if o.ok() && (len(roots) != 1 || aws.ToString(roots[0].Id) == "") {
		o = unreadable(listRoots, "there is not exactly one root")
	}
	if !o.ok() {
		return fmt.Errorf("read the organization: %w", o.err())
	}
	root := aws.ToString(roots[0].Id)
	t.nodes[root] = &node{id: root, kind: "root", name: aws.ToString(roots[0].Name)}

	var parts sync.WaitGroup
	parts.Go(func() { r.below(ctx, root, []string{root}) })
	for _, kind := range [...]types.PolicyType{types.PolicyTypeServiceControlPolicy, types.PolicyTypeResourceControlPolicy} {
		p := &controls{kind: kind}
		t.policies[kind] = p
		if enabled(roots[0], kind) {
			parts.Go(func() { p.read(ctx, r) })
		} else {
			p.listed = outcome{listRoots, snapshot.Absent, "PolicyTypeNotEnabled", ""}
		}
	}
	parts.Wait()
	if ctx.Err() != nil {
		return fmt.Errorf("read the organization: %w", ctx.Err())
	}
	if len(t.Members) == 0 {
		return fmt.Errorf("read the organization: no account is known: %v", t.Gaps)
	}
	return nil
}

func enabled(root types.Root, kind types.PolicyType) bool {
	return slices.ContainsFunc(root.PolicyTypes, func(p types.PolicyTypeSummary) bool {
		return p.Type == kind && p.Status != types.PolicyTypeStatusPendingEnable
	})
}

// below reads the accounts and the organizational units below a parent, and what
// is below those.
func (r *treeReader) below(ctx context.Context, parent string, path []string) {
	var parts sync.WaitGroup
	parts.Go(func() { r.accounts(ctx, parent, path) })
	if len(path) <= maxDepth {
		var units []types.OrganizationalUnit
		o := list(listUnits, func(marker *string) (page, outcome) {
			out, o := ask(ctx, r.c, listUnits, r.c.partition.home, func(ctx context.Context) (*organizations.ListOrganizationalUnitsForParentOutput, error) {
				return r.client.ListOrganizationalUnitsForParent(ctx, &organizations.ListOrganizationalUnitsForParentInput{
					ParentId: &parent, MaxResults: aws.Int32(20), NextToken: marker,
				})
			})
			if !o.ok() {
				return page{}, o
			}
			units = append(units, out.OrganizationalUnits...)
			return token(out.NextToken), o
		})
		r.gap(o, parent)
		for _, unit := range unique(units, func(u types.OrganizationalUnit) string { return aws.ToString(u.Id) }) {
			id := aws.ToString(unit.Id)
			r.add(&node{id, "organizational_unit", aws.ToString(unit.Name), parent}, nil)
			parts.Go(func() { r.below(ctx, id, append(slices.Clone(path), id)) })
		}
	}
	parts.Wait()
}

func (r *treeReader) accounts(ctx context.Context, parent string, path []string) {
	o := list(listAccounts, func(marker *string) (page, outcome) {
		out, o := ask(ctx, r.c, listAccounts, r.c.partition.home, func(ctx context.Context) (*organizations.ListAccountsForParentOutput, error) {
			return r.client.ListAccountsForParent(ctx, &organizations.ListAccountsForParentInput{
				ParentId: &parent, MaxResults: aws.Int32(20), NextToken: marker,
			})
		})
		if !o.ok() {
			return page{}, o
		}
		for _, a := range out.Accounts {
			id := aws.ToString(a.Id)
			if !snapshot.IsAccountID(id) {
				return page{}, unreadable(listAccounts, "the answer names an account that cannot be one")
			}
			state := cmp.Or(string(a.State), string(a.Status)) // which is the older word
			r.add(&node{id, "account", aws.ToString(a.Name), parent}, &Member{
				ID: id, Name: aws.ToString(a.Name), State: state, Parents: path,
			})
		}
		return token(out.NextToken), o
	})
	r.gap(o, parent)
}

// add takes a node, and a member if it is an account, once: what moves while it is
// listed can show twice.
func (r *treeReader) add(n *node, m *Member) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.tree.nodes[n.id] != nil {
		return
	}
	r.tree.nodes[n.id] = n
	if m != nil {
		r.tree.Members = append(r.tree.Members, *m)
	}
}

func (r *treeReader) gap(o outcome, resource string) {
	if !o.ok() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.tree.Gaps = append(r.tree.Gaps, Gap{Operation: o.action, Resource: resource, State: o.state, Code: o.code, Message: o.message})
	}
}

// Has says whether the account is one of the organization.
func (t *Tree) Has(account string) bool {
	n := t.nodes[account]
	return n != nil && n.kind == "account"
}

// Organization is the place of an account in the organization, as its snapshot
// has it. Of an account that the tree does not have it is not known.
func (t *Tree) Organization(account string) snapshot.Reading[snapshot.Organization] {
	organization := snapshot.Organization{ID: t.ID, ARN: t.ARN, ManagementAccount: t.ManagementAccount}
	var levels []snapshot.OrganizationLevel
	for at := t.nodes[account]; at != nil && len(levels) <= maxDepth+1; at = t.nodes[at.parent] {
		levels = append(levels, snapshot.OrganizationLevel{
			ID: at.id, Type: at.kind, Name: at.name,
			ServiceControlPolicies:  t.hanging(types.PolicyTypeServiceControlPolicy, at.id),
			ResourceControlPolicies: t.hanging(types.PolicyTypeResourceControlPolicy, at.id),
		})
	}
	slices.Reverse(levels)
	organization.Chain = snapshot.Of(levels)
	if len(levels) == 0 {
		organization.Chain = reading[[]snapshot.OrganizationLevel](outcome{
			listAccounts, snapshot.Failed, codeNotListed, "the account is not among those that were listed",
		})
	}
	return snapshot.Of(organization)
}
