package main

import (
	"fmt"

	"github.com/go-json-experiment/json"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// statement is a statement of a policy as it is written.
type statement struct {
	Sid          string                         `json:"Sid,omitzero"`
	Effect       string                         `json:"Effect"`
	Principal    any                            `json:"Principal,omitempty"`
	NotPrincipal any                            `json:"NotPrincipal,omitempty"`
	Action       any                            `json:"Action,omitempty"`
	NotAction    any                            `json:"NotAction,omitempty"`
	Resource     any                            `json:"Resource,omitempty"`
	NotResource  any                            `json:"NotResource,omitempty"`
	Condition    map[string]map[string][]string `json:"Condition,omitempty"`
}

// document writes a policy.
func document(statements ...statement) snapshot.Document {
	text, err := json.Marshal(struct {
		Version   string      `json:"Version"`
		Statement []statement `json:"Statement"`
	}{"2012-10-17", statements}, json.Deterministic(true))
	if err == nil {
		var d snapshot.Document
		if d, err = snapshot.NewDocument(text); err == nil {
			return d
		}
	}
	panic(fmt.Sprintf("synth writes a policy that is none: %v", err)) // no input can cause it
}

// one gives a lone element as IAM often has it: not in a list.
func one(list []string) any {
	if len(list) == 1 {
		return list[0]
	}
	return list
}

func aws(arns ...string) any { return map[string]any{"AWS": one(arns)} }

func service(name string) any { return map[string]any{"Service": name} }

// when is a condition of one test.
func when(operator, key string, values ...string) map[string]map[string][]string {
	return map[string]map[string][]string{operator: {key: values}}
}
