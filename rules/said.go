package rules

import (
	"context"
	"slices"
)

// Said is what a built-in rule says of an example: the messages of its findings.
// Of users' rules it says nothing; they run in a process apart.
func (c *Catalogue) Said(ctx context.Context, rule *Rule, example Example) ([]string, error) {
	if rule.Foreign() {
		return nil, nil
	}
	e, err := c.CompileApart(ctx, func(r *Rule) bool { return r == rule })
	if err != nil {
		return nil, err
	}
	return e.said(ctx, rule, example)
}

// said wants an engine whose queries have one rule each.
func (e *Engine) said(ctx context.Context, rule *Rule, example Example) ([]string, error) {
	document, err := readDocument(e.catalogue.complete(example))
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(e.queries, func(q query) bool { return q.rules[0] == rule })
	a, _, err := e.queries[i].alone(ctx, document, shardSize)
	if err != nil {
		return nil, err
	}
	var said []string
	for _, f := range outcomeOf(rule, a).Findings {
		said = append(said, f.Msg)
	}
	return said, nil
}
