package rules

import (
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// Capabilities are what rules may use of OPA: everything but what reaches out of
// the evaluation (network, environment, files; schemas and certificates can name
// what is elsewhere), depends on the moment (clock, random numbers) or talks past
// the report (trace, print).
func Capabilities() *ast.Capabilities {
	capabilities := ast.CapabilitiesForThisVersion()
	capabilities.AllowNet = []string{}
	capabilities.Builtins = slices.DeleteFunc(capabilities.Builtins, func(b *ast.Builtin) bool {
		for _, prefix := range []string{"http.", "net.", "opa.", "io.jwt.", "rego.", "providers.", "internal.test_case", "json.match_schema", "json.verify_schema", "crypto.x509.parse_and_verify"} {
			if strings.HasPrefix(b.Name, prefix) {
				return true
			}
		}
		return b.Nondeterministic || b.Name == "trace" || b.Name == "print"
	})
	return capabilities
}
