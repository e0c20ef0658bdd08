package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// memberRoles is how many roles an account of the organization has, with a fifth as
// many keys and half as many buckets.
const memberRoles = 40

// organization measures kmsaudit check on the folder of an organization beside that
// of its first account and of a quarter of it: memory is to be that of an account.
func (b *bench) organization(ctx context.Context) error {
	if b.accounts == 0 {
		return nil
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	folder := filepath.Join(b.dir, "organization")
	made := command{args: []string{
		self, "-roles", strconv.Itoa(memberRoles), "-keys", strconv.Itoa(memberRoles / 5), "-buckets", strconv.Itoa(memberRoles / 2),
		"-accounts", strconv.Itoa(b.accounts), "-folder", folder, "-seed", strconv.FormatUint(b.seed, 10),
	}}
	if _, err := made.measure(ctx); err != nil {
		return err
	}
	check := func(name string, args ...string) command {
		return command{name: name, out: filepath.Join(b.dir, "organization.json"), args: append([]string{b.kmsaudit, "check", "--fail-on", "none", "-f", "ndjson"}, args...)}
	}
	commands := []command{
		check("one account", filepath.Join(folder, memberID(0)+".json.gz")),
		check(fmt.Sprintf("all %d", b.accounts), folder),
		check("--shard 1/4", folder, "--shard", "1/4"),
	}
	measured, err := b.takeTurns(ctx, commands, 1)
	if err != nil {
		return err
	}
	b.printf("\nan organization of %d accounts with %d roles, %d keys, %d buckets each; 1 turn\n", b.accounts, memberRoles, memberRoles/5, memberRoles/2)
	b.table(commands, measured)
	b.printf("%.0f accounts in a second\n", float64(b.accounts)/median(measured[1].of(wallOf)))
	return nil
}
