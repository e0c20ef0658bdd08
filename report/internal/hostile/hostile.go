// Package hostile makes results whose every text is an attack on whoever shows
// it, for the tests of the writers.
//
// It promises that no text field, key, list or JSON value is left harmless, new
// fields included.
//
// It refuses to be part of the program: only tests import it.
package hostile

import (
	"encoding/json"
	"reflect"
	"strings"

	"github.com/kmsaudit/kmsaudit/report"
)

// Text holds what a name, tag or error message could do harm with. Marker is
// in it, so that a test can tell that it was shown.
const (
	Marker = "hostile-text"
	Text   = "=cmd()|x a\x1b[31m\x1b]0;title\a\u202eevil\u2066\u200b\u061c\u2028\u009b1m\x00\x7f\xff\U000e0041 " +
		"<script>alert(1)</script> | `code` [link](https://evil.example) {0} \\ ![i](x) &lt; " +
		"\r\n## heading\n\n- item\t::error::x %25 ##[error]x ##vso[task.x]x @user #1 www.evil.example ]]> $x$ *b* _i_ ~~s~~ " + Marker + " "
)

// Results returns results with count findings, unknowns and so on, whose every
// text holds Text and is over 4 KB long.
func Results(count int) *report.Results {
	var r report.Results
	fill(reflect.ValueOf(&r).Elem(), count)
	r.Schema = report.Schema
	for i := range r.Findings {
		r.Findings[i].Severity = report.Severity(1 + i%5)
		if i%2 == 0 {
			r.Findings[i].Waived = nil
		}
	}
	for i := range r.Findings {
		r.Findings[i].Baseline = report.BaselineNew
	}
	for i := range r.Unknown {
		r.Unknown[i].Severity = report.Severity(1 + i%5)
		if i%2 == 0 {
			r.Unknown[i].Waived = nil
		}
	}
	return &r
}

var raw = reflect.TypeFor[json.RawMessage]()

func fill(v reflect.Value, count int) {
	long := Text + strings.Repeat("x", 4096)
	switch {
	case v.Type() == raw:
		text, err := json.Marshal(map[string]string{long: long})
		if err != nil {
			panic(err) // strings always encode
		}
		v.SetBytes([]byte(strings.ReplaceAll(string(text), `\u2028`, "\u2028")))
		return
	case v.Type() == reflect.TypeFor[report.Severity]():
		v.Set(reflect.ValueOf(report.High))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(long)
	case reflect.Int:
		v.SetInt(7)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), count)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).Tag.Get("json") == "-" {
				continue // no part of what is written
			}
			fill(v.Field(i), count)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), count, count))
		for i := range count {
			fill(v.Index(i), count)
		}
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key, count)
		fill(value, count)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	default:
		panic("no hostile value of kind " + v.Kind().String())
	}
}
