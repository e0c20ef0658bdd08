package facts

import (
	"slices"
	"strings"
	"sync"

	"github.com/kmsaudit/kmsaudit/collector/policy"
	"github.com/kmsaudit/kmsaudit/rules/access"
)

// KeyServices are the statements of a key policy that let services of AWS use the
// key for whomever they act.
type KeyServices struct {
	Place   string           `json:"place"`
	Manager string           `json:"manager" enum:"customer,aws"`
	Unbound []UnboundService `json:"unbound"`
}

// UnboundService lets services use the key and does not say for what: no test of the
// statement fixes the resource, account or organization that the service acts for,
// and no Deny of the policy or of the organization does.
type UnboundService struct {
	Place    string   `json:"place"`
	Identity string   `json:"identity"`
	Services []string `json:"services"`
	Actions  []string `json:"actions"`
}

// unbound finds the statements that let services use the key for others.
func (b *builder) unbound(l *looked) []UnboundService {
	var list []UnboundService
	for j := range l.document.Statements {
		s := &l.document.Statements[j]
		if s.Effect != policy.Allow || s.Principal == nil {
			continue
		}
		one := UnboundService{Place: l.place(j), Identity: l.document.Identity(j)}
		if !slices.ContainsFunc(s.Principal.List, func(p policy.Principal) bool { return p.Kind == policy.KindService }) || l.statements.Bound(j) {
			continue
		}
		actions := slices.DeleteFunc(slices.Clone(l.statements.Actions(j)), func(action string) bool { return !serious(action) })
		for _, p := range s.Principal.List {
			if p.Kind != policy.KindService {
				continue
			}
			ctx := b.forOthers(p.Value)
			for _, action := range actions {
				q := access.Question{Principal: p.Value, Action: action, Context: ctx}
				if l.statements.Gives(j, &q, true).Denied() {
					continue
				}
				if !slices.Contains(one.Services, p.Value) {
					one.Services = append(one.Services, p.Value)
				}
				if !slices.Contains(one.Actions, action) {
					one.Actions = append(one.Actions, action)
				}
			}
		}
		if len(one.Services) > 0 {
			slices.Sort(one.Services)
			slices.Sort(one.Actions)
			list = append(list, one)
		}
	}
	return list
}

// forOthers is the context of a request that a service makes for somebody of an
// account that nobody knows.
func (b *builder) forOthers(service string) access.Context {
	name, _, _ := strings.Cut(service, ".")
	return access.NewContext().
		With("aws:SourceAccount", someoneElse).
		With("aws:SourceArn", "arn:"+b.s.Account.Partition+":"+name+":xx-kmsaudit-1:"+someoneElse+":kmsaudit-probe").
		With("aws:SourceOrgID", "o-kmsauditprobe").
		WithMany("aws:SourceOrgPaths", []string{"o-kmsauditprobe/r-0000/"}).
		With("aws:PrincipalIsAWSService", "true").
		With("aws:PrincipalServiceName", service).
		WithMany("aws:PrincipalServiceNamesList", []string{service}).
		WithAbsent("kms:ViaService")
}

// serious reports the actions that do more than look at the key.
func serious(action string) bool {
	level := actionLevels()[action]
	return level != "List" && level != "Read"
}

var actionLevels = sync.OnceValue(func() map[string]string {
	levels := map[string]string{}
	for _, a := range access.KMSActions() {
		levels[a.Name] = a.Level
	}
	return levels
})
