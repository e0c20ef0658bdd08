# METADATA
# description: Mends of grants.
package kmsaudit.lib.grants

import data.kmsaudit.lib.shell

# revoke is the mend that takes a grant back.
revoke(region, key, id) := {
	"text": "take the grant back, if nothing needs it as it is",
	"command": sprintf("aws kms revoke-grant --region %s --key-id %s --grant-id %s", [
		shell.quote(region),
		shell.quote(key),
		shell.quote(id),
	]),
}

# again is the mend that makes a grant anew, narrower; what goes after the options says how.
again(region, key, grantee, operations, more) := {
	"text": "make it anew, narrower, before that",
	"command": sprintf("aws kms create-grant --region %s --key-id %s --grantee-principal %s --operations %s%s", [
		shell.quote(region),
		shell.quote(key),
		shell.quote(grantee),
		concat(" ", [shell.quote(operation) | some operation in operations]),
		more,
	]),
}
