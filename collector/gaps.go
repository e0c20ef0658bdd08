package collector

import (
	"reflect"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// Gap is one question that AWS did not answer.
type Gap struct {
	Operation string // the action that would have been needed, such as kms:GetKeyPolicy
	Region    string // "" for global services
	Resource  string // an ARN; "" for a listing
	State     snapshot.State
	Code      string
	Message   string
}

// GapOf is the gap that an error of a call leaves.
func GapOf(action string, err error) Gap {
	o := classify(action, err)
	return Gap{Operation: o.action, State: o.state, Code: o.code, Message: o.message}
}

// Complete reports whether everything that was asked was answered.
func Complete(s *snapshot.Snapshot) bool { return !s.Interrupted && len(Gaps(s)) == 0 }

// Gaps lists what was asked and not answered, in the order of the snapshot. What
// this version never asks for is no gap, nor is what was deleted meanwhile.
func Gaps(s *snapshot.Snapshot) []Gap {
	var gaps []Gap
	for _, entry := range s.Coverage {
		if unanswered(entry.State) {
			gaps = append(gaps, Gap{entry.Operation, entry.Region, entry.Resource, entry.State, entry.Code, entry.Message})
		}
	}
	return append(gaps, gapsOf(s)...)
}

// gapsOf are those of the readings.
func gapsOf(s *snapshot.Snapshot) (gaps []Gap) {
	walk(reflect.ValueOf(s).Elem(), Gap{Resource: s.Account.ARN()}, &gaps)
	return gaps
}

func unanswered(state snapshot.State) bool {
	return state == snapshot.Denied || state == snapshot.Failed
}

// walk finds the readings in a value. where has the resource and Region of the
// nearest value above that has them.
func walk(v reflect.Value, where Gap, gaps *[]Gap) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			walk(v.Elem(), where, gaps)
		}
	case reflect.Slice:
		for i := range v.Len() {
			walk(v.Index(i), where, gaps)
		}
	case reflect.Struct:
		if r, ok := v.Addr().Interface().(interface{ Unread() *snapshot.Unread }); ok {
			if why := r.Unread(); why != nil && unanswered(why.State) {
				*gaps = append(*gaps, Gap{why.Operation, where.Region, where.Resource, why.State, why.Code, why.Message})
				return
			}
		}
		where = within(v, where)
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				walk(v.Field(i), where, gaps)
			}
		}
	}
}

func within(v reflect.Value, where Gap) Gap {
	if arn := v.FieldByName("ARN"); arn.IsValid() && arn.Kind() == reflect.String && arn.String() != "" {
		where.Resource = arn.String()
	}
	if object, ok := v.Addr().Interface().(*snapshot.Object); ok {
		where.Resource += "/" + object.Key
	}
	for _, field := range [...]string{"Region", "HomeRegion"} {
		if region := v.FieldByName(field); region.IsValid() && region.Kind() == reflect.String && region.String() != "" {
			where.Region = region.String()
		}
	}
	return where
}
