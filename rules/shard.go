package rules

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"runtime"
	"slices"
	"sync/atomic"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/metrics"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/topdown"
	"golang.org/x/sync/errgroup"

	"github.com/kmsaudit/kmsaudit/rules/facts"
)

// shardSize is how many resources of one kind are evaluated at once.
const shardSize = 128

// job is one evaluation: a query and resources of its kind, by index.
type job struct {
	query   *query
	rows    []int
	settled bool // none of them has anything unread
}

// answer is what a rule published: its three sets, read. OPA's terms are let go
// of with the shard that they come from.
type answer struct {
	subjects []string
	findings []Finding
	unknown  []Unknown
}

// answers are those of several rules, by id.
type answers map[string]answer

// jobs are the evaluations of some queries, size resources of a kind at a time:
// those that have everything read, and the others.
func jobs(queries []query, collections map[string]reflect.Value, size int) []job {
	var jobs []job
	for i := range queries {
		q := &queries[i]
		if q.kind == "" {
			jobs = append(jobs, job{query: q})
			continue
		}
		settled, open := parted(collections[q.kind])
		for n := 0; n == 0 || len(settled) > 0; n++ { // one at least: a rule answers even where there is nothing
			most := min(size, len(settled))
			jobs = append(jobs, job{q, settled[:most], true})
			settled = settled[most:]
		}
		for rows := range slices.Chunk(open, size) {
			jobs = append(jobs, job{q, rows, false})
		}
	}
	return jobs
}

// parted are the indices of the rows of a collection that have nothing unread, and
// of those that have.
func parted(collection reflect.Value) (settled, open []int) {
	unread, known := collection.Type().Elem().FieldByName("Unread")
	for i := range collection.Len() {
		if known && collection.Index(i).FieldByIndex(unread.Index).Len() > 0 {
			open = append(open, i)
		} else {
			settled = append(settled, i)
		}
	}
	return settled, open
}

// evaluate runs the rules of some queries over the document, size resources of a
// kind at a time. With release it lets go of the facts of each when they were judged.
func evaluate(ctx context.Context, document *facts.Document, queries []query, size int, profile *Profile, release bool) (answers, error) {
	collections := collectionsOf(document)
	release = release && askedOnce(queries)
	jobs := jobs(queries, collections, size)
	shared := sharedTerms(document)
	results := make([]answers, len(jobs))
	var next atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	for range min(runtime.GOMAXPROCS(0), len(jobs)) {
		group.Go(func() error {
			terms, texts := facts.NewTerms(), &jsonTexts{}
			for {
				i := int(next.Add(1)) - 1
				if i >= len(jobs) {
					return nil
				}
				input := inputOf(jobs[i], shared, collections, terms)
				began := time.Now()
				result, err := jobs[i].query.run(ctx, input, jobs[i].settled, texts)
				if err != nil {
					return err
				}
				profile.judged(jobs[i].query, time.Since(began))
				results[i] = result
				if release {
					for _, row := range jobs[i].rows {
						collections[jobs[i].query.kind].Index(row).SetZero()
					}
				}
			}
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return merge(results, queries), nil
}

// askedOnce tells whether each resource is in one job at most.
func askedOnce(queries []query) bool {
	kinds := map[string]bool{}
	for i := range queries {
		kinds[queries[i].kind] = true
	}
	return len(kinds) == len(queries) && !kinds[""]
}

// run evaluates the query once; settled says that nothing of the input is unread. A
// result that lacks a rule or one of the sets that were asked for is an error: it
// must never look like a pass.
func (q query) run(ctx context.Context, input ast.Value, settled bool, texts *jsonTexts) (answers, error) {
	prepare := q.whole
	if settled {
		prepare = q.settled
	}
	prepared, err := prepare()
	if err != nil {
		return nil, fmt.Errorf("prepare rules: %w", err)
	}
	cancel := topdown.NewCancel()
	stop := context.AfterFunc(ctx, cancel.Cancel)
	defer stop()
	set, err := prepared.Eval(ctx, rego.EvalParsedInput(input), rego.EvalExternalCancel(cancel), rego.EvalMetrics(metrics.NoOp()))
	if err != nil {
		return nil, fmt.Errorf("evaluate rules: %w", err)
	}
	if len(set) != 1 {
		return nil, errors.New("evaluate rules: the rules gave no result")
	}
	term, ok := set[0].Bindings["result"].(*ast.Term)
	if !ok {
		return nil, errors.New("evaluate rules: the result is no term")
	}
	found := answers{}
	for _, rule := range q.rules {
		var a answer
		for _, name := range published {
			if !q.spared.asks(rule, name, settled) {
				continue
			}
			value, err := term.Value.Find(ast.Ref{ast.StringTerm(rule.ID), ast.StringTerm(name)})
			if err != nil {
				return nil, fmt.Errorf("evaluate rules: %s has no %s: %w", rule.ID, name, err)
			}
			elements, ok := value.(ast.Set)
			if !ok {
				return nil, fmt.Errorf("evaluate rules: %s of %s is no set", name, rule.ID)
			}
			if err := a.read(rule, name, elements, texts); err != nil {
				return nil, fmt.Errorf("rule %s (%s): %w", rule.ID, rule.Where(), err)
			}
		}
		found[rule.ID] = a
	}
	return found, nil
}

// merge puts the answers of the shards together, and lets go of each. The subjects
// are sorted, and those that several rules share are one list.
func merge(results []answers, queries []query) answers {
	counts := map[string][3]int{}
	for _, result := range results {
		for id, one := range result {
			n := counts[id]
			counts[id] = [3]int{n[0] + len(one.subjects), n[1] + len(one.findings), n[2] + len(one.unknown)}
		}
	}
	all := answers{}
	for id, n := range counts {
		all[id] = answer{make([]string, 0, n[0]), make([]Finding, 0, n[1]), make([]Unknown, 0, n[2])}
	}
	for i, result := range results {
		for id, one := range result {
			a := all[id]
			a.subjects = append(a.subjects, one.subjects...)
			a.findings = append(a.findings, one.findings...)
			a.unknown = append(a.unknown, one.unknown...)
			all[id] = a
		}
		results[i] = nil
	}
	for _, one := range all {
		slices.Sort(one.subjects)
	}
	for i := range queries {
		for id, other := range queries[i].spared.subjects {
			a := all[id]
			a.subjects = all[other].subjects
			all[id] = a
		}
	}
	return all
}

// collectionsOf finds the collections of the document by name.
func collectionsOf(document *facts.Document) map[string]reflect.Value {
	collections := map[string]reflect.Value{}
	v := reflect.ValueOf(document).Elem()
	for i := range v.NumField() {
		if v.Field(i).Kind() == reflect.Slice {
			collections[v.Type().Field(i).Tag.Get("json")] = v.Field(i)
		}
	}
	return collections
}

// sharedTerms are the members that every shard has.
func sharedTerms(document *facts.Document) [][2]*ast.Term {
	var shared [][2]*ast.Term
	v := reflect.ValueOf(document).Elem()
	for i := range v.NumField() {
		if v.Field(i).Kind() != reflect.Slice {
			name := v.Type().Field(i).Tag.Get("json")
			shared = append(shared, [2]*ast.Term{ast.StringTerm(name), ast.NewTerm(facts.Value(v.Field(i).Interface()))})
		}
	}
	return shared
}

// inputOf builds a shard: the shared members, the job's resources, and the other
// collections empty.
func inputOf(j job, shared [][2]*ast.Term, collections map[string]reflect.Value, terms *facts.Terms) ast.Value {
	members := slices.Clone(shared)
	for _, name := range slices.Sorted(maps.Keys(collections)) {
		var list ast.Value
		switch j.query.kind {
		case "": // the whole document
			list = terms.Value(collections[name].Interface())
		case name:
			list = terms.Rows(collections[name], j.rows)
		default:
			list = terms.Rows(collections[name], nil)
		}
		members = append(members, [2]*ast.Term{ast.StringTerm(name), ast.NewTerm(list)})
	}
	return ast.NewObject(members...)
}
