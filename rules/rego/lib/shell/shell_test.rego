package kmsaudit.lib.shell_test

import data.kmsaudit.lib.shell

test_quote[note] if {
	some note, [text, word] in {
		"plain": ["a b", "'a b'"],
		"substitution": ["$(reboot)`reboot`", "'$(reboot)`reboot`'"],
		"quotes": ["it's", `'it'\''s'`],
		"nothing": ["", "''"],
	}
	shell.quote(text) == word
}
