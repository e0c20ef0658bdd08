package main

import (
	"errors"
	"flag"
	"fmt"
)

// plan says what to make. Equal plans make equal snapshots.
type plan struct {
	roles, keys, buckets int
	requirements         int     // -1: one for fifty roles
	unread               float64 // share of readings without an answer
	seed                 uint64
}

func (p *plan) flags(f *flag.FlagSet) {
	f.IntVar(&p.roles, "roles", 100, "`number` of roles; users, groups and policies go with it")
	f.IntVar(&p.keys, "keys", 50, "`number` of KMS keys")
	f.IntVar(&p.buckets, "buckets", 100, "`number` of buckets")
	p.settings(f)
}

// settings are the flags that do not say the size.
func (p *plan) settings(f *flag.FlagSet) {
	f.IntVar(&p.requirements, "requirements", -1, "`number` of requirements in the configuration (-1: one for fifty roles)")
	f.Float64Var(&p.unread, "unread", 0.005, "`share` of the readings that AWS did not answer, 0 to 1")
	f.Uint64Var(&p.seed, "seed", 7, "`seed` of everything that is drawn")
}

// settle fills in what follows from the rest.
func (p *plan) settle() error {
	switch {
	case p.roles < 1 || p.keys < 1 || p.buckets < 1:
		return errors.New("roles, keys and buckets have to be at least 1")
	case p.unread < 0 || p.unread > 1:
		return fmt.Errorf("unread %v is no share", p.unread)
	case p.requirements < -1:
		return fmt.Errorf("requirements %d is less than nothing", p.requirements)
	case p.requirements == -1:
		p.requirements = max(1, p.roles/50)
	}
	return nil
}
