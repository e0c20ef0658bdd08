# METADATA
# description: Statements of identity policies that reach every key.
package kmsaudit.lib.policies

# widths names the sets of keys that no single key limits.
widths := {"region": "every key of a Region", "account": "every key of the account", "all": "every key of every account"}

# gravity is the severity of reading with such a set of keys. AWS's own advice on KMS.1 and KMS.2 is
# to allow it in a Region rather than everywhere, so that this is the lesser fault.
gravity := {"region": "low", "account": "medium", "all": "medium"}

# counts says whether a statement is judged. One with a condition is not, unless the mode is
# another than precise: AWS's own controls do not look at conditions.
counts(false, _)

counts(true, mode) if mode != "precise"

# full are the statements that allow every action on every key, unless the policy takes all of it back.
full(statements, mode) := {statement |
	some statement in statements
	statement.effect == "Allow"
	statement.every
	widths[statement.keys]
	counts(statement.conditional, mode)
	not all_denied(statements)
}

all_denied(statements) if {
	some statement in statements
	statement.effect == "Deny"
	statement.every
	statement.conditional == false
	statement.keys in {"account", "all"}
}

# readers are the statements that allow a blocked action on every key, each with its actions.
readers(everywhere, family, mode) := {reader |
	some entry in everywhere
	entry.action in blocked(family)
	counts(entry.conditional, mode)
	reader := {
		"place": entry.place,
		"identity": entry.identity,
		"keys": entry.keys,
		"conditional": entry.conditional,
		"actions": sort({other.action |
			some other in everywhere
			other.place == entry.place
			other.action in blocked(family)
		}),
	}
}

# blocked are the actions of a family: those of Security Hub's controls, or with them the half of
# ReEncrypt that encrypts.
blocked("decrypt") := {"kms:Decrypt", "kms:ReEncryptFrom"}

blocked(family) := {"kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo"} if family != "decrypt"
