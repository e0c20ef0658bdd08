package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"

	"github.com/kmsaudit/kmsaudit/collector/organization"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// organizationOf writes the snapshots of an organization as collect --org leaves
// them: a file for each account, and the manifest. Every account is another one,
// and names the one after it as its neighbor.
func organizationOf(p plan, accounts int, folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	m := &organization.Manifest{
		Schema: organization.ManifestSchema, Tool: snapshot.Tool{Name: "synth", Version: "1"}, StartedAt: collected,
		CollectedBy:  "arn:aws:sts::" + neighbors[0] + ":assumed-role/hub/synth",
		Organization: &organization.Organization{ID: orgID, ManagementAccount: neighbors[0]},
	}
	seed := p.seed
	for i := range accounts {
		p.seed = seed + uint64(i)
		text, err := snapshot.Encode(newWorld(p).snapshot())
		if err != nil {
			return fmt.Errorf("encode the snapshot: %w", err)
		}
		id := memberID(i)
		text = bytes.ReplaceAll(text, []byte(accountID), []byte(id))
		text = bytes.ReplaceAll(text, []byte(neighbors[1]), []byte(memberID((i+1)%accounts)))
		stored, err := compressed(text)
		if err != nil {
			return err
		}
		name := id + ".json.gz"
		if err := os.WriteFile(filepath.Join(folder, name), stored, 0o600); err != nil {
			return err
		}
		member, err := snapshot.Decode(id, text)
		if err != nil {
			return fmt.Errorf("read the snapshot again: %w", err)
		}
		sum := sha256.Sum256(stored)
		m.Accounts = append(m.Accounts, organization.Entry{
			ID: id, State: "ACTIVE", Parents: []string{"r-synt", "ou-synt-workload"}, Status: organization.Complete,
			File: name, SHA256: hex.EncodeToString(sum[:]), CollectedAt: collected, Names: member.Foreign(),
		})
	}
	return m.Write(folder)
}

// memberID is the id of account i: 12 digits that nothing else in it has.
func memberID(i int) string { return fmt.Sprintf("8%011d", i) }

func compressed(text []byte) ([]byte, error) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(text); err != nil {
		return nil, err
	}
	err := w.Close()
	return b.Bytes(), err
}
