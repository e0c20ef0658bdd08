package access

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// moves are those of kms:Decrypt, pair by pair.
func moves(t interface{ Errorf(string, ...any) }, old, now *Account) map[[2]string]Moved {
	pairs := map[[2]string]Moved{}
	list := now.Census("kms:Decrypt", MustNotBeAble).Compare(old.Census("kms:Decrypt", MustNotBeAble))
	for _, m := range list {
		for _, p := range m.Principals {
			for _, k := range m.Keys {
				if _, twice := pairs[[2]string{p, k}]; twice {
					t.Errorf("%s on %s is told twice", p, k)
				}
				pairs[[2]string{p, k}] = m
			}
		}
	}
	return pairs
}

// What moved between two drawn accounts is what moved pair by pair.
func TestMovedAgrees(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		old, now := New(drawAccount(t)), New(drawAccount(t))
		before, after := old.Census("kms:Decrypt", MustNotBeAble), now.Census("kms:Decrypt", MustNotBeAble)
		got := moves(t, old, now)
		for _, one := range now.Principals() {
			if _, both := old.Principal(one.ARN); !both {
				continue
			}
			for _, k := range drawnKeys {
				was, is := before.Of(one.ARN, drawnKey(k)), after.Of(one.ARN, drawnKey(k))
				m, moved := got[[2]string{one.ARN, drawnKey(k)}]
				hidden := slices.ContainsFunc(append(before.Unlisted(), after.Unlisted()...), func(u UnreadRef) bool { return strings.HasPrefix(u.Pointer, "/keys/") })
				if hidden {
					continue // denied beside what was not read
				}
				if moved && (m.Was.Denied() != was.Denied() || m.Now.Denied() != is.Denied() || !was.Denied() && m.Was != was || !is.Denied() && m.Now != is) {
					t.Fatalf("%s on %s: %v to %v, want %v to %v", one.ARN, k, m.Was, m.Now, was, is)
				}
				if !moved && (was.Denied() != is.Denied() || !was.Denied() && was != is) {
					t.Fatalf("%s on %s: nothing, want %v to %v", one.ARN, k, was, is)
				}
			}
		}
	})
}

// The order of statements and of lists is nothing that moves.
func TestMovedReordered(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawAccount(t)
		turned := *s
		turned.Keys, turned.Roles = slices.Clone(s.Keys), slices.Clone(s.Roles)
		slices.Reverse(turned.Roles)
		for i := range turned.Keys {
			turned.Keys[i].Policy = reversed(t, turned.Keys[i].Policy)
		}
		for i := range turned.Roles {
			list, _ := turned.Roles[i].InlinePolicies.Get()
			list = slices.Clone(list)
			for j := range list {
				list[j].Document = reversed(t, list[j].Document)
			}
			slices.Reverse(list)
			turned.Roles[i].InlinePolicies = snapshot.Of(list)
		}
		for pair, m := range moves(t, New(s), New(&turned)) {
			if m.Was != Unknown || m.Now != Unknown {
				t.Fatalf("%v: %v to %v", pair, m.Was, m.Now)
			}
		}
	})
}

// reversed is the policy with its statements in the other order.
func reversed(t *rapid.T, r snapshot.Reading[snapshot.Document]) snapshot.Reading[snapshot.Document] {
	doc, ok := r.Get()
	if !ok {
		return r
	}
	var policy struct {
		Version   string
		Statement []json.RawMessage
	}
	if err := json.Unmarshal(doc.JSON(), &policy); err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, s := range slices.Backward(policy.Statement) {
		list = append(list, string(s))
	}
	return document(statements(list...))
}

// An Allow that is added gives exactly that.
func TestMovedAdded(t *testing.T) {
	before := account(statements(delegation))
	after := account(statements(delegation, `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/r1"},"Action":"kms:Decrypt","Resource":"*"}`))
	for _, s := range []*snapshot.Snapshot{before, after} {
		s.Roles = []snapshot.Role{role("r1", ""), role("r2", "")}
	}
	got := moves(t, New(before), New(after))
	m := got[[2]string{roleARN + "r1", aKey}]
	if len(got) != 1 || m.Way() != Gained || m.Now != Allowed {
		t.Errorf("added: %v", got)
	}
	got = moves(t, New(after), New(before))
	if m = got[[2]string{roleARN + "r1", aKey}]; len(got) != 1 || m.Way() != Lost {
		t.Errorf("taken away: %v", got)
	}
	unread := account(statements(delegation))
	unread.Keys[0].Policy = denied
	unread.Roles = before.Roles
	got = moves(t, New(unread), New(after))
	for pair, m := range got {
		if m.Way() != Unclear {
			t.Errorf("%v is %s, with a key policy that was not read", pair, m.Way())
		}
	}
	if len(got) == 0 || len(New(unread).Census("kms:Decrypt", MustNotBeAble).Unlisted()) == 0 {
		t.Error("nothing is unsure")
	}
}
