package naive

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/policy"
)

// generator makes one case.
type generator struct {
	*rand.Rand
	c     *Case
	sids  int
	about []topic // the topics of this case
}

// Generate makes a case from a seed. The same seed makes the same case.
func Generate(seed uint64) *Case {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 20261123)), c: &Case{}}
	for range 2 + g.IntN(3) {
		g.about = append(g.about, topics[g.IntN(len(topics))])
	}
	if g.chance(15) {
		g.about[0] = topics[slices.IndexFunc(topics, func(t topic) bool { return t.key == "kms:EncryptionContext:dept" })]
	}
	g.request()
	g.context()
	g.policies()
	return g.c
}

func (g *generator) chance(percent int) bool { return g.IntN(100) < percent }

func (g *generator) pick(list []string) string { return list[g.IntN(len(list))] }

func (g *generator) request() {
	c := g.c
	c.Principal, c.ResourceAccount = g.pick(callers), home
	defer func() {
		switch {
		case c.Resource == key && g.chance(10):
			c.ResourceAccount = ""
		case strings.HasPrefix(c.Action, "s3:") && g.chance(3):
			c.Principal, c.UniqueID = "*", "" // without a name
		}
	}()
	switch n := g.IntN(20); {
	case n < 12:
		c.Action, c.Resource = g.pick(keyActions), key
	case n == 12:
		c.Action, c.Resource = g.pick(aliasActions), alias
		if g.chance(20) {
			c.Resource = strings.Replace(alias, "app", "aws/s3", 1)
		}
	case n == 13:
		c.Action, c.Resource, c.ResourceAccount = g.pick(noKeyActions), "*", ""
	case n < 16:
		c.Action, c.Resource = g.pick(bucketActions), bucket
	default:
		c.Action, c.Resource = g.pick(objectActions), object
	}
	switch kind := c.kind(); {
	case g.chance(50):
	case kind == aUser:
		c.UniqueID = userID
	case kind == aRole, kind == aSession:
		c.UniqueID = roleID
	}
	c.PrincipalInManagementAccount = g.chance(8)
	c.ResourceInManagementAccount = g.chance(8)
	c.AWSManagedKey = c.Resource == key && g.chance(5)
}

func (g *generator) context() {
	c := g.c
	c.Context = Context{}
	open := []int{0, 0, 0, 1, 1, 2}[g.IntN(6)]
	for _, t := range g.about {
		name := g.spelled(t.key)
		if g.known(name) {
			continue
		}
		switch {
		case open > 0:
			open--
			c.Unknown = append(c.Unknown, name)
		case g.chance(35):
		case multivalued(t.key):
			c.Context[name] = slices.Compact(slices.Sorted(slices.Values([]string{g.pick(t.values), g.pick(t.values)})))
		default:
			c.Context[name] = Values{g.pick(t.values)}
		}
	}
	switch {
	case g.chance(3):
		c.Unknown = append(c.Unknown, "kms:EncryptionContext:*")
	case g.chance(1):
		c.Unknown = append(c.Unknown, "*")
	}
}

func (g *generator) known(key string) bool {
	for name := range g.c.Context {
		if strings.EqualFold(name, key) {
			return true
		}
	}
	return slices.ContainsFunc(g.c.Unknown, func(name string) bool { return strings.EqualFold(name, key) })
}

// spelled varies the case of a key (C1).
func (g *generator) spelled(key string) string {
	if g.chance(10) {
		return strings.ToLower(key)
	}
	return key
}

func (g *generator) policies() {
	c, kind := g.c, g.c.kind()
	if kind != aRoot && kind != aService || g.chance(10) {
		for range []int{0, 1, 1, 1, 2}[g.IntN(5)] {
			c.Identity = append(c.Identity, g.document(g.statement))
		}
	}
	if (kind == aUser || kind == aRole || kind == aSession) && g.chance(25) {
		c.Boundary = []*Document{}
		if g.chance(95) {
			c.Boundary = append(c.Boundary, g.document(g.statement))
		}
	}
	if (kind == aSession || kind == aFederated) && g.chance(40) || kind == aRole && g.chance(5) {
		c.Session = g.document(g.statement)
	}
	if c.Resource != "*" && !c.onAlias() && g.chance(90) || g.chance(15) {
		c.ResourcePolicy = g.document(g.named)
	}
	if g.chance(25) {
		for range 1 + g.IntN(2) {
			c.SCP = append(c.SCP, g.level(g.statement))
		}
	}
	if c.Resource != "*" && !c.onAlias() && g.chance(15) {
		c.RCP = append(c.RCP, g.level(g.everybody))
	}
	if c.Resource == key {
		for range []int{0, 0, 1, 2}[g.IntN(4)] {
			c.Grants = append(c.Grants, g.grant(len(c.Grants)))
		}
	}
}

func (g *generator) level(statement func() policy.Statement) Level {
	if g.chance(2) {
		return Level{}
	}
	level := Level{g.document(statement)}
	if g.chance(30) {
		level = append(level, g.document(statement))
	}
	if g.chance(50) {
		level = append(level, &Document{policy.Document{Version: "2012-10-17", Statements: []policy.Statement{
			g.sid(policy.Statement{Effect: policy.Allow, Action: []string{"*"}, Resource: []string{"*"}}),
		}}})
		if statement := level[len(level)-1].Statements; level[0].Statements[0].Principal != nil {
			statement[0].Principal = everyone()
		}
	}
	return level
}

func (g *generator) document(statement func() policy.Statement) *Document {
	d := &Document{policy.Document{Version: "2012-10-17"}}
	if g.chance(10) {
		d.Version = g.pick([]string{"", "2008-10-17"})
	}
	for range 1 + g.IntN(3) {
		d.Statements = append(d.Statements, g.sid(statement()))
	}
	return d
}

func (g *generator) sid(s policy.Statement) policy.Statement {
	g.sids++
	s.Sid = "S" + strconv.Itoa(g.sids)
	return s
}
