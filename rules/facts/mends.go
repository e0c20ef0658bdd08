package facts

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// mendsOf says what would let the principal do what it is denied: one mend for
// each layer that is in the way.
func mendsOf(principal string, denied []Denied) []Mend {
	var mends []Mend
	byLayer := map[string][]Denied{}
	var layers []string
	for _, d := range denied {
		switch d.Verdict {
		case "ExplicitlyDenied":
			for _, s := range d.By {
				mend := Mend{Text: "narrow or remove " + nameOf(s, d.Resource) + ", which denies " + d.What, To: cmp.Or(s.Policy, d.Resource), Statement: map[string]any{}}
				if !slices.ContainsFunc(mends, func(m Mend) bool { return m.Text == mend.Text }) {
					mends = append(mends, mend)
				}
			}
		case "ImplicitlyDenied":
			for _, layer := range d.Missing {
				if layer == "identity" && slices.Contains(d.Missing, "resource") && part(d.Resource, 2) == "kms" {
					continue // naming the principal in the key policy is enough (rule K2)
				}
				slot := layer + " " + d.Resource
				if byLayer[slot] == nil {
					layers = append(layers, slot)
				}
				byLayer[slot] = append(byLayer[slot], d)
			}
		default:
			return []Mend{{Text: d.Why + ": correct the name in the configuration, or create it", To: "kmsaudit.yaml", Statement: map[string]any{}}}
		}
	}
	for _, slot := range layers {
		layer, resource, _ := strings.Cut(slot, " ")
		var actions []any
		for _, d := range byLayer[slot] {
			actions = append(actions, d.What)
		}
		mends = append(mends, mendIn(layer, principal, resource, actions))
	}
	return mends
}

func mendIn(layer, principal, resource string, actions []any) Mend {
	add := map[string]any{"Effect": "Allow", "Action": actions, "Resource": resource}
	switch layer {
	case "resource":
		add["Principal"] = map[string]any{"AWS": principal}
		if part(resource, 2) == "kms" {
			add["Resource"] = "*"
			return Mend{Text: "add a statement to the key policy", To: "key policy of " + resource, Statement: add}
		}
		bucket, _, _ := strings.Cut(resource, "/")
		return Mend{Text: "add a statement to the bucket policy", To: "bucket policy of " + bucket, Statement: add}
	case "identity":
		return Mend{Text: "add a statement to an identity policy of the principal", To: "identity policy of " + principal, Statement: add}
	case "boundary":
		return Mend{Text: "let the permissions boundary allow it", To: "permissions boundary of " + principal, Statement: add}
	default:
		return Mend{Text: fmt.Sprintf("let the %s allow it", strings.ToUpper(layer)), To: layer, Statement: add}
	}
}
