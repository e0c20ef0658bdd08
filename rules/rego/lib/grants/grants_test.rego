package kmsaudit.lib.grants_test

import data.kmsaudit.lib.grants

test_revoke if {
	command := "aws kms revoke-grant --region 'eu-west-1' --key-id 'k' --grant-id 'g'"
	grants.revoke("eu-west-1", "k", "g").command == command
}

test_again if {
	command := "aws kms create-grant --region 'r' --key-id 'k' --grantee-principal 'p' --operations 'Decrypt' 'Encrypt' --constraints x"
	grants.again("r", "k", "p", ["Decrypt", "Encrypt"], " --constraints x").command == command
}
