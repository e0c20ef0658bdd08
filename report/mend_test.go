package report

import (
	"encoding/json"
	"testing"
)

func TestMends(t *testing.T) {
	tests := []struct {
		name, mend string
		want       int
		ok         bool
	}{
		{"none", "", 0, true},
		{"null", "null", 0, true},
		{"text", `[{"text":"do it"}]`, 1, true},
		{"all", `[{"text":"add","to":"p","statement":{"Effect":"Allow"}},{"text":"run","command":"aws"}]`, 2, true},
		{"empty statement", `[{"text":"add","to":"p","statement":{}}]`, 1, true},
		{"other form", `{"Effect":"Allow"}`, 0, false},
		{"unknown member", `[{"text":"a","shell":"b"}]`, 0, false},
	}
	for _, test := range tests {
		f := Finding{Mend: json.RawMessage(test.mend)}
		mends, ok := f.Mends()
		if len(mends) != test.want && test.ok || ok != test.ok {
			t.Errorf("%s: got %v, %v", test.name, mends, ok)
		}
		for _, m := range mends {
			if (m.Statement != nil) != (test.name == "all" && m.To != "") {
				t.Errorf("%s: statement %s", test.name, m.Statement)
			}
		}
	}
}
