package organization

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// Account is an account that somebody listed.
type Account struct{ ID, Name, State string }

// ParseAccounts reads a list of accounts: what aws organizations list-accounts
// prints, or lines with an id, and maybe a name after it. Empty lines and what
// follows a # are passed over.
func ParseAccounts(name string, text []byte) ([]Account, error) {
	if trimmed := bytes.TrimSpace(text); len(trimmed) > 0 && trimmed[0] == '{' {
		return parseListed(name, text)
	}
	var accounts []Account
	seen := map[string]int{}
	for i, line := range strings.Split(string(text), "\n") {
		line, _, _ = strings.Cut(line, "#")
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		id, rest := line, ""
		if at := strings.IndexAny(line, " \t,;"); at >= 0 {
			id, rest = line[:at], strings.Trim(line[at:], " \t,;")
		}
		switch first := seen[id]; {
		case !snapshot.IsAccountID(id):
			return nil, fmt.Errorf("%s:%d: %q is not an account: it has 12 digits", name, i+1, id)
		case first > 0:
			return nil, fmt.Errorf("%s:%d: account %s stands twice, first in line %d", name, i+1, id, first)
		}
		seen[id] = i + 1
		accounts = append(accounts, Account{ID: id, Name: rest})
	}
	if len(accounts) == 0 {
		return nil, fmt.Errorf("%s: there is no account in it", name)
	}
	return accounts, nil
}

func parseListed(name string, text []byte) ([]Account, error) {
	var out struct {
		Accounts []struct {
			ID     string `json:"Id"`
			Name   string `json:"Name"`
			State  string `json:"State"`
			Status string `json:"Status"`
		} `json:"Accounts"`
		NextToken string `json:"NextToken"`
	}
	if err := json.Unmarshal(text, &out); err != nil {
		return nil, snapshot.Explain(name, text, err)
	}
	if out.NextToken != "" {
		return nil, fmt.Errorf("%s: the list is cut off: leave --max-items away", name)
	}
	var accounts []Account
	seen := map[string]bool{}
	for i, a := range out.Accounts {
		if !snapshot.IsAccountID(a.ID) || seen[a.ID] {
			return nil, fmt.Errorf("%s: /Accounts/%d: %q is not an account of 12 digits, or stands twice", name, i, a.ID)
		}
		seen[a.ID] = true
		state := a.State
		if state == "" {
			state = a.Status
		}
		accounts = append(accounts, Account{a.ID, a.Name, state})
	}
	if len(accounts) == 0 {
		return nil, fmt.Errorf("%s: there is no account in it", name)
	}
	return accounts, nil
}
