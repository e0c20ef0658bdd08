package facts

import (
	"fmt"
	"reflect"

	"github.com/open-policy-agent/opa/v1/ast"
)

// Value is the term of OPA that a fact stands for. It gives what encoding the
// fact as JSON and reading that with OPA would give, without the detour.
func Value(fact any) ast.Value { return valueOf(reflect.ValueOf(fact)) }

func valueOf(v reflect.Value) ast.Value {
	switch v.Kind() {
	case reflect.String:
		return ast.String(v.String())
	case reflect.Bool:
		return ast.Boolean(v.Bool())
	case reflect.Int:
		return ast.IntNumberTerm(int(v.Int())).Value
	case reflect.Float64:
		return ast.FloatNumberTerm(v.Float()).Value
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return ast.Null{}
		}
		return valueOf(v.Elem())
	case reflect.Slice:
		terms := make([]*ast.Term, v.Len())
		for i := range terms {
			terms[i] = ast.NewTerm(valueOf(v.Index(i)))
		}
		return ast.NewArray(terms...)
	case reflect.Map:
		object := ast.NewObject()
		for entries := v.MapRange(); entries.Next(); {
			object.Insert(ast.StringTerm(entries.Key().String()), ast.NewTerm(valueOf(entries.Value())))
		}
		return object
	case reflect.Struct:
		return structValue(v)
	default:
		panic(fmt.Sprintf("facts: a %s is no fact", v.Type())) // a type of this package is wrong: no input can cause it
	}
}

func structValue(v reflect.Value) ast.Value {
	t := v.Type()
	members := make([][2]*ast.Term, 0, t.NumField())
	for i := range t.NumField() {
		member := v.Field(i)
		if member.Kind() == reflect.Pointer && member.IsNil() {
			continue // a reading that is not there
		}
		members = append(members, [2]*ast.Term{ast.StringTerm(memberName(t.Field(i))), ast.NewTerm(valueOf(member))})
	}
	return ast.NewObject(members...)
}
