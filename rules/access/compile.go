package access

import (
	"slices"
	"strings"
	"sync"

	"github.com/kmsaudit/kmsaudit/collector/policy"
)

// services is the set of services that a statement can touch, as far as the
// core tells them apart.
type services uint8

const (
	serviceKMS services = 1 << iota
	serviceS3
	serviceOther
	everyService = serviceKMS | serviceS3 | serviceOther
)

func serviceOf(action string) services {
	service, _, _ := strings.Cut(action, ":")
	return serviceNamed(service)
}

func serviceNamed(service string) services {
	switch service {
	case "kms":
		return serviceKMS
	case "s3":
		return serviceS3
	}
	return serviceOther
}

// Policy is a compiled policy, safe for concurrent use.
type Policy struct {
	name       string
	layer      Layer
	pointer    string
	doc        *policy.Document
	refs       *refs // of the document's statements
	statements []statement
	allows     services // what its Allows can touch
	denies     services
	unread     *UnreadRef
	permissive bool // stands for unread policies that are taken to allow (Stance)
}

// statement is a compiled statement.
type statement struct {
	index    int
	deny     bool
	services services

	notAction bool
	actions   []actionPattern
	kms       actionSet // of the actions

	noResource  bool
	notResource bool
	resources   []arnPattern

	hasPrincipal bool
	notPrincipal bool
	principals   []named

	tests []test
	notes []string
}

// Compile prepares a policy document for many decisions. The document must not
// change afterwards. A document that repeats members has no certain meaning and
// counts as not read.
func Compile(name string, layer Layer, doc *policy.Document) *Policy {
	return CompileAt(name, layer, "", doc)
}

// CompileAt is Compile for a document of which the place in a snapshot is known:
// pointer leads to the document.
func CompileAt(name string, layer Layer, pointer string, doc *policy.Document) *Policy {
	return (&compiler{}).policy(name, layer, pointer, doc)
}

// compiler compiles policies; equal parts of them are compiled once.
type compiler struct {
	actions   map[string]*compiledActions  // by texts
	lists     map[*string]*compiledActions // by list: the same one is met again and again
	arns      map[arnText]arnPattern
	arnLists  map[arnList]*compiledResources
	documents map[inLayer]*Policy
}

// inLayer is a document as a policy of one layer.
type inLayer struct {
	doc   *policy.Document
	layer Layer
}

// arnList is a list as compileResources is given it.
type arnList struct {
	first      *string
	count      int
	fill, vars bool
}

type compiledResources struct {
	patterns []arnPattern
	notes    []string
}

type compiledActions struct {
	texts    []string
	patterns []actionPattern
	kms      actionSet
}

// arnText is a text as compileARN is given it.
type arnText struct {
	text       string
	fill, vars bool
}

// remembering is a compiler for many policies.
func remembering() *compiler {
	return &compiler{actions: map[string]*compiledActions{}, lists: map[*string]*compiledActions{}, arns: map[arnText]arnPattern{}, arnLists: map[arnList]*compiledResources{}, documents: map[inLayer]*Policy{}}
}

// compiled are the actions compiled; there is at least one.
func (c *compiler) compiled(list []string) *compiledActions {
	text := ""
	if c.actions != nil {
		if known := c.lists[&list[0]]; known != nil && len(known.texts) == len(list) {
			return known
		}
		if text = list[0]; len(list) > 1 {
			text = strings.Join(list, "\n")
		}
		if known := c.actions[text]; known != nil && slices.Equal(known.texts, list) {
			c.lists[&list[0]] = known
			return known
		}
	}
	actions := &compiledActions{texts: list, patterns: make([]actionPattern, len(list))}
	for i, one := range list {
		actions.patterns[i] = compileAction(one)
		actions.kms |= actions.patterns[i].set()
	}
	if c.actions != nil {
		c.actions[text], c.lists[&list[0]] = actions, actions
	}
	return actions
}

// resource is a resource compiled. Exact ARNs are cheap, and many.
func (c *compiler) resource(text string, fill, vars bool) arnPattern {
	if c.arns == nil || !strings.ContainsAny(text, "*?$") {
		return compileARN(text, fill, vars, arnResource)
	}
	of := arnText{text, fill, vars}
	known, met := c.arns[of]
	if !met {
		known = compileARN(text, fill, vars, arnResource)
		c.arns[of] = known
	}
	return known
}

func (c *compiler) policy(name string, layer Layer, pointer string, doc *policy.Document) *Policy {
	p := &Policy{name: name, layer: layer, pointer: pointer, doc: doc}
	if doc == nil {
		return p
	}
	if len(doc.Repeated) > 0 {
		return UnreadPolicy(UnreadRef{Layer: layer, Policy: name, Pointer: pointer, State: "failed", Code: "RepeatedMembers"})
	}
	if same := c.documents[inLayer{doc, layer}]; same != nil {
		p.refs, p.statements, p.allows, p.denies = &refs{}, same.statements, same.allows, same.denies
		return p
	}
	vars := doc.Version == "2012-10-17" // C13
	p.refs = &refs{}
	p.statements = make([]statement, len(doc.Statements))
	for i := range doc.Statements {
		p.statements[i] = c.statement(i, &doc.Statements[i], layer, vars)
		if p.statements[i].deny {
			p.denies |= p.statements[i].services
		} else {
			p.allows |= p.statements[i].services
		}
	}
	if c.documents != nil {
		c.documents[inLayer{doc, layer}] = p
	}
	return p
}

// UnreadPolicy stands for a policy, or a list of policies, that was not read:
// what it allows and denies is not known.
func UnreadPolicy(ref UnreadRef) *Policy {
	return &Policy{name: ref.Policy, layer: ref.Layer, pointer: ref.Pointer, unread: &ref, allows: everyService, denies: everyService}
}

func compileStatement(i int, from *policy.Statement, layer Layer, vars bool) statement {
	return (&compiler{}).statement(i, from, layer, vars)
}

func (c *compiler) statement(i int, from *policy.Statement, layer Layer, vars bool) statement {
	s := statement{index: i, deny: from.Effect == policy.Deny}
	c.compileActions(&s, from)
	c.compileResources(&s, from, layer, vars)
	s.hasPrincipal = from.Principal != nil || from.NotPrincipal != nil
	s.notPrincipal = from.NotPrincipal != nil
	if s.hasPrincipal {
		s.principals = compilePrincipals(from.Principal)
		if s.notPrincipal {
			s.principals = compilePrincipals(from.NotPrincipal)
		}
		for _, n := range s.principals {
			if n.bad {
				s.note("M11: the principal " + n.text + " names nobody")
			}
		}
	}
	switch layer {
	case LayerResource:
		if !s.hasPrincipal {
			s.note("M12: a resource policy statement without Principal applies to nobody")
		}
	case LayerRCP:
		if s.notPrincipal || !s.hasPrincipal {
			s.note("O4: the Principal of an RCP has to be *")
		}
	default:
		if s.hasPrincipal {
			s.note("O6: policies of this kind have no Principal; the statement is taken as ineffective")
		}
	}
	if n := len(from.Conditions); n > 0 {
		s.tests = make([]test, 0, n)
	}
	for j := range from.Conditions {
		t := compileTest(&from.Conditions[j], vars)
		switch {
		case t.kind == opUnknown:
			s.note("C1: the operator " + t.source.Operator + " is not known; the statement does not apply")
		case t.odd:
			s.note("C1: the operator " + t.source.Operator + " is spelled oddly")
		}
		if t.kind == opBool && vars && slices.ContainsFunc(t.source.Values, hasVariable) {
			s.note("C12: variables in values of Bool are taken as plain text")
		}
		if t.set == setNone && t.kind != opNull && t.kind != opUnknown && multivalued(t.key) {
			s.note("C21: the plain operator " + t.source.Operator + " on the multivalued key " + t.source.Key + " is taken as never true")
		}
		s.tests = append(s.tests, t)
	}
	return s
}

func (s *statement) note(text string) { s.notes = append(s.notes, text) }

func (c *compiler) compileActions(s *statement, from *policy.Statement) {
	list := from.Action
	if from.NotAction != nil {
		s.notAction, s.services, list = true, everyService, from.NotAction
	}
	if len(list) > 0 {
		actions := c.compiled(list)
		s.actions, s.kms = actions.patterns, actions.kms
	}
	if s.notAction {
		s.kms = allActions() &^ s.kms
	}
	for i, text := range list {
		a := &s.actions[i]
		switch {
		case a.wrong:
			s.note("M3: the action " + text + " matches nothing")
		case a.any && strings.Contains(text, ":"):
			s.note("M3: the action " + text + " is taken as everything, though a service takes no wildcard")
		}
		switch {
		case a.any:
			s.services = everyService
		case !a.wrong:
			s.services |= serviceNamed(a.service)
		}
	}
}

func (c *compiler) compileResources(s *statement, from *policy.Statement, layer Layer, vars bool) {
	list := from.Resource
	if from.NotResource != nil {
		s.notResource, list = true, from.NotResource
	}
	if list == nil {
		s.noResource = true
		s.note("K6: a statement without Resource is ineffective")
		return
	}
	of := c.compiledResources(list, layer != LayerResource, vars)
	s.resources = of.patterns
	s.notes = append(s.notes, of.notes...)
}

// compiledResources are resources compiled.
func (c *compiler) compiledResources(list []string, fill, vars bool) *compiledResources {
	slot := arnList{count: len(list), fill: fill, vars: vars}
	if len(list) > 0 {
		slot.first = &list[0]
	}
	if known := c.arnLists[slot]; known != nil {
		return known
	}
	of := &compiledResources{patterns: make([]arnPattern, 0, len(list))}
	for _, text := range list {
		p := c.resource(text, fill, vars)
		switch {
		case p.short:
			of.notes = append(of.notes, "M6: the resource "+text+" has fewer than six parts; the rest is taken as *")
		case p.wrong:
			of.notes = append(of.notes, "M6: the resource "+text+" is no ARN and matches nothing")
		}
		of.patterns = append(of.patterns, p)
	}
	if c.arnLists != nil {
		c.arnLists[slot] = of
	}
	return of
}

// ref names a statement for evidence.
func (p *Policy) ref(s *statement) *StatementRef {
	p.refs.once.Do(func() {
		p.refs.list = make([]StatementRef, len(p.doc.Statements))
		for i := range p.refs.list {
			from := &p.doc.Statements[i]
			r := StatementRef{Layer: p.layer, Policy: p.name, Sid: from.Sid, Index: i, Effect: from.Effect, Identity: p.doc.Identity(i)}
			if p.pointer != "" {
				r.Pointer = p.pointer + from.Pointer
			}
			p.refs.list[i] = r
		}
	})
	return &p.refs.list[s.index]
}

// refs names the statements of a document, once the first of them is asked for:
// evidence names the same statements again and again.
type refs struct {
	once sync.Once
	list []StatementRef
}
