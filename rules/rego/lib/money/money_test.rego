package kmsaudit.lib.money_test

import data.kmsaudit.lib.money

test_dollars[note] if {
	some note, [amount, text] in {
		"whole": [3, "$3.00"],
		"cents": [0.03, "$0.03"],
		"both": [12.5, "$12.50"],
		"rounded": [0.029999, "$0.03"],
		"nothing": [0, "$0.00"],
	}
	money.dollars(amount) == text
}
