package main

import (
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/rules/facts"
)

// trustOrganization is the word among trusted_accounts that stands for the accounts
// of the account's own organization.
const trustOrganization = "organization"

// together is what is said of any account: it decides which rules are asked.
func (c *config) together() facts.Intent {
	intent := c.Intent
	for _, one := range c.Accounts {
		intent = with(intent, one.Intent)
	}
	return intent
}

// with adds what is said of one account to what is said of all.
func with(all, one facts.Intent) facts.Intent {
	all.Requirements = slices.Concat(all.Requirements, one.Requirements)
	all.KeyAdministrators = slices.Concat(all.KeyAdministrators, one.KeyAdministrators)
	all.TrustedAccounts = slices.Concat(all.TrustedAccounts, one.TrustedAccounts)
	if one.Environments.Tag != "" || len(one.Environments.Names) > 0 {
		all.Environments = one.Environments
	}
	return all
}

// about says whether what is said of all accounts goes for one: where the file is
// about another account, its requirements and administrators are that one's.
func (c *settled) about(account string) bool { return c.Account == "" || c.Account == account }

// intentOf is what an account is meant to be. along are the accounts that are judged
// in the same run: what is required of all accounts on a key is
// asked where the key is.
func (c *settled) intentOf(account string, along map[string]bool) facts.Intent {
	all := c.Intent
	if !c.about(account) {
		all.Requirements, all.KeyAdministrators = nil, nil
	}
	all.Requirements = slices.DeleteFunc(slices.Clone(all.Requirements), func(r facts.Requirement) bool {
		home := homeOf(&r)
		return home != account && along[home]
	})
	return with(all, c.Accounts[account].Intent)
}

// homeOf is the account of the key that a requirement is about, "" without one.
func homeOf(r *facts.Requirement) string {
	if parts := strings.SplitN(r.Key, ":", 6); len(parts) == 6 {
		return parts[4]
	}
	return ""
}

// regionsOf are the Regions that an account is to be read in.
func (c *settled) regionsOf(account string) []string {
	switch own := c.Accounts[account].Regions; {
	case len(own) > 0:
		return own
	case c.about(account):
		return c.Regions
	}
	return nil
}
